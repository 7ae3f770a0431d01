/** Where committed nodes and versions live: a flat ordered map of bytes with atomic batches. */
import { fromBinary, toBinary } from "@tandem-ics/crypto";
import type { KeyRange } from "./sorted-entries.ts";

/** Operations that take effect together. */
export interface BackendBatch {
  set(key: Uint8Array, value: Uint8Array): void;
  delete(key: Uint8Array): void;
  /** All operations in the order given, or none; durable on return. A batch is written once. */
  write(): void;
}

/** Synchronous ordered byte map. Arrays given and returned must not be changed afterwards. */
export interface Backend {
  get(key: Uint8Array): Uint8Array | undefined;
  /** Pairs as they stand when the loop begins. */
  iterate(range?: KeyRange): Iterable<readonly [Uint8Array, Uint8Array]>;
  batch(): BackendBatch;
  /** Releases files. Nothing may be called afterwards. */
  close(): void;
}

/** Keys of a bucket differ in their last bytes only: the nodes of one tree and version fall into one. */
const BUCKET_TAIL = 4;

type Bucket = Map<string, Uint8Array>;

/**
 * A backend in memory, for tests and throw-away chains. Values are kept by reference, keys as binary strings in small
 * maps, since one map of millions of keys is slow to grow. Order is made when somebody iterates, which is rare.
 */
export function createMemoryBackend(): Backend {
  const buckets = new Map<string, Bucket>();
  let lastName = "";
  let last: Bucket | undefined;

  /** The bucket of `key`, the last one used being found without a search. */
  function bucketOf(key: Uint8Array): Bucket | undefined {
    const name = toBinary(key, 0, Math.max(0, key.length - BUCKET_TAIL));
    if (last === undefined || name !== lastName) {
      lastName = name;
      last = buckets.get(name);
    }
    return last;
  }

  const tailOf = (key: Uint8Array): string => toBinary(key, Math.max(0, key.length - BUCKET_TAIL));

  function apply(key: Uint8Array, value: Uint8Array | undefined): void {
    let bucket = bucketOf(key);
    if (value === undefined) {
      bucket?.delete(tailOf(key));
      if (bucket?.size === 0) {
        buckets.delete(lastName);
        last = undefined;
      }
      return;
    }
    if (bucket === undefined) {
      bucket = new Map();
      buckets.set(lastName, bucket);
      last = bucket;
    }
    bucket.set(tailOf(key), value);
  }

  function idsIn({ start, end, reverse }: KeyRange): string[] {
    const from = start === undefined ? "" : toBinary(start);
    const to = end === undefined ? undefined : toBinary(end);
    const ids: string[] = [];
    for (const [name, bucket] of buckets) {
      // all keys of a bucket begin with its name
      if (to !== undefined && name >= to) continue;
      if (name < from && !from.startsWith(name)) continue;
      for (const tail of bucket.keys()) {
        const id = name + tail;
        if (id >= from && (to === undefined || id < to)) ids.push(id);
      }
    }
    ids.sort();
    return reverse ? ids.reverse() : ids;
  }

  const get = (key: Uint8Array): Uint8Array | undefined => bucketOf(key)?.get(tailOf(key));

  return {
    get,
    *iterate(range = {}) {
      const found = idsIn(range).map((id) => {
        const key = fromBinary(id);
        return [key, get(key)!] as const;
      });
      yield* found;
    },
    batch: () => createBatch((run) => run(), apply),
    close: () => buckets.clear(),
  };
}

/** A batch that collects operations and hands them one by one to `apply` inside `transact`. */
export function createBatch(
  transact: (run: () => void) => void,
  apply: (key: Uint8Array, value: Uint8Array | undefined) => void,
): BackendBatch {
  const keys: Uint8Array[] = [];
  const values: (Uint8Array | undefined)[] = [];
  return {
    set(key, value) {
      keys.push(key);
      values.push(value);
    },
    delete(key) {
      keys.push(key);
      values.push(undefined);
    },
    write() {
      transact(() => {
        for (let i = 0; i < keys.length; i++) apply(keys[i]!, values[i]);
      });
      keys.length = 0;
      values.length = 0;
    },
  };
}
