import { amountOf, type Coins, type VestingSchedule } from "@tandem-ics/runtime";
import fc from "fast-check";
import { lockedCoins, trackDelegation, trackUndelegation, vestedCoins } from "./vesting.ts";

const S = 1_000_000_000n;
const stake = (amount: bigint): Coins => (amount === 0n ? [] : [{ denom: "stake", amount }]);
const base: VestingSchedule = {
  kind: "continuous",
  originalVesting: stake(1000n),
  delegatedFree: [],
  delegatedVesting: [],
  startTime: 100n,
  endTime: 200n,
  periods: [],
};
const periodic: VestingSchedule = {
  ...base,
  kind: "periodic",
  periods: [
    { length: 30n, amount: stake(500n) },
    { length: 70n, amount: stake(500n) },
  ],
};

test.each<[VestingSchedule, bigint, bigint]>([
  [base, 100n, 0n],
  [base, 101n, 10n],
  [base, 150n, 500n],
  [base, 200n, 1000n],
  [{ ...base, kind: "delayed", startTime: 0n }, 199n, 0n],
  [{ ...base, kind: "delayed", startTime: 0n }, 200n, 1000n],
  [{ ...base, kind: "permanent", startTime: 0n, endTime: 0n }, 10_000n, 0n],
  [periodic, 129n, 0n],
  [periodic, 130n, 500n],
  [periodic, 199n, 500n],
  [periodic, 200n, 1000n],
])("%#: coins are released by their schedule", (schedule, seconds, released) => {
  expect(amountOf(vestedCoins(schedule, seconds * S), "stake")).toBe(released);
  expect(amountOf(lockedCoins(schedule, seconds * S), "stake")).toBe(1000n - released);
});

test("fractions of a second do not count", () => {
  expect(amountOf(vestedCoins(base, 101n * S - 1n), "stake")).toBe(0n);
});

test("delegated locked coins are not locked in the account any more, and come back last", () => {
  const half = trackDelegation(base, 150n * S, stake(600n));
  expect([half.delegatedVesting, half.delegatedFree]).toEqual([stake(500n), stake(100n)]);
  expect(lockedCoins(half, 150n * S)).toEqual([]);
  const back = trackUndelegation(half, stake(300n));
  expect([back.delegatedVesting, back.delegatedFree]).toEqual([stake(300n), []]);
  expect(lockedCoins(back, 150n * S)).toEqual(stake(200n));
});

test("nothing is released twice or forgotten", () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 300n }),
      fc.bigInt({ min: 1n, max: 1000n }),
      fc.bigInt({ min: 1n, max: 1000n }),
      (t, d, u) => {
        for (const schedule of [base, periodic]) {
          const after = trackDelegation(schedule, t * S, stake(d));
          expect(amountOf(after.delegatedVesting, "stake") + amountOf(after.delegatedFree, "stake")).toBe(d);
          const back = trackUndelegation(after, stake(u));
          const left = amountOf(back.delegatedVesting, "stake") + amountOf(back.delegatedFree, "stake");
          expect(left).toBe(d > u ? d - u : 0n);
          expect(amountOf(vestedCoins(schedule, t * S), "stake")).toBeLessThanOrEqual(
            amountOf(vestedCoins(schedule, (t + 1n) * S), "stake"),
          );
        }
      },
    ),
  );
});
