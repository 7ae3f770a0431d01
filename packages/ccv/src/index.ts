/** Cross-chain validation (ICS-28): the provider, the consumer, and applications made of them. */
export { CONSUMER_APP_NAME, createConsumerApp, defaultConsumerGenesis } from "./apps/consumer-app.ts";
export {
  CONSUMER_APPLICATION_NAMES,
  CONSUMER_APPLICATIONS,
  type ConsumerApplication,
  type ConsumerApplicationName,
  consumerApplicationOf,
} from "./apps/consumer-applications.ts";
export {
  CHANGEOVER_PLAN,
  createDemocracyApp,
  DEMOCRACY_APP_NAME,
  type DemocracyAppOptions,
  defaultDemocracyGenesis,
} from "./apps/democracy-app.ts";
export { APP_VERSION, type AppOptions, type StakingAppOptions } from "./apps/options.ts";
export { createPlainApp, defaultPlainGenesis, PLAIN_APP_NAME } from "./apps/plain-app.ts";
export { createProviderApp, defaultProviderGenesis, PROVIDER_APP_NAME } from "./apps/provider-app.ts";
export { consumerErrors } from "./consumer/errors.ts";
export { splitFees } from "./consumer/fee-split.ts";
export {
  type ConsumerDeps,
  type ConsumerModule,
  type ConsumerStakingView,
  createConsumerModule,
  createConsumerStakingView,
  type StandaloneStaking,
} from "./consumer/index.ts";
export { providerErrors } from "./provider/errors.ts";
export { createProviderModule, type ProviderDeps, type ProviderModule } from "./provider/index.ts";
export { defaultProviderParams } from "./provider/params.ts";
export {
  byPowerDescending,
  byTokensDescending,
  type Candidate,
  capPowers,
  minPowerInTopN,
  type ShapingRules,
  selectValidators,
} from "./provider/power-shaping.ts";
export { rewardShares, splitRewards, type Truncated } from "./provider/reward-shares.ts";
export { meterAllowance, replenishMeter, type SlashMeter } from "./provider/slash-meter.ts";
export { validateProviderMessage } from "./provider/validate-message.ts";
export { type ConsumerId, isConsumerId } from "./types/addresses.ts";
export {
  CCV_VERSION,
  CONSUMER_MODULE,
  CONSUMER_PORT,
  CONSUMER_REDISTRIBUTE_ACCOUNT,
  CONSUMER_REWARDS_POOL,
  CONSUMER_TO_PROVIDER_ACCOUNT,
  PROVIDER_MODULE,
  PROVIDER_PORT,
} from "./types/constants.ts";
export { defaultConsumerParams } from "./types/consumer-params.ts";
export { ccvErrors } from "./types/errors.ts";
export { decodeHandshakeMetadata, encodeHandshakeMetadata } from "./types/handshake.ts";
export {
  decodeConsumerPacket,
  decodeVscPacket,
  encodeConsumerPacket,
  encodeVscPacket,
} from "./types/packets.ts";
export { createRewardMemo, parseRewardMemo, type RewardMemo } from "./types/reward-memo.ts";
export { goDurationText } from "./types/time-text.ts";
export { applyChanges, diffValidators, mergeChanges } from "./types/valset-changes.ts";
