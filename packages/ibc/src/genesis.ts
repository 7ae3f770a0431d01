/** The `ibc` section of genesis files, of ibc-go v10 and of older chains (ibc-go `core/genesis.go`). */
import { fromProtoJson, type JsonValue, ProtoError, toProtoJson } from "@tandem-ics/proto";
import { type Context, type Json, type JsonObject, plainError } from "@tandem-ics/runtime";
import type { GenesisState as ChannelGenesis } from "cosmjs-types/ibc/core/channel/v1/genesis";
import type { GenesisState as ClientGenesis } from "cosmjs-types/ibc/core/client/v1/genesis";
import type { GenesisState as ConnectionGenesis } from "cosmjs-types/ibc/core/connection/v1/genesis";
import {
  defaultClientGenesis,
  exportClients,
  initClients,
  validateClientGenesis,
} from "./02-client/genesis.ts";
import type { ClientKeeper } from "./02-client/keeper.ts";
import {
  defaultConnectionGenesis,
  exportConnections,
  initConnections,
  validateConnectionGenesis,
} from "./03-connection/genesis.ts";
import type { ConnectionKeeper } from "./03-connection/keeper.ts";
import {
  defaultChannelGenesis,
  exportChannels,
  initChannels,
  validateChannelGenesis,
} from "./04-channel/genesis.ts";
import { LOCALHOST_CLIENT_ID } from "./24-host/index.ts";

/** The parts of the section that have state here. */
export interface IbcGenesis {
  readonly clients: ClientGenesis;
  readonly connections: ConnectionGenesis;
  readonly channels: ChannelGenesis;
}

/** A new chain. */
export const defaultIbcGenesis = (): IbcGenesis => ({
  clients: defaultClientGenesis(),
  connections: defaultConnectionGenesis(),
  channels: defaultChannelGenesis(),
});

/** Parts of IBC v2 as ibc-go writes them for a chain without any. */
const NO_CLIENTS_V2 = { counterparty_infos: [] };
const NO_CHANNELS_V2 = {
  acknowledgements: [],
  commitments: [],
  receipts: [],
  async_packets: [],
  send_sequences: [],
};

/** Proto JSON of the section. */
export const ibcGenesisToJson = ({ clients, connections, channels }: IbcGenesis): JsonObject => ({
  client_genesis: toProtoJson("ibc.core.client.v1.GenesisState", clients) as Json,
  connection_genesis: toProtoJson("ibc.core.connection.v1.GenesisState", connections) as Json,
  channel_genesis: toProtoJson("ibc.core.channel.v1.GenesisState", channels) as Json,
  client_v2_genesis: NO_CLIENTS_V2,
  channel_v2_genesis: NO_CHANNELS_V2,
});

const isObject = (json: Json | undefined): json is JsonObject =>
  typeof json === "object" && json !== null && !Array.isArray(json);

const objects = (json: Json | undefined): JsonObject[] =>
  Array.isArray(json) ? (json as readonly Json[]).filter(isObject) : [];

/** Runs a reader of proto JSON; its refusal is an unregistered error. */
export function readingGenesis<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ProtoError)) throw error;
    throw plainError(`failed to unmarshal genesis state: ${error.message}`, { cause: error });
  }
}

/**
 * Reads the section. Files of ibc-go before v10 are accepted: their localhost client has no state any more, and
 * channel params were about upgrades of channels. State of IBC v2 is refused rather than lost.
 * @throws `undefined/1`
 */
export function ibcGenesisFromJson(state: JsonObject): IbcGenesis {
  for (const key of ["client_v2_genesis", "channel_v2_genesis"])
    for (const [part, list] of Object.entries(isObject(state[key]) ? state[key] : {}))
      if (Array.isArray(list) && list.length > 0) throw plainError(`IBC v2 is not supported: ${key}.${part}`);
  const part = <T>(
    key: string,
    typeName: string,
    byDefault: T,
    adapt: (json: JsonObject) => JsonObject,
  ): T => {
    const json = state[key];
    if (json === undefined || json === null) return byDefault;
    if (!isObject(json)) throw plainError(`${key} is not an object`);
    return readingGenesis(() => fromProtoJson(typeName, adapt(json) as unknown as JsonValue) as T);
  };
  const byDefault = defaultIbcGenesis();
  return {
    clients: part("client_genesis", "ibc.core.client.v1.GenesisState", byDefault.clients, withoutLocalhost),
    connections: part(
      "connection_genesis",
      "ibc.core.connection.v1.GenesisState",
      byDefault.connections,
      (json) => json,
    ),
    channels: part(
      "channel_genesis",
      "ibc.core.channel.v1.GenesisState",
      byDefault.channels,
      ({ params: _upgrades, ...json }) => json,
    ),
  };
}

function withoutLocalhost(json: JsonObject): JsonObject {
  const keep = (key: string): Json =>
    objects(json[key]).filter((entry) => entry["client_id"] !== LOCALHOST_CLIENT_ID);
  return {
    ...json,
    clients: keep("clients"),
    clients_consensus: keep("clients_consensus"),
    clients_metadata: keep("clients_metadata"),
  };
}

/** Keepers that have genesis state. */
export interface GenesisKeepers {
  readonly clients: ClientKeeper;
  readonly connections: ConnectionKeeper;
}

/** Throws CodedError with the reason. */
export function validateIbcGenesis({ clients }: GenesisKeepers, genesis: IbcGenesis): void {
  validateClientGenesis(clients, genesis.clients);
  validateConnectionGenesis(genesis.connections);
  validateChannelGenesis(genesis.channels);
}

/** Writes everything that {@link exportIbcGenesis} reads. */
export function initIbcGenesis(keepers: GenesisKeepers, ctx: Context, genesis: IbcGenesis): void {
  initClients(keepers.clients, ctx, genesis.clients);
  initConnections(keepers.connections, ctx, genesis.connections);
  initChannels(ctx, genesis.channels);
}

/** All state of the IBC store. */
export function exportIbcGenesis({ clients, connections }: GenesisKeepers, ctx: Context): IbcGenesis {
  const clientGenesis = exportClients(clients, ctx);
  const clientIds = clientGenesis.clients.map(({ clientId }) => clientId);
  return {
    clients: clientGenesis,
    connections: exportConnections(connections, ctx, clientIds),
    channels: exportChannels(ctx),
  };
}
