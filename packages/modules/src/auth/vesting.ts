/** Coins that vest over time (SDK `x/auth/vesting/types/vesting_account.go`). */
import {
  addCoins,
  amountOf,
  assert,
  type Coins,
  Dec,
  normalizeCoins,
  subCoins,
  type VestingSchedule,
} from "@tandem-ics/runtime";

const NANOS_PER_SECOND = 1_000_000_000n;

/** Seconds since 1970, rounded down as Go's `Unix` does. */
const unixSeconds = (timeNs: bigint): bigint => {
  const seconds = timeNs / NANOS_PER_SECOND;
  return timeNs < 0n && timeNs % NANOS_PER_SECOND !== 0n ? seconds - 1n : seconds;
};

/** Coins released by `timeNs`. */
export function vestedCoins(schedule: VestingSchedule, timeNs: bigint): Coins {
  const now = unixSeconds(timeNs);
  const { kind, originalVesting, startTime, endTime } = schedule;
  switch (kind) {
    case "permanent":
      return [];
    case "delayed":
      return now >= endTime ? originalVesting : [];
    case "continuous": {
      if (now <= startTime) return [];
      if (now >= endTime) return originalVesting;
      const share = Dec.fromInt(now - startTime).quo(Dec.fromInt(endTime - startTime));
      return normalizeCoins(
        originalVesting.map(({ denom, amount }) => ({
          denom,
          amount: Dec.fromInt(amount).mul(share).roundInt(),
        })),
      );
    }
    case "periodic":
      return releasedByPeriods(schedule, now);
  }
}

function releasedByPeriods(
  { originalVesting, startTime, endTime, periods }: VestingSchedule,
  now: bigint,
): Coins {
  if (now <= startTime) return [];
  if (now >= endTime) return originalVesting;
  let released: Coins = [];
  let end = startTime;
  for (const { length, amount } of periods) {
    end += length;
    if (now < end) break;
    released = addCoins(released, amount);
  }
  return released;
}

/** Coins not yet released by `timeNs`. */
function vestingCoins(schedule: VestingSchedule, timeNs: bigint): Coins {
  const rest = subCoins(schedule.originalVesting, vestedCoins(schedule, timeNs));
  assert(rest !== undefined, "more coins vested than there were");
  return rest;
}

/** Coins that may not be spent at `timeNs`: those not released, less what of them is delegated. */
export const lockedCoins = (schedule: VestingSchedule, timeNs: bigint): Coins =>
  normalizeCoins(
    vestingCoins(schedule, timeNs).map(({ denom, amount }) => {
      const delegated = amountOf(schedule.delegatedVesting, denom);
      return { denom, amount: delegated < amount ? amount - delegated : 0n };
    }),
  );

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** The schedule after a delegation of `amount`: locked coins are delegated first. */
export function trackDelegation(schedule: VestingSchedule, timeNs: bigint, amount: Coins): VestingSchedule {
  const vesting = vestingCoins(schedule, timeNs);
  let { delegatedFree, delegatedVesting } = schedule;
  for (const { denom, amount: delegated } of amount) {
    const locked = amountOf(vesting, denom) - amountOf(delegatedVesting, denom);
    const fromLocked = least(locked > 0n ? locked : 0n, delegated);
    delegatedVesting = addCoins(delegatedVesting, [{ denom, amount: fromLocked }]);
    delegatedFree = addCoins(delegatedFree, [{ denom, amount: delegated - fromLocked }]);
  }
  return { ...schedule, delegatedFree, delegatedVesting };
}

/** The schedule after `amount` came back: free coins come back first. May be more than was delegated, by rounding. */
export function trackUndelegation(schedule: VestingSchedule, amount: Coins): VestingSchedule {
  let { delegatedFree, delegatedVesting } = schedule;
  for (const { denom, amount: returned } of amount) {
    const free = least(amountOf(delegatedFree, denom), returned);
    const locked = least(amountOf(delegatedVesting, denom), returned - free);
    delegatedFree = subCoins(delegatedFree, [{ denom, amount: free }]) ?? [];
    delegatedVesting = subCoins(delegatedVesting, [{ denom, amount: locked }]) ?? [];
  }
  return { ...schedule, delegatedFree, delegatedVesting };
}
