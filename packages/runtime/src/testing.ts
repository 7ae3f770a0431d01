/** For unit tests of keepers and handlers: a context over stores in memory, without an application. */
import { createCacheMultiStore, type StoreKind } from "@tandem-ics/store";
import { createMemoryStores } from "./memory-stores.ts";
import { type BlockInfo, type Context, createContext, type ExecMode } from "./context.ts";
import { createEventManager } from "./events.ts";
import type { AppModule } from "./module.ts";

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
