import { utf8 } from "@tandem-ics/crypto";
import { PageRequest } from "cosmjs-types/cosmos/base/query/v1beta1/pagination";
import fc from "fast-check";
import { map, textKey, textValue, u64Key, u64Value } from "./collections.ts";
import { type PageOptions, paginate } from "./pagination.ts";
import { createTestContext } from "./testing.ts";

const numbers = map("s", "n", u64Key, u64Value);
const page = (changes: Partial<PageRequest>) => PageRequest.fromPartial(changes);

function filled(count: number) {
  const ctx = createTestContext({ stores: { s: "iavl" } });
  for (let i = 0n; i < count; i++) numbers.set(ctx, i, i * 10n);
  // neighbours of the map in the same store must never show up
  ctx.kv("s").set(utf8("m"), utf8("x"));
  ctx.kv("s").set(utf8("o"), utf8("x"));
  return ctx;
}

test("without a request there are 100 items and the total", () => {
  const { items, pagination } = paginate(filled(150), numbers, undefined);
  expect(items.map(([k]) => k)).toEqual(Array.from({ length: 100 }, (_, i) => BigInt(i)));
  expect(pagination).toEqual({ nextKey: u64Key.encode(100n), total: 150n });
});

test("a key and an offset together are refused", () => {
  expect(() => paginate(filled(3), numbers, page({ key: u64Key.encode(1n), offset: 1n }))).toThrow(
    "either offset or key is expected, got both",
  );
});

test("the greatest limit there is gives everything", () => {
  const { items, pagination } = paginate(filled(150), numbers, page({ limit: 2n ** 64n - 1n }));
  expect(items).toHaveLength(150);
  expect(pagination).toEqual({ nextKey: new Uint8Array(), total: 0n });
});

test("an offset beyond the end gives nothing and still the total", () => {
  const { items, pagination } = paginate(
    filled(5),
    numbers,
    page({ offset: 9n, limit: 2n, countTotal: true }),
  );
  expect(items).toEqual([]);
  expect(pagination).toEqual({ nextKey: new Uint8Array(), total: 5n });
});

test("only entries that pass the filter count", () => {
  const even = { filter: (key: bigint) => key % 2n === 0n };
  const { items, pagination } = paginate(
    filled(10),
    numbers,
    page({ limit: 2n, offset: 1n, countTotal: true }),
    even,
  );
  expect(items.map(([k]) => k)).toEqual([2n, 4n]);
  expect(pagination).toEqual({ nextKey: u64Key.encode(6n), total: 5n });
});

test("keys are relative to the prefix", () => {
  const ctx = createTestContext({ stores: { s: "iavl" } });
  const names = map("s", "p", textKey, textValue);
  for (const name of ["a/1", "a/2", "a/3", "b/1"]) names.set(ctx, name, name);
  const first = paginate(ctx, names, page({ limit: 2n }), { prefix: utf8("a/") });
  expect(first.items.map(([k]) => k)).toEqual(["a/1", "a/2"]);
  expect(first.pagination.nextKey).toEqual(utf8("3"));
  const second = paginate(ctx, names, page({ limit: 2n, key: first.pagination.nextKey }), {
    prefix: utf8("a/"),
  });
  expect(second.items.map(([k]) => k)).toEqual(["a/3"]);
});

test("pages follow each other without gap or repetition, forwards and backwards, in stores and in collections", () => {
  fc.assert(
    fc.property(fc.nat(30), fc.integer({ min: 1, max: 7 }), fc.boolean(), (count, limit, reverse) => {
      const ctx = filled(count);
      const list = Array.from({ length: count }, (_, i) => BigInt(i));
      const collect = (
        turn: (request: PageRequest) => { items: readonly bigint[]; pagination: { nextKey: Uint8Array } },
      ) => {
        const out: bigint[] = [];
        let key = new Uint8Array();
        for (let turns = 0; turns <= count; turns++) {
          const { items, pagination } = turn(page({ key, limit: BigInt(limit), reverse }));
          expect(items.length).toBeLessThanOrEqual(limit);
          out.push(...items);
          key = new Uint8Array(pagination.nextKey);
          if (key.length === 0) break;
        }
        return out;
      };
      const expected = reverse ? list.toReversed() : list;
      for (const style of ["store", "collection"] as const)
        expect(
          collect((request) => {
            const { items, pagination } = paginate(ctx, numbers, request, { style });
            return { items: items.map(([k]) => k), pagination };
          }),
        ).toEqual(expected);
    }),
  );
});

describe("where Go's three ways of turning pages differ", () => {
  const even = (key: bigint): boolean => key % 2n === 0n;
  const MAX = 2n ** 64n - 1n;
  const turn = (request: Partial<PageRequest>, options: PageOptions<bigint, bigint> = {}) => {
    const { items, pagination } = paginate(filled(10), numbers, page(request), options);
    return {
      keys: items.map(([key]) => Number(key)),
      next: pagination.nextKey.length === 0 ? undefined : Number(u64Key.decode(pagination.nextKey, 0).key),
      total: Number(pagination.total),
    };
  };
  const at = (key: bigint) => u64Key.encode(key);

  test("from a key on, matching rows are counted and the next page begins at any row", () => {
    expect(turn({ key: at(2n), limit: 2n }, { filter: even })).toEqual({ keys: [2, 4], next: 5, total: 0 });
  });

  test("from a key on, a collection's limit is one of rows, matching or not", () => {
    expect(turn({ key: at(1n), limit: 3n }, { filter: even, style: "collection" })).toEqual({
      keys: [2],
      next: 4,
      total: 0,
    });
  });

  test("an offset is one of matching rows in a store, and of all rows in a collection", () => {
    const request = { offset: 3n, limit: 1n, countTotal: true };
    expect(turn(request, { filter: even })).toEqual({ keys: [6], next: 8, total: 5 });
    expect(turn(request, { filter: even, style: "collection" })).toEqual({ keys: [4], next: 6, total: 6 });
  });

  test("an offset beyond the end leaves a collection without a total, one at the end does not", () => {
    expect(turn({ offset: 11n, countTotal: true }, { style: "collection" }).total).toBe(0);
    expect(turn({ offset: 10n, countTotal: true }, { style: "collection" }).total).toBe(10);
    expect(turn({ offset: 11n, countTotal: true }).total).toBe(10);
  });

  test("every match that was looked at is given where that is asked for", () => {
    const options = { filter: even, everyMatch: true };
    expect(turn({ offset: 1n, limit: 2n }, options)).toEqual({ keys: [0, 2, 4, 6], next: 6, total: 0 });
    expect(turn({ key: at(2n), limit: 2n }, options).keys).toEqual([2, 4]);
  });

  test("sums of offset and limit wrap", () => {
    expect(turn({ offset: 2n, limit: MAX })).toEqual({ keys: [], next: undefined, total: 0 });
    expect(turn({ offset: 2n, limit: MAX }, { filter: () => true })).toEqual({ keys: [], next: 1, total: 0 });
    expect(turn({ offset: 2n, limit: MAX }, { style: "collection" }).keys).toHaveLength(8);
  });

  test("backwards, a key that no row has stands for the row above it, and the last row cannot be asked for", () => {
    const ctx = createTestContext({ stores: { s: "iavl" } });
    for (const key of [1n, 3n, 5n]) numbers.set(ctx, key, key);
    const back = (key: bigint, style: "store" | "collection") =>
      paginate(ctx, numbers, page({ key: at(key), reverse: true }), { style }).items.map(([k]) => k);
    expect(back(2n, "store")).toEqual([3n, 1n]);
    expect(back(2n, "collection")).toEqual([1n]);
    expect(back(5n, "collection")).toEqual([5n, 3n, 1n]);
    expect(() => back(5n, "store")).toThrow("prefixIterator invalid");
    expect(back(6n, "store")).toEqual([5n, 3n, 1n]);
  });
});
