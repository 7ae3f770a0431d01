/** Connections in genesis files (ibc-go `03-connection/genesis.go`, `types/genesis.go`). */
import { type Context, plainError } from "@tandem-ics/runtime";
import type { GenesisState } from "cosmjs-types/ibc/core/connection/v1/genesis";
import { LOCALHOST_CONNECTION_ID, parseConnectionSequence } from "../24-host/index.ts";
import { assertIdentifier, hostErrors } from "../24-host/validate.ts";
import { defaultConnectionParams, validateConnection, validateConnectionParams } from "./connection.ts";
import type { ConnectionKeeper } from "./keeper.ts";

/** No connections. */
export const defaultConnectionGenesis = (): GenesisState => ({
  connections: [],
  clientConnectionPaths: [],
  nextConnectionSequence: 0n,
  params: defaultConnectionParams(),
});

/** Throws CodedError with the reason. */
export function validateConnectionGenesis(genesis: GenesisState): void {
  let maxSequence = 0n;
  for (const connection of genesis.connections) {
    if (connection.id !== LOCALHOST_CONNECTION_ID) {
      const sequence = parseConnectionSequence(connection.id);
      if (sequence === undefined) throw hostErrors.invalidId(`connection ${connection.id} in genesis`);
      if (sequence > maxSequence) maxSequence = sequence;
    }
    assertIdentifier("connection", connection.id, "invalid connection ID");
    validateConnection(connection);
  }
  for (const { clientId, paths } of genesis.clientConnectionPaths) {
    assertIdentifier("client", clientId, "invalid client connection path");
    for (const path of paths)
      assertIdentifier("connection", path, `invalid connection of client ${clientId}`);
  }
  if (maxSequence !== 0n && maxSequence >= genesis.nextConnectionSequence)
    throw plainError(
      `next connection sequence ${genesis.nextConnectionSequence} must be greater than ${maxSequence}`,
    );
  validateConnectionParams(genesis.params);
}

/** Writes everything that {@link exportConnections} reads, and the localhost connection. */
export function initConnections(keeper: ConnectionKeeper, ctx: Context, genesis: GenesisState): void {
  for (const { id, ...connection } of genesis.connections) keeper.setConnection(ctx, id, connection);
  for (const { clientId, paths } of genesis.clientConnectionPaths)
    keeper.setClientConnections(ctx, clientId, paths);
  keeper.setNextSequence(ctx, genesis.nextConnectionSequence);
  keeper.setParams(ctx, genesis.params);
  keeper.createLocalhostConnection(ctx);
}

/** All connections and the connections of `clientIds`. */
export const exportConnections = (
  keeper: ConnectionKeeper,
  ctx: Context,
  clientIds: readonly string[],
): GenesisState => ({
  connections: keeper.connections(ctx).map(([id, connection]) => ({ id, ...connection })),
  clientConnectionPaths: clientIds.flatMap((clientId) => {
    const paths = keeper.clientConnections(ctx, clientId);
    return paths === undefined ? [] : [{ clientId, paths: [...paths] }];
  }),
  nextConnectionSequence: keeper.nextSequence(ctx),
  params: keeper.params(ctx),
});
