import fc from "fast-check";
import {
  byPowerDescending,
  type Candidate,
  capPowers,
  minPowerInTopN,
  type ShapingRules,
  selectValidators,
} from "./power-shaping.ts";

const powers = (list: readonly { power: bigint }[]): number[] => list.map(({ power }) => Number(power));
const withPowers = (list: readonly number[]): { power: bigint }[] =>
  list.map((power) => ({ power: BigInt(power) }));

describe("power cap", () => {
  test.each<[number[], number, number[]]>([
    [[100, 1, 1, 1], 30, [30, 24, 24, 25]],
    [[1, 2, 3, 4, 5], 20, [3, 3, 3, 3, 3]],
    [[60, 138, 559], 35, [264, 264, 229]],
    [[1000, 1, 1, 1, 1], 10, [100, 100, 100, 100, 100]],
    [[5], 34, [1]],
    [[1, 1, 1], 1, [1, 1, 1]],
    [[45, 30, 15, 10], 40, [40, 31, 17, 12]],
    [[500, 300, 100, 60, 40], 33, [330, 330, 146, 107, 87]],
    [[7, 5, 3], 34, [5, 5, 5]],
    [[1, 5, 6, 7], 34, [6, 6, 5, 2]],
  ])("[pss-11] of %j at %i %% gives %j as the Go chain does", (input, cap, expected) => {
    expect(powers(capPowers(withPowers(input), cap))).toEqual(expected);
  });

  const sets = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 60 });

  test("is respected and keeps the sum wherever it can be met", () => {
    fc.assert(
      fc.property(sets, fc.integer({ min: 1, max: 100 }), (input, cap) => {
        const total = input.reduce((a, b) => a + b, 0);
        const max = Math.floor((total * cap) / 100);
        fc.pre(max > 0 && total <= max * input.length);
        const out = powers(capPowers(withPowers(input), cap));
        expect(Math.max(...out)).toBeLessThanOrEqual(max);
        expect(out.reduce((a, b) => a + b, 0)).toBe(total);
      }),
    );
  });

  test("never makes a power zero and keeps the order of powers", () => {
    fc.assert(
      fc.property(sets, fc.integer({ min: 1, max: 100 }), (input, cap) => {
        const out = powers(capPowers(withPowers(input), cap));
        expect(out).toHaveLength(input.length);
        expect(out.every((power) => power > 0)).toBe(true);
        const sorted = [...input].sort((a, b) => b - a);
        sorted.forEach((power, i) => {
          // a remainder may put one unit on a weaker validator of the same power class
          if (i > 0 && sorted[i - 1]! > power) expect(out[i]!).toBeLessThanOrEqual(out[i - 1]! + 1);
        });
      }),
    );
  });

  test("leaves validators alone that are below it when nothing is to be shared", () => {
    const validators = withPowers([3, 2, 1]);
    expect(capPowers(validators, 100)).toEqual(validators);
  });
});

describe("minimum power in Top N", () => {
  test.each<[number[], number, number]>([
    [[10, 20, 30], 100, 10],
    [[10, 20, 30], 50, 30],
    [[10, 20, 30], 51, 20],
    [[1, 1, 1, 1], 50, 1],
    [[40, 30, 20, 10], 70, 30],
    [[40, 30, 20, 10], 71, 20],
    [[5], 50, 5],
  ])("[pss-3] of %j at %i %% is %i", (input, topN, expected) => {
    expect(minPowerInTopN(input.map(BigInt), topN)).toBe(BigInt(expected));
  });

  test("[pss-3] counts exact equality", () => {
    expect(minPowerInTopN([50n, 30n, 20n], 80)).toBe(30n);
    expect(minPowerInTopN([50n, 30n, 20n], 81)).toBe(20n);
  });

  test("is refused for an empty set and for a percentage outside 1 to 100", () => {
    expect(() => minPowerInTopN([], 50)).toThrow();
    expect(() => minPowerInTopN([1n], 0)).toThrow("incorrect topN");
    expect(() => minPowerInTopN([1n], 101)).toThrow("incorrect topN");
  });
});

describe("selection", () => {
  const candidates = (...list: [key: string, tokens: number, power: number][]): Candidate[] =>
    list.map(([key, tokens, power]) => ({ key, bondedTokens: BigInt(tokens), power: BigInt(power) }));
  const rules = (changes: Partial<ShapingRules> = {}): ShapingRules => ({
    topN: 0,
    minPower: 0n,
    allowInactive: false,
    maxActive: 180,
    powerCap: 0,
    setCap: 0,
    minStake: 0n,
    isOptedIn: () => true,
    allowlist: undefined,
    denylist: undefined,
    prioritylist: undefined,
    ...changes,
  });
  const four = candidates(["a", 40, 4], ["b", 30, 3], ["c", 20, 2], ["d", 10, 1]);
  const keys = (changes: Partial<ShapingRules>): string =>
    selectValidators(four, rules(changes))
      .map(({ key }) => key)
      .join("");

  test("takes opted-in validators only, and on a Top N chain those with enough power", () => {
    expect(keys({ isOptedIn: (key) => key === "c" })).toBe("c");
    expect(keys({ isOptedIn: (key) => key === "d", topN: 50, minPower: 3n })).toBe("abd");
  });

  test("[pss-8] excludes inactive validators unless they are allowed", () => {
    expect(keys({ maxActive: 2 })).toBe("ab");
    expect(keys({ maxActive: 2, allowInactive: true })).toBe("abcd");
  });

  test("[pss-6] lets the denylist win over the allowlist", () => {
    expect(keys({ allowlist: new Set(["a", "b"]) })).toBe("ab");
    expect(keys({ allowlist: new Set(["a", "b"]), denylist: new Set(["a"]) })).toBe("b");
  });

  test("[pss-7] compares the minimum stake with bonded tokens, equality passing", () => {
    expect(keys({ minStake: 20n })).toBe("abc");
    expect(keys({ minStake: 21n })).toBe("ab");
  });

  test("[pss-9] fills the set from the priority list first, with eligible validators only", () => {
    expect(keys({ prioritylist: new Set(["d", "b"]), setCap: 3 })).toBe("bda");
    expect(keys({ prioritylist: new Set(["d"]), setCap: 1, denylist: new Set(["d"]) })).toBe("a");
  });

  test("[pss-10] ignores the cap on the number on Top N chains", () => {
    expect(keys({ setCap: 2 })).toBe("ab");
    expect(keys({ setCap: 2, topN: 50, minPower: 1n, isOptedIn: () => false })).toBe("abcd");
  });

  test("sorts without touching its input", () => {
    const list = candidates(["x", 1, 1], ["y", 2, 2]);
    expect(byPowerDescending(list).map(({ key }) => key)).toEqual(["y", "x"]);
    expect(list.map(({ key }) => key)).toEqual(["x", "y"]);
  });
});
