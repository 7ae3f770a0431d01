/** What a consumer of a topology looks like in the provider's messages. */
import type { EncodeObject } from "@cosmjs/proto-signing";
import { revisionOf } from "@tandem-ics/ibc/24-host";
import {
  ConsumerInitializationParameters,
  MsgCreateConsumer,
  nsToDuration,
  nsToTimestamp,
  PowerShapingParameters,
} from "@tandem-ics/proto";
import { createAddressCodecs, Dec } from "@tandem-ics/runtime";
import { type ConsumerSpec, providerSpecOf } from "./topology.ts";
import { providerOf, validatorOf, type World } from "./world.ts";

/** Package of the provider module's messages. */
export const PROVIDER_TYPE = "/interchain_security.ccv.provider.v1";
const CCV_TIMEOUT_NS = 28n * 86_400n * 1_000_000_000n;
const TRANSFER_TIMEOUT_NS = 3_600n * 1_000_000_000n;

/** A consumer's power shaping, addresses for names. */
export function powerShaping(world: World, spec: ConsumerSpec, topN: number): PowerShapingParameters {
  const { consensus } = createAddressCodecs(providerOf(world).bech32Prefix);
  const addresses = (names: readonly string[] = []): string[] =>
    names.map((name) => consensus.encode(validatorOf(world, name).consensus.address));
  return PowerShapingParameters.fromPartial({
    topN,
    validatorsPowerCap: spec.powerCap,
    validatorSetCap: spec.setCap,
    allowlist: addresses(spec.allowlist),
    denylist: addresses(spec.denylist),
    minStake: spec.minStake ?? 0n,
    allowInactiveVals: spec.allowInactiveVals ?? false,
    prioritylist: addresses(spec.prioritylist),
  });
}

/** Message that creates a consumer. Without a spawn time: validators opt in first. */
export function createMessage(world: World, spec: ConsumerSpec, submitter: string): EncodeObject {
  const downtimeFraction = Dec.parse(spec.slashFractionDowntime);
  return {
    typeUrl: `${PROVIDER_TYPE}.MsgCreateConsumer`,
    value: MsgCreateConsumer.fromPartial({
      submitter,
      chainId: spec.chainId,
      metadata: { name: spec.name, description: `consumer chain ${spec.name}`, metadata: "{}" },
      initializationParameters: initializationParameters(spec, undefined),
      // Nobody but governance may have a Top N chain, and nobody may create one.
      powerShapingParameters: powerShaping(world, spec, 0),
      infractionParameters: downtimeFraction.isZero()
        ? undefined
        : {
            doubleSign: undefined,
            downtime: {
              slashFraction: new TextEncoder().encode(downtimeFraction.toWire()),
              jailDuration: nsToDuration(providerSpecOf(world.topology).downtimeJailDuration),
              tombstone: false,
            },
          },
    }),
  };
}

/** Initialization parameters with a spawn time or without one, which leaves the consumer registered. */
export const initializationParameters = (
  spec: ConsumerSpec,
  spawnTimeNs: bigint | undefined,
): ConsumerInitializationParameters =>
  ConsumerInitializationParameters.fromPartial({
    initialHeight: { revisionNumber: revisionOf(spec.chainId), revisionHeight: spec.initialHeight },
    genesisHash: new Uint8Array(),
    binaryHash: new Uint8Array(),
    ...(spawnTimeNs === undefined ? {} : { spawnTime: nsToTimestamp(spawnTimeNs) }),
    unbondingPeriod: nsToDuration(spec.unbondingPeriodNs),
    ccvTimeoutPeriod: nsToDuration(CCV_TIMEOUT_NS),
    transferTimeoutPeriod: nsToDuration(TRANSFER_TIMEOUT_NS),
    consumerRedistributionFraction: "0.75",
    blocksPerDistributionTransmission: 1000n,
    historicalEntries: 10_000n,
    distributionTransmissionChannel: spec.changeover?.transferChannel ?? "",
    connectionId: spec.changeover?.connectionId ?? "",
  });
