/** Messages of the mixed scenario. */
import type { EncodeObject } from "@cosmjs/proto-signing";
import { toBase64 } from "@tandem-ics/crypto";
import {
  MsgAssignConsumerKey,
  MsgCreateConsumer,
  MsgOptIn,
  MsgOptOut,
  MsgRemoveConsumer,
  MsgUpdateConsumer,
  nsToDuration,
  nsToTimestamp,
} from "@tandem-ics/proto";
import { Dec } from "@tandem-ics/runtime";
import { MsgUnjail } from "cosmjs-types/cosmos/slashing/v1beta1/tx";
import { MsgDelegate, MsgUndelegate } from "cosmjs-types/cosmos/staking/v1beta1/tx";
import { MsgTransfer } from "cosmjs-types/ibc/applications/transfer/v1/tx";
import { operatorOf, PROVIDER_TYPE, STAKE } from "./mixed-world.ts";
import type { Subject } from "./subjects.ts";

const SECOND_NS = 1_000_000_000n;
const HOUR_NS = 3_600n * SECOND_NS;
/** Shorter than the provider's 3600 s. */
const UNBONDING_NS = 3_240n * SECOND_NS;
const MAX_INT64 = 9_223_372_036_854_775_807n;
/** How long a validator of the consumer is jailed for downtime. */
const DOWNTIME_JAIL_NS = 2n * SECOND_NS;

/** Public key JSON as messages carry it. */
export const keyJson = (publicKey: Uint8Array): string =>
  `{"@type":"/cosmos.crypto.ed25519.PubKey","key":"${toBase64(publicKey)}"}`;

const addressOf = async (subject: Subject, name: string): Promise<string> =>
  (await subject.sender(name)).address;

const initialization = (spawnNs: bigint) => ({
  initialHeight: { revisionNumber: 1n, revisionHeight: 1n },
  genesisHash: new Uint8Array(),
  binaryHash: new Uint8Array(),
  spawnTime: nsToTimestamp(spawnNs),
  unbondingPeriod: nsToDuration(UNBONDING_NS),
  ccvTimeoutPeriod: nsToDuration(28n * 24n * HOUR_NS),
  transferTimeoutPeriod: nsToDuration(HOUR_NS),
  consumerRedistributionFraction: "0.75",
  blocksPerDistributionTransmission: 20n,
  historicalEntries: 10_000n,
  distributionTransmissionChannel: "",
  connectionId: "",
});

/** Registers an Opt In chain. */
export const createConsumer = async (
  provider: Subject,
  owner: string,
  chainId: string,
  spawnNs: bigint,
): Promise<EncodeObject> => ({
  typeUrl: `${PROVIDER_TYPE}.MsgCreateConsumer`,
  value: MsgCreateConsumer.fromPartial({
    submitter: await addressOf(provider, owner),
    chainId,
    metadata: { name: chainId, description: "a consumer of another kind", metadata: "{}" },
    initializationParameters: initialization(spawnNs),
    powerShapingParameters: { topN: 0, allowlist: [], denylist: [], prioritylist: [] },
    infractionParameters: {
      doubleSign: {
        slashFraction: new TextEncoder().encode(Dec.parse("0.05").toWire()),
        jailDuration: nsToDuration(MAX_INT64),
        tombstone: true,
      },
      downtime: {
        slashFraction: new TextEncoder().encode(Dec.parse("0.0001").toWire()),
        jailDuration: nsToDuration(DOWNTIME_JAIL_NS),
        tombstone: false,
      },
    },
  }),
});

/** Sets the time at which a consumer launches. */
export const updateSpawn = async (
  provider: Subject,
  owner: string,
  consumerId: string,
  spawnNs: bigint,
): Promise<EncodeObject> => ({
  typeUrl: `${PROVIDER_TYPE}.MsgUpdateConsumer`,
  value: MsgUpdateConsumer.fromPartial({
    owner: await addressOf(provider, owner),
    consumerId,
    initializationParameters: initialization(spawnNs),
  }),
});

/** Opts a validator in; with its provider's key unless another is given. */
export const optIn = async (
  provider: Subject,
  name: string,
  consumerId: string,
  publicKey?: Uint8Array,
): Promise<EncodeObject> => ({
  typeUrl: `${PROVIDER_TYPE}.MsgOptIn`,
  value: MsgOptIn.fromPartial({
    consumerId,
    consumerKey: publicKey === undefined ? "" : keyJson(publicKey),
    providerAddr: await operatorOf(provider, name),
    signer: await addressOf(provider, name),
  }),
});

/** Opts a validator out. */
export const optOut = async (provider: Subject, name: string, consumerId: string): Promise<EncodeObject> => ({
  typeUrl: `${PROVIDER_TYPE}.MsgOptOut`,
  value: MsgOptOut.fromPartial({
    consumerId,
    providerAddr: await operatorOf(provider, name),
    signer: await addressOf(provider, name),
  }),
});

/** Gives a validator another key on a consumer. */
export const assignKey = async (
  provider: Subject,
  name: string,
  consumerId: string,
  publicKey: Uint8Array,
): Promise<EncodeObject> => ({
  typeUrl: `${PROVIDER_TYPE}.MsgAssignConsumerKey`,
  value: MsgAssignConsumerKey.fromPartial({
    consumerId,
    consumerKey: keyJson(publicKey),
    providerAddr: await operatorOf(provider, name),
    signer: await addressOf(provider, name),
  }),
});

/** Stops a consumer. */
export const removeConsumer = async (
  provider: Subject,
  owner: string,
  consumerId: string,
): Promise<EncodeObject> => ({
  typeUrl: `${PROVIDER_TYPE}.MsgRemoveConsumer`,
  value: MsgRemoveConsumer.fromPartial({ consumerId, owner: await addressOf(provider, owner) }),
});

/** Stakes with a validator. */
export const delegate = async (
  provider: Subject,
  from: string,
  validator: string,
  amount: bigint,
): Promise<EncodeObject> => ({
  typeUrl: "/cosmos.staking.v1beta1.MsgDelegate",
  value: MsgDelegate.fromPartial({
    delegatorAddress: await addressOf(provider, from),
    validatorAddress: await operatorOf(provider, validator),
    amount: { denom: STAKE, amount: amount.toString() },
  }),
});

/** Takes stake back. */
export const undelegate = async (
  provider: Subject,
  from: string,
  validator: string,
  amount: bigint,
): Promise<EncodeObject> => ({
  typeUrl: "/cosmos.staking.v1beta1.MsgUndelegate",
  value: MsgUndelegate.fromPartial({
    delegatorAddress: await addressOf(provider, from),
    validatorAddress: await operatorOf(provider, validator),
    amount: { denom: STAKE, amount: amount.toString() },
  }),
});

/** Ends a validator's jail. */
export const unjail = async (provider: Subject, name: string): Promise<EncodeObject> => ({
  typeUrl: "/cosmos.slashing.v1beta1.MsgUnjail",
  value: MsgUnjail.fromPartial({ validatorAddr: await operatorOf(provider, name) }),
});

/** Sends coins over a transfer channel; `timeoutNs` since 1970. */
export const transfer = async (
  source: Subject,
  from: string,
  destination: Subject,
  to: string,
  channel: string,
  coin: { readonly denom: string; readonly amount: bigint },
  timeoutNs: bigint,
): Promise<EncodeObject> => ({
  typeUrl: "/ibc.applications.transfer.v1.MsgTransfer",
  value: MsgTransfer.fromPartial({
    sourcePort: "transfer",
    sourceChannel: channel,
    token: { denom: coin.denom, amount: coin.amount.toString() },
    sender: await addressOf(source, from),
    receiver: await addressOf(destination, to),
    timeoutTimestamp: timeoutNs,
  }),
});
