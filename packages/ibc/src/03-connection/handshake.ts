/**
 * The four steps that open a connection (ICS-03; ibc-go v10 `03-connection/keeper/handshake.go`, which no longer
 * checks the counterparty's client of this chain).
 */
import { type Context, inContext } from "@tandem-ics/runtime";
import {
  ConnectionEnd,
  type Counterparty,
  type Version,
} from "cosmjs-types/ibc/core/connection/v1/connection";
import { clientErrors } from "../02-client/errors.ts";
import { COMMITMENT_PREFIX, prefixedPath } from "../23-commitment/merkle.ts";
import { connectionPath } from "../24-host/index.ts";
import { CONNECTION_STATE, connectionStateName } from "./connection.ts";
import { connectionErrors } from "./errors.ts";
import { emitConnection } from "./events.ts";
import type { ConnectionClients, ConnectionKeeper, HandshakeProof } from "./keeper.ts";
import { COMPATIBLE_VERSIONS, isSupportedVersion, pickVersion, versionText } from "./version.ts";

type Opening<Step extends "openInit" | "openTry" | "openAck" | "openConfirm"> = Parameters<
  ConnectionKeeper[Step]
>[1];

function addToClient(
  keeper: ConnectionKeeper,
  clients: ConnectionClients,
  ctx: Context,
  ids: { readonly clientId: string; readonly connectionId: string },
): void {
  const { clientId, connectionId } = ids;
  if (clients.clientState(ctx, clientId) === undefined)
    throw clientErrors.clientNotFound(
      `failed to add connection with ID ${connectionId} to client with ID ${clientId}: ${clientId}`,
    );
  keeper.setClientConnections(ctx, clientId, [
    ...(keeper.clientConnections(ctx, clientId) ?? []),
    connectionId,
  ]);
}

/** Verifies, without delay, that the counterparty stored `expected` under its connection id. */
function verifyConnection(
  clients: ConnectionClients,
  ctx: Context,
  connection: ConnectionEnd,
  { proof, proofHeight }: HandshakeProof,
  claim: { readonly counterpartyConnectionId: string; readonly expected: ConnectionEnd },
): void {
  const path = prefixedPath(
    connection.counterparty.prefix.keyPrefix,
    connectionPath(claim.counterpartyConnectionId),
  );
  inContext(`failed connection state verification for client (${connection.clientId})`, () =>
    clients.verifyMembership(
      ctx,
      connection.clientId,
      { height: proofHeight, delayTimeNs: 0n, delayBlocks: 0n, proof, path },
      ConnectionEnd.encode(claim.expected).finish(),
    ),
  );
}

/** How the counterparty sees this end. */
const selfCounterparty = (clientId: string, connectionId: string): Counterparty => ({
  clientId,
  connectionId,
  prefix: { keyPrefix: COMMITMENT_PREFIX },
});

/** Starts a connection: INIT with the default versions, or the one given. */
export function openInit(
  keeper: ConnectionKeeper,
  clients: ConnectionClients,
  ctx: Context,
  { clientId, counterparty, version, delayPeriod }: Opening<"openInit">,
): string {
  if (version !== undefined && !isSupportedVersion(COMPATIBLE_VERSIONS, version))
    throw connectionErrors.invalidVersion("version is not supported");
  const versions = version === undefined ? [...COMPATIBLE_VERSIONS] : [version];
  const status = clients.status(ctx, clientId);
  if (status !== "Active") throw clientErrors.clientNotActive(`client (${clientId}) status is ${status}`);
  const connectionId = keeper.generateId(ctx);
  addToClient(keeper, clients, ctx, { clientId, connectionId });
  const connection = { clientId, versions, state: CONNECTION_STATE.init, counterparty, delayPeriod };
  keeper.setConnection(ctx, connectionId, connection);
  emitConnection(ctx, "connection_open_init", connectionId, connection);
  return connectionId;
}

/** Answers a started connection: TRYOPEN with the picked version. */
export function openTry(
  keeper: ConnectionKeeper,
  clients: ConnectionClients,
  ctx: Context,
  opening: Opening<"openTry">,
): string {
  const { clientId, counterparty, counterpartyVersions, delayPeriod } = opening;
  const connectionId = keeper.generateId(ctx);
  const connection: ConnectionEnd = {
    clientId,
    versions: [pickVersion(counterpartyVersions)],
    state: CONNECTION_STATE.tryOpen,
    counterparty,
    delayPeriod,
  };
  const expected: ConnectionEnd = {
    clientId: counterparty.clientId,
    versions: [...counterpartyVersions],
    state: CONNECTION_STATE.init,
    counterparty: selfCounterparty(clientId, ""),
    delayPeriod,
  };
  const { connectionId: counterpartyConnectionId } = counterparty;
  verifyConnection(clients, ctx, connection, opening, { counterpartyConnectionId, expected });
  addToClient(keeper, clients, ctx, { clientId, connectionId });
  keeper.setConnection(ctx, connectionId, connection);
  emitConnection(ctx, "connection_open_try", connectionId, connection);
  return connectionId;
}

/** Opens the end that started, once the other has answered. */
export function openAck(
  keeper: ConnectionKeeper,
  clients: ConnectionClients,
  ctx: Context,
  opening: Opening<"openAck">,
): void {
  const { connectionId, counterpartyConnectionId, version } = opening;
  const connection = requireState(keeper, ctx, connectionId, "init");
  if (!isSupportedVersion(connection.versions, version))
    throw connectionErrors.invalidConnectionState(
      `the counterparty selected version ${versionText(version)} is not supported by versions selected on INIT`,
    );
  const expected = expectedEnd(connection, connectionId, {
    state: CONNECTION_STATE.tryOpen,
    versions: [version],
  });
  verifyConnection(clients, ctx, connection, opening, { counterpartyConnectionId, expected });
  const opened: ConnectionEnd = {
    ...connection,
    state: CONNECTION_STATE.open,
    versions: [version],
    counterparty: { ...connection.counterparty, connectionId: counterpartyConnectionId },
  };
  keeper.setConnection(ctx, connectionId, opened);
  emitConnection(ctx, "connection_open_ack", connectionId, opened);
}

/** Opens the end that answered. */
export function openConfirm(
  keeper: ConnectionKeeper,
  clients: ConnectionClients,
  ctx: Context,
  opening: Opening<"openConfirm">,
): void {
  const { connectionId } = opening;
  const connection = requireState(keeper, ctx, connectionId, "tryOpen");
  const { connectionId: counterpartyConnectionId } = connection.counterparty;
  const expected = expectedEnd(connection, connectionId, {
    state: CONNECTION_STATE.open,
    versions: connection.versions,
  });
  verifyConnection(clients, ctx, connection, opening, { counterpartyConnectionId, expected });
  const opened: ConnectionEnd = { ...connection, state: CONNECTION_STATE.open };
  keeper.setConnection(ctx, connectionId, opened);
  emitConnection(ctx, "connection_open_confirm", connectionId, opened);
}

function requireState(
  keeper: ConnectionKeeper,
  ctx: Context,
  connectionId: string,
  state: "init" | "tryOpen",
): ConnectionEnd {
  const connection = keeper.requireConnection(ctx, connectionId);
  if (connection.state !== CONNECTION_STATE[state])
    throw connectionErrors.invalidConnectionState(
      `connection state is not ${state.toUpperCase()} (got ${connectionStateName(connection.state)})`,
    );
  return connection;
}

/** The counterparty's end as it must be stored there. */
const expectedEnd = (
  connection: ConnectionEnd,
  connectionId: string,
  { state, versions }: { readonly state: number; readonly versions: readonly Version[] },
): ConnectionEnd => ({
  clientId: connection.counterparty.clientId,
  versions: [...versions],
  state,
  counterparty: selfCounterparty(connection.clientId, connectionId),
  delayPeriod: connection.delayPeriod,
});
