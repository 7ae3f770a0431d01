/**
 * Rewards by periods, "F1": a period ends when stake changes, and what one token earned up to its end is kept as long as
 * something began there (SDK x/distribution `keeper/validator.go`, `keeper/delegation.go`).
 */
import { be64 } from "@tandem-ics/crypto";
import {
  addDecCoins,
  assert,
  CodedError,
  type Context,
  Dec,
  type DecCoins,
  lengthBytesKey,
  mapDecCoins,
  PANIC_CODE,
  subDecCoins,
  UNDEFINED_CODESPACE,
} from "@tandem-ics/runtime";
import type { DistributionParts, RewardedDelegation, RewardedValidator } from "./dependencies.ts";
import type { HistoricalRewards, SlashEvent } from "./state.ts";

/** Counts rewards. */
export interface Periods {
  /** Records of a new validator. */
  initializeValidator(ctx: Context, valAddr: Uint8Array): void;
  /** Ends the validator's current period and returns its number. */
  increment(ctx: Context, validator: RewardedValidator): bigint;
  /** Ends the period at a slash, so that stake before and after it counts apart. */
  recordSlash(ctx: Context, validator: RewardedValidator, fraction: Dec): void;
  /** Records where a new or changed delegation begins: at the end of the last period. */
  initializeDelegation(ctx: Context, delAddr: Uint8Array, valAddr: Uint8Array): void;
  /** What the delegation earned up to the end of a period that was ended just now. */
  rewards(
    ctx: Context,
    validator: RewardedValidator,
    delegation: RewardedDelegation,
    endingPeriod: bigint,
  ): DecCoins;
  /** The same as of now, without ending the period. */
  pendingRewards(ctx: Context, validator: RewardedValidator, delegation: RewardedDelegation): DecCoins;
  /** Gives up one reference; the record goes with the last one. */
  release(ctx: Context, valAddr: Uint8Array, period: bigint): void;
}

/** A delegation's stake may exceed what its shares are worth by so much, from rounding of slashes one by one. */
const STAKE_MARGIN = Dec.fromScaled(3n);
/** One delegation, one slash and the current period can begin at one period's end; never more than two at once. */
const MAX_REFERENCES = 2;

/** Makes this part of the keeper. */
export function createPeriods({ state, staking }: DistributionParts): Periods {
  const { historical, current, startingInfos } = state;

  const requireHistorical = (ctx: Context, valAddr: Uint8Array, period: bigint): HistoricalRewards => {
    const found = historical.get(ctx, [valAddr, period]);
    assert(found !== undefined, `historical rewards of period ${period} are gone`);
    return found;
  };
  const requireCurrent = (ctx: Context, valAddr: Uint8Array) => {
    const found = current.get(ctx, valAddr);
    assert(found !== undefined, "validator has no current rewards");
    return found;
  };
  function refer(ctx: Context, valAddr: Uint8Array, period: bigint): void {
    const record = requireHistorical(ctx, valAddr, period);
    assert(record.references <= MAX_REFERENCES, "reference count should never exceed 2");
    historical.set(ctx, [valAddr, period], { ...record, references: record.references + 1 });
  }
  function release(ctx: Context, valAddr: Uint8Array, period: bigint): void {
    const record = requireHistorical(ctx, valAddr, period);
    assert(record.references > 0, "cannot set negative reference count");
    if (record.references === 1) historical.remove(ctx, [valAddr, period]);
    else historical.set(ctx, [valAddr, period], { ...record, references: record.references - 1 });
  }
  /** Rewards of a token in the current period; rounded down, so that no more is withdrawn than there is. */
  const ratioOf = (rewards: DecCoins, tokens: bigint): DecCoins => {
    const divisor = Dec.fromInt(tokens);
    return mapDecCoins(rewards, (amount) => amount.quoTruncate(divisor));
  };

  function increment(ctx: Context, { operator, tokens }: RewardedValidator): bigint {
    const { rewards, period } = requireCurrent(ctx, operator);
    let earned: DecCoins = [];
    if (tokens > 0n) earned = ratioOf(rewards, tokens);
    else {
      // nobody can claim them
      const pool = state.communityPool.require(ctx);
      const outstanding = state.outstanding.get(ctx, operator) ?? [];
      state.communityPool.set(ctx, addDecCoins(pool, rewards));
      state.outstanding.set(ctx, operator, subDecCoins(outstanding, rewards));
    }
    const { ratio } = requireHistorical(ctx, operator, period - 1n);
    release(ctx, operator, period - 1n);
    historical.set(ctx, [operator, period], { ratio: addDecCoins(ratio, earned), references: 1 });
    current.set(ctx, operator, { rewards: [], period: period + 1n });
    return period;
  }

  /** Slashes since the delegation began, this block's included, oldest first. */
  function* slashes(ctx: Context, valAddr: Uint8Array, fromHeight: bigint): Iterable<SlashEvent> {
    const range = {
      prefix: lengthBytesKey.encode(valAddr),
      start: be64(fromHeight),
      end: be64(ctx.height + 1n),
    };
    for (const [, event] of state.slashEvents.entries(ctx, range)) yield event;
  }

  /** `stake × (ratio at the end − ratio at the start)` of each stretch between slashes. */
  function rewardsUntil(
    ctx: Context,
    validator: RewardedValidator,
    delegation: RewardedDelegation,
    endRatio: () => DecCoins,
  ): DecCoins {
    const { operator } = validator;
    const info = startingInfos.get(ctx, [operator, delegation.delegator]);
    assert(info !== undefined, "delegation has no starting info");
    if (info.height === ctx.height) return []; // began in this block
    let rewards: DecCoins = [];
    let { stake, previousPeriod: period } = info;
    // Both ends are read for every stretch, also when one begins where another ended: that is gas.
    const earn = (endRatioOf: () => DecCoins): void => {
      const { ratio } = requireHistorical(ctx, operator, period);
      const difference = subDecCoins(endRatioOf(), ratio);
      assert(
        difference.every(({ amount }) => !amount.isNegative()),
        "negative rewards should not be possible",
      );
      rewards = addDecCoins(
        rewards,
        mapDecCoins(difference, (amount) => amount.mulTruncate(stake)),
      );
    };
    for (const slash of slashes(ctx, operator, info.height)) {
      if (slash.period <= period) continue;
      earn(() => requireHistorical(ctx, operator, slash.period).ratio);
      stake = stake.mulTruncate(Dec.ONE.sub(slash.fraction));
      period = slash.period;
    }
    const worth = delegation.shares.mulInt(validator.tokens).quo(validator.shares);
    if (stake.gt(worth)) {
      if (stake.gt(worth.add(STAKE_MARGIN))) {
        // a panic in Go, which a transaction survives
        throw new CodedError(
          UNDEFINED_CODESPACE,
          PANIC_CODE,
          `calculated final stake ${stake} greater than current stake ${worth}`,
        );
      }
      stake = worth;
    }
    earn(endRatio);
    return rewards;
  }

  return {
    initializeValidator(ctx, valAddr) {
      historical.set(ctx, [valAddr, 0n], { ratio: [], references: 1 });
      current.set(ctx, valAddr, { rewards: [], period: 1n });
      state.commissions.set(ctx, valAddr, []);
      state.outstanding.set(ctx, valAddr, []);
    },
    increment,
    recordSlash(ctx, validator, fraction) {
      assert(!fraction.isNegative() && fraction.lte(Dec.ONE), "fraction must be within 0 and 1");
      const period = increment(ctx, validator);
      refer(ctx, validator.operator, period);
      state.slashEvents.set(ctx, [validator.operator, ctx.height, period], { period, fraction });
    },
    initializeDelegation(ctx, delAddr, valAddr) {
      const previousPeriod = requireCurrent(ctx, valAddr).period - 1n;
      refer(ctx, valAddr, previousPeriod);
      const validator = staking.requireValidator(ctx, valAddr);
      const { shares } = staking.requireDelegation(ctx, delAddr, valAddr);
      const stake = shares.mulInt(validator.tokens).quoTruncate(validator.shares);
      startingInfos.set(ctx, [valAddr, delAddr], {
        previousPeriod,
        stake,
        height: ctx.height,
      });
    },
    rewards: (ctx, validator, delegation, endingPeriod) =>
      rewardsUntil(
        ctx,
        validator,
        delegation,
        () => requireHistorical(ctx, validator.operator, endingPeriod).ratio,
      ),
    pendingRewards: (ctx, validator, delegation) =>
      rewardsUntil(ctx, validator, delegation, () => {
        const { rewards, period } = requireCurrent(ctx, validator.operator);
        const { ratio } = requireHistorical(ctx, validator.operator, period - 1n);
        return validator.tokens > 0n ? addDecCoins(ratio, ratioOf(rewards, validator.tokens)) : ratio;
      }),
    release,
  };
}
