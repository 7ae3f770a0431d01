/** The distribution keeper: what other modules may ask of rewards. */
import type { AddressCodecs, Context, Dec, DecCoins } from "@tandem-ics/runtime";
import type { StakingHooks } from "../staking/hooks.ts";
import { type Allocation, createAllocation } from "./allocation.ts";
import {
  type DistributionAuth,
  type DistributionBank,
  type DistributionParts,
  type DistributionStaking,
  FEE_COLLECTOR,
} from "./dependencies.ts";
import { createDistributionHooks } from "./hooks.ts";
import { assertDistributionParams, type DistributionParams } from "./params.ts";
import { createPeriods, type Periods } from "./periods.ts";
import { type CurrentRewards, createDistributionState } from "./state.ts";
import { createWithdrawal, type Withdrawal } from "./withdrawal.ts";

/** What distribution is made with. */
export interface DistributionKeeperOptions {
  readonly addresses: AddressCodecs;
  readonly auth: DistributionAuth;
  readonly bank: DistributionBank;
  readonly staking: DistributionStaking;
  /** Module account whose balance is distributed; `fee_collector` by default. */
  readonly feeCollector?: string;
}

/** Rewards, as other modules see them. */
export interface DistributionKeeper extends Allocation, Omit<Withdrawal, "settle"> {
  params(ctx: Context): DistributionParams;
  /** Throws `undefined/1` for invalid ones. */
  setParams(ctx: Context, params: DistributionParams): void;
  communityTax(ctx: Context): Dec;
  communityPool(ctx: Context): DecCoins;
  /** What a validator and its delegators have not withdrawn. */
  outstandingRewards(ctx: Context, valAddr: Uint8Array): DecCoins;
  accumulatedCommission(ctx: Context, valAddr: Uint8Array): DecCoins;
  currentRewards(ctx: Context, valAddr: Uint8Array): CurrentRewards | undefined;
  /** What a delegation would get now. Throws staking/3, staking/19. */
  delegationRewards(ctx: Context, delAddr: Uint8Array, valAddr: Uint8Array): DecCoins;
}

/** The keeper and the parts that only this module's messages, queries and genesis may use. */
export interface DistributionParty {
  readonly keeper: DistributionKeeper;
  readonly parts: DistributionParts;
  readonly periods: Periods;
  readonly hooks: Partial<StakingHooks>;
}

/** Puts the keeper together. */
export function createDistributionKeeper(options: DistributionKeeperOptions): DistributionParty {
  const { feeCollector = FEE_COLLECTOR, staking } = options;
  const state = createDistributionState();
  const parts: DistributionParts = { ...options, feeCollector, state };
  const periods = createPeriods(parts);
  const { settle, ...withdrawal } = createWithdrawal(parts, periods);
  const keeper: DistributionKeeper = {
    ...createAllocation(parts),
    ...withdrawal,
    params: (ctx) => state.params.require(ctx),
    setParams(ctx, params) {
      assertDistributionParams(params);
      state.params.set(ctx, params);
    },
    communityTax: (ctx) => state.params.require(ctx).communityTax,
    communityPool: (ctx) => state.communityPool.require(ctx),
    outstandingRewards: (ctx, valAddr) => state.outstanding.get(ctx, valAddr) ?? [],
    accumulatedCommission: (ctx, valAddr) => state.commissions.get(ctx, valAddr) ?? [],
    currentRewards: (ctx, valAddr) => state.current.get(ctx, valAddr),
    delegationRewards(ctx, delAddr, valAddr) {
      const validator = staking.requireValidator(ctx, valAddr);
      return periods.pendingRewards(ctx, validator, staking.requireDelegation(ctx, delAddr, valAddr));
    },
  };
  const hooks = createDistributionHooks(parts, { periods, withdrawal: { ...withdrawal, settle } });
  return { keeper, parts, periods, hooks };
}
