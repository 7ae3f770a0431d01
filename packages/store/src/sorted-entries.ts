/** A map with byte-string keys that can be walked in order: the base of memory stores and caches. */
import { toBinary } from "@tandem-ics/crypto";

/** One key with its value. Entries are never changed, only replaced. */
export interface Entry<V> {
  /** The key as a binary string: orders as the bytes do. */
  readonly id: string;
  readonly key: Uint8Array;
  readonly value: V;
}

/** Keys in [start, end), ascending, or descending with `reverse`; an absent bound is open. */
export interface KeyRange {
  start?: Uint8Array | undefined;
  end?: Uint8Array | undefined;
  reverse?: boolean | undefined;
}

/** Hash map plus an ordered index, which is built only when somebody walks and then kept up to date. */
export interface SortedEntries<V> {
  get(key: Uint8Array): Entry<V> | undefined;
  /** {@link get} for who has the key as a binary string already. */
  find(id: string): Entry<V> | undefined;
  set(key: Uint8Array, value: V): void;
  /** Sets entries of another map, which may keep them: no entry ever changes. */
  adopt(entries: Iterable<Entry<V>>): void;
  /** All entries in no order, not across writes. */
  entries(): Iterable<Entry<V>>;
  delete(key: Uint8Array): void;
  clear(): void;
  readonly size: number;
  /** Walks the entries as they stand when the walk begins; later writes are not seen. */
  walk(range: KeyRange): Generator<Entry<V>, void, undefined>;
  /** The ordered index as it stands, not to be changed or kept across writes. */
  sorted(): readonly Entry<V>[];
}

/** With more changes than this, merging beats inserting one by one. */
const INSERT_LIMIT = 24;

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Position of the first entry whose id is not below `id`. */
function lowerBound(entries: readonly { id: string }[], id: string): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (entries[middle]!.id < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** An empty map. Keys and values are kept by reference: callers must not change them afterwards. */
export const createSortedEntries = <V>(): SortedEntries<V> => new IndexedEntries<V>();

/** A class and no factory: every branch of a store has one, and most are never walked. */
class IndexedEntries<V> implements SortedEntries<V> {
  readonly #entries = new Map<string, Entry<V>>();
  /** Keys touched since the index was made. */
  #changed: Set<string> | undefined;
  #index: Entry<V>[] | undefined;
  #walkers: { count: number } = { count: 0 };

  get size(): number {
    return this.#entries.size;
  }

  get(key: Uint8Array): Entry<V> | undefined {
    return this.#entries.size === 0 ? undefined : this.#entries.get(toBinary(key));
  }

  find(id: string): Entry<V> | undefined {
    return this.#entries.get(id);
  }

  set(key: Uint8Array, value: V): void {
    const id = toBinary(key);
    this.#entries.set(id, { id, key, value });
    this.#changed?.add(id);
  }

  adopt(entries: Iterable<Entry<V>>): void {
    for (const entry of entries) {
      this.#entries.set(entry.id, entry);
      this.#changed?.add(entry.id);
    }
  }

  entries(): Iterable<Entry<V>> {
    return this.#entries.values();
  }

  delete(key: Uint8Array): void {
    const id = toBinary(key);
    if (this.#entries.delete(id)) this.#changed?.add(id);
  }

  clear(): void {
    this.#entries.clear();
    this.#changed = undefined;
    this.#index = undefined;
  }

  *walk({ start, end, reverse }: KeyRange): Generator<Entry<V>, void, undefined> {
    const list = this.sorted();
    const mine = this.#walkers;
    const from = start === undefined ? 0 : lowerBound(list, toBinary(start));
    const to = end === undefined ? list.length : lowerBound(list, toBinary(end));
    mine.count++;
    try {
      if (reverse) for (let i = to - 1; i >= from; i--) yield list[i]!;
      else for (let i = from; i < to; i++) yield list[i]!;
    } finally {
      mine.count--;
    }
  }

  sorted(): Entry<V>[] {
    const changed = this.#changed;
    if (this.#index === undefined || changed === undefined) {
      this.#index = [...this.#entries.values()].sort(byId);
      this.#walkers = { count: 0 };
      this.#changed = new Set();
      return this.#index;
    }
    if (changed.size > INSERT_LIMIT) {
      this.#index = merge(this.#index, [...changed].sort(), this.#entries);
      this.#walkers = { count: 0 };
    } else if (changed.size > 0) {
      // an array that somebody is walking stays as it is
      if (this.#walkers.count > 0) {
        this.#index = this.#index.slice();
        this.#walkers = { count: 0 };
      }
      for (const id of changed) replace(this.#index, id, this.#entries.get(id));
    }
    changed.clear();
    return this.#index;
  }
}

function replace<V>(index: Entry<V>[], id: string, entry: Entry<V> | undefined): void {
  const at = lowerBound(index, id);
  const found = index[at]?.id === id;
  if (entry === undefined) {
    if (found) index.splice(at, 1);
  } else if (found) index[at] = entry;
  else index.splice(at, 0, entry);
}

function merge<V>(
  old: readonly Entry<V>[],
  changed: readonly string[],
  entries: ReadonlyMap<string, Entry<V>>,
): Entry<V>[] {
  const out: Entry<V>[] = [];
  let at = 0;
  for (const id of changed) {
    while (at < old.length && old[at]!.id < id) out.push(old[at++]!);
    if (at < old.length && old[at]!.id === id) at++;
    const entry = entries.get(id);
    if (entry !== undefined) out.push(entry);
  }
  while (at < old.length) out.push(old[at++]!);
  return out;
}
