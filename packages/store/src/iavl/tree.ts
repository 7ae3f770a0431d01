/** A versioned Merkle tree: IAVL v1 with its hashes (public source: cosmos/iavl). */
import { EMPTY, fromBinary, sha256 } from "@tandem-ics/crypto";
import type { CommitmentProof, ExistenceProof } from "cosmjs-types/cosmos/ics23/v1/proofs";
import { type Backend, type BackendBatch, createMemoryBackend } from "../backend.ts";
import { StoreError } from "../errors.ts";
import type { KeyRange } from "../sorted-entries.ts";
import { type Edit, removeKey, setKey } from "./edit.ts";
import { type ExportedNode, exportNodes } from "./export.ts";
import { hashNode, IavlNode } from "./node.ts";
import { proveAbsence, proveExistence } from "./proof.ts";
import { findLeaf, type NodeSource, walkLeaves } from "./read.ts";
import {
  createRecordKeys,
  decodeNodeInto,
  decodeOrphans,
  decodeRoot,
  encodeNode,
  encodeOrphans,
  encodeRoot,
  type RecordKeys,
  versionOfRootKey,
} from "./records.ts";

/** Reading one state of a tree. */
export interface IavlReader {
  get(key: Uint8Array): Uint8Array | undefined;
  has(key: Uint8Array): boolean;
  /** Pairs as they stand when the loop begins. */
  iterate(range?: KeyRange): Iterable<readonly [Uint8Array, Uint8Array]>;
  /** Number of keys. */
  readonly size: number;
  /** 0 for an empty tree and for a single leaf. */
  readonly height: number;
}

/** A saved version. Stays readable while later versions are written, until it is pruned. */
export interface IavlVersion extends IavlReader {
  readonly version: bigint;
  /** Root hash; SHA-256 of nothing for an empty tree. */
  readonly hash: Uint8Array;
  /** ICS-23 proof that the key has its value; `undefined` if it is absent. */
  existenceProof(key: Uint8Array): ExistenceProof | undefined;
  /** ICS-23 proof of absence; throws StoreError if the key is present. */
  nonExistenceProof(key: Uint8Array): CommitmentProof;
  /** Whichever of the two holds. */
  proof(key: Uint8Array): CommitmentProof;
  /** All nodes, children before their parent: what another tree is built from. May go on while versions are saved. */
  export(): Iterator<ExportedNode, void>;
}

/** What a tree is made of. */
export interface IavlTreeOptions {
  /** Default: a memory backend of its own. */
  backend?: Backend;
  /** Beginning of all backend keys of this tree; no other writer may use it. */
  prefix?: Uint8Array;
  /** Version of the first save; 1 by default. */
  initialVersion?: bigint;
  /** Nodes of the latest version that stay in memory between saves; unlimited by default. */
  cachedNodes?: number;
}

/** The working tree and its saved versions. */
export interface IavlTree extends IavlReader {
  /** Latest saved version, 0 before the first. */
  readonly version: bigint;
  /** Oldest version that was not pruned, 0 before the first save. */
  readonly firstVersion: bigint;
  /** Whether a value was replaced; also if it is the same, which still is a write. */
  set(key: Uint8Array, value: Uint8Array): boolean;
  /** Whether the key was there. */
  remove(key: Uint8Array): boolean;
  /** Root hash that saving would give now. */
  workingHash(): Uint8Array;
  /** Puts the next version into `batch`; it counts as saved at once, so the batch must be written. */
  save(batch: BackendBatch): { version: bigint; hash: Uint8Array };
  /** Saves the next version by itself. */
  saveVersion(): { version: bigint; hash: Uint8Array };
  /** Whether a version is saved and not pruned. */
  hasVersion(version: bigint): boolean;
  /** Throws StoreError for a version that is pruned or was never saved. */
  getImmutable(version: bigint): IavlVersion;
  /** Deletes all versions below `version`, which becomes the oldest one, in `batch`. Idempotent. */
  pruneBelow(version: bigint, batch: BackendBatch): void;
  /** Makes `version` (0: nothing saved) the latest, in `batch`; uncommitted changes are lost. */
  rollback(version: bigint, batch: BackendBatch): void;
  /** Sets the version of the first save. Throws StoreError if there was one. */
  startAt(version: bigint): void;
}

/** Latest versions whose roots are kept in memory: what relayers and queries ask for. */
const RECENT_ROOTS = 8;
/** Versions are stored as numbers and hashed doubled. */
const MAX_VERSION = 2n ** 51n;

/** The moving parts of a tree. Versions are numbers here: they stay far below 2^53. */
interface State {
  backend: Backend;
  keys: RecordKeys;
  source: NodeSource & { loaded: number };
  cachedNodes: number;
  /** Version of the first save. */
  start: number;
  first: number;
  last: number;
  root: IavlNode | undefined;
  recent: Map<number, IavlNode | undefined>;
  edit: Edit;
}

/** A tree over what `backend` holds below `prefix`. Opens at the latest version. */
export function createIavlTree(options: IavlTreeOptions = {}): IavlTree {
  const state = openState(options);
  const { backend, source, edit } = state;
  return {
    get version() {
      return BigInt(state.last);
    },
    get firstVersion() {
      return BigInt(state.first);
    },
    get size() {
      return state.root?.size ?? 0;
    },
    get height() {
      return state.root?.height ?? 0;
    },
    get: (key) => findLeaf(source, state.root, key)?.value,
    has: (key) => findLeaf(source, state.root, key) !== undefined,
    *iterate(range = {}) {
      // nodes reached from here on are no longer changed in place
      edit.id++;
      yield* walkLeaves(source, state.root, range, true);
    },
    set(key, value) {
      state.root = setKey(edit, state.root, key, value);
      return edit.hit;
    },
    remove(key) {
      state.root = removeKey(edit, state.root, key);
      return edit.hit;
    },
    workingHash() {
      if (state.root !== undefined) hashNode(state.root, nextVersion(state));
      return rootHash(state.root);
    },
    save: (batch) => save(state, batch),
    saveVersion() {
      const batch = backend.batch();
      const saved = save(state, batch);
      batch.write();
      return saved;
    },
    hasVersion: (version) => hasVersion(state, Number(version)),
    getImmutable(version) {
      const number = Number(version);
      if (!hasVersion(state, number)) throw noVersion(version);
      return readVersion(source, rootOf(state, number), version);
    },
    pruneBelow: (version, batch) => pruneBelow(state, Number(version), batch),
    rollback: (version, batch) => rollback(state, Number(version), batch),
    startAt(version) {
      if (state.last !== 0) throw new StoreError("logic", "versions are saved already");
      state.start = Number(assertVersion(version));
    },
  };
}

function openState(options: IavlTreeOptions): State {
  const backend = options.backend ?? createMemoryBackend();
  const prefix = options.prefix ?? EMPTY;
  const keys = createRecordKeys(prefix);
  const source = createNodeSource(backend, keys);
  const state: State = {
    backend,
    keys,
    source,
    cachedNodes: options.cachedNodes ?? Number.POSITIVE_INFINITY,
    start: Number(assertVersion(options.initialVersion ?? 1n)),
    ...savedVersions(backend, prefix, keys),
    root: undefined,
    recent: new Map(),
    edit: { id: 1, hit: false, smallest: undefined, orphans: [], load: source.load },
  };
  if (state.last !== 0) state.root = rootOf(state, state.last);
  return state;
}

const nextVersion = ({ last, start }: State): number => (last === 0 ? start : last + 1);

const hasVersion = ({ first, last }: State, version: number): boolean =>
  last !== 0 && version >= first && version <= last;

const noVersion = (version: bigint | number): StoreError =>
  new StoreError("invalidRequest", `version ${version} is not in the store`);

function rootOf(state: State, version: number): IavlNode | undefined {
  if (state.recent.has(version)) return state.recent.get(version);
  const record = state.backend.get(state.keys.root(version));
  if (record === undefined) throw noVersion(version);
  const root = decodeRoot(record);
  remember(state, version, root);
  return root;
}

function remember({ recent }: State, version: number, root: IavlNode | undefined): void {
  recent.set(version, root);
  if (recent.size > RECENT_ROOTS) recent.delete(recent.keys().next().value!);
}

function save(state: State, batch: BackendBatch): { version: bigint; hash: Uint8Array } {
  const { root, edit, keys, source, cachedNodes } = state;
  const version = nextVersion(state);
  // New nodes replace old ones: there are never more than the tree has.
  if (root !== undefined)
    source.loaded = Math.min(source.loaded + saveNodes(root, version, keys, batch), 2 * root.size - 1);
  batch.set(keys.root(version), encodeRoot(root));
  if (edit.orphans.length > 0) batch.set(keys.orphans(version), encodeOrphans(edit.orphans));
  edit.orphans = [];
  if (state.last === 0) state.first = version;
  state.last = version;
  remember(state, version, root);
  if (source.loaded > cachedNodes && root !== undefined) {
    // a full tree of this depth has half as many nodes as may stay
    source.loaded = forgetDeep(root, Math.max(1, Math.floor(Math.log2(cachedNodes)) - 1));
  }
  return { version: BigInt(version), hash: rootHash(root) };
}

function pruneBelow(state: State, version: number, batch: BackendBatch): void {
  const { backend, keys } = state;
  const keep = Math.min(version, state.last);
  for (; state.first < keep; state.first++) {
    const orphans = backend.get(keys.orphans(state.first + 1));
    if (orphans !== undefined) {
      const list = decodeOrphans(orphans);
      for (let i = 0; i < list.length; i += 2) batch.delete(keys.node(list[i]!, list[i + 1]!));
      batch.delete(keys.orphans(state.first + 1));
    }
    batch.delete(keys.root(state.first));
    state.recent.delete(state.first);
  }
}

function rollback(state: State, version: number, batch: BackendBatch): void {
  const { backend, keys, edit, last } = state;
  if (version !== 0 && !hasVersion(state, version)) throw noVersion(version);
  const root = version === 0 ? undefined : rootOf(state, version);
  const later = [
    { start: keys.node(version + 1, 0), end: keys.node(last + 1, 0) },
    { start: keys.root(version + 1), end: keys.root(last + 1) },
    { start: keys.orphans(version + 1), end: keys.orphans(last + 1) },
  ];
  for (const range of later) for (const [key] of backend.iterate(range)) batch.delete(key);
  edit.orphans = [];
  edit.id++;
  state.recent.clear();
  state.root = root;
  state.last = version;
  if (version === 0) state.first = 0;
}

/** Throws StoreError unless `version` can be the version of a tree. */
function assertVersion(version: bigint): bigint {
  if (version < 1n || version > MAX_VERSION)
    throw new StoreError("invalidRequest", `version ${version} out of range`);
  return version;
}

/** First and last saved version, 0 if there is none. */
function savedVersions(
  backend: Backend,
  prefix: Uint8Array,
  keys: RecordKeys,
): { first: number; last: number } {
  const start = keys.root(0);
  const end = start.slice();
  end[prefix.length]!++;
  const edge = (reverse: boolean): number => {
    for (const [key] of backend.iterate({ start, end, reverse })) return versionOfRootKey(key);
    return 0;
  };
  return { first: edge(false), last: edge(true) };
}

function createNodeSource(backend: Backend, keys: RecordKeys): NodeSource & { loaded: number } {
  function fill(node: IavlNode): void {
    const record = backend.get(keys.node(node.version, node.nonce));
    if (record === undefined)
      throw new StoreError("invalidRequest", "node not found: its version was pruned");
    decodeNodeInto(node, record);
  }
  const source = {
    /** Nodes with content that were loaded or saved since the last cut. */
    loaded: 0,
    load(node: IavlNode): void {
      fill(node);
      source.loaded++;
    },
    peek(node: IavlNode): IavlNode {
      const copy = new IavlNode(node.height, node.size, node.version, node.nonce, node.hash);
      fill(copy);
      return copy;
    },
  };
  return source;
}

/** Hashes, numbers and writes the unsaved nodes below `node`; gives how many. */
function saveNodes(node: IavlNode, version: number, keys: RecordKeys, batch: BackendBatch): number {
  let count = 0;
  const save = (unsaved: IavlNode): void => {
    if (unsaved.height > 0) {
      if (unsaved.left!.version === 0) save(unsaved.left!);
      if (unsaved.right!.version === 0) save(unsaved.right!);
    }
    // here and not in a walk of its own: the siblings are in the processor's cache only once
    hashNode(unsaved, version);
    unsaved.version = version;
    unsaved.nonce = ++count;
    batch.set(keys.node(version, count), encodeNode(unsaved));
  };
  if (node.version === 0) save(node);
  return count;
}

/** Drops the content of all saved nodes deeper than `depth`; gives how many keep theirs. */
function forgetDeep(node: IavlNode, depth: number): number {
  if (node.key === undefined) return 0;
  if (depth === 0) {
    node.key = undefined;
    node.value = undefined;
    node.left = undefined;
    node.right = undefined;
    return 0;
  }
  return node.height === 0 ? 1 : 1 + forgetDeep(node.left!, depth - 1) + forgetDeep(node.right!, depth - 1);
}

const rootHash = (root: IavlNode | undefined): Uint8Array =>
  root === undefined ? sha256(EMPTY) : fromBinary(root.hash);

function readVersion(source: NodeSource, root: IavlNode | undefined, version: bigint): IavlVersion {
  const existenceProof = (key: Uint8Array): ExistenceProof | undefined => proveExistence(source, root, key);
  const nonExistenceProof = (key: Uint8Array): CommitmentProof => proveAbsence(source, root, key);
  return {
    version,
    hash: rootHash(root),
    size: root?.size ?? 0,
    height: root?.height ?? 0,
    get: (key) => findLeaf(source, root, key)?.value,
    has: (key) => findLeaf(source, root, key) !== undefined,
    iterate: (range = {}) => ({ [Symbol.iterator]: () => walkLeaves(source, root, range, false) }),
    existenceProof,
    nonExistenceProof,
    proof(key) {
      const exist = existenceProof(key);
      return exist === undefined ? nonExistenceProof(key) : { exist };
    },
    export: () => exportNodes(source, root),
  };
}
