/** A backend filled from a row of items (SDK `store/rootmulti`, `Restore`). */
import { compareBytes, equalBytes, utf8 } from "@tandem-ics/crypto";
import { appHashOf } from "../app-hash.ts";
import type { Backend, BackendBatch } from "../backend.ts";
import { beginImport, clearImport, endImport, openCommitLog, treePrefix } from "../commit-log.ts";
import { StoreError } from "../errors.ts";
import { createIavlImport, type IavlImport, type ImportedTree } from "../iavl/export.ts";
import type { StoreKind } from "../multistore-types.ts";
import { SnapshotError } from "./errors.ts";
import type { SnapshotItem } from "./items.ts";

/** Nodes and bytes that are written at once. */
const BATCH_NODES = 10_000;
const BATCH_BYTES = 16_000_000;
/** Versions are stored as numbers and hashed doubled. */
const MAX_VERSION = 2n ** 51n;

/** What an import needs. */
export interface SnapshotImportOptions {
  /** Nothing may be committed in it. */
  readonly backend: Backend;
  /** The stores of the application; those that are not `iavl` are never part of a snapshot. */
  readonly stores: Readonly<Record<string, StoreKind>>;
  readonly version: bigint;
  /** App hash of `version` from a source that is trusted, such as the light client's header of the height after. */
  readonly appHash: Uint8Array;
}

/** Stores that are being filled. */
export interface SnapshotImport {
  /** Takes the next item. Throws {@link SnapshotError} for one that cannot stand here; then only `abort` is left. */
  add(item: SnapshotItem): void;
  /** Commits the version in one batch. Throws {@link SnapshotError} if the app hash is another one. */
  finish(): void;
  /** Deletes all that was written. Calls after `finish` do nothing. */
  abort(): void;
}

/**
 * Begins to fill `backend`. Nodes are written as they come and belong to no version: whoever opens the backend sees
 * nothing committed until `finish`. A process that ends before leaves a mark beside them, by which the next import, or
 * the first commit of a chain that begins at genesis instead, deletes them first.
 * @throws {@link StoreError} if something is committed or the version is out of range.
 */
export function createSnapshotImport(options: SnapshotImportOptions): SnapshotImport {
  const { backend, stores, version, appHash } = options;
  if (version < 1n || version > MAX_VERSION)
    throw new StoreError("invalidRequest", `version ${version} out of range`);
  const log = openCommitLog(backend);
  if (log.last !== 0n) throw new StoreError("logic", `version ${log.last} is committed already`);
  clearImport(backend);
  const finished = new Map<string, ImportedTree>();
  let tree: { readonly name: string; readonly building: IavlImport } | undefined;
  let batch: BackendBatch = backend.batch();
  let count = 0;
  let bytes = 0;
  let done = false;
  beginImport(batch);

  function flush(): void {
    batch.write();
    batch = backend.batch();
    count = bytes = 0;
  }

  function endTree(): void {
    if (tree !== undefined) finished.set(tree.name, tree.building.finish());
  }

  function beginTree(name: string): void {
    if (!Object.hasOwn(stores, name) || stores[name] !== "iavl")
      throw new SnapshotError(`no store named ${JSON.stringify(name.slice(0, 128))}`);
    if (tree !== undefined && compareBytes(utf8(tree.name), utf8(name)) >= 0)
      throw new SnapshotError("stores are not in the order of their names");
    endTree();
    tree = { name, building: createIavlImport(treePrefix(name), Number(version)) };
  }

  return {
    add(item) {
      if (item.kind === "store") return beginTree(item.name);
      if (tree === undefined) throw new SnapshotError("a node belongs to no store");
      tree.building.add(item.node, batch);
      bytes += item.node.key.length + item.node.value.length;
      if (++count >= BATCH_NODES || bytes >= BATCH_BYTES) flush();
    },
    finish() {
      endTree();
      const hashes = new Map([...finished].map(([name, { hash }]) => [name, hash]));
      if (!equalBytes(appHashOf(hashes), appHash))
        throw new SnapshotError("the app hash of the restored stores is not the trusted one");
      for (const { commit } of finished.values()) commit(batch);
      log.add(version, hashes, batch);
      endImport(batch);
      batch.write();
      done = true;
    },
    abort() {
      if (done) return;
      done = true;
      // the batch under way was never written; the mark may be in it
      clearImport(backend);
    },
  };
}
