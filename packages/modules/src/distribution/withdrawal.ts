/** Rewards, commissions and the community pool become coins (SDK x/distribution `keeper/keeper.go`). */
import {
  addDecCoins,
  type Coins,
  type Context,
  formatCoins,
  intersectDecCoins,
  sdkErrors,
  subDecCoins,
  toDecCoins,
  truncateDecCoins,
} from "@tandem-ics/runtime";
import {
  DISTRIBUTION_ACCOUNT,
  type DistributionParts,
  type RewardedDelegation,
  type RewardedValidator,
} from "./dependencies.ts";
import { distributionErrors } from "./errors.ts";
import type { Periods } from "./periods.ts";

/** Denomination of the zero amount that stands for no rewards: the SDK's default one, as no other is registered. */
const ZERO_DENOM = "stake";

/** Pays out. */
export interface Withdrawal {
  /** Where the delegator's rewards go. */
  withdrawAddress(ctx: Context, delAddr: Uint8Array): Uint8Array;
  /** Throws `sdk/4` for an address that must not receive, `distribution/8` when it is disabled. */
  setWithdrawAddress(ctx: Context, delAddr: Uint8Array, to: Uint8Array): void;
  /** Pays the delegation's rewards and forgets where it began; the caller begins it anew or removes it. */
  settle(ctx: Context, validator: RewardedValidator, delegation: RewardedDelegation): Coins;
  /** Pays the delegation's rewards. Throws staking/3, staking/19, distribution/5. */
  withdrawDelegationRewards(ctx: Context, delAddr: Uint8Array, valAddr: Uint8Array): Coins;
  /** Pays the operator's commission. Throws `distribution/7` when there is none. */
  withdrawValidatorCommission(ctx: Context, valAddr: Uint8Array): Coins;
  /** Moves coins of `sender` to the community pool. */
  fundCommunityPool(ctx: Context, amount: Coins, sender: Uint8Array): void;
  /** Pays from the community pool. Throws `distribution/9` when it has less. */
  distributeFromFeePool(ctx: Context, amount: Coins, to: Uint8Array): void;
}

/** Makes this part of the keeper. */
export function createWithdrawal(parts: DistributionParts, periods: Periods): Withdrawal {
  const { state, bank, staking, addresses } = parts;
  const { communityPool, outstanding, commissions, startingInfos } = state;
  const withdrawAddress = (ctx: Context, delAddr: Uint8Array): Uint8Array =>
    state.withdrawAddresses.get(ctx, delAddr) ?? delAddr;
  const pay = (ctx: Context, to: Uint8Array, coins: Coins): void =>
    bank.sendFromModuleToAccount(ctx, DISTRIBUTION_ACCOUNT, to, coins);

  function settle(ctx: Context, validator: RewardedValidator, delegation: RewardedDelegation): Coins {
    const { operator } = validator;
    const { delegator } = delegation;
    if (!startingInfos.has(ctx, [operator, delegator])) throw distributionErrors.emptyDelegationDistInfo();
    const period = periods.increment(ctx, validator);
    const earned = periods.rewards(ctx, validator, delegation, period);
    const open = outstanding.get(ctx, operator) ?? [];
    // rounding may claim a last digit more than there is
    const rewards = intersectDecCoins(earned, open);
    const { whole, change } = truncateDecCoins(rewards);
    if (whole.length > 0) pay(ctx, withdrawAddress(ctx, delegator), whole);
    outstanding.set(ctx, operator, subDecCoins(open, rewards));
    communityPool.set(ctx, addDecCoins(communityPool.require(ctx), change));
    periods.release(ctx, operator, startingInfos.get(ctx, [operator, delegator])!.previousPeriod);
    startingInfos.remove(ctx, [operator, delegator]);
    const paid = whole.length > 0 ? whole : [{ denom: ZERO_DENOM, amount: 0n }];
    ctx.emit("withdraw_rewards", {
      amount: formatCoins(paid),
      validator: addresses.validator.encode(operator),
      delegator: addresses.account.encode(delegator),
    });
    return paid;
  }

  return {
    withdrawAddress,
    setWithdrawAddress(ctx, delAddr, to) {
      const text = addresses.account.encode(to);
      if (bank.isBlocked(to)) {
        throw sdkErrors.unauthorized(`${text} is not allowed to receive external funds`);
      }
      if (!state.params.require(ctx).withdrawAddressEnabled) {
        throw distributionErrors.setWithdrawAddressDisabled();
      }
      ctx.emit("set_withdraw_address", { withdraw_address: text });
      state.withdrawAddresses.set(ctx, delAddr, to);
    },
    settle,
    withdrawDelegationRewards(ctx, delAddr, valAddr) {
      const validator = staking.requireValidator(ctx, valAddr);
      const delegation = staking.requireDelegation(ctx, delAddr, valAddr);
      const paid = settle(ctx, validator, delegation);
      periods.initializeDelegation(ctx, delAddr, valAddr);
      return paid;
    },
    withdrawValidatorCommission(ctx, valAddr) {
      const accumulated = commissions.get(ctx, valAddr) ?? [];
      if (accumulated.length === 0) throw distributionErrors.noValidatorCommission();
      const { whole, change } = truncateDecCoins(accumulated);
      commissions.set(ctx, valAddr, change);
      outstanding.set(ctx, valAddr, subDecCoins(outstanding.get(ctx, valAddr) ?? [], toDecCoins(whole)));
      if (whole.length > 0) pay(ctx, withdrawAddress(ctx, valAddr), whole);
      ctx.emit("withdraw_commission", { amount: formatCoins(whole) });
      return whole;
    },
    fundCommunityPool(ctx, amount, sender) {
      bank.sendFromAccountToModule(ctx, sender, DISTRIBUTION_ACCOUNT, amount);
      communityPool.set(ctx, addDecCoins(communityPool.require(ctx), toDecCoins(amount)));
    },
    distributeFromFeePool(ctx, amount, to) {
      const left = subDecCoins(communityPool.require(ctx), toDecCoins(amount));
      if (left.some((coin) => coin.amount.isNegative())) throw distributionErrors.badDistribution();
      pay(ctx, to, amount);
      communityPool.set(ctx, left);
    },
  };
}
