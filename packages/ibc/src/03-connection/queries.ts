/** Queries about connections (ibc-go `03-connection/keeper/grpc_query.go`). */
import { EMPTY, fromUtf8 } from "@tandem-ics/crypto";
import { QueryConnectionParamsResponse } from "@tandem-ics/proto";
import type { Context, QueryRoute } from "@tandem-ics/runtime";
import { ConnectionEnd } from "cosmjs-types/ibc/core/connection/v1/connection";
import {
  QueryClientConnectionsRequest,
  QueryClientConnectionsResponse,
  QueryConnectionClientStateRequest,
  QueryConnectionClientStateResponse,
  QueryConnectionConsensusStateRequest,
  QueryConnectionConsensusStateResponse,
  QueryConnectionParamsRequest,
  QueryConnectionRequest,
  QueryConnectionResponse,
  QueryConnectionsRequest,
  QueryConnectionsResponse,
} from "cosmjs-types/ibc/core/connection/v1/query";
import { clientErrors } from "../02-client/errors.ts";
import type { ClientKeeper } from "../02-client/keeper.ts";
import { makeHeight } from "../24-host/index.ts";
import { assertQueryId, notFound, orNotFound, pageOf } from "../queries.ts";
import { ibcQuery } from "../route.ts";
import { connectionErrors } from "./errors.ts";
import type { ConnectionKeeper } from "./keeper.ts";

/** What the queries need. */
export interface ConnectionQueryDeps {
  readonly clients: Pick<ClientKeeper, "selfHeight" | "clientState" | "consensusState">;
  readonly connections: ConnectionKeeper;
}

const path = (method: string): string => `/ibc.core.connection.v1.Query/${method}`;

function find({ connections }: ConnectionQueryDeps, ctx: Context, connectionId: string): ConnectionEnd {
  assertQueryId("connection", connectionId);
  return orNotFound(() => connections.requireConnection(ctx, connectionId));
}

/** The same in the words of the queries about its client. */
function findUnderClient(deps: ConnectionQueryDeps, ctx: Context, connectionId: string): ConnectionEnd {
  assertQueryId("connection", connectionId);
  const end = deps.connections.connection(ctx, connectionId);
  if (end === undefined)
    throw notFound(connectionErrors.connectionNotFound(`connection-id: ${connectionId}`));
  return end;
}

const connection = (deps: ConnectionQueryDeps): QueryRoute =>
  ibcQuery({
    path: path("Connection"),
    request: QueryConnectionRequest,
    response: QueryConnectionResponse,
    handle: (ctx, { connectionId }) => ({
      connection: find(deps, ctx, connectionId),
      proof: EMPTY,
      proofHeight: deps.clients.selfHeight(ctx),
    }),
  });

const connections = ({ clients }: ConnectionQueryDeps): QueryRoute =>
  ibcQuery({
    path: path("Connections"),
    request: QueryConnectionsRequest,
    response: QueryConnectionsResponse,
    handle(ctx, request) {
      const { items, pagination } = pageOf(ctx, "connections", request.pagination);
      return {
        connections: items.map(([key, value]) => ({
          id: fromUtf8(key).slice(1),
          ...ConnectionEnd.decode(value),
        })),
        pagination,
        height: clients.selfHeight(ctx),
      };
    },
  });

const clientConnections = ({ clients, connections: keeper }: ConnectionQueryDeps): QueryRoute =>
  ibcQuery({
    path: path("ClientConnections"),
    request: QueryClientConnectionsRequest,
    response: QueryClientConnectionsResponse,
    handle(ctx, { clientId }) {
      assertQueryId("client", clientId);
      const paths = keeper.clientConnections(ctx, clientId);
      if (paths === undefined) throw notFound(connectionErrors.clientConnectionPathsNotFound(clientId));
      return { connectionPaths: [...paths], proof: EMPTY, proofHeight: clients.selfHeight(ctx) };
    },
  });

const connectionClientState = (deps: ConnectionQueryDeps): QueryRoute =>
  ibcQuery({
    path: path("ConnectionClientState"),
    request: QueryConnectionClientStateRequest,
    response: QueryConnectionClientStateResponse,
    handle(ctx, { connectionId }) {
      const { clientId } = findUnderClient(deps, ctx, connectionId);
      const clientState = deps.clients.clientState(ctx, clientId);
      if (clientState === undefined) throw notFound(clientErrors.clientNotFound(`client-id: ${clientId}`));
      return {
        identifiedClientState: { clientId, clientState },
        proof: EMPTY,
        proofHeight: deps.clients.selfHeight(ctx),
      };
    },
  });

const connectionConsensusState = (deps: ConnectionQueryDeps): QueryRoute =>
  ibcQuery({
    path: path("ConnectionConsensusState"),
    request: QueryConnectionConsensusStateRequest,
    response: QueryConnectionConsensusStateResponse,
    handle(ctx, { connectionId, revisionNumber, revisionHeight }) {
      const { clientId } = findUnderClient(deps, ctx, connectionId);
      const height = makeHeight(revisionNumber, revisionHeight);
      const consensusState = deps.clients.consensusState(ctx, clientId, height);
      if (consensusState === undefined)
        throw notFound(clientErrors.consensusStateNotFound(`client-id: ${clientId}`));
      return { consensusState, clientId, proof: EMPTY, proofHeight: deps.clients.selfHeight(ctx) };
    },
  });

const connectionParams = ({ connections: keeper }: ConnectionQueryDeps): QueryRoute =>
  ibcQuery({
    path: path("ConnectionParams"),
    request: QueryConnectionParamsRequest,
    response: QueryConnectionParamsResponse,
    handle: (ctx) => ({ params: keeper.params(ctx) }),
  });

/** All connection queries. */
export const connectionQueries = (deps: ConnectionQueryDeps): readonly QueryRoute[] => [
  connection(deps),
  connections(deps),
  clientConnections(deps),
  connectionClientState(deps),
  connectionConsensusState(deps),
  connectionParams(deps),
];
