/** Clients in genesis files (ibc-go `02-client/genesis.go`, `types/genesis.go`). */
import { fromBinary } from "@tandem-ics/crypto";
import { type Context, plainError } from "@tandem-ics/runtime";
import { Any } from "cosmjs-types/google/protobuf/any";
import type { ClientConsensusStates, IdentifiedClientState } from "cosmjs-types/ibc/core/client/v1/client";
import type { GenesisState, IdentifiedGenesisMetadata } from "cosmjs-types/ibc/core/client/v1/genesis";
import { formatHeight, isZeroHeight, parseClientId, parseHeight } from "../24-host/index.ts";
import { assertIdentifier } from "../24-host/validate.ts";
import type { ClientKeeper } from "./keeper.ts";
import { defaultClientParams, isAllowedClient, validateClientParams } from "./params.ts";
import { clientEntries, clientStore } from "./state.ts";

/** No clients. */
export const defaultClientGenesis = (): GenesisState => ({
  clients: [],
  clientsConsensus: [],
  clientsMetadata: [],
  params: defaultClientParams(),
  createLocalhost: false,
  nextClientSequence: 0n,
});

/** Throws CodedError with the reason. */
export function validateClientGenesis(clients: ClientKeeper, genesis: GenesisState): void {
  validateClientParams(genesis.params);
  const types = new Map<string, string>();
  let maxSequence = 0n;
  for (const { clientId, clientState } of genesis.clients) {
    const { type, sequence } = validateClient(clients, genesis, clientId, clientState);
    types.set(clientId, type);
    if (sequence > maxSequence) maxSequence = sequence;
  }
  for (const { clientId, consensusStates } of genesis.clientsConsensus) {
    const type = types.get(clientId);
    if (type === undefined)
      throw plainError(`consensus states of client ${clientId}, which is not in genesis`);
    for (const { height, consensusState } of consensusStates) {
      if (isZeroHeight(height)) throw plainError("consensus state height cannot be zero");
      const where = `consensus state of ${clientId} at ${formatHeight(height)}`;
      if (consensusState === undefined) throw plainError(`missing ${where}`);
      const module = clients.moduleOfConsensusState(consensusState);
      if (module.clientType !== type) throw plainError(`${where} is of type ${module.clientType}`);
      module.validateConsensusState(consensusState.value);
    }
  }
  for (const { clientId, clientMetadata } of genesis.clientsMetadata) {
    if (!types.has(clientId)) throw plainError(`metadata of client ${clientId}, which is not in genesis`);
    for (const { key, value } of clientMetadata)
      if (key.length === 0 || value.length === 0) throw plainError(`empty metadata of client ${clientId}`);
  }
  if (maxSequence !== 0n && maxSequence >= genesis.nextClientSequence)
    throw plainError(
      `next client sequence ${genesis.nextClientSequence} must be greater than ${maxSequence}`,
    );
}

function validateClient(
  clients: ClientKeeper,
  { params }: GenesisState,
  clientId: string,
  clientState: Any | undefined,
): { readonly type: string; readonly sequence: bigint } {
  assertIdentifier("client", clientId, "invalid client in genesis");
  if (clientState === undefined) throw plainError(`invalid client state with ID ${clientId}`);
  const module = clients.moduleOfClientState(clientState);
  if (!isAllowedClient(params, module.clientType))
    throw plainError(`client type ${module.clientType} not allowed by genesis params`);
  module.validateClientState(clientState.value);
  const parsed = parseClientId(clientId);
  if (parsed?.type !== module.clientType)
    throw plainError(`client state type ${module.clientType} does not equal type in identifier ${clientId}`);
  return parsed;
}

/** Writes everything that {@link exportClients} reads. */
export function initClients(clients: ClientKeeper, ctx: Context, genesis: GenesisState): void {
  validateClientParams(genesis.params);
  clients.setParams(ctx, genesis.params);
  for (const { clientId, clientMetadata } of genesis.clientsMetadata) {
    const store = clientStore(ctx, clientId);
    for (const { key, value } of clientMetadata) store.set(key, value);
  }
  for (const { clientId, clientState } of genesis.clients) {
    if (clientState === undefined) throw plainError(`invalid client state with ID ${clientId}`);
    const { clientType } = clients.moduleOfClientState(clientState);
    if (!isAllowedClient(genesis.params, clientType))
      throw plainError(`client state type ${clientType} is not registered on the allowlist`);
    clients.setClientState(ctx, clientId, clientState);
  }
  for (const { clientId, consensusStates } of genesis.clientsConsensus)
    for (const { height, consensusState } of consensusStates) {
      if (consensusState === undefined) throw plainError(`invalid consensus state of client ${clientId}`);
      clients.setConsensusState(ctx, clientId, height, consensusState);
    }
  clients.setNextSequence(ctx, genesis.nextClientSequence);
}

const byClientId = (a: { readonly clientId: string }, b: { readonly clientId: string }): number =>
  a.clientId < b.clientId ? -1 : a.clientId > b.clientId ? 1 : 0;

/**
 * All clients. Metadata is everything under a client but its states: iteration keys and processed times, also the
 * creator and the connections of the client.
 */
export function exportClients(clients: ClientKeeper, ctx: Context): GenesisState {
  const states: IdentifiedClientState[] = [];
  const consensus = new Map<string, ClientConsensusStates>();
  const metadata = new Map<string, IdentifiedGenesisMetadata>();
  for (const [[clientId, ...rest], value] of clientEntries(ctx)) {
    const id = clientId!;
    const height = rest.length === 2 && rest[0] === "consensusStates" ? parseHeight(rest[1]!) : undefined;
    if (rest.length === 1 && rest[0] === "clientState")
      states.push({ clientId: id, clientState: Any.decode(value) });
    else if (height !== undefined) {
      const entry = consensus.get(id) ?? { clientId: id, consensusStates: [] };
      entry.consensusStates.push({ height, consensusState: Any.decode(value) });
      consensus.set(id, entry);
    } else {
      const entry = metadata.get(id) ?? { clientId: id, clientMetadata: [] };
      entry.clientMetadata.push({ key: fromBinary(rest.join("/")), value });
      metadata.set(id, entry);
    }
  }
  states.sort(byClientId);
  return {
    clients: states,
    clientsConsensus: [...consensus.values()].sort(byClientId),
    clientsMetadata: states.flatMap(({ clientId }) => metadata.get(clientId) ?? []),
    params: clients.params(ctx),
    createLocalhost: false,
    nextClientSequence: clients.nextSequence(ctx),
  };
}
