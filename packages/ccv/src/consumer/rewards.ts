/** Splitting fees with the provider and sending its part (ICS-28; interchain-security `distribution.go`). */
import { ZERO_HEIGHT } from "@tandem-ics/ibc/24-host";
import { durationToNs, type NextFeeDistributionEstimate } from "@tandem-ics/proto";
import {
  addCoins,
  type Coin,
  type Coins,
  type Context,
  formatCoins,
  formatDecCoins,
  normalizeCoins,
  toDecCoins,
} from "@tandem-ics/runtime";
import { State } from "cosmjs-types/ibc/core/channel/v1/channel";
import {
  CONSUMER_MODULE,
  CONSUMER_REDISTRIBUTE_ACCOUNT,
  CONSUMER_TO_PROVIDER_ACCOUNT,
  TRANSFER_PORT,
} from "../types/constants.ts";
import { hopPrefix, ibcDenom } from "../types/denoms.ts";
import { refusalOf } from "../types/refusals.ts";
import { createRewardMemo, LEGACY_REWARD_MEMO } from "../types/reward-memo.ts";
import type { ConsumerDeps } from "./expected-keepers.ts";
import { splitFees } from "./fee-split.ts";
import { consumerParams } from "./params.ts";
import * as state from "./state.ts";

/** Account that the ante chain collects fees in. */
const FEE_COLLECTOR = "fee_collector";

/** Height of the last transmission. */
export const lastTransmissionHeight = (ctx: Context): bigint => state.lastTransmission.get(ctx)?.height ?? 0n;

type Deps = Pick<ConsumerDeps, "addresses" | "auth" | "bank" | "channel" | "transfer" | "feeCollector">;

/** Fees and rewards. */
export function createRewards({
  addresses,
  auth,
  bank,
  channel,
  transfer,
  feeCollector = FEE_COLLECTOR,
}: Deps) {
  function collected(ctx: Context): Coins {
    return bank.getAllBalances(ctx, auth.ensureModuleAccount(ctx, feeCollector).address);
  }

  function shareFees(ctx: Context): void {
    const { kept, provider } = splitFees(collected(ctx), consumerParams(ctx).consumerRedistributionFraction);
    bank.sendFromModuleToModule(ctx, feeCollector, CONSUMER_REDISTRIBUTE_ACCOUNT, kept);
    // Held on an account of their own: what a failed transfer gives back must not be split again.
    bank.sendFromModuleToModule(ctx, feeCollector, CONSUMER_TO_PROVIDER_ACCOUNT, provider);
  }

  /** Denominations that may be sent: own ones as they are, the provider's as vouchers of the reward channel. */
  function allowedDenoms(ctx: Context): string[] {
    const { rewardDenoms, providerRewardDenoms, distributionTransmissionChannel } = consumerParams(ctx);
    const prefix = hopPrefix(TRANSFER_PORT, distributionTransmissionChannel);
    return [...rewardDenoms, ...providerRewardDenoms.map((denom) => ibcDenom(prefix + denom))];
  }

  /** Sends all that may be sent, or throws. Over a channel that is not open nothing happens. */
  function sendToProvider(ctx: Context): void {
    const params = consumerParams(ctx);
    const sourceChannel = params.distributionTransmissionChannel;
    if (channel.channel(ctx, TRANSFER_PORT, sourceChannel)?.state !== State.STATE_OPEN) return;
    const { address } = auth.ensureModuleAccount(ctx, CONSUMER_TO_PROVIDER_ACCOUNT);
    const memo =
      params.consumerId === "" ? LEGACY_REWARD_MEMO : createRewardMemo(params.consumerId, ctx.chainId);
    let sent: Coins = [];
    for (const denom of allowedDenoms(ctx)) {
      const token: Coin = { denom, amount: bank.getBalance(ctx, address, denom) };
      if (token.amount === 0n) continue;
      transfer.sendTransfer(ctx, {
        sourcePort: TRANSFER_PORT,
        sourceChannel,
        token,
        sender: addresses.account.encode(address),
        receiver: params.providerFeePoolAddrStr,
        timeoutHeight: ZERO_HEIGHT,
        timeoutTimestamp: ctx.timeNs + durationToNs(params.transferTimeoutPeriod),
        memo,
      });
      sent = addCoins(sent, normalizeCoins([token]));
    }
    ctx.emit("fee_distribution", {
      module: CONSUMER_MODULE,
      current_distribution_height: ctx.height.toString(),
      next_distribution_height: (ctx.height + params.blocksPerDistributionTransmission).toString(),
      distribution_fraction: params.consumerRedistributionFraction,
      total: formatCoins(sent),
      provider_amount: formatCoins(sent),
    });
  }

  return {
    /** End of block: splits the fees, and tries to send when enough blocks have passed; the next try waits as long again. */
    endBlock(ctx: Context): void {
      shareFees(ctx);
      const { blocksPerDistributionTransmission } = consumerParams(ctx);
      if (ctx.height - lastTransmissionHeight(ctx) < blocksPerDistributionTransmission) return;
      const branch = ctx.branch();
      if (refusalOf(() => sendToProvider(branch.ctx)) === undefined) branch.commit();
      state.lastTransmission.set(ctx, { height: ctx.height });
    },

    /** What the next transmission would be if it came now. */
    estimate(ctx: Context): NextFeeDistributionEstimate {
      const { blocksPerDistributionTransmission, consumerRedistributionFraction } = consumerParams(ctx);
      const lastHeight = lastTransmissionHeight(ctx);
      const total = collected(ctx);
      const { kept, provider } = splitFees(total, consumerRedistributionFraction);
      return {
        currentHeight: ctx.height,
        lastHeight,
        nextHeight: lastHeight + blocksPerDistributionTransmission,
        distributionFraction: consumerRedistributionFraction,
        total: formatDecCoins(toDecCoins(total)),
        toProvider: formatDecCoins(toDecCoins(provider)),
        toConsumer: formatDecCoins(toDecCoins(kept)),
      };
    },
  };
}

/** See {@link createRewards}. */
export type ConsumerRewards = ReturnType<typeof createRewards>;
