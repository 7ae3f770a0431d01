/** Genesis of distribution (SDK x/distribution `keeper/genesis.go`). */
import { EMPTY } from "@tandem-ics/crypto";
import {
  addDecCoins,
  assert,
  type Context,
  Dec,
  type DecCoins,
  decCoinsFromProto,
  decCoinsToProto,
  formatCoins,
  type JsonObject,
  plainError,
  truncateDecCoins,
} from "@tandem-ics/runtime";
import type { GenesisState } from "cosmjs-types/cosmos/distribution/v1beta1/genesis";
import { genesisFromJson, genesisToJson } from "../genesis-json.ts";
import { DISTRIBUTION_ACCOUNT } from "./dependencies.ts";
import type { DistributionParty } from "./keeper.ts";
import {
  assertDistributionParams,
  DEFAULT_DISTRIBUTION_PARAMS,
  distributionParamsFromProto,
  distributionParamsToProto,
} from "./params.ts";

const TYPE = "cosmos.distribution.v1beta1.GenesisState";
const read = (json: JsonObject): GenesisState => genesisFromJson<GenesisState>(TYPE, json);

/** A chain without any stake. */
export const defaultDistributionGenesis = (): JsonObject =>
  genesisToJson<GenesisState>(TYPE, {
    params: distributionParamsToProto(DEFAULT_DISTRIBUTION_PARAMS),
    feePool: { communityPool: [] },
    delegatorWithdrawInfos: [],
    previousProposer: "",
    outstandingRewards: [],
    validatorAccumulatedCommissions: [],
    validatorHistoricalRewards: [],
    validatorCurrentRewards: [],
    delegatorStartingInfos: [],
    validatorSlashEvents: [],
  });

/** Throws for invalid params and negative amounts. */
export function validateDistributionGenesis(json: JsonObject): void {
  const { params, feePool } = read(json);
  assertDistributionParams(distributionParamsFromProto(params));
  for (const { amount, denom } of decCoinsFromProto(feePool.communityPool)) {
    if (amount.isNegative()) throw plainError(`negative community pool: ${amount}${denom}`);
  }
}

/** Writes the state. Throws InvariantError when the module's account does not hold what it says. */
export function initDistributionGenesis(ctx: Context, party: DistributionParty, json: JsonObject): void {
  const { parts, keeper } = party;
  const { state, addresses, auth, bank } = parts;
  const { account, validator: operator } = addresses;
  const genesis = read(json);
  const pool = decCoinsFromProto(genesis.feePool.communityPool);
  state.communityPool.set(ctx, pool);
  keeper.setParams(ctx, distributionParamsFromProto(genesis.params));
  for (const { delegatorAddress, withdrawAddress } of genesis.delegatorWithdrawInfos) {
    state.withdrawAddresses.set(ctx, account.decode(delegatorAddress), account.decode(withdrawAddress));
  }
  const { previousProposer } = genesis;
  const proposer = previousProposer === "" ? EMPTY : addresses.consensus.decode(previousProposer);
  state.previousProposer.set(ctx, proposer);
  let holdings: DecCoins = pool;
  for (const { validatorAddress, outstandingRewards } of genesis.outstandingRewards) {
    const rewards = decCoinsFromProto(outstandingRewards);
    state.outstanding.set(ctx, operator.decode(validatorAddress), rewards);
    holdings = addDecCoins(holdings, rewards);
  }
  initRecords(ctx, party, genesis);
  const { whole } = truncateDecCoins(holdings);
  auth.ensureModuleAccount(ctx, DISTRIBUTION_ACCOUNT);
  const balances = bank.getAllBalances(ctx, auth.getModuleAddress(DISTRIBUTION_ACCOUNT));
  assert(
    formatCoins(balances) === formatCoins(whole),
    `distribution module balance does not match the module holdings: ${formatCoins(balances)} <-> ${formatCoins(whole)}`,
  );
}

function initRecords(ctx: Context, { parts }: DistributionParty, genesis: GenesisState): void {
  const { state, addresses } = parts;
  const { account, validator: operator } = addresses;
  for (const { validatorAddress, accumulated } of genesis.validatorAccumulatedCommissions) {
    state.commissions.set(ctx, operator.decode(validatorAddress), decCoinsFromProto(accumulated.commission));
  }
  for (const { validatorAddress, period, rewards } of genesis.validatorHistoricalRewards) {
    state.historical.set(ctx, [operator.decode(validatorAddress), period], {
      ratio: decCoinsFromProto(rewards.cumulativeRewardRatio),
      references: rewards.referenceCount,
    });
  }
  for (const { validatorAddress, rewards } of genesis.validatorCurrentRewards) {
    state.current.set(ctx, operator.decode(validatorAddress), {
      rewards: decCoinsFromProto(rewards.rewards),
      period: rewards.period,
    });
  }
  for (const { validatorAddress, delegatorAddress, startingInfo } of genesis.delegatorStartingInfos) {
    const key = [operator.decode(validatorAddress), account.decode(delegatorAddress)] as const;
    state.startingInfos.set(ctx, key, {
      previousPeriod: startingInfo.previousPeriod,
      stake: Dec.fromWire(startingInfo.stake),
      height: startingInfo.height,
    });
  }
  for (const { validatorAddress, height, period, validatorSlashEvent } of genesis.validatorSlashEvents) {
    state.slashEvents.set(ctx, [operator.decode(validatorAddress), height, period], {
      period: validatorSlashEvent.validatorPeriod,
      fraction: Dec.fromWire(validatorSlashEvent.fraction),
    });
  }
}

/** Reads the state. */
export function exportDistributionGenesis(ctx: Context, { parts, keeper }: DistributionParty): JsonObject {
  const { state, addresses } = parts;
  const { account, validator: operator } = addresses;
  const previousProposer = state.previousProposer.get(ctx) ?? EMPTY;
  return genesisToJson<GenesisState>(TYPE, {
    params: distributionParamsToProto(keeper.params(ctx)),
    feePool: { communityPool: decCoinsToProto(keeper.communityPool(ctx)) },
    delegatorWithdrawInfos: Array.from(state.withdrawAddresses.entries(ctx), ([delegator, to]) => ({
      delegatorAddress: account.encode(delegator),
      withdrawAddress: account.encode(to),
    })),
    previousProposer: previousProposer.length === 0 ? "" : addresses.consensus.encode(previousProposer),
    outstandingRewards: Array.from(state.outstanding.entries(ctx), ([valAddr, rewards]) => ({
      validatorAddress: operator.encode(valAddr),
      outstandingRewards: decCoinsToProto(rewards),
    })),
    validatorAccumulatedCommissions: Array.from(state.commissions.entries(ctx), ([valAddr, coins]) => ({
      validatorAddress: operator.encode(valAddr),
      accumulated: { commission: decCoinsToProto(coins) },
    })),
    validatorHistoricalRewards: Array.from(state.historical.entries(ctx), ([[valAddr, period], record]) => ({
      validatorAddress: operator.encode(valAddr),
      period,
      rewards: {
        cumulativeRewardRatio: decCoinsToProto(record.ratio),
        referenceCount: record.references,
      },
    })),
    validatorCurrentRewards: Array.from(state.current.entries(ctx), ([valAddr, { rewards, period }]) => ({
      validatorAddress: operator.encode(valAddr),
      rewards: { rewards: decCoinsToProto(rewards), period },
    })),
    delegatorStartingInfos: Array.from(state.startingInfos.entries(ctx), ([[valAddr, delAddr], info]) => ({
      delegatorAddress: account.encode(delAddr),
      validatorAddress: operator.encode(valAddr),
      startingInfo: { ...info, stake: info.stake.toWire() },
    })),
    validatorSlashEvents: Array.from(
      state.slashEvents.entries(ctx),
      ([[valAddr, height, period], event]) => ({
        validatorAddress: operator.encode(valAddr),
        height,
        period,
        validatorSlashEvent: { validatorPeriod: event.period, fraction: event.fraction.toWire() },
      }),
    ),
  });
}
