/** The multistore: named stores that are committed together under one app hash (SDK `store/rootmulti`). */
import { EMPTY, sha256 } from "@tandem-ics/crypto";
import { appHashOf, proveStore, type StoreHashes, sortNames } from "./app-hash.ts";
import type { BackendBatch } from "./backend.ts";
import { createCacheMultiStore } from "./cache-multistore.ts";
import { type CommitLog, clearImport, openCommitLog, treePrefix } from "./commit-log.ts";
import { StoreError } from "./errors.ts";
import { createIavlTree, type IavlTree } from "./iavl/tree.ts";
import { encodeCommitmentProof } from "./ics23/index.ts";
import { assertKey, createMemoryKvStore, type KvStore } from "./kv.ts";
import type {
  CommitMultiStore,
  MultiStoreOptions,
  Pruning,
  StoreQuery,
  StoreQueryResult,
  StoreView,
  VersionExport,
} from "./multistore-types.ts";
import { createVersionExport } from "./snapshots/export.ts";
import { readOnlyStore, treeStore } from "./tree-store.ts";

/** Enough for the large stores of a test network; the upper half of larger trees stays. */
const CACHED_NODES = 500_000;
const MAX_NAME_LENGTH = 127;

interface State {
  options: MultiStoreOptions;
  pruning: Pruning;
  /** Ascending. */
  names: readonly string[];
  log: CommitLog;
  /** The IAVL stores, names ascending. */
  trees: Map<string, IavlTree>;
  /** Every mounted store as it is now. */
  live: Map<string, KvStore>;
  /** Versions on their way out. */
  exports: Set<VersionExport>;
}

/** Opens the stores at the latest version that `backend` holds. A store that is new begins with the next version. */
export function createMultiStore(options: MultiStoreOptions): CommitMultiStore {
  const state = openState(options);
  const { names, log } = state;
  const self: CommitMultiStore = {
    names,
    get lastVersion() {
      return log.last;
    },
    get lastAppHash() {
      return log.last === 0n ? sha256(EMPTY) : appHashOf(log.hashes(log.last));
    },
    store: (name) => liveStore(state, name),
    branch: () => createCacheMultiStore(self),
    workingHash: () => appHashOf(new Map([...state.trees].map(([name, tree]) => [name, tree.workingHash()]))),
    commit: (extra) => commit(state, extra),
    at: (version) => viewAt(state, version),
    has: (version) => log.last !== 0n && version >= log.first && version <= log.last,
    query: (request) => query(state, request),
    storeHashes: (version) => log.hashes(version),
    appHash: (version) => appHashOf(log.hashes(version)),
    export: (version) => exportVersion(state, version),
    rollback: (version) => rollback(state, version),
  };
  return self;
}

function openState(options: MultiStoreOptions): State {
  const names = sortNames(Object.keys(options.stores));
  for (const name of names) assertName(name);
  const state: State = {
    options,
    pruning: options.pruning ?? { keepRecent: "all" },
    names,
    log: openCommitLog(options.backend),
    trees: new Map(),
    live: new Map(),
    exports: new Set(),
  };
  for (const name of names) {
    if (options.stores[name] === "iavl") {
      const tree = openTree(state, name);
      state.trees.set(name, tree);
      state.live.set(name, treeStore(tree));
    } else state.live.set(name, createMemoryKvStore());
  }
  return state;
}

function openTree({ options, log }: State, name: string): IavlTree {
  const tree = createIavlTree({
    backend: options.backend,
    prefix: treePrefix(name),
    initialVersion: nextVersion(options, log),
    cachedNodes: options.cachedNodes ?? CACHED_NODES,
  });
  // all are written in one batch: they differ only if a store was left out of some versions
  if (tree.version !== 0n && tree.version !== log.last)
    throw new StoreError(
      "logic",
      `store ${name} is at version ${tree.version}, the others are at ${log.last}`,
    );
  return tree;
}

const nextVersion = ({ initialVersion = 1n }: MultiStoreOptions, { last }: CommitLog): bigint =>
  last === 0n ? initialVersion : last + 1n;

function liveStore({ live }: State, name: string): KvStore {
  const store = live.get(name);
  if (store === undefined) throw unknownStore(name);
  return store;
}

const unknownStore = (name: string): StoreError => new StoreError("unknownRequest", `no store named ${name}`);

function clearTransient({ names, options, live }: State): void {
  for (const name of names) if (options.stores[name] === "transient") live.set(name, createMemoryKvStore());
}

function commit(
  state: State,
  extra: ((batch: BackendBatch) => void) | undefined,
): { version: bigint; appHash: Uint8Array } {
  const { options, log, trees } = state;
  const version = nextVersion(options, log);
  if (log.last === 0n) clearImport(options.backend);
  const batch = options.backend.batch();
  const hashes = new Map<string, Uint8Array>();
  for (const [name, tree] of trees) hashes.set(name, tree.save(batch).hash);
  log.add(version, hashes, batch);
  prune(state, version, batch);
  extra?.(batch);
  batch.write();
  clearTransient(state);
  return { version, appHash: appHashOf(hashes) };
}

function prune({ pruning, log, trees, exports }: State, version: bigint, batch: BackendBatch): void {
  if (pruning.keepRecent === "all" || version % (pruning.interval ?? 1n) !== 0n) return;
  let oldest = version - pruning.keepRecent;
  for (const leaving of exports) if (leaving.version < oldest) oldest = leaving.version;
  if (oldest <= log.first) return;
  for (const tree of trees.values()) tree.pruneBelow(oldest, batch);
  log.pruneBelow(oldest, batch);
}

/** The tree of `name` if it was committed in a version with these hashes. */
function committedTree({ trees }: State, name: string, hashes: StoreHashes): IavlTree {
  const tree = trees.get(name);
  if (tree === undefined || !hashes.has(name)) throw unknownStore(name);
  return tree;
}

/** Transient and memory stores have no past: the view shows them as they are. */
function viewAt(state: State, version: bigint): StoreView {
  const hashes = state.log.hashes(version);
  const opened = new Map<string, KvStore>();
  return {
    store(name) {
      let store = opened.get(name);
      if (store === undefined) {
        const isTree = state.options.stores[name] === "iavl";
        store = readOnlyStore(
          isTree ? committedTree(state, name, hashes).getImmutable(version) : liveStore(state, name),
        );
        opened.set(name, store);
      }
      return store;
    },
  };
}

function query(state: State, { store: name, key, version, prove }: StoreQuery): StoreQueryResult {
  assertKey(key);
  const hashes = state.log.hashes(version);
  const past = committedTree(state, name, hashes).getImmutable(version);
  const value = past.get(key);
  if (!prove) return { value };
  const exist = proveStore(hashes, name);
  return {
    value,
    proofOps: [
      { type: "ics23:iavl", key, data: encodeCommitmentProof(past.proof(key)) },
      { type: "ics23:simple", key: exist.key, data: encodeCommitmentProof({ exist }) },
    ],
  };
}

function exportVersion({ log, trees, exports }: State, version: bigint): VersionExport {
  const stores = [...log.hashes(version).keys()].map((name) => {
    const tree = trees.get(name);
    if (tree === undefined) throw unknownStore(name);
    return { name, tree: tree.getImmutable(version) };
  });
  const leaving = createVersionExport(version, stores, () => exports.delete(leaving));
  exports.add(leaving);
  return leaving;
}

function rollback(state: State, version: bigint): void {
  const { options, log, trees, exports } = state;
  if (version !== 0n) log.hashes(version);
  // other nodes will get the numbers of those that go
  for (const leaving of exports) if (leaving.version > version) leaving.close();
  const batch = options.backend.batch();
  for (const tree of trees.values()) tree.rollback(tree.hasVersion(version) ? version : 0n, batch);
  log.rollback(version, batch);
  batch.write();
  // a store that was mounted later did not exist then, and begins anew
  for (const tree of trees.values()) if (tree.version === 0n) tree.startAt(nextVersion(options, log));
  clearTransient(state);
}

function assertName(name: string): void {
  if (!/^[!-~]+$/.test(name) || name.length > MAX_NAME_LENGTH)
    throw new StoreError(
      "invalidRequest",
      `store name ${JSON.stringify(name)} is not 1 to 127 printable characters`,
    );
}
