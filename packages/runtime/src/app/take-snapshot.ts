/** Taking snapshots of committed heights, a slice after each commit (SDK `store/snapshots/manager.go`, `Create`). */
import {
  type CommitMultiStore,
  createSnapshotWriter,
  SNAPSHOT_FORMAT,
  type SnapshotSink,
  type SnapshotWriter,
  type VersionExport,
} from "@tandem-ics/store";
import type { SnapshotPolicy } from "./snapshot-policy.ts";

/** Items that are written out after a commit at least: about a tenth of a second. */
const MIN_SLICE = 5_000;

/** The snapshot under way, if there is one. */
export interface SnapshotTaker {
  /** Begins a snapshot when one is due and writes a slice of the one under way, which is dropped if that throws. */
  afterCommit(): void;
  /** Deletes the oldest beyond what the policy keeps. */
  deleteOld(): void;
  /** Drops what is under way. */
  stop(): void;
}

interface Taking {
  readonly version: VersionExport;
  readonly writer: SnapshotWriter;
  readonly sink: SnapshotSink;
  readonly slice: number;
}

/** Makes a taker for the stores that `stores` gives at the time. */
export function createSnapshotTaker(policy: SnapshotPolicy, stores: () => CommitMultiStore): SnapshotTaker {
  const { store } = policy;
  let taking: Taking | undefined;

  function begin(height: bigint): Taking {
    // before the version: one that nobody lets go would never be pruned
    const sink = store.begin(height, SNAPSHOT_FORMAT);
    const version = stores().export(height);
    return {
      version,
      sink,
      writer: createSnapshotWriter((chunk) => sink.add(chunk)),
      slice: Math.max(MIN_SLICE, Math.ceil((2 * version.size) / Number(policy.interval))),
    };
  }

  function deleteOld(): void {
    if (policy.keepRecent === 0) return;
    for (const { height, format } of store.list().slice(policy.keepRecent)) store.delete(height, format);
  }

  function stop(): void {
    taking?.version.close();
    taking?.sink.discard();
    taking = undefined;
  }

  return {
    afterCommit() {
      const height = stores().lastVersion;
      try {
        if (taking === undefined && policy.interval > 0n && height % policy.interval === 0n)
          taking = begin(height);
        if (taking === undefined || !writeSlice(taking)) return;
        taking = undefined;
        deleteOld();
      } catch (error) {
        stop();
        throw error;
      }
    },
    deleteOld,
    stop,
  };
}

/** Whether the snapshot is complete. */
function writeSlice({ version, writer, sink, slice }: Taking): boolean {
  for (let i = 0; i < slice; i++) {
    const item = version.next();
    if (item === undefined) {
      writer.finish();
      sink.finish();
      return true;
    }
    writer.add(item);
  }
  return false;
}
