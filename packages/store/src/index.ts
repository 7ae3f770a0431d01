/** Key-value stores, IAVL trees and the multistore. Proof verification alone is the subpath `ics23`. */
export { appHashOf, proveStore, type StoreHashes } from "./app-hash.ts";
export { type Backend, type BackendBatch, createMemoryBackend } from "./backend.ts";
export { createCacheMultiStore } from "./cache-multistore.ts";
export { StoreError, type StoreErrorCode } from "./errors.ts";
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
} from "./multistore-types.ts";
export { createSettlingBackend, type SettlingBackend } from "./settling-backend.ts";
export type { KeyRange } from "./sorted-entries.ts";
