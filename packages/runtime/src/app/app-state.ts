/** What an application holds between calls: committed stores, the block under way, and the mempool's state. */
import { EMPTY } from "@tandem-ics/crypto";
import {
  type CacheMultiStore,
  type CommitMultiStore,
  createCacheMultiStore,
  createMultiStore,
  type StoreKind,
} from "@tandem-ics/store";
import { type BlockInfo, type Context, createContext, type ExecMode } from "../context.ts";
import { assert, InvariantError } from "../errors.ts";
import type { JsonObject } from "../module.ts";
import { sdkErrors } from "../sdk-errors.ts";
import { type AppRecords, openAppRecords } from "./app-records.ts";
import type { BaseAppOptions } from "./options.ts";

/** A context's block before there is one. */
export const NO_BLOCK: BlockInfo = {
  chainId: "",
  height: 0n,
  timeNs: 0n,
  appHash: EMPTY,
  hash: EMPTY,
  nextValidatorsHash: EMPTY,
  proposerAddress: EMPTY,
  lastCommit: { round: 0, votes: [] },
  misbehavior: [],
};

/** Genesis until the first block takes it over. */
export interface PendingGenesis {
  readonly stores: CacheMultiStore;
  readonly chainId: string;
  /** Sections of modules that the application lacks. */
  readonly foreign: JsonObject;
}

/** State of one application. Members change; the functions read what they are then. */
export interface AppState {
  readonly records: AppRecords;
  stores: CommitMultiStore;
  initialHeight: bigint;
  genesis: PendingGenesis | undefined;
  /** Writes the executed block's records; present from execution to commit. */
  save: Parameters<CommitMultiStore["commit"]>[0];
  /** State of transactions that wait for a block; absent before genesis. */
  check: Context | undefined;
  /** A context with the consensus params of its stores. */
  contextOf(stores: CacheMultiStore, block: BlockInfo, mode: ExecMode): Context;
  /**
   * Block data of a committed height. Of a height that was restored from a snapshot only the chain id is known: time 0
   * and no proposer, as in the SDK.
   */
  committedBlock(height: bigint): BlockInfo;
  /** A context for queries at a committed height, 0 for the last. Throws CodedError for heights that cannot be read. */
  contextAt(height: bigint, prove?: boolean): Context;
  /** Makes {@link check} anew from what is committed. */
  resetCheck(): void;
  /** Runs `act`; once something was thrown, everything after it is refused. */
  orHalt<T>(act: () => T): T;
}

/** Opens the state at the last height that the backend holds. */
export function openAppState(options: BaseAppOptions): AppState {
  const { backend, consensusParams, name, chainId } = options;
  let failure: unknown;
  const state: AppState = {
    records: openAppRecords(backend),
    stores: openStores(options),
    initialHeight: 1n,
    genesis: undefined,
    save: undefined,
    check: undefined,
    contextOf(stores, block, mode) {
      const ctx = createContext({ stores, block, mode });
      return ctx.with({ consensusParams: consensusParams.get(ctx) });
    },
    committedBlock(height) {
      const record = state.records.block(height);
      if (record !== undefined) return { ...NO_BLOCK, ...record };
      assert(chainId !== undefined, `no record of block ${height}, and no chain id to go on without`);
      return { ...NO_BLOCK, chainId, height };
    },
    contextAt(height, prove = false) {
      const at = queryHeight(state.stores, name, height, prove);
      return createContext({
        stores: createCacheMultiStore(state.stores.at(at)),
        block: state.committedBlock(at),
        mode: "query",
      });
    },
    resetCheck() {
      const last = state.stores.lastVersion;
      state.check =
        last === 0n
          ? undefined
          : state.contextOf(
              createCacheMultiStore(state.stores.at(last)),
              state.committedBlock(last),
              "check",
            );
    },
    orHalt(act) {
      if (failure !== undefined) throw new InvariantError("the application has halted", { cause: failure });
      try {
        return act();
      } catch (error) {
        failure = error;
        throw error;
      }
    },
  };
  state.resetCheck();
  return state;
}

/** The committed height that a query means. */
function queryHeight(stores: CommitMultiStore, name: string, height: bigint, prove: boolean): bigint {
  const last = stores.lastVersion;
  if (last === 0n) throw sdkErrors.invalidHeight(`${name} is not ready; please wait for first block`);
  if (height < 0n)
    throw sdkErrors.invalidRequest("cannot query with height < 0; please provide a valid height");
  if (height > last)
    throw sdkErrors.invalidHeight("cannot query with height in the future; please provide a valid height");
  const at = height === 0n ? last : height;
  if (at <= 1n && prove)
    throw sdkErrors.invalidRequest("cannot query with proof when height <= 1; please provide a valid height");
  if (!stores.has(at))
    throw sdkErrors.invalidRequest(
      `failed to load state at height ${at}; version does not exist (latest height: ${last})`,
    );
  return at;
}

/** The stores of all modules. */
export function mountedStores(options: BaseAppOptions): Record<string, StoreKind> {
  const { modules } = options;
  const stores: Record<string, StoreKind> = { ...options.stores };
  for (const module of modules)
    for (const [name, kind] of Object.entries(module.stores ?? {})) {
      assert(!Object.hasOwn(stores, name), `store ${name} is mounted twice`);
      stores[name] = kind;
    }
  return stores;
}

/** Opens the stores of all modules. The first version matters only for a fresh backend. */
export function openStores(options: BaseAppOptions, initialVersion?: bigint): CommitMultiStore {
  const { backend, pruning } = options;
  return createMultiStore({
    backend,
    stores: mountedStores(options),
    ...(initialVersion === undefined ? {} : { initialVersion }),
    ...(pruning === undefined ? {} : { pruning }),
  });
}
