/** State of x/authz (`keeper/keys.go`). Key bytes are state-breaking. */
import { concatBytes } from "@tandem-ics/crypto";
import { type KeyedMap, lengthBytesKey, map, proto, textKey, tripleKey } from "@tandem-ics/runtime";
import { Grant, GrantQueueItem } from "cosmjs-types/cosmos/authz/v1beta1/authz";
import { timeKey } from "../time-key.ts";

/** Store of the module. */
export const AUTHZ_STORE = "authz";

/** Key of a grant: one for each type of message. */
export type GrantKey = readonly [granter: Uint8Array, grantee: Uint8Array, msgTypeUrl: string];
/** Key in the queue: all grants of two parties that end at the same moment are one entry. */
export type GrantQueueKey = readonly [expiresNs: bigint, granter: Uint8Array, grantee: Uint8Array];

/**
 * Layout: `01 ‖ length ‖ granter ‖ length ‖ grantee ‖ message type` grant · `02 ‖ expiry time ‖ length ‖ granter ‖
 * length ‖ grantee` message types whose grants end then.
 */
export interface AuthzState {
  readonly grants: KeyedMap<GrantKey, Grant>;
  readonly queue: KeyedMap<GrantQueueKey, GrantQueueItem>;
}

/** Encoded beginning of the keys of all grants of `granter`, or of those to `grantee` alone. */
export const grantsOf = (granter: Uint8Array, grantee?: Uint8Array): Uint8Array =>
  concatBytes(
    lengthBytesKey.encode(granter),
    grantee === undefined ? new Uint8Array(0) : lengthBytesKey.encode(grantee),
  );

/** End of the queue's part that is over at `timeNs`; what ends at this very moment stays. */
export const queueEnd = (timeNs: bigint): Uint8Array => concatBytes(timeKey.encode(timeNs), Uint8Array.of(0));

/** The whole key of a grant, for texts. */
export const fullGrantKey = ([granter, grantee, msgTypeUrl]: GrantKey): Uint8Array =>
  concatBytes(Uint8Array.of(1), grantsOf(granter, grantee), textKey.encode(msgTypeUrl));

/** The collections of the store. */
export const createAuthzState = (): AuthzState => ({
  grants: map(
    AUTHZ_STORE,
    Uint8Array.of(1),
    tripleKey(lengthBytesKey, lengthBytesKey, textKey),
    proto<Grant>(Grant),
  ),
  queue: map(
    AUTHZ_STORE,
    Uint8Array.of(2),
    tripleKey(timeKey, lengthBytesKey, lengthBytesKey),
    proto<GrantQueueItem>(GrantQueueItem),
  ),
});
