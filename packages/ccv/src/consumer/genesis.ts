/** The consumer's genesis: a new chain, one that restarts, or one that is being turned into a consumer (interchain-security `genesis.go`). */
import { connectionErrors, validateClientState, validateConsensusState } from "@tandem-ics/ibc";
import {
  type ConsumerGenesisState,
  type ConsumerModuleGenesisState,
  ConsumerPacketDataType,
  type ProviderInfo,
} from "@tandem-ics/proto";
import { type AddressCodecs, assert, type Context, type JsonObject } from "@tandem-ics/runtime";
import { Order } from "cosmjs-types/ibc/core/channel/v1/channel";
import type { ValidatorUpdate } from "cosmjs-types/tendermint/abci/types";
import { CCV_VERSION, CONSUMER_PORT, PROVIDER_PORT } from "../types/constants.ts";
import { assertConsumerParams, defaultConsumerParams } from "../types/consumer-params.ts";
import { ccvErrors, refuseAs } from "../types/errors.ts";
import { genesisToJson } from "../types/genesis-json.ts";
import { assertOptionalConnectionId } from "../types/validation.ts";
import type { ConsumerDeps } from "./expected-keepers.ts";
import { CONSUMER_GENESIS_TYPE, consumerGenesisFromJson } from "./genesis-form.ts";
import { consumerParams } from "./params.ts";
import { lastTransmissionHeight } from "./rewards.ts";
import { appendPacket } from "./slash-requests.ts";
import * as state from "./state.ts";
import { applyUpdates, currentSet } from "./validators.ts";

const invalid = ccvErrors.invalidGenesis;

/** A chain that is no consumer yet, in the form that providers write. */
export const defaultConsumerGenesis = (): JsonObject =>
  genesisToJson<ConsumerGenesisState>("interchain_security.ccv.v1.ConsumerGenesisState", {
    params: defaultConsumerParams(),
    provider: { clientState: undefined, consensusState: undefined, initialValSet: [] },
    newChain: false,
    preCCV: false,
    connectionId: "",
  });

function assertNewProvider({ clientState, consensusState }: ProviderInfo, connectionId: string): void {
  if (connectionId !== "") {
    if (clientState !== undefined || consensusState !== undefined)
      throw invalid("provider client and consensus state must be nil when connection id is provided");
    refuseAs(invalid, "invalid connection id", () => assertOptionalConnectionId(connectionId));
    return;
  }
  if (clientState === undefined) throw invalid("provider client state cannot be nil for new chain");
  refuseAs(invalid, "provider client state invalid for new chain", () => validateClientState(clientState));
  if (consensusState === undefined) throw invalid("provider consensus state cannot be nil for new chain");
  refuseAs(invalid, "provider consensus state invalid for new chain", () =>
    validateConsensusState(consensusState),
  );
}

function assertNewChain(genesis: ConsumerModuleGenesisState): void {
  assertNewProvider(genesis.provider, genesis.connectionId);
  if (genesis.providerClientId !== "") throw invalid("provider client id cannot be set for new chain");
  if (genesis.providerChannelId !== "") throw invalid("provider channel id cannot be set for new chain");
  if (genesis.heightToValsetUpdateId.length > 0)
    throw invalid("HeightToValsetUpdateId must be nil for new chain");
  if (genesis.outstandingDowntimeSlashing.length > 0)
    throw invalid("OutstandingDowntimeSlashing must be nil for new chain");
  if (genesis.pendingConsumerPackets.list.length > 0)
    throw invalid("pending consumer packets must be empty for new chain");
  if (genesis.lastTransmissionBlockHeight.height !== 0n)
    throw invalid("last transmission block height must be empty for new chain");
}

function assertRestart(genesis: ConsumerModuleGenesisState): void {
  if (genesis.providerClientId === "")
    throw invalid("provider client id must be set for a restarting consumer");
  if (genesis.providerChannelId === "") {
    if (genesis.outstandingDowntimeSlashing.length > 0)
      throw invalid("outstanding downtime must be empty when handshake in progress");
    if (genesis.lastTransmissionBlockHeight.height !== 0n)
      throw invalid("last transmission block height must be zero when handshake in progress");
    const isMatured = ({ type }: { type: ConsumerPacketDataType }): boolean =>
      type === ConsumerPacketDataType.CONSUMER_PACKET_TYPE_VSCM;
    if (genesis.pendingConsumerPackets.list.some(isMatured))
      throw invalid("pending maturing packets must be empty when handshake isn't completed");
  }
  if (genesis.provider.clientState !== undefined || genesis.provider.consensusState !== undefined)
    throw invalid("provider client state and consensus state must be nil for a restarting consumer");
}

/**
 * Throws `CCV/4`, or the parameters' refusal. A section without consumer id, as providers before v6.2 wrote it, passes;
 * rewards are told by their channel then.
 */
export function validateConsumerGenesis(addresses: AddressCodecs, json: JsonObject): void {
  const genesis = consumerGenesisFromJson(json);
  if (!genesis.params.enabled) return;
  if (genesis.provider.initialValSet.length === 0) throw invalid("initial validator set is empty");
  const { consumerId } = genesis.params;
  assertConsumerParams({ ...genesis.params, consumerId: consumerId === "" ? "0" : consumerId });
  for (const { validatorConsensusAddress } of genesis.outstandingDowntimeSlashing)
    refuseAs(invalid, "", () => addresses.consensus.decode(validatorConsensusAddress));
  if (genesis.newChain) assertNewChain(genesis);
  else assertRestart(genesis);
}

type Deps = Pick<ConsumerDeps, "addresses" | "client" | "connection" | "channel" | "slashing">;

/** Genesis in and out. */
export function createConsumerGenesis({ addresses, client, connection, channel, slashing }: Deps) {
  function providerClientOf(ctx: Context, genesis: ConsumerModuleGenesisState): string {
    const { connectionId, provider } = genesis;
    if (connectionId !== "") {
      const end = connection.connection(ctx, connectionId);
      if (end === undefined)
        throw connectionErrors.connectionNotFound(`could not find connection(${connectionId})`);
      return end.clientId;
    }
    const { clientState, consensusState } = provider;
    assert(
      clientState !== undefined && consensusState !== undefined,
      "a new consumer has no provider states",
    );
    return client.createTendermintClient(ctx, clientState, consensusState);
  }

  function startNew(ctx: Context, genesis: ConsumerModuleGenesisState): void {
    state.providerClient.set(ctx, providerClientOf(ctx, genesis));
    state.vscIdOfHeight.set(ctx, ctx.height, 0n);
    // Over an existing connection the channel starts at once. Otherwise a relayer starts with the connection, since this
    // chain cannot know the id of its counterparty's client.
    if (genesis.connectionId !== "")
      channel.openInit(ctx, {
        portId: CONSUMER_PORT,
        ordering: Order.ORDER_ORDERED,
        connectionHops: [genesis.connectionId],
        counterparty: { portId: PROVIDER_PORT, channelId: "" },
        version: CCV_VERSION,
      });
  }

  function restart(ctx: Context, genesis: ConsumerModuleGenesisState): void {
    if (genesis.providerChannelId !== "") {
      state.providerChannel.set(ctx, genesis.providerChannelId);
      state.lastTransmission.set(ctx, genesis.lastTransmissionBlockHeight);
      for (const { validatorConsensusAddress } of genesis.outstandingDowntimeSlashing)
        state.outstandingDowntime.set(ctx, addresses.consensus.decode(validatorConsensusAddress), true);
    }
    for (const packet of genesis.pendingConsumerPackets.list) appendPacket(ctx, packet);
    for (const { height, valsetUpdateId } of genesis.heightToValsetUpdateId)
      state.vscIdOfHeight.set(ctx, height, valsetUpdateId);
    state.providerClient.set(ctx, genesis.providerClientId);
  }

  return {
    /** Returns the set for the consensus engine; none before a changeover and none when the module is not enabled. */
    init(ctx: Context, json: JsonObject): ValidatorUpdate[] | undefined {
      const genesis = consumerGenesisFromJson(json);
      const { initialValSet } = genesis.provider;
      if (genesis.preCCV) {
        state.preCcv.set(ctx, 1n);
        state.wasStandalone.set(ctx, true);
        state.initialValSet.set(ctx, {
          ...consumerGenesisFromJson({}),
          provider: { clientState: undefined, consensusState: undefined, initialValSet },
        });
      }
      state.genesisHeight.set(ctx, ctx.height);
      state.params.set(ctx, genesis.params);
      if (!genesis.params.enabled) return undefined;
      state.port.set(ctx, CONSUMER_PORT);
      if (genesis.newChain) startNew(ctx, genesis);
      else restart(ctx, genesis);
      if (genesis.preCCV) return undefined;
      // Members of the set lose their record of downtime here, as in Go; the extra section brings it back.
      applyUpdates(ctx, slashing, initialValSet);
      return initialValSet;
    },

    /** The state as a chain that restarts. */
    export(ctx: Context): JsonObject {
      const params = consumerParams(ctx);
      const clientId = state.providerClient.get(ctx);
      if (!params.enabled || clientId === undefined) return exportDisabled(ctx);
      const channelId = state.providerChannel.get(ctx);
      const established = channelId !== undefined;
      return genesisToJson<ConsumerModuleGenesisState>(CONSUMER_GENESIS_TYPE, {
        params,
        providerClientId: clientId,
        providerChannelId: channelId ?? "",
        newChain: false,
        heightToValsetUpdateId: Array.from(state.vscIdOfHeight.entries(ctx), ([height, valsetUpdateId]) => ({
          height,
          valsetUpdateId,
        })),
        outstandingDowntimeSlashing: established
          ? state.outstandingDowntime.keys(ctx).map((address) => ({
              validatorConsensusAddress: addresses.consensus.encode(address),
            }))
          : [],
        pendingConsumerPackets: { list: state.pendingPackets.values(ctx) },
        lastTransmissionBlockHeight: { height: established ? lastTransmissionHeight(ctx) : 0n },
        preCCV: false,
        provider: { clientState: undefined, consensusState: undefined, initialValSet: currentSet(ctx) },
        connectionId: "",
      });
    },
  };
}

/** A chain that is no consumer keeps its parameters, for the day it becomes one. */
const exportDisabled = (ctx: Context): JsonObject =>
  genesisToJson<ConsumerModuleGenesisState>(CONSUMER_GENESIS_TYPE, {
    ...consumerGenesisFromJson({}),
    params: consumerParams(ctx),
  });
