/** The context of one execution: stores, block data, gas and events. Everything a handler may know. */
import type { CacheMultiStore, KvStore, StoreView } from "@tandem-ics/store";
import type { CommitInfo, Misbehavior } from "cosmjs-types/tendermint/abci/types";
import type { ConsensusParams } from "cosmjs-types/tendermint/types/params";
import { InvariantError } from "./errors.ts";
import { type Attributes, createEvent, createEventManager, type Event, type EventManager } from "./events.ts";
import { createGasKvStore, createGasMeter, type GasMeter, KV_GAS, TRANSIENT_GAS } from "./gas.ts";

/** Name of a mounted store, such as `bank`. Names that start with `transient_` live for one block. */
export type StoreKey = string;

/** Why the state machine runs. */
export type ExecMode = "genesis" | "finalize" | "check" | "recheck" | "simulate" | "query";

/** The block that is being executed, as far as the application knows it. */
export interface BlockInfo {
  readonly chainId: string;
  readonly height: bigint;
  /** Nanoseconds since 1970 UTC. */
  readonly timeNs: bigint;
  /** App hash in this block's header: the state after the previous block. */
  readonly appHash: Uint8Array;
  /** Hash of this block's header; empty outside FinalizeBlock. */
  readonly hash: Uint8Array;
  readonly nextValidatorsHash: Uint8Array;
  readonly proposerAddress: Uint8Array;
  /** Votes of the previous height, in validator-set order. */
  readonly lastCommit: CommitInfo;
  readonly misbehavior: readonly Misbehavior[];
}

/** What handlers, keepers and hooks receive. Immutable but for what it points to. */
export interface Context {
  readonly block: BlockInfo;
  readonly chainId: string;
  readonly height: bigint;
  /** Block time in nanoseconds since 1970 UTC. */
  readonly timeNs: bigint;
  readonly mode: ExecMode;
  readonly gas: GasMeter;
  readonly events: EventManager;
  readonly consensusParams: ConsensusParams | undefined;
  /** Bytes of the transaction under way, if any. */
  readonly txBytes: Uint8Array | undefined;
  /** A mounted store; access is charged to {@link gas}. */
  kv(store: StoreKey): KvStore;
  emit(type: string, attributes: Attributes): void;
  emitAll(events: readonly Event[]): void;
  /**
   * A cached copy. Its writes and its events reach this context together on `commit`, and neither does otherwise:
   * events must never outlive the state that they tell of.
   */
  branch(): { ctx: Context; commit(): void };
  /** The same stores and events with some values replaced. */
  with(changes: ContextChanges): Context;
}

/** What {@link Context.with} can replace. */
export interface ContextChanges {
  readonly gas?: GasMeter;
  readonly events?: EventManager;
  readonly mode?: ExecMode;
  readonly block?: BlockInfo;
  readonly consensusParams?: ConsensusParams | undefined;
  readonly txBytes?: Uint8Array | undefined;
}

/** What a context starts from. */
export interface ContextOptions {
  readonly stores: StoreView | CacheMultiStore;
  readonly block: BlockInfo;
  readonly mode: ExecMode;
  readonly gas?: GasMeter;
  readonly events?: EventManager;
  readonly consensusParams?: ConsensusParams | undefined;
  readonly txBytes?: Uint8Array | undefined;
}

const canBranch = (stores: StoreView): stores is CacheMultiStore => "branch" in stores;

/** Makes a context over `stores`. */
export function createContext(options: ContextOptions): Context {
  const { stores, block, mode, consensusParams, txBytes } = options;
  const gas = options.gas ?? createGasMeter();
  const events = options.events ?? createEventManager();
  const opened = new Map<StoreKey, KvStore>();
  const ctx: Context = {
    block,
    chainId: block.chainId,
    height: block.height,
    timeNs: block.timeNs,
    mode,
    gas,
    events,
    consensusParams,
    txBytes,
    kv(name) {
      let store = opened.get(name);
      if (store === undefined) {
        const costs = name.startsWith("transient_") ? TRANSIENT_GAS : KV_GAS;
        store = createGasKvStore(stores.store(name), gas, costs);
        opened.set(name, store);
      }
      return store;
    },
    emit: (type, attributes) => events.emit(createEvent(type, attributes)),
    emitAll: (more) => events.emitAll(more),
    branch() {
      if (!canBranch(stores)) throw new InvariantError("a read-only context cannot be branched");
      const cache = stores.branch();
      const own = createEventManager();
      return {
        ctx: createContext({ ...options, stores: cache, gas, events: own }),
        commit() {
          events.emitAll(own.events);
          cache.write();
        },
      };
    },
    with: (changes) => createContext({ ...options, gas, events, ...changes }),
  };
  return ctx;
}
