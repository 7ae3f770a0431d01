import { compareBytes, toHex } from "@tandem-ics/crypto";
import * as fc from "fast-check";
import { StoreError } from "./errors.ts";
import { createCacheKvStore, createMemoryKvStore, type KvStore } from "./kv.ts";
import type { KeyRange } from "./sorted-entries.ts";

const k = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);
const pairs = (store: KvStore, range?: KeyRange): string[] =>
  [...store.iterate(range)].map(([key, value]) => `${toHex(key)}=${toHex(value)}`);

/** A store that remembers what is done to it. */
function recording(): { store: KvStore; log: string[] } {
  const inner = createMemoryKvStore();
  const log: string[] = [];
  const store: KvStore = {
    ...inner,
    set(key, value) {
      log.push(`${toHex(key)}=${toHex(value)}`);
      inner.set(key, value);
    },
    delete(key) {
      log.push(`-${toHex(key)}`);
      inner.delete(key);
    },
  };
  return { store, log };
}

describe("cache", () => {
  test("passes one operation for each touched key, keys ascending, deletes of absent keys included", () => {
    const { store, log } = recording();
    const cache = createCacheKvStore(store);
    cache.set(k(3), k(1));
    cache.set(k(1, 0), k(2));
    cache.set(k(3), k(4));
    cache.delete(k(2));
    cache.set(k(1), k(5));
    cache.delete(k(1));
    cache.set(k(1), k(6));
    expect(log).toEqual([]);
    cache.write();
    expect(log).toEqual(["01=06", "0100=02", "-02", "03=04"]);
    cache.write();
    expect(log).toHaveLength(4);
  });

  test("writing back the same value is a write", () => {
    const { store, log } = recording();
    store.set(k(1), k(1));
    const cache = createCacheKvStore(store);
    expect(cache.dirty).toBe(false);
    cache.set(k(1), cache.get(k(1))!);
    expect(cache.dirty).toBe(true);
    cache.write();
    expect(log).toEqual(["01=01", "01=01"]);
    expect(cache.dirty).toBe(false);
  });

  test("discarded writes are gone", () => {
    const { store, log } = recording();
    const cache = createCacheKvStore(store);
    cache.set(k(1), k(1));
    cache.discard();
    cache.write();
    expect(cache.has(k(1))).toBe(false);
    expect(log).toEqual([]);
  });

  test("deletions hide the parent's pairs from reads and walks", () => {
    const parent = createMemoryKvStore();
    for (const i of [1, 2, 3]) parent.set(k(i), k(i));
    const cache = createCacheKvStore(parent);
    cache.delete(k(2));
    cache.set(k(4), k(4));
    expect([cache.get(k(2)), cache.has(k(2)), cache.has(k(1))]).toEqual([undefined, false, true]);
    expect(pairs(cache)).toEqual(["01=01", "03=03", "04=04"]);
    expect(pairs(cache, { reverse: true, end: k(4) })).toEqual(["03=03", "01=01"]);
  });

  test.each(["get", "has", "set", "delete"] as const)("%s refuses the empty key", (method) => {
    for (const store of [createMemoryKvStore(), createCacheKvStore(createMemoryKvStore())])
      expect(() => store[method](k(), k())).toThrow(StoreError);
  });
});

describe("walks", () => {
  test.each([
    ["memory store", createMemoryKvStore()],
    ["cache", createCacheKvStore(createMemoryKvStore())],
    ["cache of a cache", createCacheKvStore(createCacheKvStore(createMemoryKvStore()))],
  ])("of a %s show the pairs of their beginning, whatever is written meanwhile", (_, store) => {
    for (let i = 0; i < 60; i += 2) store.set(k(i), k(i));
    const before = pairs(store);
    const seen: string[] = [];
    for (const [key, value] of store.iterate()) {
      seen.push(`${toHex(key)}=${toHex(value)}`);
      store.delete(k(key[0]! + 2));
      store.set(k(key[0]! + 1), k(0));
      store.set(k(40), k(99));
      for (const _ of store.iterate()) break;
    }
    expect(seen).toEqual(before);
    expect(pairs(store)).not.toEqual(before);
  });
});

type Op = { cache: number; act: "set" | "delete" | "write" | "discard"; key: Uint8Array; value: Uint8Array };
const bytes = fc.uint8Array({ minLength: 1, maxLength: 2, max: 4 });
const op: fc.Arbitrary<Op> = fc.record({
  cache: fc.nat(2),
  act: fc.constantFrom("set", "set", "set", "delete", "delete", "write", "discard"),
  key: bytes,
  value: bytes,
});
const bound = fc.option(bytes, { nil: undefined });
const range = fc.record({ start: bound, end: bound, reverse: fc.boolean() });

/** The pairs of `map` in `range`, by plain sorting. */
function expectedPairs(map: ReadonlyMap<string, string>, { start, end, reverse }: KeyRange): string[] {
  const inside = [...map].filter(([key]) => {
    const raw = Uint8Array.from(Buffer.from(key, "hex"));
    return (!start || compareBytes(raw, start) >= 0) && (!end || compareBytes(raw, end) < 0);
  });
  const sorted = inside.sort(([a], [b]) => Buffer.compare(Buffer.from(a, "hex"), Buffer.from(b, "hex")));
  return (reverse ? sorted.reverse() : sorted).map(([key, value]) => `${key}=${value}`);
}

test("nested caches hold what plain copied maps hold, in every range", () => {
  return fc.assert(
    fc.property(fc.array(op, { maxLength: 80 }), range, (ops, where) => {
      const base = createMemoryKvStore();
      const first = createCacheKvStore(base);
      const stores = [base, first, createCacheKvStore(first)] as const;
      const maps = [new Map<string, string>(), new Map<string, string>(), new Map<string, string>()];
      for (const { cache, act, key, value } of ops) {
        if (act === "set" || act === "delete") {
          // writing below a dirty cache is not allowed: the top one is the only writer unless it is clean
          const level = stores[2].dirty ? 2 : stores[1].dirty ? Math.max(cache, 1) : cache;
          for (let i = level; i < 3; i++) {
            if (act === "set") maps[i]!.set(toHex(key), toHex(value));
            else maps[i]!.delete(toHex(key));
          }
          stores[level]![act](key, value);
        } else if (cache > 0) {
          const level = cache as 1 | 2;
          if (level === 1 && stores[2].dirty) continue;
          stores[level][act]();
          const [from, to] = act === "write" ? [level, level - 1] : [level - 1, level];
          maps[to] = new Map(maps[from]);
          if (level === 1) maps[2] = new Map(maps[1]);
        }
        stores.forEach((store, i) => {
          expect(pairs(store, where)).toEqual(expectedPairs(maps[i]!, where));
        });
      }
      stores.forEach((store, i) => {
        expect(pairs(store)).toEqual(expectedPairs(maps[i]!, {}));
      });
    }),
    { numRuns: 150 },
  );
});
