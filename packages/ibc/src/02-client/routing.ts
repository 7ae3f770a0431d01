/** From client ids, type URLs and messages to light clients. */
import { type Context, sdkErrors } from "@tandem-ics/runtime";
import { parseClientId } from "../24-host/index.ts";
import { hostErrors, notClientId } from "../24-host/validate.ts";
import { ibcErrors } from "../errors.ts";
import { clientStates } from "./client-states.ts";
import { clientErrors } from "./errors.ts";
import type { ClientRouting } from "./keeper.ts";
import type { LightClientModule } from "./light-client.ts";
import { isAllowedClient } from "./params.ts";

/** Makes the routing over the light clients that a chain supports. */
export function createClientRouting(lightClients: readonly LightClientModule[]): ClientRouting {
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
  const isAllowed = (ctx: Context, type: string): boolean => isAllowedClient(clientStates.params(ctx), type);
  return {
    route(ctx, clientId) {
      const parsed = parseClientId(clientId);
      if (parsed === undefined)
        throw hostErrors.invalidId(`unable to parse client identifier ${clientId}: ${notClientId(clientId)}`);
      if (!isAllowed(ctx, parsed.type))
        throw clientErrors.invalidClientType(
          `client (${clientId}) type ${parsed.type} is not in the allowed client list`,
        );
      const module = byType.get(parsed.type);
      if (module === undefined) throw clientErrors.routeNotFound(clientId);
      return module;
    },
    routeOrNone(ctx, clientId) {
      const type = parseClientId(clientId)?.type;
      return type === undefined || !isAllowed(ctx, type) ? undefined : byType.get(type);
    },
    moduleOfClientState: (state) => byTypeUrl("client state", state.typeUrl, (m) => [m.clientStateTypeUrl]),
    moduleOfConsensusState: (state) =>
      byTypeUrl("consensus state", state.typeUrl, (m) => [m.consensusStateTypeUrl]),
    decodeMessage(message) {
      if (message === undefined) throw ibcErrors.unpackAny("protobuf Any message cannot be nil");
      const module = byTypeUrl("client message", message.typeUrl, (m) => m.messageTypeUrls);
      return { module, content: module.decodeMessage(message) };
    },
  };
}
