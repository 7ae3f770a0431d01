/** State of connections in the IBC store, and the steps that open them. */
import { fromUtf8, utf8 } from "@tandem-ics/crypto";
import { assert, proto, u64Value } from "@tandem-ics/runtime";
import { ClientPaths, ConnectionEnd, Params } from "cosmjs-types/ibc/core/connection/v1/connection";
import { COMMITMENT_PREFIX } from "../23-commitment/merkle.ts";
import {
  clientConnectionsPath,
  connectionPath,
  formatConnectionId,
  IBC_STORE,
  LOCALHOST_CLIENT_ID,
  LOCALHOST_CONNECTION_ID,
} from "../24-host/index.ts";
import { prefixStore, stored } from "../store.ts";
import { CONNECTION_STATE } from "./connection.ts";
import { connectionErrors } from "./errors.ts";
import { openAck, openConfirm, openInit, openTry } from "./handshake.ts";
import type { ConnectionClients, ConnectionKeeper } from "./keeper.ts";
import { COMPATIBLE_VERSIONS } from "./version.ts";

const connections = stored(proto(ConnectionEnd));
const clientPaths = stored(proto(ClientPaths));
const paramsState = stored(proto(Params));
const nextSequenceState = stored(u64Value);

/** Path of the params. */
const CONNECTION_PARAMS = "connectionParams";
/** Path of the counter. */
const NEXT_CONNECTION_SEQUENCE = "nextConnectionSequence";

/** Makes the keeper. */
export function createConnectionKeeper(clients: ConnectionClients): ConnectionKeeper {
  const keeper: ConnectionKeeper = {
    params(ctx) {
      const value = paramsState.get(ctx, CONNECTION_PARAMS);
      assert(value !== undefined, "connection params are not set in store");
      return value;
    },
    setParams: (ctx, params) => paramsState.set(ctx, CONNECTION_PARAMS, params),
    nextSequence(ctx) {
      const value = nextSequenceState.get(ctx, NEXT_CONNECTION_SEQUENCE);
      assert(value !== undefined, "next connection sequence is not set");
      return value;
    },
    setNextSequence: (ctx, sequence) => nextSequenceState.set(ctx, NEXT_CONNECTION_SEQUENCE, sequence),
    generateId(ctx) {
      const sequence = keeper.nextSequence(ctx);
      keeper.setNextSequence(ctx, sequence + 1n);
      return formatConnectionId(sequence);
    },
    connection: (ctx, connectionId) => connections.get(ctx, connectionPath(connectionId)),
    requireConnection(ctx, connectionId) {
      const connection = keeper.connection(ctx, connectionId);
      if (connection === undefined) throw connectionErrors.connectionNotFound(connectionId);
      return connection;
    },
    setConnection: (ctx, connectionId, connection) =>
      connections.set(ctx, connectionPath(connectionId), connection),
    connections: (ctx) =>
      Array.from(prefixStore(ctx.kv(IBC_STORE), utf8("connections/")).iterate(), ([key, value]) => [
        fromUtf8(key),
        ConnectionEnd.decode(value),
      ]),
    clientConnections: (ctx, clientId) => clientPaths.get(ctx, clientConnectionsPath(clientId))?.paths,
    setClientConnections: (ctx, clientId, connectionIds) =>
      clientPaths.set(ctx, clientConnectionsPath(clientId), { paths: [...connectionIds] }),
    createLocalhostConnection: (ctx) =>
      keeper.setConnection(ctx, LOCALHOST_CONNECTION_ID, {
        clientId: LOCALHOST_CLIENT_ID,
        versions: [...COMPATIBLE_VERSIONS],
        state: CONNECTION_STATE.open,
        counterparty: {
          clientId: LOCALHOST_CLIENT_ID,
          connectionId: LOCALHOST_CONNECTION_ID,
          prefix: { keyPrefix: COMMITMENT_PREFIX },
        },
        delayPeriod: 0n,
      }),
    openInit: (ctx, opening) => openInit(keeper, clients, ctx, opening),
    openTry: (ctx, opening) => openTry(keeper, clients, ctx, opening),
    openAck: (ctx, opening) => openAck(keeper, clients, ctx, opening),
    openConfirm: (ctx, opening) => openConfirm(keeper, clients, ctx, opening),
  };
  return keeper;
}
