/** Restoring a snapshot chunk by chunk (SDK `store/snapshots/manager.go`, `Restore`, `RestoreChunk`). */
import { equalBytes, sha256 } from "@tandem-ics/crypto";
import {
  createSnapshotImport,
  createSnapshotReader,
  decodeMetadata,
  SNAPSHOT_FORMAT,
  SnapshotError,
  type SnapshotImport,
  type SnapshotReader,
  type SnapshotSink,
} from "@tandem-ics/store";
import {
  ResponseApplySnapshotChunk_Result as ApplyResult,
  ResponseOfferSnapshot_Result as OfferResult,
  type RequestApplySnapshotChunk,
  type RequestOfferSnapshot,
  type ResponseApplySnapshotChunk,
  type Snapshot,
} from "cosmjs-types/tendermint/abci/types";
import { type AppState, mountedStores, openStores } from "./app-state.ts";
import type { BaseAppOptions } from "./options.ts";
import type { SnapshotPolicy } from "./snapshot-policy.ts";

const HASH_LENGTH = 32;
/** Heights are stored as numbers and hashed doubled. */
const MAX_HEIGHT = 2n ** 51n;

/** The restoration under way, if there is one. */
export interface SnapshotRestorer {
  /** Judged as in the SDK, but an offer replaces what is under way, and nothing else is left of that. */
  offer(request: RequestOfferSnapshot): OfferResult;
  /** Chunks come in their order. With the last one the state is at the snapshot's height. */
  apply(request: RequestApplySnapshotChunk): ResponseApplySnapshotChunk;
  /** Drops what is under way, and what was written of it. */
  stop(): void;
}

interface Restoring {
  readonly chunkHashes: readonly Uint8Array[];
  readonly into: SnapshotImport;
  readonly reader: SnapshotReader;
  readonly sink: SnapshotSink;
  next: number;
}

/** What a restorer needs. */
export interface SnapshotRestorerParts {
  readonly options: BaseAppOptions;
  readonly store: SnapshotPolicy["store"];
  readonly state: AppState;
  /** Keeps what was restored, for others. */
  readonly keep: (sink: SnapshotSink) => void;
}

/** Makes a restorer. */
export function createSnapshotRestorer({
  options,
  store,
  state,
  keep,
}: SnapshotRestorerParts): SnapshotRestorer {
  let restoring: Restoring | undefined;

  function stop(): void {
    restoring?.sink.discard();
    restoring?.into.abort();
    restoring = undefined;
  }

  function offer({ snapshot, appHash }: RequestOfferSnapshot): OfferResult {
    if (state.stores.lastVersion !== 0n || state.genesis !== undefined) return OfferResult.ABORT;
    if (snapshot === undefined) return OfferResult.REJECT;
    if (snapshot.format !== SNAPSHOT_FORMAT) return OfferResult.REJECT_FORMAT;
    const chunkHashes = chunkHashesOf(snapshot);
    if (chunkHashes === undefined) return OfferResult.REJECT;
    stop();
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
        finish(restoring);
      }
      return applied(ApplyResult.ACCEPT);
    } catch (error) {
      stop();
      if (error instanceof SnapshotError) return applied(ApplyResult.REJECT_SNAPSHOT);
      throw error;
    }
  }

  /** The height is committed: nothing below can undo that. */
  function finish({ sink }: Restoring): void {
    restoring = undefined;
    state.stores = openStores(options);
    state.resetCheck();
    keep(sink);
  }

  return { offer, apply, stop };
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
