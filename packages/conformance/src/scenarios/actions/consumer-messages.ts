/** Messages about consumers on the provider, from the fields of actions. */
import type { EncodeObject } from "@cosmjs/proto-signing";
import { defaultConsumerParams } from "@tandem-ics/ccv";
import { utf8 } from "@tandem-ics/crypto";
import {
  type ConsumerInitializationParameters,
  type ConsumerMetadata,
  MsgCreateConsumer,
  MsgUpdateConsumer,
  nsToTimestamp,
  type PowerShapingParameters,
} from "@tandem-ics/proto";
import type { InitFields, PowerShapingFields } from "../action-fields.ts";
import type { ScenarioNetwork } from "../network.ts";
import { PROVIDER_TYPE } from "./transactions.ts";

/** Metadata of a consumer, which nothing depends on. */
export const consumerMetadata = (name: string): ConsumerMetadata => ({
  name,
  description: "no description",
  metadata: "no metadata",
});

/** Initialisation parameters: those of the action, and the reference implementation's defaults for the rest. */
export function initializationParameters(
  net: ScenarioNetwork,
  { InitialHeight, SpawnTime, DistributionChannel }: InitFields,
): ConsumerInitializationParameters {
  const params = defaultConsumerParams();
  return {
    initialHeight: {
      revisionNumber: InitialHeight.revision_number,
      revisionHeight: InitialHeight.revision_height,
    },
    genesisHash: utf8("gen_hash"),
    binaryHash: utf8("bin_hash"),
    spawnTime: nsToTimestamp(net.startNs + SpawnTime),
    unbondingPeriod: params.unbondingPeriod,
    ccvTimeoutPeriod: params.ccvTimeoutPeriod,
    transferTimeoutPeriod: params.transferTimeoutPeriod,
    consumerRedistributionFraction: params.consumerRedistributionFraction,
    blocksPerDistributionTransmission: params.blocksPerDistributionTransmission,
    historicalEntries: params.historicalEntries,
    distributionTransmissionChannel: DistributionChannel,
    connectionId: "",
  };
}

/** Power-shaping parameters; the addresses in lists become the run's own. */
export function powerShapingParameters(
  net: ScenarioNetwork,
  fields: PowerShapingFields,
): PowerShapingParameters {
  const { prefix } = net.provider().spec;
  const own = (list: readonly string[]): string[] =>
    list.map((address) => net.cast.consensusAddress(address, prefix));
  return {
    topN: fields.TopN,
    validatorsPowerCap: fields.ValidatorsPowerCap,
    validatorSetCap: fields.ValidatorSetCap,
    allowlist: own(fields.Allowlist),
    denylist: own(fields.Denylist),
    prioritylist: own(fields.Prioritylist),
    minStake: fields.MinStake,
    allowInactiveVals: fields.AllowInactiveVals,
  };
}

/** `MsgCreateConsumer`. */
export const createConsumer = (fields: Partial<MsgCreateConsumer>): EncodeObject => ({
  typeUrl: `${PROVIDER_TYPE}.MsgCreateConsumer`,
  value: MsgCreateConsumer.fromPartial(fields),
});

/** `MsgUpdateConsumer`; what is left out stays. */
export const updateConsumer = (fields: Partial<MsgUpdateConsumer>): EncodeObject => ({
  typeUrl: `${PROVIDER_TYPE}.MsgUpdateConsumer`,
  value: MsgUpdateConsumer.fromPartial(fields),
});
