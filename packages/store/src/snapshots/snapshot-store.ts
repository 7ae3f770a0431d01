/** Where finished snapshots lie. */

/** What is known of a snapshot. */
export interface SnapshotInfo {
  readonly height: bigint;
  readonly format: number;
  /** SHA-256 of each chunk. */
  readonly chunkHashes: readonly Uint8Array[];
  /** SHA-256 of all chunks together. */
  readonly hash: Uint8Array;
}

/** A snapshot that is being written. Nobody sees it before it is finished. */
export interface SnapshotSink {
  /** Adds the next chunk. */
  add(chunk: Uint8Array): void;
  /** Makes the snapshot visible, in place of one of the same height and format. */
  finish(): SnapshotInfo;
  /** Forgets it. Calls after `finish` do nothing. */
  discard(): void;
}

/** Finished snapshots. */
export interface SnapshotStore {
  /** Newest first. */
  list(): SnapshotInfo[];
  /** A chunk, counted from 0; `undefined` if there is none. */
  chunk(height: bigint, format: number, index: number): Uint8Array | undefined;
  begin(height: bigint, format: number): SnapshotSink;
  /** Deletes a snapshot; nothing happens if there is none. */
  delete(height: bigint, format: number): void;
}

/** The order of {@link SnapshotStore.list}. */
export function newestFirst(a: SnapshotInfo, b: SnapshotInfo): number {
  if (a.height !== b.height) return a.height > b.height ? -1 : 1;
  return b.format - a.format;
}
