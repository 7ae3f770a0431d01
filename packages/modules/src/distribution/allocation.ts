/** Fees become rewards (SDK x/distribution `keeper/allocation.go`). */
import {
  addDecCoins,
  type Coins,
  type Context,
  Dec,
  type DecCoins,
  decErrors,
  formatDecCoins,
  mapDecCoins,
  subDecCoins,
  toDecCoins,
} from "@tandem-ics/runtime";
import type { VoteInfo } from "cosmjs-types/tendermint/abci/types";
import { DISTRIBUTION_ACCOUNT, type DistributionParts, type RewardedValidator } from "./dependencies.ts";

/** Allocates rewards. */
export interface Allocation {
  /** Splits all collected fees among the voters of the last block, by power, and the community. */
  allocateTokens(ctx: Context, totalPower: bigint, votes: readonly VoteInfo[]): void;
  /**
   * Gives `tokens`, which the module's account already holds, to a validator and its delegators. `commissionRate` stands
   * for the validator's own one.
   */
  allocateTokensToValidator(
    ctx: Context,
    validator: RewardedValidator,
    tokens: DecCoins,
    commissionRate?: Dec,
  ): void;
  /** Gives `tokens`, which the module's account already holds, to the community. */
  allocateTokensToCommunity(ctx: Context, tokens: DecCoins): void;
}

/** Makes this part of the keeper. */
export function createAllocation(parts: DistributionParts): Allocation {
  const { state, bank, auth, staking, addresses, feeCollector } = parts;
  const { communityPool, commissions, current, outstanding } = state;

  function allocateTokensToValidator(
    ctx: Context,
    { operator, commission }: RewardedValidator,
    tokens: DecCoins,
    commissionRate: Dec = commission.rate,
  ): void {
    const kept = mapDecCoins(tokens, (amount) => amount.mul(commissionRate));
    const shared = subDecCoins(tokens, kept);
    const validator = addresses.validator.encode(operator);
    ctx.emit("commission", { amount: formatDecCoins(kept), validator });
    commissions.set(ctx, operator, addDecCoins(commissions.get(ctx, operator) ?? [], kept));
    const { rewards, period } = current.get(ctx, operator) ?? { rewards: [], period: 0n };
    current.set(ctx, operator, { rewards: addDecCoins(rewards, shared), period });
    ctx.emit("rewards", { amount: formatDecCoins(tokens), validator });
    outstanding.set(ctx, operator, addDecCoins(outstanding.get(ctx, operator) ?? [], tokens));
  }

  const allocateTokensToCommunity = (ctx: Context, tokens: DecCoins): void =>
    communityPool.set(ctx, addDecCoins(communityPool.require(ctx), tokens));

  function allocateCoins(
    ctx: Context,
    collected: Coins,
    totalPower: bigint,
    votes: readonly VoteInfo[],
  ): void {
    const fees = toDecCoins(collected);
    bank.sendFromModuleToModule(ctx, feeCollector, DISTRIBUTION_ACCOUNT, collected);
    let remaining = fees;
    if (totalPower > 0n) {
      const share = Dec.ONE.sub(state.params.require(ctx).communityTax);
      const forVoters = mapDecCoins(fees, (amount) => amount.mulTruncate(share));
      const total = Dec.fromInt(totalPower);
      for (const vote of votes) {
        const { address, power } = vote.validator;
        const validator = staking.validatorByConsAddr(ctx, address);
        // removed since it voted, which takes an unbonding time of a block or two: the community gets its part
        if (validator === undefined) continue;
        const fraction = Dec.fromInt(power).quoTruncate(total);
        const reward = mapDecCoins(forVoters, (amount) => amount.mulTruncate(fraction));
        allocateTokensToValidator(ctx, validator, reward);
        remaining = subDecCoins(remaining, reward);
      }
    }
    allocateTokensToCommunity(ctx, remaining);
  }

  return {
    allocateTokensToValidator,
    allocateTokensToCommunity,
    allocateTokens(ctx, totalPower, votes) {
      const collected = bank.getAllBalances(ctx, auth.getModuleAddress(feeCollector));
      allocateWhatFits(ctx, collected, (on, coins) => allocateCoins(on, coins, totalPower, votes));
    },
  };
}

/**
 * Runs `allocate` on all coins at once; should sums be beyond what decimals hold, on each denomination by itself, and
 * those that are too much stay where they are. Go's chain would halt there: a coin that somebody mints without limit
 * must not stop a block (ISA-2025-005).
 */
export function allocateWhatFits(
  ctx: Context,
  coins: Coins,
  allocate: (ctx: Context, coins: Coins) => void,
): void {
  const fits = (part: Coins): boolean => {
    const branch = ctx.branch();
    try {
      allocate(branch.ctx, part);
    } catch (error) {
      if (!decErrors.overflow.is(error)) throw error;
      return false;
    }
    branch.commit();
    return true;
  };
  if (!fits(coins)) for (const coin of coins) fits([coin]);
}
