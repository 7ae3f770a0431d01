/** What stake changes mean for rewards (SDK x/distribution `keeper/hooks.go`). */
import {
  addDecCoins,
  type Context,
  type DecCoins,
  decErrors,
  lengthBytesKey,
  subDecCoins,
  truncateDecCoins,
} from "@tandem-ics/runtime";
import type { StakingHooks } from "../staking/hooks.ts";
import { DISTRIBUTION_ACCOUNT, type DistributionParts } from "./dependencies.ts";
import type { Periods } from "./periods.ts";
import type { Withdrawal } from "./withdrawal.ts";

interface Others {
  readonly periods: Periods;
  readonly withdrawal: Withdrawal;
}

/** The hooks that staking must call. */
export function createDistributionHooks(parts: DistributionParts, others: Others): Partial<StakingHooks> {
  const { state, staking, bank } = parts;
  const { periods, withdrawal } = others;
  const { communityPool, outstanding, commissions } = state;

  /** Pays the last commission out and leaves the dust to the community. */
  function closeValidator(ctx: Context, valAddr: Uint8Array): void {
    const commission = commissions.get(ctx, valAddr) ?? [];
    const { whole, change } = truncateDecCoins(commission);
    const rest = subDecCoins(outstanding.get(ctx, valAddr) ?? [], commission);
    if (whole.length > 0) {
      const to = withdrawal.withdrawAddress(ctx, valAddr);
      bank.sendFromModuleToAccount(ctx, DISTRIBUTION_ACCOUNT, to, whole);
    }
    const pool = communityPool.require(ctx);
    communityPool.set(ctx, addWhatFits(pool, [...change, ...rest]));
    outstanding.remove(ctx, valAddr);
    commissions.remove(ctx, valAddr);
    const prefix = lengthBytesKey.encode(valAddr);
    state.slashEvents.clear(ctx, { prefix });
    state.historical.clear(ctx, { prefix });
    state.current.remove(ctx, valAddr);
  }

  return {
    afterValidatorCreated(ctx, valAddr) {
      // Nothing of it is needed; the reading costs gas all the same.
      staking.requireValidator(ctx, valAddr);
      periods.initializeValidator(ctx, valAddr);
    },
    afterValidatorRemoved: (ctx, _, valAddr) => closeValidator(ctx, valAddr),
    beforeDelegationCreated(ctx, _, valAddr) {
      periods.increment(ctx, staking.requireValidator(ctx, valAddr));
    },
    beforeDelegationSharesModified(ctx, delAddr, valAddr) {
      const validator = staking.requireValidator(ctx, valAddr);
      withdrawal.settle(ctx, validator, staking.requireDelegation(ctx, delAddr, valAddr));
    },
    afterDelegationModified: (ctx, delAddr, valAddr) => periods.initializeDelegation(ctx, delAddr, valAddr),
    beforeValidatorSlashed: (ctx, valAddr, fraction) =>
      periods.recordSlash(ctx, staking.requireValidator(ctx, valAddr), fraction),
  };
}

/** The sum; a denomination of which it would be beyond what decimals hold is left as it was: it must not stop a block. */
function addWhatFits(pool: DecCoins, more: DecCoins): DecCoins {
  let sum = pool;
  for (const coin of more) {
    try {
      sum = addDecCoins(sum, [coin]);
    } catch (error) {
      if (!decErrors.overflow.is(error)) throw error;
    }
  }
  return sum;
}
