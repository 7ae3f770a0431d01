/** Where snapshots lie. Node only; making and reading them is part of the package's main entry, which runs anywhere. */
export { openSnapshotDirectory } from "./directory.ts";
export { createMemorySnapshotStore } from "./memory.ts";
export type { SnapshotInfo, SnapshotSink, SnapshotStore } from "./snapshot-store.ts";
