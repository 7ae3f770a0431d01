/** Clients of CometBFT chains (ICS-07; ibc-go `07-tendermint/light_client_module.go`). */
import { assert, type Context, sdkErrors } from "@tandem-ics/runtime";
import {
  ClientState,
  ConsensusState,
  Header,
  Misbehaviour,
} from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import { clientErrors } from "../02-client/errors.ts";
import type { LightClientModule, StateProof } from "../02-client/light-client.ts";
import { clientStore } from "../02-client/state.ts";
import { type MerkleClaim, verifyMembership, verifyNonMembership } from "../23-commitment/merkle.ts";
import {
  formatHeight,
  makeHeight,
  parseClientId,
  TENDERMINT_CLIENT_TYPE,
  ZERO_HEIGHT,
} from "../24-host/index.ts";
import { hostErrors, notClientId } from "../24-host/validate.ts";
import { decodeOr } from "../decode.ts";
import {
  decodeClientState,
  decodeConsensusState,
  isExpired,
  isFrozen,
  validateClientState,
  validateConsensusState,
} from "./client-state.ts";
import { timeNs } from "./duration.ts";
import { validateHeader } from "./header.ts";
import {
  headerConflicts,
  provesMisbehaviour,
  validateMisbehaviour,
  verifyMisbehaviour,
} from "./misbehaviour.ts";
import { merkleClaim } from "./proof.ts";
import { recoverClient, type StoredClient } from "./recover.ts";
import { getClientState, getConsensusState, setClientState, setConsensusState } from "./store.ts";
import { updateState, verifyHeader } from "./update.ts";
import { upgradeClient } from "./upgrade.ts";

/** A header, or evidence against a chain. */
export type TendermintMessage =
  | { readonly kind: "header"; readonly header: Header }
  | { readonly kind: "misbehaviour"; readonly misbehaviour: Misbehaviour };

/** What a frozen client says: any height but 0-0 would do. */
const FROZEN_HEIGHT = makeHeight(0n, 1n);

function open(ctx: Context, clientId: string): StoredClient {
  const store = clientStore(ctx, clientId);
  const state = getClientState(store);
  if (state === undefined) throw clientErrors.clientNotFound(clientId);
  return { store, state };
}

/** For steps that only follow a verified message, so that the client must be there. */
function openExisting(ctx: Context, clientId: string): StoredClient {
  const store = clientStore(ctx, clientId);
  const state = getClientState(store);
  assert(state !== undefined, `client ${clientId} is not found`);
  return { store, state };
}

function claimOf(ctx: Context, clientId: string, claim: StateProof): MerkleClaim {
  const { store, state } = open(ctx, clientId);
  return merkleClaim(ctx, store, state, claim);
}

/** The light client module of CometBFT chains. */
export function createTendermintLightClient(): LightClientModule<TendermintMessage> {
  return {
    clientType: TENDERMINT_CLIENT_TYPE,
    clientStateTypeUrl: ClientState.typeUrl,
    consensusStateTypeUrl: ConsensusState.typeUrl,
    messageTypeUrls: [Header.typeUrl, Misbehaviour.typeUrl],
    validateClientState: (bytes) => validateClientState(decodeClientState(bytes)),
    validateConsensusState: (bytes) => validateConsensusState(decodeConsensusState(bytes)),
    decodeMessage({ typeUrl, value }) {
      const refuse = (reason: string): Error => sdkErrors.txDecode(reason);
      return typeUrl === Header.typeUrl
        ? { kind: "header", header: decodeOr(Header, value, refuse) }
        : { kind: "misbehaviour", misbehaviour: decodeOr(Misbehaviour, value, refuse) };
    },
    validateMessage(message) {
      if (message.kind === "header") validateHeader(message.header);
      else validateMisbehaviour(message.misbehaviour);
    },
    initialize(ctx, clientId, clientState, consensusState) {
      const client = decodeClientState(clientState);
      validateClientState(client);
      const state = decodeConsensusState(consensusState);
      validateConsensusState(state);
      const store = clientStore(ctx, clientId);
      setClientState(store, client);
      setConsensusState(ctx, store, { height: client.latestHeight, state });
    },
    verifyMessage(ctx, clientId, message) {
      const { store, state } = open(ctx, clientId);
      if (message.kind === "header") verifyHeader(ctx, store, state, message.header);
      else verifyMisbehaviour(ctx, store, state, message.misbehaviour);
    },
    checkForMisbehaviour(ctx, clientId, message) {
      // state-breaking: the client state is of no use here, and reading it costs gas
      const { store } = openExisting(ctx, clientId);
      return message.kind === "header"
        ? headerConflicts(store, message.header)
        : provesMisbehaviour(message.misbehaviour);
    },
    updateStateOnMisbehaviour(ctx, clientId) {
      const { store, state } = openExisting(ctx, clientId);
      setClientState(store, { ...state, frozenHeight: FROZEN_HEIGHT });
    },
    updateState(ctx, clientId, message) {
      const { store, state } = openExisting(ctx, clientId);
      if (message.kind !== "header") return [];
      return updateState(ctx, store, state, message.header);
    },
    verifyMembership: (ctx, clientId, claim, value) => verifyMembership(claimOf(ctx, clientId, claim), value),
    verifyNonMembership: (ctx, clientId, claim) => verifyNonMembership(claimOf(ctx, clientId, claim)),
    status(ctx, clientId) {
      const store = clientStore(ctx, clientId);
      const client = getClientState(store);
      if (client === undefined) return "Unknown";
      if (isFrozen(client)) return "Frozen";
      const latest = getConsensusState(store, client.latestHeight);
      if (latest === undefined) return "Expired";
      return isExpired(client, timeNs(latest.timestamp), ctx.timeNs) ? "Expired" : "Active";
    },
    latestHeight: (ctx, clientId) => getClientState(clientStore(ctx, clientId))?.latestHeight ?? ZERO_HEIGHT,
    timestampAt(ctx, clientId, height) {
      const state = getConsensusState(open(ctx, clientId).store, height);
      if (state === undefined) throw clientErrors.consensusStateNotFound(`height (${formatHeight(height)})`);
      return timeNs(state.timestamp);
    },
    recover(ctx, clientId, substituteId) {
      const parsed = parseClientId(substituteId);
      if (parsed === undefined) throw hostErrors.invalidId(notClientId(substituteId));
      if (parsed.type !== TENDERMINT_CLIENT_TYPE)
        throw clientErrors.invalidClientType(`expected: ${TENDERMINT_CLIENT_TYPE}, got: ${parsed.type}`);
      recoverClient(ctx, open(ctx, clientId), open(ctx, substituteId));
    },
    upgrade(ctx, clientId, claim) {
      const { store, state } = open(ctx, clientId);
      upgradeClient(ctx, store, state, claim);
    },
  };
}
