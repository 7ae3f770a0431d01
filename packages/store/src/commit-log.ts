/**
 * What the multistore itself keeps in the backend: `00 63 ‖ be64(version)` → the root hashes of that version's stores.
 * Trees lie below `00 73 ‖ length ‖ name`. `00 69` is there from the first node of an import to its end.
 */
import { be64, concatBytes, fromBe64, fromUtf8, lengthPrefixed, utf8 } from "@tandem-ics/crypto";
import { type StoreHashes, sortNames } from "./app-hash.ts";
import type { Backend, BackendBatch } from "./backend.ts";
import { StoreError } from "./errors.ts";

const COMMITS = Uint8Array.of(0, 0x63);
const TREES = Uint8Array.of(0, 0x73);
const TREES_END = Uint8Array.of(0, 0x74);
const IMPORTING = Uint8Array.of(0, 0x69);
const HASH_LENGTH = 32;
/** Keys that are deleted at once. */
const CLEAR_BATCH = 50_000;

/** Beginning of all backend keys of the tree of store `name`. */
export const treePrefix = (name: string): Uint8Array => concatBytes(TREES, lengthPrefixed(utf8(name)));

/** The committed versions. */
export interface CommitLog {
  /** 0 if there is none. */
  first: bigint;
  /** 0 if there is none. */
  last: bigint;
  /** Throws StoreError for a version that was pruned or never existed. */
  hashes(version: bigint): StoreHashes;
  add(version: bigint, hashes: StoreHashes, batch: BackendBatch): void;
  /** Forgets all versions below `version`. */
  pruneBelow(version: bigint, batch: BackendBatch): void;
  /** Forgets all versions above `version`; 0 forgets all. */
  rollback(version: bigint, batch: BackendBatch): void;
}

/** The log that `backend` holds. */
export function openCommitLog(backend: Backend): CommitLog {
  const keyOf = (version: bigint): Uint8Array => concatBytes(COMMITS, be64(version));
  const edge = (reverse: boolean): bigint => {
    const end = Uint8Array.of(0, 0x64);
    for (const [key] of backend.iterate({ start: COMMITS, end, reverse }))
      return fromBe64(key, COMMITS.length);
    return 0n;
  };
  const log: CommitLog = {
    first: edge(false),
    last: edge(true),
    hashes(version) {
      const record = version < 0n ? undefined : backend.get(keyOf(version));
      if (record === undefined)
        throw new StoreError("invalidRequest", `version ${version} is not in the store`);
      return decode(record);
    },
    add(version, hashes, batch) {
      batch.set(keyOf(version), encode(hashes));
      if (log.last === 0n) log.first = version;
      log.last = version;
    },
    pruneBelow(version, batch) {
      for (; log.first < version && log.first < log.last; log.first++) batch.delete(keyOf(log.first));
    },
    rollback(version, batch) {
      for (; log.last > version && log.last >= log.first; log.last--) batch.delete(keyOf(log.last));
      if (version === 0n) log.first = log.last = 0n;
    },
  };
  return log;
}

/** Marks in `batch` that trees without a version are being written. */
export const beginImport = (batch: BackendBatch): void => batch.set(IMPORTING, Uint8Array.of(1));

/** Takes the mark away in the batch that makes the version visible. */
export const endImport = (batch: BackendBatch): void => batch.delete(IMPORTING);

/** Deletes what an import left that never ended. Nothing must be committed. */
export function clearImport(backend: Backend): void {
  if (backend.get(IMPORTING) === undefined) return;
  for (let full = true; full; ) {
    const batch = backend.batch();
    let count = 0;
    for (const [key] of backend.iterate({ start: TREES, end: TREES_END })) {
      batch.delete(key);
      if (++count === CLEAR_BATCH) break;
    }
    full = count === CLEAR_BATCH;
    if (!full) endImport(batch);
    batch.write();
  }
}

const encode = (hashes: StoreHashes): Uint8Array =>
  concatBytes(...sortNames(hashes.keys()).flatMap((name) => [lengthPrefixed(utf8(name)), hashes.get(name)!]));

function decode(record: Uint8Array): StoreHashes {
  const hashes = new Map<string, Uint8Array>();
  for (let at = 0; at < record.length; ) {
    // names are shorter than 128 bytes
    const nameEnd = at + 1 + record[at]!;
    hashes.set(fromUtf8(record.subarray(at + 1, nameEnd)), record.slice(nameEnd, nameEnd + HASH_LENGTH));
    at = nameEnd + HASH_LENGTH;
  }
  return hashes;
}
