/** The ante chain: what a transaction must pass before its messages run (SDK `x/auth/ante`). */
import type { Account } from "../account.ts";
import type { AddressCodecs } from "../address.ts";
import type { Coins } from "../coins.ts";
import type { Context } from "../context.ts";
import { assert } from "../errors.ts";
import type { DecodedTx } from "../tx/decode.ts";
import {
  consumeTxSizeGas,
  limitGas,
  refuseExtensionOptions,
  validateMemo,
  validateTimeoutHeight,
  validateTx,
} from "./basic.ts";
import { createDeductFee, type FeeOptions } from "./fee.ts";
import {
  countSignatures,
  incrementSequences,
  payForSignatures,
  setPublicKeys,
  verifySignatures,
} from "./signatures.ts";

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

/** Checks a transaction and takes its fee. Throws CodedError. */
export type AnteHandler = (ctx: Context, tx: DecodedTx) => void;

/** Standard decorators, in order. */
export const ANTE_STEPS = [
  "SetUpContext",
  "ExtensionOptions",
  "ValidateBasic",
  "TxTimeoutHeight",
  "ValidateMemo",
  "ConsumeTxSizeGas",
  "DeductFee",
  "SetPubKey",
  "ValidateSigCount",
  "SigGasConsume",
  "SigVerification",
  "IncrementSequence",
] as const;

/** Name of a standard decorator. */
export type AnteStep = (typeof ANTE_STEPS)[number];

/** How a chain's ante handler is made. */
export interface AnteOptions extends FeeOptions {
  readonly auth: AnteAuthKeeper;
  readonly addresses: AddressCodecs;
  /** Further decorators, each right after a standard one, in the order of this list. */
  readonly insert?: readonly { readonly after: AnteStep; readonly decorator: AnteDecorator }[];
}

/** The standard chain of SDK 0.50 with what an application adds. */
export function createAnteHandler(options: AnteOptions): AnteHandler {
  const { auth, addresses, insert = [] } = options;
  const standard: Record<AnteStep, AnteDecorator["run"]> = {
    SetUpContext: limitGas,
    ExtensionOptions: refuseExtensionOptions,
    ValidateBasic: validateTx,
    TxTimeoutHeight: validateTimeoutHeight,
    ValidateMemo: validateMemo(auth),
    ConsumeTxSizeGas: consumeTxSizeGas(auth),
    DeductFee: createDeductFee(options),
    SetPubKey: setPublicKeys(auth, addresses),
    ValidateSigCount: countSignatures(auth),
    SigGasConsume: payForSignatures(auth, addresses),
    SigVerification: verifySignatures(auth, addresses),
    IncrementSequence: incrementSequences(auth),
  };
  const chain = ANTE_STEPS.flatMap((name): AnteDecorator[] => [
    { name, run: standard[name] },
    ...insert.filter(({ after }) => after === name).map(({ decorator }) => decorator),
  ]);
  const names = new Set(chain.map(({ name }) => name));
  assert(names.size === chain.length, "two ante decorators have the same name");
  return (ctx, tx) => {
    for (const decorator of chain) decorator.run(ctx, tx);
  };
}
