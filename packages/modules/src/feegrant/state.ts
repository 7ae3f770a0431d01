/** State of x/feegrant (`key.go`). Key bytes are state-breaking. */
import { concatBytes, EMPTY } from "@tandem-ics/crypto";
import {
  type KeyedMap,
  lengthBytesKey,
  map,
  pairKey,
  proto,
  tripleKey,
  type ValueCodec,
} from "@tandem-ics/runtime";
import { Grant } from "cosmjs-types/cosmos/feegrant/v1beta1/feegrant";
import { timeKey } from "../time-key.ts";

/** Store of the module. */
export const FEEGRANT_STORE = "feegrant";

/** Nothing: only the key counts. */
const emptyValue: ValueCodec<true> = { encode: () => EMPTY, decode: () => true };

/**
 * Layout: `00 ‖ length ‖ grantee ‖ length ‖ granter` allowance · `01 ‖ expiry time ‖ length ‖ grantee ‖ length ‖
 * granter` when an allowance is to be pruned.
 */
export interface FeegrantState {
  readonly allowances: KeyedMap<readonly [grantee: Uint8Array, granter: Uint8Array], Grant>;
  readonly queue: KeyedMap<readonly [expiresNs: bigint, grantee: Uint8Array, granter: Uint8Array], true>;
}

/** Encoded beginning of the keys of all allowances that somebody has. */
export const allowancesOf = (grantee: Uint8Array): Uint8Array => lengthBytesKey.encode(grantee);

/** End of the queue's part that is over at `timeNs`; an allowance that ends at this very moment stays. */
export const queueEnd = (timeNs: bigint): Uint8Array => concatBytes(timeKey.encode(timeNs), Uint8Array.of(0));

/** The collections of the store. */
export const createFeegrantState = (): FeegrantState => ({
  allowances: map(
    FEEGRANT_STORE,
    Uint8Array.of(0),
    pairKey(lengthBytesKey, lengthBytesKey),
    proto<Grant>(Grant),
  ),
  queue: map(
    FEEGRANT_STORE,
    Uint8Array.of(1),
    tripleKey(timeKey, lengthBytesKey, lengthBytesKey),
    emptyValue,
  ),
});
