/** Block time in 0.38: decided by the votes for the previous block (CometBFT spec, consensus/bft-time). */
import type { Commit } from "cosmjs-types/tendermint/types/types";
import { BLOCK_ID_FLAG } from "./commit-sig.ts";
import { GO_ZERO_TIME_NS, timestampToNs } from "./time.ts";
import { type ValidatorSet, validatorByAddress } from "./validator-set.ts";

/** A vote's time must be at least this much above the block's own (`BlockTimeIota`, one millisecond). */
export const MIN_VOTE_TIME_STEP_NS = 1_000_000n;

/** A time and the power behind it. */
export interface WeightedTime {
  timeNs: bigint;
  weight: bigint;
}

/** The first time, ascending, that brings the weight passed to half of all (rounded down); Go's zero time for none. */
export function weightedMedian(times: readonly WeightedTime[]): bigint {
  // Go orders by int64 nanoseconds, which wrap outside the years 1678 to 2262.
  const order = ({ timeNs }: WeightedTime): bigint => BigInt.asIntN(64, timeNs);
  const sorted = [...times].sort((a, b) => (order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : 0));
  let total = 0n;
  for (const { weight } of sorted) total += weight;
  let median = total / 2n;
  for (const { timeNs, weight } of sorted) {
    if (median <= weight) return timeNs;
    median -= weight;
  }
  return GO_ZERO_TIME_NS;
}

/**
 * Time of the block after the one `commit` decided: the median of the votes' times (nil votes too) weighted by power in
 * `validators`, those of the commit's height. Slots that are absent or of strangers do not count, so the commit must have
 * been verified with the same set before.
 */
export function medianTime(commit: Commit, validators: ValidatorSet): bigint {
  const times: WeightedTime[] = [];
  for (const { blockIdFlag, validatorAddress, timestamp } of commit.signatures) {
    if (blockIdFlag === BLOCK_ID_FLAG.absent) continue;
    const validator = validatorByAddress(validators, validatorAddress);
    if (validator !== undefined)
      times.push({ timeNs: timestampToNs(timestamp), weight: validator.votingPower });
  }
  return weightedMedian(times);
}

/** Time that a validator puts on its vote: its clock, but above the time of the block it votes on. */
export function voteTime(nowNs: bigint, blockTimeNs: bigint): bigint {
  const least = blockTimeNs + MIN_VOTE_TIME_STEP_NS;
  return nowNs > least ? nowNs : least;
}
