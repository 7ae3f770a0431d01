/** Queries about channels (ibc-go `04-channel/keeper/grpc_query.go`). */
import { EMPTY, fromUtf8 } from "@tandem-ics/crypto";
import type { Context, QueryRoute } from "@tandem-ics/runtime";
import { Channel, type IdentifiedChannel } from "cosmjs-types/ibc/core/channel/v1/channel";
import {
  QueryChannelClientStateRequest,
  QueryChannelClientStateResponse,
  QueryChannelConsensusStateRequest,
  QueryChannelConsensusStateResponse,
  QueryChannelRequest,
  QueryChannelResponse,
  QueryChannelsRequest,
  QueryChannelsResponse,
  QueryConnectionChannelsRequest,
  QueryConnectionChannelsResponse,
} from "cosmjs-types/ibc/core/channel/v1/query";
import { clientErrors } from "../02-client/errors.ts";
import type { ClientKeeper } from "../02-client/keeper.ts";
import { makeHeight } from "../24-host/index.ts";
import { assertQueryId, notFound, orNotFound, pageOf } from "../queries.ts";
import { ibcQuery } from "../route.ts";
import { requireChannel } from "./deps.ts";
import { channelErrors } from "./errors.ts";
import type { ChannelKeeper } from "./keeper.ts";
import { getChannel } from "./state.ts";

/** What the queries need. */
export interface ChannelQueryDeps {
  readonly clients: Pick<ClientKeeper, "selfHeight" | "consensusState">;
  readonly channels: ChannelKeeper;
}

/** An end of a channel in a request. */
export interface ChannelRequest {
  readonly portId: string;
  readonly channelId: string;
}

/** Path of a channel query. */
export const channelQueryPath = (method: string): string => `/ibc.core.channel.v1.Query/${method}`;

/** Throws `InvalidArgument` for bad identifiers. */
export function assertChannelIds({ portId, channelId }: ChannelRequest): void {
  assertQueryId("port", portId);
  assertQueryId("channel", channelId);
}

/** The channel asked for. Throws `InvalidArgument` or `NotFound`. */
export function findChannel(ctx: Context, request: ChannelRequest): Channel {
  assertChannelIds(request);
  const { portId, channelId } = request;
  const channel = getChannel(ctx, portId, channelId);
  if (channel === undefined)
    throw notFound(channelErrors.channelNotFound(`port-id: ${portId}, channel-id ${channelId}`));
  return channel;
}

/** The same in the words of most queries about packets. */
export function findPacketChannel(ctx: Context, request: ChannelRequest): Channel {
  assertChannelIds(request);
  return orNotFound(() => requireChannel(ctx, request.portId, request.channelId));
}

/** From a key without `channelEnds`: `/ports/{port}/channels/{channel}`. */
function identified([key, value]: readonly [Uint8Array, Uint8Array]): IdentifiedChannel {
  const [, , portId, , channelId] = fromUtf8(key).split("/");
  return { ...Channel.decode(value), portId: portId!, channelId: channelId! };
}

const channel = ({ clients }: ChannelQueryDeps): QueryRoute =>
  ibcQuery({
    path: channelQueryPath("Channel"),
    request: QueryChannelRequest,
    response: QueryChannelResponse,
    handle: (ctx, request) => ({
      channel: findChannel(ctx, request),
      proof: EMPTY,
      proofHeight: clients.selfHeight(ctx),
    }),
  });

const channels = ({ clients }: ChannelQueryDeps): QueryRoute =>
  ibcQuery({
    path: channelQueryPath("Channels"),
    request: QueryChannelsRequest,
    response: QueryChannelsResponse,
    handle(ctx, request) {
      const { items, pagination } = pageOf(ctx, "channelEnds", request.pagination);
      return { channels: items.map(identified), pagination, height: clients.selfHeight(ctx) };
    },
  });

const connectionChannels = ({ clients }: ChannelQueryDeps): QueryRoute =>
  ibcQuery({
    path: channelQueryPath("ConnectionChannels"),
    request: QueryConnectionChannelsRequest,
    response: QueryConnectionChannelsResponse,
    handle(ctx, request) {
      assertQueryId("connection", request.connection);
      const isOver = (_key: Uint8Array, value: Uint8Array): boolean =>
        Channel.decode(value).connectionHops[0] === request.connection;
      const { items, pagination } = pageOf(ctx, "channelEnds", request.pagination, isOver);
      return { channels: items.map(identified), pagination, height: clients.selfHeight(ctx) };
    },
  });

const channelClientState = ({ clients, channels: keeper }: ChannelQueryDeps): QueryRoute =>
  ibcQuery({
    path: channelQueryPath("ChannelClientState"),
    request: QueryChannelClientStateRequest,
    response: QueryChannelClientStateResponse,
    handle(ctx, request) {
      assertChannelIds(request);
      const { portId, channelId } = request;
      if (getChannel(ctx, portId, channelId) === undefined)
        throw notFound(channelErrors.channelNotFound(`port-id: ${portId}, channel-id: ${channelId}`));
      const { clientId, state } = orNotFound(() => keeper.channelClient(ctx, portId, channelId));
      return {
        identifiedClientState: { clientId, clientState: state },
        proof: EMPTY,
        proofHeight: clients.selfHeight(ctx),
      };
    },
  });

const channelConsensusState = ({ clients, channels: keeper }: ChannelQueryDeps): QueryRoute =>
  ibcQuery({
    path: channelQueryPath("ChannelConsensusState"),
    request: QueryChannelConsensusStateRequest,
    response: QueryChannelConsensusStateResponse,
    handle(ctx, request) {
      findChannel(ctx, request);
      const { connection } = orNotFound(() =>
        keeper.channelConnection(ctx, request.portId, request.channelId),
      );
      const { clientId } = connection;
      const height = makeHeight(request.revisionNumber, request.revisionHeight);
      const consensusState = clients.consensusState(ctx, clientId, height);
      if (consensusState === undefined)
        throw notFound(clientErrors.consensusStateNotFound(`client-id: ${clientId}`));
      return { consensusState, clientId, proof: EMPTY, proofHeight: clients.selfHeight(ctx) };
    },
  });

/** Queries about channels, without those about packets. */
export const channelQueries = (deps: ChannelQueryDeps): readonly QueryRoute[] => [
  channel(deps),
  channels(deps),
  connectionChannels(deps),
  channelClientState(deps),
  channelConsensusState(deps),
];
