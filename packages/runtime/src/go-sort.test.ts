import { be64, concatBytes, sha256, toHex } from "@tandem-ics/crypto";
import { sortAsGo } from "./go-sort.ts";

interface Entry {
  readonly key: bigint;
  readonly id: bigint;
}
const falling = (a: Entry, b: Entry): boolean => a.key > b.key;
const stable = (list: readonly Entry[], sign: 1 | -1): Entry[] =>
  [...list].sort((a, b) => (a.key < b.key ? sign : a.key > b.key ? -sign : 0));
const digest = (numbers: readonly bigint[]): string =>
  toHex(sha256(concatBytes(...numbers.map((n) => be64(n))))).slice(0, 24);

/** SplitMix64. */
function createRandom(seed: bigint): () => bigint {
  let state = seed;
  return () => {
    state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n);
    let z = state;
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    return z ^ (z >> 31n);
  };
}

/** Puts a list into a shape; "falling" and "rising" are named as the sort sees them, which wants the greatest first. */
function shaped(list: readonly Entry[], shape: string, random: () => bigint): Entry[] {
  const n = list.length;
  switch (shape) {
    case "falling":
      return stable(list, -1);
    case "rising":
      return stable(list, 1);
    case "nearly": {
      const out = stable(list, 1);
      for (let k = 0; k < 3 && n > 0; k++) {
        const a = Number(random() % BigInt(n));
        const b = Number(random() % BigInt(n));
        [out[a], out[b]] = [out[b]!, out[a]!];
      }
      return out;
    }
    case "runs":
      return [...stable(list.slice(0, Math.floor(n / 3)), 1), ...stable(list.slice(Math.floor(n / 3)), 1)];
    case "organ":
      return [...stable(list.slice(0, n >> 1), 1), ...stable(list.slice(n >> 1), -1)];
    default:
      return [...list];
  }
}

// Digests of the order that Go 1.26's sort.Slice gives lists of 0 to 400 entries from the same generator.
const EXPECTED: readonly [shape: string, kinds: bigint, digest: string][] = [
  ["random", 1n, "c85de5e1d731dd7b593b600e"],
  ["random", 2n, "5a697c7bdeb87fcab21cb38a"],
  ["random", 5n, "4dd61394c371ce0b3492fbdb"],
  ["random", 40n, "ad905cfd154a52d87f86e4f2"],
  ["random", 1099511627776n, "0b10810ba3c1d9c558e3562b"],
  ["falling", 1n, "c85de5e1d731dd7b593b600e"],
  ["falling", 2n, "0ef3e5ef5c8b1c420c82de76"],
  ["falling", 5n, "76f695cabfc31c2a0b029e9f"],
  ["falling", 40n, "d484f8e58f2bf8920883f76c"],
  ["falling", 1099511627776n, "b1124ef4558a4e4ce43c7ea6"],
  ["rising", 1n, "c85de5e1d731dd7b593b600e"],
  ["rising", 2n, "45994af28f6f8427e2002ca9"],
  ["rising", 5n, "7924e133b200145ed457a44a"],
  ["rising", 40n, "c25b15b8e12303d2012a59ad"],
  ["rising", 1099511627776n, "e520906068c91b19131866cf"],
  ["nearly", 1n, "7d9c4b7a76c4df23c04e98ed"],
  ["nearly", 2n, "a49f31dcc1b09ca191800ef6"],
  ["nearly", 5n, "82889499fe021fe15142c63b"],
  ["nearly", 40n, "6b4297a8b0a5642de2d49cce"],
  ["nearly", 1099511627776n, "52f78ff6e9554e942046f588"],
  ["runs", 1n, "c85de5e1d731dd7b593b600e"],
  ["runs", 2n, "2e90828e333ca6783ccb4f4a"],
  ["runs", 5n, "267d9309d47c8af2bff5a924"],
  ["runs", 40n, "306ad8a0ebc53a32040ac930"],
  ["runs", 1099511627776n, "50cb412341b2e93ba649e512"],
  ["organ", 1n, "c85de5e1d731dd7b593b600e"],
  ["organ", 2n, "50fcecb22ea4746af533203b"],
  ["organ", 5n, "60552810e24bb6ba0d72bfeb"],
  ["organ", 40n, "5fc88ea4ff495e934ed7555c"],
  ["organ", 1099511627776n, "2d52ad9b81da05400ed168e0"],
];

describe("sorting as Go does", () => {
  test("leaves equals where sort.Slice leaves them, whatever the list looked like", () => {
    const random = createRandom(7n);
    for (const [shape, kinds, expected] of EXPECTED) {
      const order: bigint[] = [];
      for (let n = 0; n <= 400; n += 1 + Math.floor(n / 20)) {
        const drawn = Array.from({ length: n }, (_, i) => ({ key: random() % kinds, id: BigInt(i) }));
        for (const { id } of sortAsGo(shaped(drawn, shape, random), falling)) order.push(id);
      }
      expect([shape, kinds, digest(order)]).toEqual([shape, kinds, expected]);
    }
  });

  test("makes the same comparisons, bad pivots and the heap included", () => {
    // M. D. McIlroy, "A Killer Adversary for Quicksort": keys are decided by the comparisons that are made.
    const seen: bigint[] = [];
    for (const n of [13, 50, 100, 257, 400]) {
      const keys = new Array<number>(n).fill(n);
      const ids = Array.from({ length: n }, (_, i) => i);
      let [solid, candidate] = [0, 0];
      const order = sortAsGo(ids, (x, y) => {
        if (keys[x] === n && keys[y] === n) keys[x === candidate ? x : y] = solid++;
        if (keys[x] === n) candidate = x;
        else if (keys[y] === n) candidate = y;
        return keys[x]! < keys[y]!;
      });
      const third = (i: number): number => Math.floor(keys[i]! / 3);
      const again = sortAsGo(ids, (x, y) => third(x) < third(y));
      seen.push(...[...keys, ...order, ...again].map(BigInt));
    }
    expect(digest(seen)).toBe("7e8b6f253198ac0953c17acb");
  });

  test("does not touch its input", () => {
    const list = [2, 1];
    expect(sortAsGo(list, (a, b) => a < b)).toEqual([1, 2]);
    expect(list).toEqual([2, 1]);
  });
});
