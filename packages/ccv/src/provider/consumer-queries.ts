/** What the provider tells about one consumer or all (interchain-security `grpc_query.go`). */

import { formatHeight } from "@tandem-ics/ibc/24-host";
import {
  type Chain,
  type ConsumerGenesisState,
  ConsumerPhase,
  nsToTimestamp,
  PowerShapingParameters,
  type QueryConsumerChainResponse,
  type QueryConsumerChainsRequest,
  type QueryConsumerChainsResponse,
  type QueryConsumerGenesisTimeResponse,
  timestampToNs,
} from "@tandem-ics/proto";
import { type AddressCodecs, type Context, GRPC, GrpcError, paginate } from "@tandem-ics/runtime";
import { addressesOf } from "./address-index.ts";
import { defaultInitialization } from "./consumer-messages.ts";
import { phaseName, phaseOf } from "./consumers.ts";
import { providerErrors } from "./errors.ts";
import type { ProviderDeps } from "./expected-keepers.ts";
import { invalidArgument, queriedConsumer } from "./query-arguments.ts";
import { allowlistedDenomsOf } from "./rewards.ts";
import * as state from "./state.ts";

const internal = (message: string, cause?: unknown): GrpcError =>
  new GrpcError(GRPC.internal, message, { cause });

/** One consumer in the list of all. Throws gRPC `Internal` for one that lacks what every consumer has. */
function chainOf(ctx: Context, addresses: AddressCodecs, consumerId: string): Chain {
  // Go makes a status of the text of a status here.
  const missing = (what: string): GrpcError =>
    internal(`rpc error: code = Internal desc = cannot find ${what}`);
  const chainId = state.chainIds.get(ctx, consumerId);
  if (chainId === undefined) throw missing(`chainID for consumer (${consumerId})`);
  const shaping = state.powerShaping.get(ctx, consumerId);
  if (shaping === undefined) throw missing(`power shaping parameters for consumer (${consumerId})`);
  const infractionParameters = state.infractionParams.get(ctx, consumerId);
  if (infractionParameters === undefined) throw missing(`infraction parameters for consumer (${consumerId})`);
  const metadata = state.metadata.get(ctx, consumerId);
  if (metadata === undefined) throw missing(`metadata (${consumerId})`);
  const least = state.minimumPower.get(ctx, consumerId);
  const texts = (rows: typeof state.allowlist): string[] =>
    addressesOf(ctx, rows, consumerId).map((address) => addresses.consensus.encode(address));
  return {
    chainId,
    clientId: state.clientOfConsumer.get(ctx, consumerId) ?? "",
    topN: shaping.topN,
    minPowerInTopN: least ?? -1n,
    validatorsPowerCap: shaping.validatorsPowerCap,
    validatorSetCap: shaping.validatorSetCap,
    allowlist: texts(state.allowlist),
    denylist: texts(state.denylist),
    phase: phaseName(phaseOf(ctx, consumerId)),
    metadata,
    minStake: shaping.minStake,
    allowInactiveVals: shaping.allowInactiveVals,
    consumerId,
    allowlistedRewardDenoms: { denoms: allowlistedDenomsOf(ctx, consumerId) },
    prioritylist: texts(state.prioritylist),
    infractionParameters,
  };
}

/** Queries about consumers. */
export function createConsumerQueries({ addresses, client }: Pick<ProviderDeps, "addresses" | "client">) {
  return {
    /** Ordered by the number of the id; phase 0 means all. */
    chains(
      ctx: Context,
      { phase, pagination: request }: QueryConsumerChainsRequest,
    ): QueryConsumerChainsResponse {
      const all = phase === ConsumerPhase.CONSUMER_PHASE_UNSPECIFIED;
      // Every consumer that matches is read, on the page or not: one that lacks something fails the whole query.
      const found = new Map<string, Chain>();
      try {
        const { items, pagination } = paginate(ctx, state.phases, request, {
          filter(consumerId, value) {
            if (!all && value !== phase) return false;
            found.set(consumerId, chainOf(ctx, addresses, consumerId));
            return true;
          },
        });
        return { chains: items.flatMap(([consumerId]) => found.get(consumerId) ?? []), pagination };
      } catch (error) {
        if (!(error instanceof GrpcError) || error.status === GRPC.internal) throw error;
        throw internal(error.message, error);
      }
    },

    chain(ctx: Context, id: string): QueryConsumerChainResponse {
      const consumerId = queriedConsumer(id);
      const missing = (what: string): GrpcError =>
        invalidArgument(`cannot retrieve ${what} for consumer id: ${consumerId}`);
      const chainId = state.chainIds.get(ctx, consumerId);
      if (chainId === undefined) throw missing("chain id");
      const ownerAddress = state.owners.get(ctx, consumerId);
      if (ownerAddress === undefined) throw missing("owner address");
      const phase = phaseOf(ctx, consumerId);
      if (phase === ConsumerPhase.CONSUMER_PHASE_UNSPECIFIED) throw missing("phase");
      const metadata = state.metadata.get(ctx, consumerId);
      if (metadata === undefined) throw missing("metadata");
      const infractionParameters = state.infractionParams.get(ctx, consumerId);
      if (infractionParameters === undefined) throw missing("infraction parameters");
      return {
        consumerId,
        chainId,
        ownerAddress,
        phase: phaseName(phase),
        metadata,
        initParams: state.initialization.get(ctx, consumerId) ?? defaultInitialization(),
        powerShapingParams: state.powerShaping.get(ctx, consumerId) ?? PowerShapingParameters.create(),
        infractionParameters,
        clientId: state.clientOfConsumer.get(ctx, consumerId) ?? "",
      };
    },

    genesis(ctx: Context, id: string): ConsumerGenesisState {
      const consumerId = queriedConsumer(id);
      const genesis = state.consumerGenesis.get(ctx, consumerId);
      if (genesis === undefined)
        throw new GrpcError(GRPC.notFound, providerErrors.unknownConsumerId(consumerId).message);
      return genesis;
    },

    /** Time of the client's first consensus state: the launch. */
    genesisTime(ctx: Context, id: string): QueryConsumerGenesisTimeResponse {
      const consumerId = queriedConsumer(id);
      const failed = (why: string): GrpcError =>
        invalidArgument(`cannot get consumer genesis time for consumer Id: ${consumerId}: ${why}`);
      const init = state.initialization.get(ctx, consumerId);
      if (init === undefined) throw failed(providerErrors.unknownConsumerId.text);
      const clientId = state.clientOfConsumer.get(ctx, consumerId);
      if (clientId === undefined)
        throw failed("consumer hasn't been launched or has been stopped and deleted");
      const consensusState = client.tendermintConsensusState(ctx, clientId, init.initialHeight);
      if (consensusState === undefined)
        throw failed(`cannot find consensus state for initial height: ${formatHeight(init.initialHeight)}`);
      return { genesisTime: nsToTimestamp(timestampToNs(consensusState.timestamp)) };
    },

    idOfClient(ctx: Context, clientId: string): string {
      const consumerId = state.consumerOfClient.get(ctx, clientId);
      if (consumerId === undefined)
        throw invalidArgument(`no known consumer chain for this client id: ${clientId}`);
      return consumerId;
    },
  };
}
