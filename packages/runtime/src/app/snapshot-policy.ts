/** What an operator decides about snapshots. */
import type { SnapshotStore } from "@tandem-ics/store";

/** When snapshots are taken, and where they lie. */
export interface SnapshotPolicy {
  readonly store: SnapshotStore;
  /** A snapshot is taken of heights divisible by this; 0 takes none. */
  readonly interval: bigint;
  /** How many are kept; 0 keeps all. */
  readonly keepRecent: number;
  /** Told why a snapshot could not be taken, such as a full disk; the chain goes on. Default: nobody is told. */
  readonly onFailure?: (error: unknown) => void;
}
