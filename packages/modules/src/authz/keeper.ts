/** Grants: messages that somebody may send for another (x/authz `keeper/keeper.go`). */
import { equalBytes } from "@tandem-ics/crypto";
import { formatTimestamp, nsToTimestamp } from "@tandem-ics/proto";
import {
  type AddressCodec,
  CodedError,
  type Context,
  type Event,
  type MessageRouter,
  sdkErrors,
  wrapError,
} from "@tandem-ics/runtime";
import type { Any } from "cosmjs-types/google/protobuf/any";
import { timeOf } from "../wire-fields.ts";
import type { Authorization, ReadAuthorization } from "./authorization.ts";
import { authzErrors } from "./errors.ts";
import { messageText } from "./message-text.ts";
import { type AuthzState, fullGrantKey, type GrantKey, queueEnd } from "./state.ts";

/** Gas for each message type of a queue entry that is looked at. State-breaking. */
const GAS_PER_QUEUED_TYPE = 20n;

/** Rules over grants. */
export interface AuthzKeeper {
  /**
   * Writes a grant in place of any for the same type of message.
   * @throws `authz/3` for an end that is not after the block's time.
   */
  saveGrant(
    ctx: Context,
    grantee: Uint8Array,
    granter: Uint8Array,
    authorization: Authorization,
    expiresNs: bigint | undefined,
  ): void;
  /** Throws `authz/2` when there is none. */
  deleteGrant(ctx: Context, grantee: Uint8Array, granter: Uint8Array, msgTypeUrl: string): void;
  /** Runs messages for their signers; gives the responses. Throws what the first failure is. */
  dispatch(ctx: Context, grantee: Uint8Array, messages: readonly Any[]): Uint8Array[];
  /** Removes all grants that are over. */
  removeExpired(ctx: Context): void;
}

/** What the keeper is made of. */
export interface AuthzKeeperOptions {
  readonly state: AuthzState;
  readonly addresses: AddressCodec;
  readonly router: MessageRouter;
  readonly read: ReadAuthorization;
}

/** Date and time in seconds (Go's RFC 3339). */
const secondText = (timeNs: bigint): string => formatTimestamp(timeNs).replace(/\.\d+Z$/, "Z");

/** The key's bytes as text, whatever they are: the SDK's texts show them so. */
const keyText = (key: GrantKey): string => new TextDecoder().decode(fullGrantKey(key));

/** Makes the keeper. */
export function createAuthzKeeper({ state, addresses, router, read }: AuthzKeeperOptions): AuthzKeeper {
  const { grants } = state;

  /** A typed event: attributes are JSON, in the order of their names. */
  const tell = (ctx: Context, name: string, [granter, grantee, msgTypeUrl]: GrantKey): void =>
    ctx.emit(`cosmos.authz.v1beta1.${name}`, {
      grantee: JSON.stringify(addresses.encode(grantee)),
      granter: JSON.stringify(addresses.encode(granter)),
      msg_type_url: JSON.stringify(msgTypeUrl),
    });

  const expiryOf = (ctx: Context, key: GrantKey): bigint | undefined => {
    const expiration = grants.get(ctx, key)?.expiration;
    return expiration === undefined ? undefined : timeOf(expiration);
  };

  function saveGrant(
    ctx: Context,
    grantee: Uint8Array,
    granter: Uint8Array,
    authorization: Authorization,
    expiresNs: bigint | undefined,
  ): void {
    const key: GrantKey = [granter, grantee, authorization.msgTypeUrl];
    if (expiresNs !== undefined && expiresNs <= ctx.timeNs)
      throw authzErrors.invalidExpirationTime(
        `expiration must be after the current block time (${secondText(ctx.timeNs)}), got ${secondText(expiresNs)}`,
      );
    const before = expiryOf(ctx, key);
    if (before !== undefined && before !== expiresNs) removeFromQueue(ctx, state, key, before);
    if (expiresNs !== undefined && before !== expiresNs) insertIntoQueue(ctx, state, key, expiresNs);
    grants.set(ctx, key, {
      authorization: authorization.pack(),
      ...(expiresNs === undefined ? {} : { expiration: nsToTimestamp(expiresNs) }),
    });
    tell(ctx, "EventGrant", key);
  }

  function deleteGrant(ctx: Context, grantee: Uint8Array, granter: Uint8Array, msgTypeUrl: string): void {
    const key: GrantKey = [granter, grantee, msgTypeUrl];
    const grant = grants.get(ctx, key);
    if (grant === undefined)
      throw authzErrors.noAuthorizationFound(`failed to delete grant with key ${keyText(key)}`);
    if (grant.expiration !== undefined) removeFromQueue(ctx, state, key, timeOf(grant.expiration));
    grants.remove(ctx, key);
    tell(ctx, "EventRevoke", key);
  }

  /** Asks the grant for `any`, and keeps, changes or removes it. */
  function accept(ctx: Context, grantee: Uint8Array, granter: Uint8Array, any: Any): void {
    const key: GrantKey = [granter, grantee, any.typeUrl];
    const grant = grants.get(ctx, key);
    if (grant === undefined)
      throw authzErrors.noAuthorizationFound(
        `failed to get grant with given granter: ${addresses.encode(granter)}, grantee: ${addresses.encode(grantee)} & msgType: ${any.typeUrl} `,
      );
    if (grant.expiration !== undefined && timeOf(grant.expiration) < ctx.timeNs)
      throw authzErrors.authorizationExpired();
    const outcome = read(grant.authorization).accept(ctx, router.resolve(any));
    if (outcome.after === "remove") deleteGrant(ctx, grantee, granter, any.typeUrl);
    if (outcome.after !== "replace") return;
    const again = grants.get(ctx, key); // the SDK reads it again before it writes: that is gas
    grants.set(ctx, key, { ...(again ?? grant), authorization: outcome.left });
  }

  function runOne(ctx: Context, grantee: Uint8Array, any: Any): { response: Any; events: readonly Event[] } {
    const { signers } = router.resolve(any);
    const granter = signers[0];
    if (granter === undefined || signers.length !== 1) throw authzErrors.authorizationNumOfSigners();
    if (!equalBytes(granter, grantee)) accept(ctx, grantee, granter, any);
    if (router.route(any.typeUrl) === undefined)
      throw sdkErrors.unknownRequest(`unrecognized message route: ${any.typeUrl}`);
    try {
      return router.run(ctx, any);
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      throw wrapError(error, `failed to execute message; message ${messageText(any)}`);
    }
  }

  return {
    saveGrant,
    deleteGrant,
    dispatch: (ctx, grantee, messages) =>
      messages.map((any, i) => {
        const { response, events } = runOne(ctx, grantee, any);
        const mark = { key: "authz_msg_index", value: i.toString() };
        ctx.emitAll(events.map(({ type, attributes }) => ({ type, attributes: [...attributes, mark] })));
        return response.value;
      }),
    removeExpired(ctx) {
      for (const [key, { msgTypeUrls }] of state.queue.entries(ctx, { end: queueEnd(ctx.timeNs) })) {
        const [, granter, grantee] = key;
        state.queue.remove(ctx, key);
        for (const typeUrl of msgTypeUrls) grants.remove(ctx, [granter, grantee, typeUrl]);
      }
    },
  };
}

function insertIntoQueue(
  ctx: Context,
  { queue }: AuthzState,
  [granter, grantee, msgTypeUrl]: GrantKey,
  expiresNs: bigint,
): void {
  const key = [expiresNs, granter, grantee] as const;
  const msgTypeUrls = queue.get(ctx, key)?.msgTypeUrls ?? [];
  queue.set(ctx, key, { msgTypeUrls: [...msgTypeUrls, msgTypeUrl] });
}

/** The last type of the entry takes the removed one's place; an empty entry stays. State-breaking. */
function removeFromQueue(
  ctx: Context,
  { queue }: AuthzState,
  [granter, grantee, msgTypeUrl]: GrantKey,
  expiresNs: bigint,
): void {
  const key = [expiresNs, granter, grantee] as const;
  const entry = queue.get(ctx, key);
  if (entry === undefined)
    throw authzErrors.noGrantKeyFound("can't remove grant from the expire queue, grant key not found");
  const types = [...entry.msgTypeUrls];
  for (const [i, queued] of types.entries()) {
    ctx.gas.consume(GAS_PER_QUEUED_TYPE, "grant queue");
    if (queued !== msgTypeUrl) continue;
    const last = types.pop()!;
    if (i < types.length) types[i] = last;
    queue.set(ctx, key, { msgTypeUrls: types });
    return;
  }
}
