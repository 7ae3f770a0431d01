/** Messages that create, update, upgrade and recover clients (ibc-go `02-client/types/msgs.go`, `core/keeper/msg_server.go`). */
import { isGoZeroTimestamp } from "@tandem-ics/comet";
import { equalBytes } from "@tandem-ics/crypto";
import {
  type AddressCodec,
  type Context,
  inContext,
  type MessageRoute,
  plainError,
  sdkErrors,
} from "@tandem-ics/runtime";
import type { Plan } from "cosmjs-types/cosmos/upgrade/v1beta1/upgrade";
import type { Any } from "cosmjs-types/google/protobuf/any";
import {
  MsgCreateClient,
  MsgCreateClientResponse,
  MsgDeleteClientCreator,
  MsgDeleteClientCreatorResponse,
  MsgIBCSoftwareUpgrade,
  MsgIBCSoftwareUpgradeResponse,
  MsgRecoverClient,
  MsgRecoverClientResponse,
  MsgSubmitMisbehaviour,
  MsgSubmitMisbehaviourResponse,
  MsgUpdateClient,
  MsgUpdateClientResponse,
  MsgUpdateParams,
  MsgUpdateParamsResponse,
  MsgUpgradeClient,
  MsgUpgradeClientResponse,
} from "cosmjs-types/ibc/core/client/v1/tx";
import { MsgUpdateClientConfig, MsgUpdateClientConfigResponse } from "cosmjs-types/ibc/core/client/v2/tx";
import { parseClientId, TENDERMINT_CLIENT_TYPE } from "../24-host/index.ts";
import { assertIdentifier, hostErrors } from "../24-host/validate.ts";
import { ibcErrors } from "../errors.ts";
import { ibcMessage } from "../route.ts";
import { assertAuthority, signerBytes } from "../signer.ts";
import { clientErrors } from "./errors.ts";
import type { ClientKeeper } from "./keeper.ts";
import type { LightClientModule } from "./light-client.ts";
import { validateClientParams } from "./params.ts";

/** What the messages need. */
export interface ClientMessageDeps {
  readonly clients: ClientKeeper;
  readonly address: AddressCodec;
  /** Account of governance. */
  readonly authority: string;
  /** Plans an upgrade of this chain. */
  readonly scheduleUpgrade: (ctx: Context, plan: Plan, upgradedClient: Any) => void;
}

const MAX_ALLOWED_RELAYERS = 20;

function present(any: Any | undefined): Any {
  if (any === undefined) throw ibcErrors.unpackAny("protobuf Any message cannot be nil");
  return any;
}

/** Both states must be of one light client. */
function statesOf(
  clients: ClientKeeper,
  { clientState, consensusState }: Pick<MsgCreateClient, "clientState" | "consensusState">,
  mismatch: (client: LightClientModule, consensus: LightClientModule) => Error,
): { readonly module: LightClientModule; readonly clientState: Any; readonly consensusState: Any } {
  const client = present(clientState);
  const module = clients.moduleOfClientState(client);
  const consensus = present(consensusState);
  const consensusModule = clients.moduleOfConsensusState(consensus);
  if (consensusModule !== module) throw mismatch(module, consensusModule);
  return { module, clientState: client, consensusState: consensus };
}

const typesDiffer = () =>
  clientErrors.invalidClientType("client type for client state and consensus state do not match");

const createClient = ({ clients, address }: ClientMessageDeps): MessageRoute =>
  ibcMessage({
    typeUrl: MsgCreateClient.typeUrl,
    request: MsgCreateClient,
    response: MsgCreateClientResponse,
    validate(msg) {
      signerBytes(address, msg.signer);
      const clientState = present(msg.clientState);
      clients.moduleOfClientState(clientState).validateClientState(clientState.value);
      const { module, consensusState } = statesOf(clients, msg, typesDiffer);
      module.validateConsensusState(consensusState.value);
    },
    handle(ctx, msg) {
      const { module, clientState, consensusState } = statesOf(clients, msg, typesDiffer);
      const clientId = clients.createClient(ctx, module.clientType, clientState.value, consensusState.value);
      clients.setCreator(ctx, clientId, signerBytes(address, msg.signer));
      return { clientId };
    },
  });

function validateUpdate(
  { clients, address }: ClientMessageDeps,
  msg: { readonly signer: string; readonly clientId: string; readonly message: Any | undefined },
): void {
  signerBytes(address, msg.signer);
  const { module, content } = clients.decodeMessage(msg.message);
  module.validateMessage(content);
  assertIdentifier("client", msg.clientId);
}

const updateClient = (deps: ClientMessageDeps): MessageRoute =>
  ibcMessage({
    typeUrl: MsgUpdateClient.typeUrl,
    request: MsgUpdateClient,
    response: MsgUpdateClientResponse,
    validate: (msg) => validateUpdate(deps, { ...msg, message: msg.clientMessage }),
    handle(ctx, msg) {
      assertAllowedRelayer(deps, ctx, msg);
      deps.clients.updateClient(ctx, msg.clientId, deps.clients.decodeMessage(msg.clientMessage));
      return {};
    },
  });

/** A client's creator may have kept updates to some relayers. */
function assertAllowedRelayer(
  { clients, address }: ClientMessageDeps,
  ctx: Context,
  { clientId, signer }: { readonly clientId: string; readonly signer: string },
): void {
  const allowed = clients.allowedRelayers(ctx, clientId);
  if (allowed.length === 0) return;
  const relayer = signerBytes(address, signer);
  if (!allowed.some((other) => equalBytes(signerBytes(address, other), relayer)))
    throw ibcErrors.unauthorized(`relayer ${signer} is not authorized to update client ${clientId}`);
}

const submitMisbehaviour = (deps: ClientMessageDeps): MessageRoute =>
  ibcMessage({
    typeUrl: MsgSubmitMisbehaviour.typeUrl,
    request: MsgSubmitMisbehaviour,
    response: MsgSubmitMisbehaviourResponse,
    validate: (msg) => validateUpdate(deps, { ...msg, message: msg.misbehaviour }),
    handle(ctx, msg) {
      deps.clients.updateClient(ctx, msg.clientId, deps.clients.decodeMessage(msg.misbehaviour));
      return {};
    },
  });

const upgradeClient = ({ clients, address }: ClientMessageDeps): MessageRoute =>
  ibcMessage({
    typeUrl: MsgUpgradeClient.typeUrl,
    request: MsgUpgradeClient,
    response: MsgUpgradeClientResponse,
    validate(msg) {
      statesOf(clients, msg, (client, consensus) =>
        clientErrors.invalidUpgradeClient(
          `consensus state's client-type does not match client. expected: ${client.clientType}, got: ${consensus.clientType}`,
        ),
      );
      if (msg.proofUpgradeClient.length === 0)
        throw clientErrors.invalidUpgradeClient("proof of upgrade client cannot be empty");
      if (msg.proofUpgradeConsensusState.length === 0)
        throw clientErrors.invalidUpgradeClient("proof of upgrade consensus state cannot be empty");
      signerBytes(address, msg.signer);
      assertIdentifier("client", msg.clientId);
    },
    handle(ctx, msg) {
      clients.upgradeClient(ctx, msg.clientId, {
        clientState: present(msg.clientState).value,
        consensusState: present(msg.consensusState).value,
        clientProof: msg.proofUpgradeClient,
        consensusStateProof: msg.proofUpgradeConsensusState,
      });
      return {};
    },
  });

const recoverClient = ({ clients, address, authority }: ClientMessageDeps): MessageRoute =>
  ibcMessage({
    typeUrl: MsgRecoverClient.typeUrl,
    request: MsgRecoverClient,
    response: MsgRecoverClientResponse,
    validate(msg) {
      signerBytes(address, msg.signer);
      assertIdentifier("client", msg.subjectClientId);
      assertIdentifier("client", msg.substituteClientId);
      if (msg.subjectClientId === msg.substituteClientId)
        throw clientErrors.invalidSubstitute("subject and substitute clients must be different");
    },
    handle(ctx, msg) {
      assertAuthority(authority, msg.signer);
      inContext("client recovery failed", () =>
        clients.recoverClient(ctx, msg.subjectClientId, msg.substituteClientId),
      );
      return {};
    },
  });

/** Rules of SDK `x/upgrade/types/plan.go`. */
function validatePlan({ name, height, time, upgradedClientState }: Plan): void {
  if (!isGoZeroTimestamp(time))
    throw sdkErrors.invalidRequest("time-based upgrades have been deprecated in the SDK");
  if (upgradedClientState !== undefined)
    throw sdkErrors.invalidRequest("upgrade logic for IBC has been moved to the IBC module");
  if (name === "") throw sdkErrors.invalidRequest("name cannot be empty");
  if (height <= 0n) throw sdkErrors.invalidRequest("height must be greater than 0");
}

const softwareUpgrade = ({ clients, address, authority, scheduleUpgrade }: ClientMessageDeps): MessageRoute =>
  ibcMessage({
    typeUrl: MsgIBCSoftwareUpgrade.typeUrl,
    request: MsgIBCSoftwareUpgrade,
    response: MsgIBCSoftwareUpgradeResponse,
    validate(msg) {
      signerBytes(address, msg.signer);
      const { clientType } = clients.moduleOfClientState(present(msg.upgradedClientState));
      if (clientType !== TENDERMINT_CLIENT_TYPE)
        throw clientErrors.invalidUpgradeClient("upgraded client state must be a Tendermint client");
      validatePlan(msg.plan);
    },
    handle(ctx, msg) {
      assertAuthority(authority, msg.signer);
      const upgradedClient = present(msg.upgradedClientState);
      inContext("failed to schedule upgrade", () => scheduleUpgrade(ctx, msg.plan, upgradedClient));
      return {};
    },
  });

const updateParams = ({ clients, address, authority }: ClientMessageDeps): MessageRoute =>
  ibcMessage({
    typeUrl: MsgUpdateParams.typeUrl,
    request: MsgUpdateParams,
    response: MsgUpdateParamsResponse,
    validate(msg) {
      signerBytes(address, msg.signer);
      validateClientParams(msg.params);
    },
    handle(ctx, msg) {
      assertAuthority(authority, msg.signer);
      clients.setParams(ctx, msg.params);
      return {};
    },
  });

function assertOwnClientId(clientId: string): void {
  assertIdentifier("client", clientId);
  if (parseClientId(clientId) === undefined)
    throw hostErrors.invalidId(`client ID ${clientId} must be in valid format: {string}-{number}`);
}

/** The creator keeps rights over its client until it gives them up. */
function assertCreator(
  { clients, address, authority }: ClientMessageDeps,
  ctx: Context,
  { clientId, signer }: { readonly clientId: string; readonly signer: string },
  act: "delete creator" | "update params",
): void {
  const creator = clients.creator(ctx, clientId);
  const isCreator = creator !== undefined && equalBytes(creator, signerBytes(address, signer));
  if (signer === authority || isCreator) return;
  const name = creator === undefined ? "" : address.encode(creator);
  throw ibcErrors.unauthorized(
    `authority ${authority} or client creator ${name} is authorized to ${act} for ${clientId}, got ${signer}`,
  );
}

const deleteClientCreator = (deps: ClientMessageDeps): MessageRoute =>
  ibcMessage({
    typeUrl: MsgDeleteClientCreator.typeUrl,
    request: MsgDeleteClientCreator,
    response: MsgDeleteClientCreatorResponse,
    validate(msg) {
      signerBytes(deps.address, msg.signer);
      assertOwnClientId(msg.clientId);
    },
    handle(ctx, msg) {
      if (deps.clients.creator(ctx, msg.clientId) === undefined)
        throw ibcErrors.notFound(`creator for client ${msg.clientId} not found`);
      assertCreator(deps, ctx, msg, "delete creator");
      deps.clients.removeCreator(ctx, msg.clientId);
      return {};
    },
  });

const updateClientConfig = (deps: ClientMessageDeps): MessageRoute =>
  ibcMessage({
    typeUrl: MsgUpdateClientConfig.typeUrl,
    request: MsgUpdateClientConfig,
    response: MsgUpdateClientConfigResponse,
    validate({ signer, clientId, config: { allowedRelayers } }) {
      signerBytes(deps.address, signer);
      assertOwnClientId(clientId);
      if (allowedRelayers.length > MAX_ALLOWED_RELAYERS)
        throw plainError(`allowed relayers length must not exceed ${MAX_ALLOWED_RELAYERS} items`);
      for (const relayer of allowedRelayers) signerBytes(deps.address, relayer);
    },
    handle(ctx, msg) {
      assertCreator(deps, ctx, msg, "update params");
      deps.clients.setAllowedRelayers(ctx, msg.clientId, msg.config.allowedRelayers);
      return {};
    },
  });

/** All client messages. */
export const clientMessages = (deps: ClientMessageDeps): readonly MessageRoute[] => [
  createClient(deps),
  updateClient(deps),
  submitMisbehaviour(deps),
  upgradeClient(deps),
  recoverClient(deps),
  softwareUpgrade(deps),
  updateParams(deps),
  deleteClientCreator(deps),
  updateClientConfig(deps),
];
