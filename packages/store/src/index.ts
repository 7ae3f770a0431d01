/** Key-value stores, IAVL trees and the multistore. Proof verification alone is the subpath `ics23`. */
export { appHashOf, proveStore, type StoreHashes } from "./app-hash.ts";
export { type Backend, type BackendBatch, createMemoryBackend } from "./backend.ts";
export { createCacheMultiStore } from "./cache-multistore.ts";
export { StoreError, type StoreErrorCode } from "./errors.ts";
export type { ExportedNode } from "./iavl/export.ts";
export {
  createIavlTree,
  type IavlReader,
  type IavlTree,
  type IavlTreeOptions,
  type IavlVersion,
} from "./iavl/tree.ts";
export { type CacheKvStore, createCacheKvStore, createMemoryKvStore, type KvStore } from "./kv.ts";
export { createMultiStore } from "./multistore.ts";
export type {
  CacheMultiStore,
  CommitMultiStore,
  MultiStoreOptions,
  ProofOp,
  Pruning,
  StoreKind,
  StoreQuery,
  StoreQueryResult,
  StoreView,
  VersionExport,
} from "./multistore-types.ts";
export { createSettlingBackend, type SettlingBackend } from "./settling-backend.ts";
export { SnapshotError } from "./snapshots/errors.ts";
export { createSnapshotImport, type SnapshotImport, type SnapshotImportOptions } from "./snapshots/import.ts";
export { decodeMetadata, encodeMetadata, SNAPSHOT_FORMAT, type SnapshotItem } from "./snapshots/items.ts";
export type { SnapshotInfo, SnapshotSink, SnapshotStore } from "./snapshots/snapshot-store.ts";
export {
  createSnapshotReader,
  createSnapshotWriter,
  type SnapshotReader,
  type SnapshotWriter,
} from "./snapshots/stream.ts";
export type { KeyRange } from "./sorted-entries.ts";
