/** What ante decorators are, and what they need of modules. */
import type { Account } from "../account.ts";
import type { Coins } from "../coins.ts";
import type { Context } from "../context.ts";
import type { DecodedTx } from "../tx/decode.ts";

/** Auth parameters that the chain uses. Gas costs are state-breaking. */
export interface AnteParams {
  readonly maxMemoCharacters: bigint;
  readonly txSigLimit: bigint;
  readonly txSizeCostPerByte: bigint;
  readonly sigVerifyCostEd25519: bigint;
  readonly sigVerifyCostSecp256k1: bigint;
}

/** What the chain needs of x/auth. */
export interface AnteAuthKeeper {
  getParams(ctx: Context): AnteParams;
  getAccount(ctx: Context, address: Uint8Array): Account | undefined;
  setAccount(ctx: Context, account: Account): void;
}

/** What the chain needs of x/bank. */
export interface AnteBankKeeper {
  sendFromAccountToModule(ctx: Context, from: Uint8Array, module: string, coins: Coins): void;
}

/** What the chain needs of x/feegrant. */
export interface AnteFeegrantKeeper {
  /** Uses an allowance or throws CodedError. */
  useGrantedFees(ctx: Context, granter: Uint8Array, grantee: Uint8Array, fee: Coins, tx: DecodedTx): void;
}

/** One check. It may write; nothing is kept when a check throws CodedError. */
export interface AnteDecorator {
  readonly name: string;
  run(ctx: Context, tx: DecodedTx): void;
}

/** A secp256k1 signature that the check of a transaction will ask about. */
export interface PendingSignature {
  /** 33 bytes, compressed. */
  readonly publicKey: Uint8Array;
  /** What was signed, before hashing. */
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** Checks a transaction and takes its fee. Throws CodedError. */
export interface AnteHandler {
  (ctx: Context, tx: DecodedTx): void;
  /** What it will have to verify, as far as it can be told ahead. */
  pendingSignatures?(ctx: Context, tx: DecodedTx): readonly PendingSignature[];
}
