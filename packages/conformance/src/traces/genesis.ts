/** Genesis of a trace's provider and consumers, and the messages that make consumers. */
import type { EncodeObject } from "@cosmjs/proto-signing";
import { defaultConsumerGenesis, defaultProviderGenesis } from "@tandem-ics/ccv";
import { defaultConsensusParams, type GenesisDoc } from "@tandem-ics/comet";
import { utf8 } from "@tandem-ics/crypto";
import { makeHeight, revisionOf } from "@tandem-ics/ibc/24-host";
import { accountSections, stakePool, stakingSection, withParams } from "@tandem-ics/node/home";
import { MsgCreateConsumer, MsgUpdateConsumer, nsToDuration, nsToTimestamp } from "@tandem-ics/proto";
import { createAddressCodecs, Dec, type JsonObject } from "@tandem-ics/runtime";
import type { Account, NamedKey } from "./names.ts";
import type { TraceParams } from "./trace.ts";

/** Nanoseconds in a second. */
export const SECOND_NS = 1_000_000_000n;
/** Denomination of stake. */
export const STAKE = "stake";
/** Tokens of one unit of power. */
export const POWER_REDUCTION = 1_000_000n;
/** Stake that every validator keeps, so that the staking module does not forget it; far below one unit of power. */
const DUST = 1n;
/** Power of the validator beside the model's: the chain goes on without all others, and the slash meter never runs dry. */
const ANCHOR_POWER = 1_000_000n;
const POCKET = 1_000_000_000_000_000n;
/** Chains of a trace may be days apart. */
const CLOCK_DRIFT_SECONDS = 315_360_000n;
const PROVIDER_TYPES = "/interchain_security.ccv.provider.v1";

/** Periods of light clients, in seconds. */
export interface TrustPeriods {
  readonly trusting: bigint;
  readonly unbonding: bigint;
}

const secondsText = (seconds: bigint | number): string => `${seconds}s`;
const pocketOf = ({ address }: Account) => ({ address, coins: [{ denom: STAKE, amount: POCKET }] });

/** `trusting` as a share of `unbonding`, as the provider's parameter has it. */
const trustingFraction = ({ trusting, unbonding }: TrustPeriods): string =>
  Dec.fromInt(trusting).quo(Dec.fromInt(unbonding)).toString();

function document(chainId: string, genesisTimeNs: bigint, appState: JsonObject): GenesisDoc {
  return {
    chainId,
    genesisTime: nsToTimestamp(genesisTimeNs),
    initialHeight: 1n,
    consensusParams: defaultConsensusParams(),
    validators: [],
    appHash: new Uint8Array(),
    appState: JSON.stringify(appState),
  };
}

/** What the provider starts from. */
export interface ProviderGenesisInput {
  readonly params: TraceParams;
  readonly genesisTimeNs: bigint;
  /** Real blocks in an epoch. */
  readonly blocksPerEpoch: bigint;
  readonly trust: TrustPeriods;
  /** Operators with their keys; the anchor is one of them. */
  readonly validators: readonly {
    readonly operator: Account;
    readonly key: NamedKey;
    readonly anchor: boolean;
  }[];
  readonly accounts: readonly Account[];
}

/** Genesis of the provider. */
export function providerGenesis(input: ProviderGenesisInput): GenesisDoc {
  const { params, validators, accounts } = input;
  const codecs = createAddressCodecs("cosmos");
  const state = defaultProviderGenesis();
  const first = validators.map(({ operator, key, anchor }) => ({
    operator: operator.address,
    publicKey: key.publicKey,
    moniker: key.name,
    stake:
      DUST + POWER_REDUCTION * (anchor ? ANCHOR_POWER : BigInt(params.InitialValidatorSet[key.name] ?? 0)),
  }));
  const staking = withParams(state, "staking", {
    unbonding_time: secondsText(params.UnbondingPeriodPerChain["provider"]!),
    max_entries: 1_000_000,
    max_validators: validators.length,
    bond_denom: STAKE,
  });
  const provider = state["provider"] as { params: { template_client: JsonObject } };
  const mint = withParams(state, "mint", {
    inflation_max: "0.000000000000000000",
    inflation_min: "0.000000000000000000",
  });
  return document("provider", input.genesisTimeNs, {
    ...state,
    ...accountSections(state, codecs, accounts.map(pocketOf), stakePool(STAKE, first)),
    staking: stakingSection(staking, codecs, first),
    mint: { ...mint, minter: { ...(mint["minter"] as JsonObject), inflation: "0.000000000000000000" } },
    provider: withParams(state, "provider", {
      template_client: {
        ...provider.params.template_client,
        max_clock_drift: secondsText(CLOCK_DRIFT_SECONDS),
      },
      trusting_period_fraction: trustingFraction(input.trust),
      ccv_timeout_period: secondsText(params.CcvTimeout["provider"]!),
      blocks_per_epoch: input.blocksPerEpoch.toString(),
      max_provider_consensus_validators: validators.length.toString(),
      slash_meter_replenish_fraction: "1.0",
    }),
  });
}

/** What a consumer starts from. */
export interface ConsumerGenesisInput {
  readonly chainId: string;
  readonly genesisTimeNs: bigint;
  /** The provider's answer to `consumer-genesis`. */
  readonly ccv: JsonObject;
  /** Periods of its client of the provider where they differ from what the provider chose. */
  readonly trust: TrustPeriods | undefined;
  readonly accounts: readonly Account[];
}

/** Genesis of a consumer. */
export function consumerGenesis(input: ConsumerGenesisInput): GenesisDoc {
  const { chainId, genesisTimeNs, trust, accounts } = input;
  const state = defaultConsumerGenesis();
  const given = input.ccv as { provider: { client_state: JsonObject } & JsonObject } & JsonObject;
  const ccvconsumer =
    trust === undefined
      ? given
      : {
          ...given,
          provider: {
            ...given.provider,
            client_state: {
              ...given.provider.client_state,
              trusting_period: secondsText(trust.trusting),
              unbonding_period: secondsText(trust.unbonding),
            },
          },
        };
  return document(chainId, genesisTimeNs, {
    ...state,
    ...accountSections(state, createAddressCodecs("consumer"), accounts.map(pocketOf)),
    ccvconsumer,
  });
}

/** What a consumer is registered with. */
export interface ConsumerSpec {
  readonly chainId: string;
  readonly unbondingSeconds: bigint;
  readonly ccvTimeoutSeconds: bigint;
  readonly jailSeconds: bigint;
}

const initialization = (spec: ConsumerSpec, spawnTimeNs: bigint | undefined) => ({
  initialHeight: makeHeight(revisionOf(spec.chainId), 1n),
  genesisHash: new Uint8Array(),
  binaryHash: new Uint8Array(),
  ...(spawnTimeNs === undefined ? {} : { spawnTime: nsToTimestamp(spawnTimeNs) }),
  unbondingPeriod: nsToDuration(spec.unbondingSeconds * SECOND_NS),
  ccvTimeoutPeriod: nsToDuration(spec.ccvTimeoutSeconds * SECOND_NS),
  transferTimeoutPeriod: nsToDuration(3600n * SECOND_NS),
  consumerRedistributionFraction: "0.75",
  blocksPerDistributionTransmission: 1000n,
  historicalEntries: 10n,
  distributionTransmissionChannel: "",
  connectionId: "",
});

/** Registers an opt-in consumer whose punishment for downtime is jail without a slash. */
export function createConsumerMessage(spec: ConsumerSpec, submitter: string): EncodeObject {
  const jail = (tombstone: boolean) => ({
    slashFraction: utf8(Dec.ZERO.toWire()),
    jailDuration: nsToDuration(spec.jailSeconds * SECOND_NS),
    tombstone,
  });
  return {
    typeUrl: `${PROVIDER_TYPES}.MsgCreateConsumer`,
    value: MsgCreateConsumer.fromPartial({
      submitter,
      chainId: spec.chainId,
      metadata: { name: spec.chainId, description: "a consumer of the model", metadata: "{}" },
      initializationParameters: initialization(spec, undefined),
      powerShapingParameters: {},
      infractionParameters: { doubleSign: jail(true), downtime: jail(false) },
    }),
  };
}

/** Sets the spawn time of a registered consumer. */
export const spawnMessage = (
  spec: ConsumerSpec,
  consumerId: string,
  owner: string,
  spawnTimeNs: bigint,
): EncodeObject => ({
  typeUrl: `${PROVIDER_TYPES}.MsgUpdateConsumer`,
  value: MsgUpdateConsumer.fromPartial({
    owner,
    consumerId,
    initializationParameters: initialization(spec, spawnTimeNs),
  }),
});
