/** Routes of the consumer's queries (`interchain_security.ccv.consumer.v1.Query`). */
import {
  ConsumerQueryParamsRequest,
  ConsumerQueryParamsResponse,
  ConsumerQueryThrottleStateRequest,
  ConsumerQueryThrottleStateResponse,
  QueryNextFeeDistributionEstimateRequest,
  QueryNextFeeDistributionEstimateResponse,
  QueryProviderInfoRequest,
  QueryProviderInfoResponse,
} from "@tandem-ics/proto";
import { type Context, type QueryRoute, query } from "@tandem-ics/runtime";
import { CONSUMER_PORT } from "../types/constants.ts";
import { ccvErrors } from "../types/errors.ts";
import type { ConsumerDeps } from "./expected-keepers.ts";
import { consumerParams } from "./params.ts";
import type { ConsumerRewards } from "./rewards.ts";
import * as state from "./state.ts";

const SERVICE = "/interchain_security.ccv.consumer.v1.Query/";

type Deps = Pick<ConsumerDeps, "channel" | "connection" | "client">;

/** Ids of both ends. Throws `CCV/9` before the first VSC packet, `CCV/10` without a client. */
function providerInfo(ctx: Context, { channel, connection, client }: Deps): QueryProviderInfoResponse {
  const channelId = state.providerChannel.get(ctx);
  if (channelId === undefined) throw ccvErrors.channelNotFound();
  const end = channel.channel(ctx, CONSUMER_PORT, channelId);
  const connectionId = end?.connectionHops[0];
  const hop = connectionId === undefined ? undefined : connection.connection(ctx, connectionId);
  if (end === undefined || connectionId === undefined || hop === undefined) throw ccvErrors.channelNotFound();
  const clientState = client.tendermintClientState(ctx, hop.clientId);
  if (clientState === undefined) throw ccvErrors.clientNotFound();
  return {
    consumer: {
      chainID: ctx.chainId,
      clientID: hop.clientId,
      connectionID: connectionId,
      channelID: channelId,
    },
    provider: {
      chainID: clientState.chainId,
      clientID: hop.counterparty.clientId,
      connectionID: hop.counterparty.connectionId,
      channelID: end.counterparty.channelId,
    },
  };
}

/** All routes. */
export const consumerQueries = (deps: Deps, rewards: ConsumerRewards): QueryRoute[] => [
  query({
    path: `${SERVICE}QueryNextFeeDistribution`,
    request: QueryNextFeeDistributionEstimateRequest,
    response: QueryNextFeeDistributionEstimateResponse,
    handle: (ctx) => ({ data: rewards.estimate(ctx) }),
  }),
  query({
    path: `${SERVICE}QueryParams`,
    request: ConsumerQueryParamsRequest,
    response: ConsumerQueryParamsResponse,
    handle: (ctx) => ({ params: consumerParams(ctx) }),
  }),
  query({
    path: `${SERVICE}QueryProviderInfo`,
    request: QueryProviderInfoRequest,
    response: QueryProviderInfoResponse,
    handle: (ctx) => providerInfo(ctx, deps),
  }),
  query({
    path: `${SERVICE}QueryThrottleState`,
    request: ConsumerQueryThrottleStateRequest,
    response: ConsumerQueryThrottleStateResponse,
    handle: (ctx) => ({
      slashRecord: state.slashRecord.get(ctx),
      packetDataQueue: state.pendingPackets.values(ctx),
    }),
  }),
];
