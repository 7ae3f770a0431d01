/** What a multistore offers (SDK `store/types`). */
import type { Backend, BackendBatch } from "./backend.ts";
import type { KvStore } from "./kv.ts";
import type { SnapshotItem } from "./snapshots/items.ts";

/** `iavl` is committed and hashed; `transient` is emptied at each commit; `memory` lives as long as the process. */
export type StoreKind = "iavl" | "transient" | "memory";

/** How many past versions stay readable. */
export interface Pruning {
  /** Versions kept besides the latest one. */
  keepRecent: bigint | "all";
  /** Old versions are deleted at versions divisible by this; 1 by default. */
  interval?: bigint;
}

/** What a multistore is made of. */
export interface MultiStoreOptions {
  backend: Backend;
  stores: Record<string, StoreKind>;
  /** Version of the first commit; 1 by default. */
  initialVersion?: bigint;
  /** Default: all versions are kept. */
  pruning?: Pruning;
  /** Nodes of each IAVL store that stay in memory between commits; 500 000 by default. */
  cachedNodes?: number;
}

/** Named stores. */
export interface StoreView {
  /** Throws StoreError for a name that is not mounted. */
  store(name: string): KvStore;
}

/** A branch of all stores: nothing reaches the parent before `write`. */
export interface CacheMultiStore extends StoreView {
  /** Passes the touched keys of each touched store to the parent, keys ascending. */
  write(): void;
  /** A branch of this branch. */
  branch(): CacheMultiStore;
}

/** One link of an ABCI query proof. */
export interface ProofOp {
  type: string;
  key: Uint8Array;
  data: Uint8Array;
}

/** ABCI `/store/{store}/key`. */
export interface StoreQuery {
  store: string;
  key: Uint8Array;
  version: bigint;
  prove: boolean;
}

/** Answer to a {@link StoreQuery}; `proofOps` leads from the key to the app hash of the queried version. */
export interface StoreQueryResult {
  value: Uint8Array | undefined;
  proofOps?: ProofOp[];
}

/** A committed version on its way out. It is not pruned before this is closed or has given its last item. */
export interface VersionExport {
  readonly version: bigint;
  /** How many items there are. */
  readonly size: number;
  /**
   * The next item: each store's name, ascending, then its nodes; `undefined` after the last one. Throws StoreError if
   * the version was rolled back meanwhile.
   */
  next(): SnapshotItem | undefined;
  /** Lets the version go. */
  close(): void;
}

/** The committed state of a chain and its working copy. */
export interface CommitMultiStore extends StoreView {
  /** Names of all mounted stores, ascending. */
  readonly names: readonly string[];
  /** 0 before the first commit. */
  readonly lastVersion: bigint;
  /** SHA-256 of nothing before the first commit. */
  readonly lastAppHash: Uint8Array;
  branch(): CacheMultiStore;
  /** The app hash that a commit would give now. */
  workingHash(): Uint8Array;
  /**
   * Saves the working trees as the next version (`lastVersion + 1`, or the initial version). `extra` may put further
   * writes into the same atomic batch, under keys that do not begin with byte 00: those are the multistore's. If the
   * backend throws, this object is no longer usable.
   */
  commit(extra?: (batch: BackendBatch) => void): { version: bigint; appHash: Uint8Array };
  /** Read-only view of a committed version. Throws StoreError if it was pruned or never existed. */
  at(version: bigint): StoreView;
  /** Whether `version` is committed and not pruned. */
  has(version: bigint): boolean;
  query(request: StoreQuery): StoreQueryResult;
  /** Root hash of each IAVL store at `version`, names ascending. */
  storeHashes(version: bigint): ReadonlyMap<string, Uint8Array>;
  /** App hash of a committed version. */
  appHash(version: bigint): Uint8Array;
  /** Begins to give out a committed version; later ones may be committed meanwhile. Throws StoreError without it. */
  export(version: bigint): VersionExport;
  /** Makes `version` the latest: later versions and uncommitted writes are deleted. */
  rollback(version: bigint): void;
}
