import fc from "fast-check";
import {
  addCoins,
  addDecCoins,
  amountOf,
  areValidCoins,
  checkedInt,
  coinsFromProto,
  formatCoins,
  intersectDecCoins,
  intFromWire,
  isDenom,
  normalizeCoins,
  parseCoins,
  subCoins,
  subDecCoins,
  toDecCoins,
  truncateDecCoins,
} from "./coins.ts";
import { CodedError } from "./errors.ts";

const denoms = ["atom", "ibc/27394FB092D2ECCD56123C74F36E4C1F", "stake", "usdc"];
const coins = fc
  .array(fc.record({ denom: fc.constantFrom(...denoms), amount: fc.bigInt({ min: 0n, max: 2n ** 100n }) }), {
    maxLength: 6,
  })
  .map(normalizeCoins);

test("lists stay valid: sorted, positive, no denomination twice", () => {
  fc.assert(
    fc.property(coins, coins, (a, b) => {
      expect([a, b, addCoins(a, b)].every(areValidCoins)).toBe(true);
      expect(areValidCoins(subCoins(addCoins(a, b), b)!)).toBe(true);
    }),
  );
});

test("addition is what its name says, and subtraction undoes it or is refused", () => {
  fc.assert(
    fc.property(coins, coins, coins, (a, b, c) => {
      expect(addCoins(a, b)).toEqual(addCoins(b, a));
      expect(addCoins(addCoins(a, b), c)).toEqual(addCoins(a, addCoins(b, c)));
      expect(subCoins(addCoins(a, b), b)).toEqual(a);
      for (const denom of denoms)
        expect(amountOf(addCoins(a, b), denom)).toBe(amountOf(a, denom) + amountOf(b, denom));
      const covered = denoms.every((denom) => amountOf(a, denom) >= amountOf(b, denom));
      expect(subCoins(a, b) !== undefined).toBe(covered);
    }),
  );
});

test("text is read back", () => {
  fc.assert(
    fc.property(coins, (a) => {
      expect(parseCoins(formatCoins(a))).toEqual(a);
    }),
  );
});

test("decimal coins: parts add up to the whole", () => {
  fc.assert(
    fc.property(coins, coins, (a, b) => {
      const [x, y] = [toDecCoins(a), toDecCoins(b)];
      expect(subDecCoins(addDecCoins(x, y), y)).toEqual(x);
      const { whole, change } = truncateDecCoins(x);
      expect([whole, change]).toEqual([a, []]);
      for (const { denom, amount } of intersectDecCoins(x, y)) {
        const least = amountOf(a, denom) < amountOf(b, denom) ? amountOf(a, denom) : amountOf(b, denom);
        expect(amount.truncateInt()).toBe(least);
      }
    }),
  );
});

test.each<[string, { denom: string; amount: string }[]]>([
  [
    "unsorted",
    [
      { denom: "stake", amount: "1" },
      { denom: "atom", amount: "1" },
    ],
  ],
  [
    "repeated",
    [
      { denom: "atom", amount: "1" },
      { denom: "atom", amount: "1" },
    ],
  ],
  ["zero", [{ denom: "atom", amount: "0" }]],
  ["negative", [{ denom: "atom", amount: "-1" }]],
  ["no number", [{ denom: "atom", amount: "1.0" }]],
  ["no denomination", [{ denom: "a", amount: "1" }]],
  ["none at all", []],
])("coins of a message that are %s are refused", (_, given) => {
  expect(() => coinsFromProto(given)).toThrow(CodedError);
});

test("amounts have at most 256 bits (security 37)", () => {
  expect(intFromWire((2n ** 256n - 1n).toString())).toBe(2n ** 256n - 1n);
  expect(() => intFromWire((2n ** 256n).toString())).toThrow("invalid coins");
  expect(() => intFromWire("9".repeat(100_000))).toThrow("invalid coins");
  expect(() => checkedInt(2n ** 256n)).toThrow(RangeError);
});

test("denominations", () => {
  expect(["stake", "ibc/ABC", "a:b", "x._-"].map(isDenom)).toEqual([true, true, true, true]);
  expect(["", "ab", "1ab", "with space", "a".repeat(129), "ünicode"].map(isDenom)).toEqual(
    Array(6).fill(false),
  );
});
