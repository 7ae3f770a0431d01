/** State sync: snapshots of committed heights out and in (SDK `baseapp/abci.go`). */
import { encodeMetadata } from "@tandem-ics/store";
import type { Application } from "../application.ts";
import { assert } from "../errors.ts";
import type { AppState } from "./app-state.ts";
import type { BaseAppOptions } from "./options.ts";
import { createSnapshotRestorer } from "./restore-snapshot.ts";
import type { SnapshotPolicy } from "./snapshot-policy.ts";
import { createSnapshotTaker } from "./take-snapshot.ts";

/** Snapshots of one application. */
export interface Snapshots {
  readonly methods: Required<
    Pick<Application, "listSnapshots" | "offerSnapshot" | "loadSnapshotChunk" | "applySnapshotChunk">
  >;
  /**
   * To be called after each commit. Begins a snapshot when one is due and writes a slice of the one under way: so much
   * that it is complete after half an interval, small ones at once. The state is read as of its height, whatever is
   * committed meanwhile. Costs some 30 microseconds for a node of a tree; a snapshot is skipped while another is under way.
   */
  afterCommit(): void;
  /** Drops what is under way, in and out. */
  stop(): void;
}

/** Makes the snapshots of an application. `options.chainId` must be there: it is not part of a snapshot. */
export function createSnapshots(options: BaseAppOptions, policy: SnapshotPolicy, state: AppState): Snapshots {
  assert(options.chainId !== undefined, "an application with snapshots needs its chain id");
  const { store } = policy;
  const taker = createSnapshotTaker(policy, () => state.stores);
  const restorer = createSnapshotRestorer({
    options,
    store,
    state,
    keep: (sink) =>
      attempt(() => {
        sink.finish();
        taker.deleteOld();
      }),
  });

  /** Keeping snapshots is a service to others: what goes wrong there must not stop the chain. */
  function attempt(act: () => void): void {
    try {
      act();
    } catch (error) {
      policy.onFailure?.(error);
    }
  }

  return {
    methods: {
      listSnapshots: () => ({
        snapshots: store.list().map(({ height, format, chunkHashes, hash }) => ({
          height,
          format,
          chunks: chunkHashes.length,
          hash,
          metadata: encodeMetadata(chunkHashes),
        })),
      }),
      offerSnapshot: (request) => ({ result: restorer.offer(request) }),
      loadSnapshotChunk: ({ height, format, chunk }) => ({
        chunk: store.chunk(height, format, chunk) ?? new Uint8Array(0),
      }),
      applySnapshotChunk: restorer.apply,
    },
    afterCommit: () => attempt(taker.afterCommit),
    stop() {
      taker.stop();
      restorer.stop();
    },
  };
}
