/** Rewards of consumers: noted when they arrive, shared out among their validators (ICS-28; interchain-security `distribution.go`). */

import type { ConsensusValidator } from "@tandem-ics/proto";
import {
  addDecCoins,
  type Context,
  type DecCoins,
  decCoinsFromProto,
  decCoinsToProto,
  formatCoins,
  formatDecCoins,
  plainError,
  toDecCoins,
  truncateDecCoins,
} from "@tandem-ics/runtime";
import { CONSUMER_REWARDS_POOL, PROVIDER_MODULE } from "../types/constants.ts";
import { refusalOf } from "../types/refusals.ts";
import { consumersWithClients, requireChainId } from "./consumers.ts";
import type { ProviderDeps } from "./expected-keepers.ts";
import { providerParams } from "./params.ts";
import { rewardShares, splitRewards } from "./reward-shares.ts";
import * as state from "./state.ts";
import { storedConsumerSet } from "./validator-sets.ts";

/** Module account of the distribution module. */
const DISTRIBUTION_ACCOUNT = "distribution";

/** Rewards of a consumer that wait, of one denomination. */
export const allocationOf = (ctx: Context, consumerId: string, denom: string): DecCoins =>
  decCoinsFromProto(state.rewardAllocations.get(ctx, [consumerId, denom])?.rewards ?? []);

/** Stores what waits; nothing when it is zero. */
export function setAllocation(ctx: Context, consumerId: string, denom: string, rewards: DecCoins): void {
  if (rewards.length === 0) state.rewardAllocations.remove(ctx, [consumerId, denom]);
  else state.rewardAllocations.set(ctx, [consumerId, denom], { rewards: decCoinsToProto(rewards) });
}

/** Denominations that a consumer lists for itself. */
export const allowlistedDenomsOf = (ctx: Context, consumerId: string): string[] =>
  state.allowlistedDenoms.get(ctx, consumerId)?.denoms ?? [];

type Deps = Pick<ProviderDeps, "auth" | "bank" | "staking" | "distribution">;

/** Distributing. */
export function createRewards({ auth, bank, staking, distribution }: Deps) {
  /** Members of the consumer's set for long enough to share its rewards. */
  function eligibleValidators(ctx: Context, consumerId: string): ConsensusValidator[] {
    const { numberOfEpochsToStartReceivingRewards, blocksPerEpoch } = providerParams(ctx);
    const blocks = numberOfEpochsToStartReceivingRewards * blocksPerEpoch;
    return storedConsumerSet(ctx, consumerId).filter(({ joinHeight }) => ctx.height - joinHeight >= blocks);
  }

  /** By power. The consumer's own commission rate replaces staking's. */
  function shareOut(
    ctx: Context,
    consumerId: string,
    validators: readonly ConsensusValidator[],
    tokens: DecCoins,
  ): void {
    if (tokens.length === 0) return;
    const shares = rewardShares(
      tokens,
      validators.map(({ power }) => power),
    );
    for (const [i, { providerConsAddr }] of validators.entries()) {
      const validator = staking.validatorByConsAddr(ctx, providerConsAddr);
      if (validator === undefined) throw plainError("cannot find validator by consensus address");
      const rate = state.commissionRates.get(ctx, [consumerId, providerConsAddr]);
      distribution.allocateTokensToValidator(ctx, validator, shares[i]!, rate);
    }
  }

  /** Pays out the whole part of what waits; returns what is left. Throws when a payment is refused. */
  function allocate(ctx: Context, consumerId: string, rewards: DecCoins): DecCoins {
    const chainId = requireChainId(ctx, consumerId);
    const pool = auth.getModuleAddress(CONSUMER_REWARDS_POOL);
    const validators = eligibleValidators(ctx, consumerId);
    if (!validators.some(({ power }) => power > 0n)) {
      const { whole, change } = truncateDecCoins(rewards);
      refusalOf(() => distribution.fundCommunityPool(ctx, whole, pool));
      return change;
    }
    const { toValidators, toCommunity } = splitRewards(rewards, distribution.communityTax(ctx));
    bank.sendFromModuleToModule(ctx, CONSUMER_REWARDS_POOL, DISTRIBUTION_ACCOUNT, toValidators.whole);
    shareOut(ctx, consumerId, validators, toDecCoins(toValidators.whole));
    distribution.fundCommunityPool(ctx, toCommunity.whole, pool);
    ctx.emit("distributed_ics_rewards", {
      module: PROVIDER_MODULE,
      consumer_id: consumerId,
      consumer_chain_id: chainId,
      total_rewards: formatDecCoins(rewards),
      distributed_rewards: formatCoins(toValidators.whole),
      community_pool_rewards: formatCoins(toCommunity.whole),
    });
    return addDecCoins(toValidators.change, toCommunity.change);
  }

  return {
    /** Begin of block, from height 2: pays out for every consumer each denomination that governance or the consumer lists. */
    distribute(ctx: Context): void {
      if (ctx.height <= 1n) return;
      const governed = state.rewardDenoms.keys(ctx);
      for (const consumerId of consumersWithClients(ctx)) {
        for (const denom of [...governed, ...allowlistedDenomsOf(ctx, consumerId)]) {
          const rewards = allocationOf(ctx, consumerId, denom);
          if (rewards.length === 0) continue;
          const branch = ctx.branch();
          const refusal = refusalOf(() =>
            setAllocation(branch.ctx, consumerId, denom, allocate(branch.ctx, consumerId, rewards)),
          );
          if (refusal === undefined) branch.commit();
        }
      }
    },
  };
}

/** See {@link createRewards}. */
export type Rewards = ReturnType<typeof createRewards>;
