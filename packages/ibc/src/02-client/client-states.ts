/** Access to what is stored of clients. */
import { assert } from "@tandem-ics/runtime";
import type { Any } from "cosmjs-types/google/protobuf/any";
import { ClientState, ConsensusState } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import { clientStatePath, consensusStatePath } from "../24-host/index.ts";
import type { ClientStates } from "./keeper.ts";
import { selfHeight } from "./self-height.ts";
import {
  anyState,
  CLIENT_PARAMS,
  configPath,
  configState,
  creatorPath,
  creatorState,
  NEXT_CLIENT_SEQUENCE,
  nextSequenceState,
  paramsState,
} from "./state.ts";

const tendermint = <T>(any: Any | undefined, codec: { typeUrl: string; decode(bytes: Uint8Array): T }) =>
  any?.typeUrl === codec.typeUrl ? codec.decode(any.value) : undefined;

/** The stored state of clients. */
export const clientStates: ClientStates = {
  selfHeight,
  params(ctx) {
    const value = paramsState.get(ctx, CLIENT_PARAMS);
    // params without any allowed client are stored as no bytes at all
    assert(value !== undefined || paramsState.has(ctx, CLIENT_PARAMS), "client params are not set in store");
    return value ?? { allowedClients: [] };
  },
  setParams: (ctx, value) => paramsState.set(ctx, CLIENT_PARAMS, value),
  nextSequence(ctx) {
    const value = nextSequenceState.get(ctx, NEXT_CLIENT_SEQUENCE);
    assert(value !== undefined, "next client sequence is not set");
    return value;
  },
  setNextSequence: (ctx, sequence) => nextSequenceState.set(ctx, NEXT_CLIENT_SEQUENCE, sequence),
  clientState: (ctx, clientId) => anyState.get(ctx, clientStatePath(clientId)),
  setClientState: (ctx, clientId, state) => anyState.set(ctx, clientStatePath(clientId), state),
  consensusState: (ctx, clientId, height) => anyState.get(ctx, consensusStatePath(clientId, height)),
  setConsensusState: (ctx, clientId, height, state) =>
    anyState.set(ctx, consensusStatePath(clientId, height), state),
  tendermintClientState: (ctx, clientId) => tendermint(clientStates.clientState(ctx, clientId), ClientState),
  tendermintConsensusState: (ctx, clientId, height) =>
    tendermint(clientStates.consensusState(ctx, clientId, height), ConsensusState),
  creator: (ctx, clientId) => creatorState.get(ctx, creatorPath(clientId)),
  setCreator: (ctx, clientId, creator) => creatorState.set(ctx, creatorPath(clientId), creator),
  removeCreator: (ctx, clientId) => creatorState.remove(ctx, creatorPath(clientId)),
  allowedRelayers: (ctx, clientId) => configState.get(ctx, configPath(clientId))?.allowedRelayers ?? [],
  setAllowedRelayers: (ctx, clientId, relayers) =>
    configState.set(ctx, configPath(clientId), { allowedRelayers: [...relayers] }),
};
