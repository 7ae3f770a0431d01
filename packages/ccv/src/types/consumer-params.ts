/** Parameters of a consumer: made by the provider, run by the consumer (interchain-security `x/ccv/types/params.go`). */

import { type ConsumerParams, nsToDuration } from "@tandem-ics/proto";

import { isDenom, plainError } from "@tandem-ics/runtime";
import { assertConsumerId } from "./addresses.ts";
import {
  assertFractionText,
  assertOptionalChannelId,
  assertPositive,
  assertPositiveDuration,
} from "./validation.ts";

const HOUR_NS = 3_600_000_000_000n;
const DAY_NS = 24n * HOUR_NS;

/** Lifetime of CCV packets: four weeks, long enough that a channel does not close by timeout. */
export const DEFAULT_CCV_TIMEOUT_NS = 28n * DAY_NS;
/** Lifetime of reward transfers. */
export const DEFAULT_TRANSFER_TIMEOUT_NS = HOUR_NS;
/** Unbonding period of consumers: a day less than the provider's default. */
export const DEFAULT_CONSUMER_UNBONDING_NS = 20n * DAY_NS;
/** Wait before a bounced slash packet is sent again. */
export const DEFAULT_RETRY_DELAY_NS = HOUR_NS;
/** Share of the fees that a consumer keeps. */
export const DEFAULT_REDISTRIBUTION_FRACTION = "0.75";
/** Blocks between two reward transfers. */
export const DEFAULT_BLOCKS_PER_TRANSMISSION = 1000n;
/** Headers kept. */
export const DEFAULT_HISTORICAL_ENTRIES = 10_000n;

/** Parameters of a chain that is no consumer yet. */
export const defaultConsumerParams = (): ConsumerParams => ({
  enabled: false,
  blocksPerDistributionTransmission: DEFAULT_BLOCKS_PER_TRANSMISSION,
  distributionTransmissionChannel: "",
  providerFeePoolAddrStr: "",
  ccvTimeoutPeriod: nsToDuration(DEFAULT_CCV_TIMEOUT_NS),
  transferTimeoutPeriod: nsToDuration(DEFAULT_TRANSFER_TIMEOUT_NS),
  consumerRedistributionFraction: DEFAULT_REDISTRIBUTION_FRACTION,
  historicalEntries: DEFAULT_HISTORICAL_ENTRIES,
  unbondingPeriod: nsToDuration(DEFAULT_CONSUMER_UNBONDING_NS),
  softOptOutThreshold: "0",
  rewardDenoms: [],
  providerRewardDenoms: [],
  retryDelayPeriod: nsToDuration(DEFAULT_RETRY_DELAY_NS),
  consumerId: "0",
});

function assertDenoms(denoms: readonly string[]): void {
  for (const denom of denoms) if (!isDenom(denom)) throw plainError(`invalid denom: ${denom.slice(0, 150)}`);
}

/** Throws an untyped refusal, or `CCV/19` for the id, unless every parameter is in its range. */
export function assertConsumerParams(params: ConsumerParams): void {
  assertPositive(params.blocksPerDistributionTransmission);
  assertOptionalChannelId(params.distributionTransmissionChannel);
  assertPositiveDuration(params.ccvTimeoutPeriod);
  assertPositiveDuration(params.transferTimeoutPeriod);
  assertFractionText(params.consumerRedistributionFraction);
  assertPositive(params.historicalEntries);
  assertPositiveDuration(params.unbondingPeriod);
  assertDenoms(params.rewardDenoms);
  assertDenoms(params.providerRewardDenoms);
  assertPositiveDuration(params.retryDelayPeriod);
  assertConsumerId(params.consumerId);
}
