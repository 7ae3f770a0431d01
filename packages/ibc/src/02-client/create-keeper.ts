/** What can be done with clients (ibc-go `02-client/keeper/client.go`). */
import { type Context, inContext } from "@tandem-ics/runtime";
import { ClientState, ConsensusState } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import { verifyMisbehaviour } from "../07-tendermint/misbehaviour.ts";
import {
  compareHeights,
  formatClientId,
  formatHeight,
  LOCALHOST_CLIENT_ID,
  TENDERMINT_CLIENT_TYPE,
  ZERO_HEIGHT,
} from "../24-host/index.ts";
import { clientStates } from "./client-states.ts";
import { clientErrors } from "./errors.ts";
import { emitClientHeight, emitMisbehaviour, emitRecoverClient, emitUpdateClient } from "./events.ts";
import type { ClientKeeper, ClientMessage, ClientRouting } from "./keeper.ts";
import type { LightClientModule } from "./light-client.ts";
import { createClientRouting } from "./routing.ts";
import { clientStore } from "./state.ts";

/** Makes the keeper over the light clients that a chain supports. */
export function createClientKeeper(lightClients: readonly LightClientModule[]): ClientKeeper {
  const routing = createClientRouting(lightClients);
  /** The light client of an active client. Throws `client/29` for others. */
  const active = (ctx: Context, clientId: string, act: string): LightClientModule => {
    const module = routing.route(ctx, clientId);
    const status = module.status(ctx, clientId);
    if (status !== "Active")
      throw clientErrors.clientNotActive(`cannot ${act} client (${clientId}) with status ${status}`);
    return module;
  };
  const keeper: ClientKeeper = {
    ...clientStates,
    ...routing,
    createClient(ctx, clientType, clientState, consensusState) {
      const clientId = takeClientId(ctx, clientType);
      routing.route(ctx, clientId).initialize(ctx, clientId, clientState, consensusState);
      const height = active(ctx, clientId, "create").latestHeight(ctx, clientId);
      emitClientHeight(ctx, "create_client", { clientId, clientType, height });
      return clientId;
    },
    createTendermintClient: (ctx, clientState, consensusState) =>
      keeper.createClient(
        ctx,
        TENDERMINT_CLIENT_TYPE,
        ClientState.encode(clientState).finish(),
        ConsensusState.encode(consensusState).finish(),
      ),
    updateClient: (ctx, clientId, message) =>
      updateClient(ctx, active(ctx, clientId, "update"), clientId, message),
    upgradeClient(ctx, clientId, claim) {
      const module = active(ctx, clientId, "upgrade");
      inContext(`cannot upgrade client with ID ${clientId}`, () => module.upgrade(ctx, clientId, claim));
      const height = module.latestHeight(ctx, clientId);
      emitClientHeight(ctx, "upgrade_client", { clientId, clientType: module.clientType, height });
    },
    recoverClient: (ctx, subjectId, substituteId) => recoverClient(ctx, routing, { subjectId, substituteId }),
    verifyTendermintMisbehaviour(ctx, clientId, misbehaviour) {
      const state = clientStates.tendermintClientState(ctx, clientId);
      if (state === undefined) throw clientErrors.clientNotFound(clientId);
      verifyMisbehaviour(ctx, clientStore(ctx, clientId), state, misbehaviour);
    },
    status: (ctx, clientId) => routing.routeOrNone(ctx, clientId)?.status(ctx, clientId) ?? "Unauthorized",
    latestHeight: (ctx, clientId) =>
      routing.routeOrNone(ctx, clientId)?.latestHeight(ctx, clientId) ?? ZERO_HEIGHT,
    timestampAt: (ctx, clientId, height) => routing.route(ctx, clientId).timestampAt(ctx, clientId, height),
    verifyMembership: (ctx, clientId, claim, value) =>
      active(ctx, clientId, "call verify membership on").verifyMembership(ctx, clientId, claim, value),
    verifyNonMembership: (ctx, clientId, claim) =>
      active(ctx, clientId, "call verify non membership on").verifyNonMembership(ctx, clientId, claim),
  };
  return keeper;
}

/** Takes the next id; numbers are shared by all types. Throws `client/10` for the chain's own client. */
function takeClientId(ctx: Context, clientType: string): string {
  if (clientType === LOCALHOST_CLIENT_ID)
    throw clientErrors.invalidClientType(`cannot create client of type: ${clientType}`);
  const sequence = clientStates.nextSequence(ctx);
  clientStates.setNextSequence(ctx, sequence + 1n);
  return formatClientId(clientType, sequence);
}

/** Applies a header, or freezes the client. */
function updateClient(
  ctx: Context,
  module: LightClientModule,
  clientId: string,
  { module: sender, content }: ClientMessage,
): void {
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
}

/** Governance replaces the state of an expired or frozen client by that of a healthy one (ADR-026). */
function recoverClient(
  ctx: Context,
  routing: ClientRouting,
  { subjectId, substituteId }: { readonly subjectId: string; readonly substituteId: string },
): void {
  const module = routing.routeOrNone(ctx, subjectId);
  if (module === undefined) throw clientErrors.routeNotFound(subjectId);
  const subjectStatus = module.status(ctx, subjectId);
  if (subjectStatus === "Active")
    throw clientErrors.invalidRecoveryClient(
      `cannot recover subject client (${subjectId}) with status ${subjectStatus}`,
    );
  // the substitute is asked of the subject's light client, as it must be of the same type
  const substituteStatus = module.status(ctx, substituteId);
  if (substituteStatus !== "Active")
    throw clientErrors.clientNotActive(
      `cannot recover client using substitute client (${substituteId}) with status ${substituteStatus}`,
    );
  const height = module.latestHeight(ctx, subjectId);
  const substituteHeight = module.latestHeight(ctx, substituteId);
  if (compareHeights(height, substituteHeight) >= 0)
    throw clientErrors.invalidHeight(
      `subject client state latest height is greater or equal to substitute client state latest height (${formatHeight(height)} >= ${formatHeight(substituteHeight)})`,
    );
  module.recover(ctx, subjectId, substituteId);
  emitRecoverClient(ctx, subjectId, module.clientType);
}
