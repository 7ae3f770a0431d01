/** Clients: what this chain believes of other chains, and why (ICS-02; ibc-go `02-client/keeper`). */
import { assert, type Context, sdkErrors } from "@tandem-ics/runtime";
import type { Plan } from "cosmjs-types/cosmos/upgrade/v1beta1/upgrade";
import type { Any } from "cosmjs-types/google/protobuf/any";
import type { Params } from "cosmjs-types/ibc/core/client/v1/client";
import {
  ClientState,
  ConsensusState,
  type Misbehaviour,
} from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import { verifyMisbehaviour } from "../07-tendermint/misbehaviour.ts";
import {
  clientStatePath,
  compareHeights,
  consensusStatePath,
  formatClientId,
  formatHeight,
  type Height,
  LOCALHOST_CLIENT_ID,
  parseClientId,
  TENDERMINT_CLIENT_TYPE,
  ZERO_HEIGHT,
} from "../24-host/index.ts";
import { hostErrors } from "../24-host/validate.ts";
import { ibcErrors } from "../errors.ts";
import { clientErrors } from "./errors.ts";
import { emitClientHeight, emitMisbehaviour, emitRecoverClient, emitUpdateClient } from "./events.ts";
import type { ClientStatus, LightClientModule, StateProof, UpgradeClaim } from "./light-client.ts";
import { isAllowedClient } from "./params.ts";
import { selfHeight } from "./self-height.ts";
import {
  anyState,
  CLIENT_PARAMS,
  clientStore,
  configPath,
  configState,
  creatorPath,
  creatorState,
  NEXT_CLIENT_SEQUENCE,
  nextSequenceState,
  paramsState,
} from "./state.ts";

/** Where a chain's own upgrades are planned: the upgrade module. Bytes are of `Any`. */
export interface IbcUpgradeKeeper {
  plan(ctx: Context): Plan | undefined;
  scheduleUpgrade(ctx: Context, plan: Plan): void;
  upgradedClient(ctx: Context, planHeight: bigint): Uint8Array | undefined;
  setUpgradedClient(ctx: Context, planHeight: bigint, client: Uint8Array): void;
  upgradedConsensusState(ctx: Context, planHeight: bigint): Uint8Array | undefined;
  setUpgradedConsensusState(ctx: Context, planHeight: bigint, state: Uint8Array): void;
}

/** A client message together with the light client that understands it. */
export interface ClientMessage {
  readonly module: LightClientModule;
  readonly content: unknown;
}

/** Keeper of clients. */
export interface ClientKeeper {
  /** The chain's own height. */
  selfHeight(ctx: Context): Height;
  params(ctx: Context): Params;
  setParams(ctx: Context, params: Params): void;
  nextSequence(ctx: Context): bigint;
  setNextSequence(ctx: Context, sequence: bigint): void;

  /** Client state as stored. */
  clientState(ctx: Context, clientId: string): Any | undefined;
  setClientState(ctx: Context, clientId: string, state: Any): void;
  consensusState(ctx: Context, clientId: string, height: Height): Any | undefined;
  setConsensusState(ctx: Context, clientId: string, height: Height, state: Any): void;
  /** Client state of a 07-tendermint client; `undefined` for others. */
  tendermintClientState(ctx: Context, clientId: string): ClientState | undefined;
  tendermintConsensusState(ctx: Context, clientId: string, height: Height): ConsensusState | undefined;
  creator(ctx: Context, clientId: string): Uint8Array | undefined;
  setCreator(ctx: Context, clientId: string, creator: Uint8Array): void;
  removeCreator(ctx: Context, clientId: string): void;
  /** Addresses that alone may update the client; none means everybody. */
  allowedRelayers(ctx: Context, clientId: string): readonly string[];
  setAllowedRelayers(ctx: Context, clientId: string, relayers: readonly string[]): void;

  /**
   * The light client behind an id. Throws `host/2` for no client id, `client/10` for a type that is not allowed,
   * `client/32` for an unknown one.
   */
  route(ctx: Context, clientId: string): LightClientModule;
  /** The light client whose client state has this type URL. Throws `sdk/2` if there is none. */
  moduleOfClientState(state: Any): LightClientModule;
  /** The light client whose consensus state has this type URL. Throws `sdk/2` if there is none. */
  moduleOfConsensusState(state: Any): LightClientModule;
  /** Decodes a header or misbehaviour. Throws `ibc/14` for none, `sdk/2` for unknown or malformed ones. */
  decodeMessage(message: Any | undefined): ClientMessage;

  /** Creates a client from bare states (without `Any`), returns its id, emits `create_client`. */
  createClient(ctx: Context, clientType: string, clientState: Uint8Array, consensusState: Uint8Array): string;
  /** {@link createClient} of a 07-tendermint client. */
  createTendermintClient(ctx: Context, clientState: ClientState, consensusState: ConsensusState): string;
  /** Applies a header, or freezes the client on proven misbehaviour. Throws `client/29` unless it is active. */
  updateClient(ctx: Context, clientId: string, message: ClientMessage): void;
  upgradeClient(ctx: Context, clientId: string, claim: UpgradeClaim): void;
  recoverClient(ctx: Context, subjectId: string, substituteId: string): void;

  /**
   * Verifies evidence against a 07-tendermint client in whatever state it is, without freezing it. Throws `client/4`
   * for another client, else as an update with misbehaviour does.
   */
  verifyTendermintMisbehaviour(ctx: Context, clientId: string, misbehaviour: Misbehaviour): void;

  status(ctx: Context, clientId: string): ClientStatus;
  /** 0-0 when there is no such client. */
  latestHeight(ctx: Context, clientId: string): Height;
  /** Nanoseconds since 1970. Throws `client/4` or `client/7`. */
  timestampAt(ctx: Context, clientId: string, height: Height): bigint;
  /** Throws unless the proof convinces and the client is active. */
  verifyMembership(ctx: Context, clientId: string, claim: StateProof, value: Uint8Array): void;
  verifyNonMembership(ctx: Context, clientId: string, claim: StateProof): void;
}

/** Makes the keeper over the light clients that a chain supports. */
export function createClientKeeper(lightClients: readonly LightClientModule[]): ClientKeeper {
  const byType = new Map(lightClients.map((module) => [module.clientType, module]));
  const byTypeUrl = (
    what: string,
    typeUrl: string,
    urls: (m: LightClientModule) => readonly (string | undefined)[],
  ) => {
    const module = lightClients.find((candidate) => urls(candidate).includes(typeUrl));
    if (module === undefined) throw sdkErrors.txDecode(`no ${what} registered for type URL ${typeUrl}`);
    return module;
  };
  const route = (ctx: Context, clientId: string): LightClientModule => {
    const parsed = parseClientId(clientId);
    if (parsed === undefined) throw hostErrors.invalidId(`unable to parse client identifier ${clientId}`);
    if (!isAllowedClient(params(ctx), parsed.type))
      throw clientErrors.invalidClientType(
        `client (${clientId}) type ${parsed.type} is not in the allowed client list`,
      );
    const module = byType.get(parsed.type);
    if (module === undefined) throw clientErrors.routeNotFound(clientId);
    return module;
  };
  const params = (ctx: Context): Params => {
    const value = paramsState.get(ctx, CLIENT_PARAMS);
    // params without any allowed client are stored as no bytes at all
    assert(value !== undefined || paramsState.has(ctx, CLIENT_PARAMS), "client params are not set in store");
    return value ?? { allowedClients: [] };
  };
  const nextSequence = (ctx: Context): bigint => {
    const value = nextSequenceState.get(ctx, NEXT_CLIENT_SEQUENCE);
    assert(value !== undefined, "next client sequence is not set");
    return value;
  };
  const isActive = (ctx: Context, clientId: string): boolean => status(ctx, clientId) === "Active";
  const assertActive = (ctx: Context, clientId: string, act: string): void => {
    if (!isActive(ctx, clientId))
      throw clientErrors.clientNotActive(
        `cannot ${act} client (${clientId}) with status ${status(ctx, clientId)}`,
      );
  };
  const status = (ctx: Context, clientId: string): ClientStatus => {
    const module = routeOrNone(ctx, clientId);
    return module === undefined ? "Unauthorized" : module.status(ctx, clientId);
  };
  const routeOrNone = (ctx: Context, clientId: string): LightClientModule | undefined => {
    const parsed = parseClientId(clientId);
    return parsed === undefined || !isAllowedClient(params(ctx), parsed.type)
      ? undefined
      : byType.get(parsed.type);
  };
  const tendermint = <T>(any: Any | undefined, codec: { typeUrl: string; decode(bytes: Uint8Array): T }) =>
    any?.typeUrl === codec.typeUrl ? codec.decode(any.value) : undefined;
  const keeper: ClientKeeper = {
    selfHeight,
    params,
    setParams: (ctx, value) => paramsState.set(ctx, CLIENT_PARAMS, value),
    nextSequence,
    setNextSequence: (ctx, sequence) => nextSequenceState.set(ctx, NEXT_CLIENT_SEQUENCE, sequence),
    clientState: (ctx, clientId) => anyState.get(ctx, clientStatePath(clientId)),
    setClientState: (ctx, clientId, state) => anyState.set(ctx, clientStatePath(clientId), state),
    consensusState: (ctx, clientId, height) => anyState.get(ctx, consensusStatePath(clientId, height)),
    setConsensusState: (ctx, clientId, height, state) =>
      anyState.set(ctx, consensusStatePath(clientId, height), state),
    tendermintClientState: (ctx, clientId) => tendermint(keeper.clientState(ctx, clientId), ClientState),
    tendermintConsensusState: (ctx, clientId, height) =>
      tendermint(keeper.consensusState(ctx, clientId, height), ConsensusState),
    creator: (ctx, clientId) => creatorState.get(ctx, creatorPath(clientId)),
    setCreator: (ctx, clientId, creator) => creatorState.set(ctx, creatorPath(clientId), creator),
    removeCreator: (ctx, clientId) => creatorState.remove(ctx, creatorPath(clientId)),
    allowedRelayers: (ctx, clientId) => configState.get(ctx, configPath(clientId))?.allowedRelayers ?? [],
    setAllowedRelayers: (ctx, clientId, relayers) =>
      configState.set(ctx, configPath(clientId), { allowedRelayers: [...relayers] }),
    route,
    moduleOfClientState: (state) => byTypeUrl("client state", state.typeUrl, (m) => [m.clientStateTypeUrl]),
    moduleOfConsensusState: (state) =>
      byTypeUrl("consensus state", state.typeUrl, (m) => [m.consensusStateTypeUrl]),
    decodeMessage(message) {
      if (message === undefined) throw ibcErrors.unpackAny("protobuf Any message cannot be nil");
      const module = byTypeUrl("client message", message.typeUrl, (m) => m.messageTypeUrls);
      return { module, content: module.decodeMessage(message) };
    },
    createClient(ctx, clientType, clientState, consensusState) {
      if (clientType === LOCALHOST_CLIENT_ID)
        throw clientErrors.invalidClientType(`cannot create client of type: ${clientType}`);
      const sequence = nextSequence(ctx);
      const clientId = formatClientId(clientType, sequence);
      keeper.setNextSequence(ctx, sequence + 1n);
      const module = route(ctx, clientId);
      module.initialize(ctx, clientId, clientState, consensusState);
      assertActive(ctx, clientId, "create");
      emitClientHeight(ctx, "create_client", {
        clientId,
        clientType,
        height: module.latestHeight(ctx, clientId),
      });
      return clientId;
    },
    createTendermintClient: (ctx, clientState, consensusState) =>
      keeper.createClient(
        ctx,
        TENDERMINT_CLIENT_TYPE,
        ClientState.encode(clientState).finish(),
        ConsensusState.encode(consensusState).finish(),
      ),
    updateClient(ctx, clientId, { module: sender, content }) {
      const module = route(ctx, clientId);
      assertActive(ctx, clientId, "update");
      if (module !== sender)
        throw clientErrors.invalidClientType(
          `a message of ${sender.clientType} cannot update client ${clientId}`,
        );
      module.verifyMessage(ctx, clientId, content);
      if (module.checkForMisbehaviour(ctx, clientId, content)) {
        module.updateStateOnMisbehaviour(ctx, clientId, content);
        emitMisbehaviour(ctx, clientId, module.clientType);
      } else {
        emitUpdateClient(ctx, clientId, module.clientType, module.updateState(ctx, clientId, content));
      }
    },
    upgradeClient(ctx, clientId, claim) {
      const module = route(ctx, clientId);
      assertActive(ctx, clientId, "upgrade");
      module.upgrade(ctx, clientId, claim);
      const height = module.latestHeight(ctx, clientId);
      emitClientHeight(ctx, "upgrade_client", { clientId, clientType: module.clientType, height });
    },
    verifyTendermintMisbehaviour(ctx, clientId, misbehaviour) {
      const state = keeper.tendermintClientState(ctx, clientId);
      if (state === undefined) throw clientErrors.clientNotFound(clientId);
      verifyMisbehaviour(ctx, clientStore(ctx, clientId), state, misbehaviour);
    },
    recoverClient: (ctx, subjectId, substituteId) =>
      recoverClient(ctx, { routeOrNone, subjectId, substituteId }),
    status,
    latestHeight: (ctx, clientId) => routeOrNone(ctx, clientId)?.latestHeight(ctx, clientId) ?? ZERO_HEIGHT,
    timestampAt: (ctx, clientId, height) => route(ctx, clientId).timestampAt(ctx, clientId, height),
    verifyMembership(ctx, clientId, claim, value) {
      const module = route(ctx, clientId);
      assertActive(ctx, clientId, "call verify membership on");
      module.verifyMembership(ctx, clientId, claim, value);
    },
    verifyNonMembership(ctx, clientId, claim) {
      const module = route(ctx, clientId);
      assertActive(ctx, clientId, "call verify non membership on");
      module.verifyNonMembership(ctx, clientId, claim);
    },
  };
  return keeper;
}

/** Governance replaces the state of an expired or frozen client by that of a healthy one (ADR-026). */
function recoverClient(
  ctx: Context,
  recovery: {
    readonly routeOrNone: (ctx: Context, clientId: string) => LightClientModule | undefined;
    readonly subjectId: string;
    readonly substituteId: string;
  },
): void {
  const { subjectId, substituteId } = recovery;
  const module = recovery.routeOrNone(ctx, subjectId);
  if (module === undefined) throw clientErrors.routeNotFound(subjectId);
  const subjectStatus = module.status(ctx, subjectId);
  if (subjectStatus === "Active")
    throw clientErrors.invalidRecoveryClient(
      `cannot recover client (${subjectId}) with status ${subjectStatus}`,
    );
  // the substitute is asked of the subject's light client, as it must be of the same type
  const substituteStatus = module.status(ctx, substituteId);
  if (substituteStatus !== "Active")
    throw clientErrors.clientNotActive(
      `cannot recover from client (${substituteId}) with status ${substituteStatus}`,
    );
  const height = module.latestHeight(ctx, subjectId);
  const substituteHeight = module.latestHeight(ctx, substituteId);
  if (compareHeights(height, substituteHeight) >= 0)
    throw clientErrors.invalidHeight(
      `subject's latest height ${formatHeight(height)} is not below the substitute's ${formatHeight(substituteHeight)}`,
    );
  module.recover(ctx, subjectId, substituteId);
  emitRecoverClient(ctx, subjectId, module.clientType);
}
