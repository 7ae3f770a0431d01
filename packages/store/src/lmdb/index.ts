/** A backend on disk: LMDB, synchronous. Node only. */
import { open } from "lmdb";
import { type Backend, createBatch } from "../backend.ts";
import type { KeyRange } from "../sorted-entries.ts";

/** How the database is opened. */
export interface LmdbOptions {
  /**
   * When `write` returns. `now` (default): once the disk has the batch. `deferred`: once the batch is committed; the disk
   * gets it soon after. A stop of the process loses nothing then, a stop of the machine may lose the last batches, newest
   * first, and never damages the database. `never`: the system decides; a stop of the machine may damage it.
   */
  sync?: "now" | "deferred" | "never";
  /** For reading beside a running writer. */
  readOnly?: boolean;
  /** Bytes of address space to begin with; it grows as needed. */
  mapSize?: number;
}

type Range = {
  start?: Uint8Array;
  end?: Uint8Array;
  reverse: boolean;
  exclusiveStart: boolean;
  inclusiveEnd: boolean;
};

/** Opens or creates the database in the folder `path`. Keys are 1 to 1978 bytes long. */
export function openLmdbBackend(path: string, options: LmdbOptions = {}): Backend {
  const { sync = "now", readOnly = false, mapSize } = options;
  const db = open<Uint8Array, Uint8Array>({
    path,
    encoding: "binary",
    keyEncoding: "binary",
    cache: false,
    overlappingSync: sync === "deferred",
    noSync: sync === "never",
    readOnly,
    ...(mapSize === undefined ? {} : { mapSize }),
  });
  return {
    get(key) {
      const value = db.getBinary(key);
      return value === undefined ? undefined : plain(value);
    },
    *iterate(range = {}) {
      for (const { key, value } of db.getRange(toLmdbRange(range))) yield [plain(key), plain(value)] as const;
    },
    batch: () =>
      createBatch(
        (run) => db.transactionSync(run),
        (key, value) => {
          if (value === undefined) db.removeSync(key);
          else db.putSync(key, value);
        },
      ),
    close() {
      // nothing asynchronous is ever pending: the files are closed when this returns
      void db.close();
    },
  };
}

/** Callers get plain arrays: a Buffer's `slice` shares memory. */
const plain = (buffer: Uint8Array): Uint8Array =>
  new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);

/** LMDB walks backwards from `start` down to `end`, and includes the start unless told otherwise. */
function toLmdbRange({ start, end, reverse = false }: KeyRange): Range {
  const from = reverse ? end : start;
  const to = reverse ? start : end;
  return {
    ...(from === undefined ? {} : { start: from }),
    ...(to === undefined ? {} : { end: to }),
    reverse,
    exclusiveStart: reverse && from !== undefined,
    inclusiveEnd: reverse,
  };
}
