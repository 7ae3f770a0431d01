/** State sync: snapshots of committed heights out and in (SDK `baseapp/abci.go`, `store/snapshots/manager.go`). */
import { equalBytes, sha256 } from "@tandem-ics/crypto";
import {
  createSnapshotImport,
  createSnapshotReader,
  createSnapshotWriter,
  decodeMetadata,
  encodeMetadata,
  SNAPSHOT_FORMAT,
  SnapshotError,
  type SnapshotImport,
  type SnapshotReader,
  type SnapshotSink,
  type SnapshotStore,
  type SnapshotWriter,
  type VersionExport,
} from "@tandem-ics/store";
import {
  ResponseApplySnapshotChunk_Result as ApplyResult,
  ResponseOfferSnapshot_Result as OfferResult,
  type RequestApplySnapshotChunk,
  type RequestOfferSnapshot,
  type ResponseApplySnapshotChunk,
  type ResponseOfferSnapshot,
  type Snapshot,
} from "cosmjs-types/tendermint/abci/types";
import type { Application } from "../application.ts";
import { assert } from "../errors.ts";
import { type AppState, mountedStores, openStores } from "./app-state.ts";
import type { BaseAppOptions } from "./options.ts";

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

/** Items that are written out after a commit at least: about a tenth of a second. */
const MIN_SLICE = 5_000;
const HASH_LENGTH = 32;
/** Heights are stored as numbers and hashed doubled. */
const MAX_HEIGHT = 2n ** 51n;

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

interface Taking {
  readonly version: VersionExport;
  readonly writer: SnapshotWriter;
  readonly sink: SnapshotSink;
  readonly slice: number;
}

interface Restoring {
  readonly chunkHashes: readonly Uint8Array[];
  readonly into: SnapshotImport;
  readonly reader: SnapshotReader;
  readonly sink: SnapshotSink;
  next: number;
}

/** Makes the snapshots of an application. `options.chainId` must be there: it is not part of a snapshot. */
export function createSnapshots(options: BaseAppOptions, policy: SnapshotPolicy, state: AppState): Snapshots {
  assert(options.chainId !== undefined, "an application with snapshots needs its chain id");
  const { store } = policy;
  let taking: Taking | undefined;
  let restoring: Restoring | undefined;

  function begin(height: bigint): Taking {
    const version = state.stores.export(height);
    const sink = store.begin(height, SNAPSHOT_FORMAT);
    return {
      version,
      sink,
      writer: createSnapshotWriter((chunk) => sink.add(chunk)),
      slice: Math.max(MIN_SLICE, Math.ceil((2 * version.size) / Number(policy.interval))),
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

  function deleteOld(): void {
    if (policy.keepRecent === 0) return;
    for (const { height, format } of store.list().slice(policy.keepRecent)) store.delete(height, format);
  }

  function stopTaking(): void {
    taking?.version.close();
    taking?.sink.discard();
    taking = undefined;
  }

  function stopRestoring(): void {
    restoring?.sink.discard();
    restoring?.into.abort();
    restoring = undefined;
  }

  /** Offers are judged as in the SDK, but a new one replaces one under way, and nothing else is left of that. */
  function offer({ snapshot, appHash }: RequestOfferSnapshot): OfferResult {
    if (state.stores.lastVersion !== 0n || state.genesis !== undefined) return OfferResult.ABORT;
    if (snapshot === undefined) return OfferResult.REJECT;
    if (snapshot.format !== SNAPSHOT_FORMAT) return OfferResult.REJECT_FORMAT;
    const chunkHashes = chunkHashesOf(snapshot);
    if (chunkHashes === undefined) return OfferResult.REJECT;
    stopRestoring();
    const into = createSnapshotImport({
      backend: options.backend,
      stores: mountedStores(options),
      version: snapshot.height,
      appHash,
    });
    restoring = {
      chunkHashes,
      into,
      reader: createSnapshotReader((item) => into.add(item)),
      // what was restored can be offered to others
      sink: store.begin(snapshot.height, snapshot.format),
      next: 0,
    };
    return OfferResult.ACCEPT;
  }

  function apply({ index, chunk, sender }: RequestApplySnapshotChunk): ResponseApplySnapshotChunk {
    const { chunkHashes, reader, into, sink, next } = restoring ?? {};
    // engines give chunks in their order
    if (restoring === undefined || index !== next) return applied(ApplyResult.ABORT);
    if (!equalBytes(sha256(chunk), chunkHashes![index]!))
      return {
        result: ApplyResult.RETRY,
        refetchChunks: [index],
        rejectSenders: sender === "" ? [] : [sender],
      };
    try {
      reader!.push(chunk);
      sink!.add(chunk);
      restoring.next++;
      if (restoring.next === chunkHashes!.length) {
        reader!.finish();
        into!.finish();
        finishRestoring(restoring);
      }
      return applied(ApplyResult.ACCEPT);
    } catch (error) {
      stopRestoring();
      if (error instanceof SnapshotError) return applied(ApplyResult.REJECT_SNAPSHOT);
      throw error;
    }
  }

  /** The height is committed: nothing below can undo that. */
  function finishRestoring({ sink }: Restoring): void {
    restoring = undefined;
    state.stores = openStores(options);
    state.resetCheck();
    attempt(() => {
      sink.finish();
      deleteOld();
    });
  }

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
      offerSnapshot: (request): ResponseOfferSnapshot => ({ result: offer(request) }),
      loadSnapshotChunk: ({ height, format, chunk }) => ({
        chunk: store.chunk(height, format, chunk) ?? new Uint8Array(0),
      }),
      applySnapshotChunk: apply,
    },
    afterCommit() {
      const height = state.stores.lastVersion;
      attempt(() => {
        try {
          if (taking === undefined && policy.interval > 0n && height % policy.interval === 0n)
            taking = begin(height);
          if (taking === undefined || !writeSlice(taking)) return;
          taking = undefined;
          deleteOld();
        } catch (error) {
          stopTaking();
          throw error;
        }
      });
    },
    stop() {
      stopTaking();
      stopRestoring();
    },
  };
}

/** What the offer says of its chunks; `undefined` if it contradicts itself. */
function chunkHashesOf({ height, chunks, metadata }: Snapshot): Uint8Array[] | undefined {
  if (height < 1n || height > MAX_HEIGHT || chunks === 0) return undefined;
  try {
    const hashes = decodeMetadata(metadata);
    return hashes.length === chunks && hashes.every(({ length }) => length === HASH_LENGTH)
      ? hashes
      : undefined;
  } catch (error) {
    if (error instanceof SnapshotError) return undefined;
    throw error;
  }
}

const applied = (result: ApplyResult): ResponseApplySnapshotChunk => ({
  result,
  refetchChunks: [],
  rejectSenders: [],
});
