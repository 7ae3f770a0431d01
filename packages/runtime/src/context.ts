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

/** A class and no factory: contexts are made by the dozen for every transaction, and closures for each would be dear. */
class ExecutionContext implements Context {
  readonly block: BlockInfo;
  readonly mode: ExecMode;
  readonly gas: GasMeter;
  readonly events: EventManager;
  readonly consensusParams: ConsensusParams | undefined;
  readonly txBytes: Uint8Array | undefined;
  readonly #stores: StoreView | CacheMultiStore;
  /** Stores with their access charged to {@link gas}: shared by contexts that have both in common. */
  readonly #opened: Map<StoreKey, KvStore>;

  constructor(options: ContextOptions, opened: Map<StoreKey, KvStore>) {
    this.block = options.block;
    this.mode = options.mode;
    this.gas = options.gas ?? createGasMeter();
    this.events = options.events ?? createEventManager();
    this.consensusParams = options.consensusParams;
    this.txBytes = options.txBytes;
    this.#stores = options.stores;
    this.#opened = opened;
  }

  get chainId(): string {
    return this.block.chainId;
  }

  get height(): bigint {
    return this.block.height;
  }

  get timeNs(): bigint {
    return this.block.timeNs;
  }

  kv(name: StoreKey): KvStore {
    let store = this.#opened.get(name);
    if (store === undefined) {
      const costs = name.startsWith("transient_") ? TRANSIENT_GAS : KV_GAS;
      store = createGasKvStore(this.#stores.store(name), this.gas, costs);
      this.#opened.set(name, store);
    }
    return store;
  }

  emit(type: string, attributes: Attributes): void {
    this.events.emit(createEvent(type, attributes));
  }

  emitAll(more: readonly Event[]): void {
    this.events.emitAll(more);
  }

  branch(): { ctx: Context; commit(): void } {
    const stores = this.#stores;
    if (!canBranch(stores)) throw new InvariantError("a read-only context cannot be branched");
    const cache = stores.branch();
    const own = createEventManager();
    return {
      ctx: new ExecutionContext(this.#options({ events: own }, cache), new Map()),
      commit: () => {
        this.events.emitAll(own.events);
        cache.write();
      },
    };
  }

  with(changes: ContextChanges): Context {
    const sameGas = changes.gas === undefined || changes.gas === this.gas;
    return new ExecutionContext(this.#options(changes, this.#stores), sameGas ? this.#opened : new Map());
  }

  #options(changes: ContextChanges, stores: StoreView | CacheMultiStore): ContextOptions {
    return {
      stores,
      block: changes.block ?? this.block,
      mode: changes.mode ?? this.mode,
      gas: changes.gas ?? this.gas,
      events: changes.events ?? this.events,
      // `undefined` replaces these two as well
      consensusParams: "consensusParams" in changes ? changes.consensusParams : this.consensusParams,
      txBytes: "txBytes" in changes ? changes.txBytes : this.txBytes,
    };
  }
}

/** Makes a context over `stores`. */
export const createContext = (options: ContextOptions): Context => new ExecutionContext(options, new Map());
