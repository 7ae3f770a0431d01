/** For tests: a context over stores in memory without an application, and signed transactions. */
import { secp256k1Address, secp256k1PublicKey, secp256k1Sign, sha256, utf8 } from "@tandem-ics/crypto";
import { createCacheMultiStore, type StoreKind } from "@tandem-ics/store";
import { AuthInfo, SignDoc, TxBody, TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import type { Any } from "cosmjs-types/google/protobuf/any";
import { type Coins, coinsToProto } from "./coins.ts";
import { type BlockInfo, type Context, createContext, type ExecMode } from "./context.ts";
import { createEventManager } from "./events.ts";
import { createMemoryStores } from "./memory-stores.ts";
import type { AppModule } from "./module.ts";
import { secp256k1KeyAny } from "./tx/public-key.ts";
import { SIGN_MODE } from "./tx/signature-data.ts";

/** A block with nothing in it. */
export const emptyBlock = (changes: Partial<BlockInfo> = {}): BlockInfo => ({
  chainId: "test-1",
  height: 1n,
  timeNs: 1_700_000_000_000_000_000n,
  appHash: new Uint8Array(32),
  hash: new Uint8Array(),
  nextValidatorsHash: new Uint8Array(32),
  proposerAddress: new Uint8Array(20),
  lastCommit: { round: 0, votes: [] },
  misbehavior: [],
  ...changes,
});

/** What a test context starts from. */
export interface TestContextOptions {
  /** Stores by name, or the modules that own them. */
  readonly stores: Readonly<Record<string, StoreKind>> | readonly AppModule[];
  readonly chainId?: string;
  /** Default 1. */
  readonly height?: bigint;
  /** Nanoseconds since 1970; default 2023-11-14T22:13:20Z. */
  readonly timeNs?: bigint;
  /** Default `finalize`. */
  readonly mode?: ExecMode;
  readonly block?: Partial<BlockInfo>;
}

/** A context over empty stores; its writes stay, its gas is unlimited, and it can be branched. */
export function createTestContext(options: TestContextOptions): Context {
  const { stores, chainId, height, timeNs, mode = "finalize", block = {} } = options;
  const names = Array.isArray(stores)
    ? (stores as readonly AppModule[]).flatMap((module) => Object.keys(module.stores ?? {}))
    : Object.keys(stores);
  return createContext({
    stores: createCacheMultiStore(createMemoryStores(names)),
    block: emptyBlock({
      ...(chainId === undefined ? {} : { chainId }),
      ...(height === undefined ? {} : { height }),
      ...(timeNs === undefined ? {} : { timeNs }),
      ...block,
    }),
    mode,
  });
}

/** The same stores in another block, with an empty event list. */
export const atBlock = (ctx: Context, changes: Partial<BlockInfo>): Context =>
  ctx.with({ block: { ...ctx.block, ...changes }, events: createEventManager() });

/** An account of a test whose key everybody knows. */
export interface TestSigner {
  readonly privateKey: Uint8Array;
  /** Compressed secp256k1 key, 33 bytes. */
  readonly publicKey: Uint8Array;
  readonly address: Uint8Array;
}

/** The key that belongs to a name. */
export function createTestSigner(name: string): TestSigner {
  const privateKey = sha256(utf8(`test key of ${name}`));
  const publicKey = secp256k1PublicKey(privateKey);
  return { privateKey, publicKey, address: secp256k1Address(publicKey) };
}

/** A transaction to sign. */
export interface TestTxOptions {
  readonly chainId: string;
  readonly messages: readonly Any[];
  readonly signers: readonly {
    readonly signer: TestSigner;
    readonly accountNumber: bigint;
    readonly sequence: bigint;
    /** Leaves the key out of the transaction. */
    readonly withoutKey?: boolean;
  }[];
  /** Default: none. */
  readonly fee?: Coins;
  /** Default 200000. */
  readonly gas?: bigint;
  readonly memo?: string;
  readonly timeoutHeight?: bigint;
  readonly payer?: string;
  readonly granter?: string;
  /** Empty signatures of an unspecified mode, as for simulation. */
  readonly unsigned?: boolean;
}

/** Bytes of a transaction, signed in mode DIRECT. */
export function signTestTx(options: TestTxOptions): Uint8Array {
  const { chainId, messages, signers, fee = [], gas = 200_000n, unsigned = false } = options;
  const { memo = "", timeoutHeight = 0n, payer = "", granter = "" } = options;
  const bodyBytes = TxBody.encode(
    TxBody.fromPartial({ messages: [...messages], memo, timeoutHeight }),
  ).finish();
  const mode = unsigned ? 0 : SIGN_MODE.direct;
  const authInfoBytes = AuthInfo.encode(
    AuthInfo.fromPartial({
      signerInfos: signers.map(({ signer, sequence, withoutKey = false }) => ({
        ...(withoutKey ? {} : { publicKey: secp256k1KeyAny(signer.publicKey) }),
        modeInfo: { single: { mode } },
        sequence,
      })),
      fee: { amount: coinsToProto(fee), gasLimit: gas, payer, granter },
    }),
  ).finish();
  const signatures = signers.map(({ signer, accountNumber }) =>
    unsigned
      ? new Uint8Array()
      : secp256k1Sign(
          signer.privateKey,
          SignDoc.encode({ bodyBytes, authInfoBytes, chainId, accountNumber }).finish(),
        ),
  );
  return TxRaw.encode({ bodyBytes, authInfoBytes, signatures }).finish();
}
