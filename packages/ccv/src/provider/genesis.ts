/** The provider's genesis, in interchain-security's form (`x/ccv/provider/keeper/genesis.go`). What that form omits is in `extra-genesis.ts`. */

import { isBlank } from "@tandem-ics/ibc/24-host";
import {
  type ConsumerState,
  nsToTimestamp,
  type ProviderGenesisState,
  timestampToNs,
} from "@tandem-ics/proto";
import { type AddressCodecs, assert, type Context, type JsonObject, plainError } from "@tandem-ics/runtime";
import type { ValidatorUpdate } from "cosmjs-types/tendermint/abci/types";
import { PROVIDER_PORT } from "../types/constants.ts";
import { assertConsumerGenesis } from "../types/consumer-genesis.ts";
import { ccvErrors, refuseAs } from "../types/errors.ts";
import { genesisFromJson, genesisToJson } from "../types/genesis-json.ts";
import { assertIdentifier } from "../types/validation.ts";
import { consumersWithClients, phaseOf, setClient } from "./consumers.ts";
import { appendToPrune } from "./key-assignment.ts";
import { assertProviderParams, defaultProviderParams, providerParams } from "./params.ts";
import { pendingVscPacketsOf, slashAcksOf } from "./relay.ts";
import * as state from "./state.ts";
import type { Throttle } from "./throttle.ts";
import type { ValidatorSets } from "./validator-sets.ts";

const TYPE_NAME = "interchain_security.ccv.provider.v1.GenesisState";
/** Longest address of the SDK. */
const MAX_ADDRESS_BYTES = 255;

/** State of a provider without consumers. */
export const defaultProviderGenesis = (): JsonObject =>
  genesisToJson<ProviderGenesisState>(TYPE_NAME, {
    valsetUpdateId: 1n,
    consumerStates: [],
    valsetUpdateIdToHeight: [],
    params: defaultProviderParams(),
    validatorConsumerPubkeys: [],
    validatorsByConsumerAddr: [],
    consumerAddrsToPruneV2: [],
  });

function assertSlashAcks(addresses: AddressCodecs, acks: readonly string[]): void {
  for (const ack of acks) addresses.consensus.decode(ack);
}

/** Unlike Go's, takes consumers whose channel is not open yet: a chain may stop in the middle of a handshake. */
function assertConsumerState(addresses: AddressCodecs, consumer: ConsumerState): void {
  if (consumer.channelId !== "") assertIdentifier("channel", consumer.channelId);
  assertIdentifier("client", consumer.clientId);
  assertConsumerGenesis(consumer.consumerGenesis);
  assertSlashAcks(addresses, consumer.slashDowntimeAck);
  for (const packet of consumer.pendingValsetChanges) {
    if (packet.valsetUpdateId === 0n) throw plainError("valset update ID cannot be equal to zero");
    assertSlashAcks(addresses, packet.slashAcks);
  }
}

function assertKeyRow(chainId: string, ...addresses: readonly Uint8Array[]): void {
  if (isBlank(chainId)) throw plainError("consumer chain id must not be blank");
  for (const { length } of addresses)
    if (length === 0 || length > MAX_ADDRESS_BYTES) throw plainError("invalid address length");
}

function assertKeyRows(genesis: ProviderGenesisState): void {
  for (const { chainId, providerAddr, consumerKey } of genesis.validatorConsumerPubkeys) {
    assertKeyRow(chainId, providerAddr);
    if (consumerKey === undefined) throw plainError("consumer key is missing");
  }
  for (const { chainId, providerAddr, consumerAddr } of genesis.validatorsByConsumerAddr)
    assertKeyRow(chainId, providerAddr, consumerAddr);
  for (const { chainId, consumerAddrs } of genesis.consumerAddrsToPruneV2)
    assertKeyRow(chainId, ...(consumerAddrs?.addresses ?? []));
}

/** Throws `CCV/4`, or an untyped refusal for the parameters. */
export function validateProviderGenesis(addresses: AddressCodecs, json: JsonObject): void {
  const genesis = genesisFromJson<ProviderGenesisState>(TYPE_NAME, json);
  const kind = ccvErrors.invalidGenesis;
  if (genesis.valsetUpdateId === 0n || genesis.valsetUpdateIdToHeight[0]?.valsetUpdateId === 0n)
    throw kind("valset update ID cannot be equal to zero");
  for (const consumer of genesis.consumerStates)
    refuseAs(kind, `consumer ${consumer.chainId}`, () => assertConsumerState(addresses, consumer));
  assertProviderParams(genesis.params);
  refuseAs(kind, "", () => assertKeyRows(genesis));
}

function importConsumer(ctx: Context, consumer: ConsumerState): void {
  const { chainId: consumerId, channelId } = consumer;
  setClient(ctx, consumerId, consumer.clientId);
  state.phases.set(ctx, consumerId, consumer.phase);
  state.consumerGenesis.set(ctx, consumerId, consumer.consumerGenesis);
  if (channelId !== "") {
    state.consumerOfChannel.set(ctx, channelId, consumerId);
    state.channelOfConsumer.set(ctx, consumerId, channelId);
    state.initChainHeight.set(ctx, consumerId, consumer.initialHeight);
    state.slashAcks.set(ctx, consumerId, { addresses: consumer.slashDowntimeAck });
  } else {
    state.pendingVscPackets.set(ctx, consumerId, { list: consumer.pendingValsetChanges });
  }
}

function importKeys(ctx: Context, genesis: ProviderGenesisState): void {
  for (const { chainId, providerAddr, consumerKey } of genesis.validatorConsumerPubkeys) {
    assert(consumerKey !== undefined, "a genesis row of an assigned key has no key");
    state.consumerKeys.set(ctx, [chainId, providerAddr], consumerKey);
  }
  for (const { chainId, consumerAddr, providerAddr } of genesis.validatorsByConsumerAddr)
    state.providerAddresses.set(ctx, [chainId, consumerAddr], providerAddr);
  for (const { chainId, pruneTs, consumerAddrs } of genesis.consumerAddrsToPruneV2)
    for (const address of consumerAddrs?.addresses ?? [])
      appendToPrune(ctx, chainId, timestampToNs(pruneTs), address);
}

/** Stores the state, fills the slash meter and returns the provider's first set; needs staking's state. */
export function initProviderGenesis(
  ctx: Context,
  json: JsonObject,
  sets: ValidatorSets,
  throttle: Throttle,
): ValidatorUpdate[] {
  const genesis = genesisFromJson<ProviderGenesisState>(TYPE_NAME, json);
  state.port.set(ctx, PROVIDER_PORT);
  state.vscId.set(ctx, genesis.valsetUpdateId);
  for (const { valsetUpdateId, height } of genesis.valsetUpdateIdToHeight)
    state.heightOfVscId.set(ctx, valsetUpdateId, height);
  for (const consumer of genesis.consumerStates) importConsumer(ctx, consumer);
  importKeys(ctx, genesis);
  state.params.set(ctx, genesis.params);
  throttle.initialize(ctx);
  return sets.advanceProvider(ctx);
}

function exportConsumer(ctx: Context, consumerId: string): ConsumerState {
  const consumerGenesis = state.consumerGenesis.get(ctx, consumerId);
  assert(consumerGenesis !== undefined, `consumer ${consumerId} has a client and no genesis`);
  const channelId = state.channelOfConsumer.get(ctx, consumerId);
  return {
    chainId: consumerId,
    channelId: channelId ?? "",
    clientId: state.clientOfConsumer.get(ctx, consumerId) ?? "",
    initialHeight: state.initChainHeight.get(ctx, consumerId) ?? 0n,
    consumerGenesis,
    pendingValsetChanges: pendingVscPacketsOf(ctx, consumerId),
    slashDowntimeAck: channelId === undefined ? [] : slashAcksOf(ctx, consumerId),
    phase: phaseOf(ctx, consumerId),
  };
}

/** The state in Go's form. */
export function exportProviderGenesis(ctx: Context): JsonObject {
  const consumerIds = consumersWithClients(ctx);
  return genesisToJson<ProviderGenesisState>(TYPE_NAME, {
    valsetUpdateId: state.vscId.require(ctx),
    consumerStates: consumerIds.map((consumerId) => exportConsumer(ctx, consumerId)),
    valsetUpdateIdToHeight: Array.from(state.heightOfVscId.entries(ctx), ([valsetUpdateId, height]) => ({
      valsetUpdateId,
      height,
    })),
    params: providerParams(ctx),
    validatorConsumerPubkeys: Array.from(
      state.consumerKeys.entries(ctx),
      ([[chainId, providerAddr], consumerKey]) => ({ chainId, providerAddr, consumerKey }),
    ),
    validatorsByConsumerAddr: Array.from(
      state.providerAddresses.entries(ctx),
      ([[chainId, consumerAddr], providerAddr]) => ({ chainId, consumerAddr, providerAddr }),
    ),
    consumerAddrsToPruneV2: consumerIds.flatMap((consumerId) =>
      Array.from(
        state.addressesToPrune.entries(ctx, { prefix: state.consumerPrefix(consumerId) }),
        ([[chainId, timeNs], consumerAddrs]) => ({ chainId, pruneTs: nsToTimestamp(timeNs), consumerAddrs }),
      ),
    ),
  });
}
