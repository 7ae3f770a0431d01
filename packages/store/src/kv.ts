/** Key-value stores and their caches (SDK `store/types`, `store/cachekv`). */
import { toBinary } from "@tandem-ics/crypto";
import { StoreError } from "./errors.ts";
import { createSortedEntries, type Entry, type KeyRange } from "./sorted-entries.ts";

/**
 * Ordered map from non-empty keys to values. Arrays are kept by reference, so neither the caller nor the reader may
 * change them. An empty key throws {@link StoreError}.
 */
export interface KvStore {
  get(key: Uint8Array): Uint8Array | undefined;
  has(key: Uint8Array): boolean;
  set(key: Uint8Array, value: Uint8Array): void;
  delete(key: Uint8Array): void;
  /** Pairs as they stand when the loop begins: writes during the loop are allowed and not seen by it. */
  iterate(range?: KeyRange): Iterable<readonly [Uint8Array, Uint8Array]>;
}

/** Writes held back from a parent store. */
export interface CacheKvStore extends KvStore {
  /** Passes one operation for each touched key to the parent, keys ascending, and empties the cache. State-breaking. */
  write(): void;
  /** Forgets all writes. */
  discard(): void;
  /** Whether anything was written since the last `write` or `discard`, even with the value it had. */
  readonly dirty: boolean;
}

/** Throws {@link StoreError} for a key that no store can hold. */
export function assertKey(key: Uint8Array): void {
  if (key.length === 0) throw new StoreError("invalidRequest", "key is empty");
}

/** A store in memory: for transient and memory stores and for tests. */
export function createMemoryKvStore(): KvStore {
  const entries = createSortedEntries<Uint8Array>();
  return {
    get(key) {
      assertKey(key);
      return entries.get(key)?.value;
    },
    has(key) {
      assertKey(key);
      return entries.get(key) !== undefined;
    },
    set(key, value) {
      assertKey(key);
      entries.set(key, value);
    },
    delete(key) {
      assertKey(key);
      entries.delete(key);
    },
    *iterate(range = {}) {
      for (const { key, value } of entries.walk(range)) yield [key, value] as const;
    },
  };
}

/** `undefined` marks a deletion, kept even if the parent has no such key. */
type Write = Uint8Array | undefined;

/** A cache over `parent`. Reads go through to the parent and are not remembered. */
export const createCacheKvStore = (parent: KvStore): CacheKvStore => new WriteCache(parent);

/**
 * A class and no factory: every transaction branches several stores. Caches lie upon caches, and the key's binary string is
 * made once for all of them.
 */
class WriteCache implements CacheKvStore {
  readonly #parent: KvStore;
  readonly #below: WriteCache | undefined;
  readonly #writes = createSortedEntries<Write>();

  constructor(parent: KvStore) {
    this.#parent = parent;
    this.#below = parent instanceof WriteCache ? parent : undefined;
  }

  get dirty(): boolean {
    return this.#writes.size > 0;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    assertKey(key);
    const written = this.#lookUp(key);
    return written === undefined ? this.#base().get(key) : written.value;
  }

  has(key: Uint8Array): boolean {
    assertKey(key);
    const written = this.#lookUp(key);
    return written === undefined ? this.#base().has(key) : written.value !== undefined;
  }

  set(key: Uint8Array, value: Uint8Array): void {
    assertKey(key);
    this.#writes.set(key, value);
  }

  delete(key: Uint8Array): void {
    assertKey(key);
    this.#writes.set(key, undefined);
  }

  iterate(range: KeyRange = {}): Iterable<readonly [Uint8Array, Uint8Array]> {
    const writes = this.#writes;
    const parent = this.#parent;
    return {
      [Symbol.iterator]: () =>
        writes.size === 0
          ? parent.iterate(range)[Symbol.iterator]()
          : mergeWrites(parent, writes.walk(range), range),
    };
  }

  write(): void {
    const writes = this.#writes;
    const parent = this.#parent;
    const below = this.#below;
    if (below !== undefined) below.#writes.adopt(writes.entries());
    else
      for (const { key, value } of writes.sorted()) {
        if (value === undefined) parent.delete(key);
        else parent.set(key, value);
      }
    writes.clear();
  }

  discard(): void {
    this.#writes.clear();
  }

  /** The latest write of a key here or in a cache below. */
  #lookUp(key: Uint8Array): Entry<Write> | undefined {
    let id: string | undefined;
    for (let cache: WriteCache | undefined = this; cache !== undefined; cache = cache.#below) {
      if (cache.#writes.size === 0) continue;
      id ??= toBinary(key);
      const written = cache.#writes.find(id);
      if (written !== undefined) return written;
    }
    return undefined;
  }

  /** What lies below all caches. */
  #base(): KvStore {
    let cache: WriteCache = this;
    while (cache.#below !== undefined) cache = cache.#below;
    return cache.#parent;
  }
}

/** The parent's pairs with `writes` laid over them; both come in the order of `range`. */
function* mergeWrites(
  parent: KvStore,
  writes: Generator<Entry<Write>, void, undefined>,
  range: KeyRange,
): Generator<readonly [Uint8Array, Uint8Array], void, undefined> {
  const below = parent.iterate(range)[Symbol.iterator]();
  // both are started before the first pair is given out: from then on they are snapshots
  let write = writes.next();
  let under = below.next();
  const sign = range.reverse ? -1 : 1;
  try {
    while (!under.done || !write.done) {
      const order = under.done ? 1 : write.done ? -1 : sign * compareKeys(under.value[0], write.value.key);
      if (order < 0) {
        yield under.value!;
        under = below.next();
        continue;
      }
      const { key, value } = write.value!;
      write = writes.next();
      if (order === 0) under = below.next();
      if (value !== undefined) yield [key, value];
    }
  } finally {
    writes.return();
    below.return?.();
  }
}

function compareKeys(a: Uint8Array, b: Uint8Array): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}
