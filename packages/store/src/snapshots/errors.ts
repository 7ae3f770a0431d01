/** What is wrong with a snapshot. */

/** A snapshot's bytes are not what a chain can have written: another snapshot has to be found. */
export class SnapshotError extends Error {
  readonly code = "SNAPSHOT_INVALID";

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "SnapshotError";
  }
}
