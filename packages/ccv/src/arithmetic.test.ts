/** The arithmetic that this package gives to who checks a chain from outside: vectors of interchain-security's own code. */
import { Dec } from "@tandem-ics/runtime";
import {
  byTokensDescending,
  capPowers,
  meterAllowance,
  minPowerInTopN,
  replenishMeter,
  rewardShares,
  type ShapingRules,
  selectValidators,
  splitFees,
  splitRewards,
} from "./index.ts";

const dec = (text: string): Dec => Dec.parse(text);
const stake = (amount: string) => [{ denom: "stake", amount: dec(amount) }];

describe("a consumer's next set", () => {
  const bonded = byTokensDescending(
    [500, 300, 200, 50, 10].map((power, i) => ({
      key: "abcde"[i]!,
      power: BigInt(power),
      bondedTokens: BigInt(power) * 1_000_000n,
    })),
  );
  const rules: ShapingRules = {
    topN: 0,
    minPower: 0n,
    allowInactive: false,
    maxActive: 4,
    powerCap: 0,
    setCap: 0,
    minStake: 0n,
    isOptedIn: () => true,
    allowlist: undefined,
    denylist: undefined,
    prioritylist: undefined,
  };
  const set = (changes: Partial<ShapingRules>): string =>
    selectValidators(bonded, { ...rules, ...changes })
      .map(({ key }) => key)
      .join("");

  test.each([
    ["the active ones", {}, "abcd"],
    ["inactive ones too", { allowInactive: true }, "abcde"],
    ["who opted in", { isOptedIn: (key: string) => key > "b" }, "cd"],
    [
      "the strongest of a Top N chain and who opted in",
      { topN: 67, minPower: 300n, isOptedIn: (key: string) => key === "d" },
      "abd",
    ],
    ["a denylist above an allowlist", { allowlist: new Set(["a", "b"]), denylist: new Set(["a"]) }, "b"],
    ["the least stake, which is enough", { minStake: 200_000_000n }, "abc"],
    ["priority before power, then the cap", { prioritylist: new Set(["c", "d"]), setCap: 3 }, "cda"],
    ["no cap on a Top N chain", { topN: 50, setCap: 1 }, "abcd"],
  ] as [string, Partial<ShapingRules>, string][])("%s", (_, changes, expected) => {
    expect(set(changes)).toBe(expected);
  });

  test("powers are capped last", () => {
    const capped = capPowers(selectValidators(bonded, { ...rules, maxActive: 3 }), 40);
    expect(capped.map(({ power }) => power)).toEqual([400n, 350n, 250n]);
    expect(minPowerInTopN([500n, 300n, 200n], 80)).toBe(300n);
  });
});

describe("the slash meter", () => {
  test.each([
    [50n, 2n],
    [30n, 2n],
    [70n, 4n],
    [10n, 1n],
    [0n, 1n],
  ])("5 %% of %s is %s", (total, allowance) => {
    expect(meterAllowance(total, "0.05")).toBe(allowance);
  });

  const at = (meter: bigint, nowNs: bigint, allowance = 10n) =>
    replenishMeter({ meter, candidateNs: 100n }, { allowance, nowNs, periodNs: 50n });

  test("waits for its time, to the nanosecond, and is filled once", () => {
    const before = { meter: -25n, candidateNs: 100n };
    expect(replenishMeter(before, { allowance: 10n, nowNs: 99n, periodNs: 50n })).toBe(before);
    expect(at(-25n, 100n)).toEqual({ meter: -15n, candidateNs: 150n });
    expect(at(-25n, 1_000n)).toEqual({ meter: -15n, candidateNs: 1_050n });
    expect(at(5n, 100n)).toEqual({ meter: 10n, candidateNs: 150n });
  });

  test("postpones while it is full, and shrinks with the total power", () => {
    expect(at(10n, 60n)).toEqual({ meter: 10n, candidateNs: 110n });
    expect(at(10n, 60n, 7n)).toEqual({ meter: 7n, candidateNs: 110n });
  });
});

describe("rewards", () => {
  test("fees are cut down to what stays; the provider has the rest", () => {
    expect(splitFees([{ denom: "stake", amount: 10n }], "0.75")).toEqual({
      kept: [{ denom: "stake", amount: 7n }],
      provider: [{ denom: "stake", amount: 3n }],
    });
  });

  test("the tax goes to the community; fractions wait", () => {
    const { toValidators, toCommunity } = splitRewards(stake("101.5"), dec("0.02"));
    expect(toValidators.whole).toEqual([{ denom: "stake", amount: 99n }]);
    expect(toCommunity.whole).toEqual([{ denom: "stake", amount: 2n }]);
    expect([toValidators.change, toCommunity.change].map(([coin]) => coin?.amount.toString())).toEqual([
      "0.470000000000000000",
      "0.030000000000000000",
    ]);
  });

  test("shares follow power and are cut down", () => {
    expect(rewardShares(stake("100"), [1n, 2n, 0n]).map(([coin]) => coin?.amount.toString())).toEqual([
      "33.333333333333333300",
      "66.666666666666666600",
      undefined,
    ]);
  });
});
