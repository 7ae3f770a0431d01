/** Messages inside messages: what governance and grantees run (SDK `baseapp/msg_service_router.go`). */
import type { Any } from "cosmjs-types/google/protobuf/any";
import type { AddressCodecs } from "./address.ts";
import type { Context } from "./context.ts";
import { assert } from "./errors.ts";
import { createEventManager, type Event } from "./events.ts";
import type { MessageRoute } from "./module.ts";
import { sdkErrors } from "./sdk-errors.ts";
import { type DecodedMessage, decodeMessage } from "./tx/decode.ts";

/** What a message gave that was run by a module. */
export interface RoutedResult {
  /** The response, as it would stand in `TxMsgData.msg_responses`. */
  readonly response: Any;
  /** Those of the message alone, in order. Nobody has them yet: the caller emits them, as they are or marked. */
  readonly events: readonly Event[];
}

/** The messages of all modules of an application, for modules that run messages of others. */
export interface MessageRouter {
  /** Who handles messages of this type; `undefined` if nobody does. */
  route(typeUrl: string): MessageRoute | undefined;
  /** Reads a packed message and who must sign it. Throws `sdk/2` for an unknown type, plain errors for malformed bytes. */
  resolve(any: Any): DecodedMessage;
  /**
   * Checks the message's form (ValidateBasic) and runs it on the stores of `ctx`; signers are not looked at. To drop its
   * writes when it fails, or for another reason, give it a branch. Throws `sdk/6` when nobody handles it, and what the
   * handler throws.
   */
  run(ctx: Context, any: Any): RoutedResult;
}

/** A router that modules are made with before its routes are known. */
export interface UnboundMessageRouter extends MessageRouter {
  /** Called once, by the base application. */
  bind(routes: ReadonlyMap<string, MessageRoute>): void;
}

/** Makes a router without routes; it must be bound before it is used. */
export function createMessageRouter(addresses: AddressCodecs): UnboundMessageRouter {
  let bound: ReadonlyMap<string, MessageRoute> | undefined;
  const routes = (): ReadonlyMap<string, MessageRoute> => {
    assert(bound !== undefined, "the message router is not bound");
    return bound;
  };
  return {
    bind(all) {
      assert(bound === undefined, "the message router is bound already");
      bound = all;
    },
    route: (typeUrl) => routes().get(typeUrl),
    resolve: (any) => decodeMessage(any, routes(), addresses),
    run(ctx, { typeUrl, value }) {
      const route = routes().get(typeUrl);
      if (route === undefined) throw sdkErrors.unknownRequest(`no message handler found for ${typeUrl}`);
      const manager = createEventManager();
      const bytes = route.run(ctx.with({ events: manager }), value);
      return { response: { typeUrl: route.responseTypeUrl, value: bytes }, events: manager.events };
    },
  };
}
