/** State of clients in the IBC store; all of it is under `clients/{id}/` but for params and counter. */
import { toBinary, utf8 } from "@tandem-ics/crypto";
import { bytesValue, type Context, proto, u64Value } from "@tandem-ics/runtime";
import type { KvStore } from "@tandem-ics/store";
import { Any } from "cosmjs-types/google/protobuf/any";
import { Params } from "cosmjs-types/ibc/core/client/v1/client";
import { Config } from "cosmjs-types/ibc/core/client/v2/config";
import { clientPrefix, IBC_STORE } from "../24-host/index.ts";
import { prefixStore, stored } from "../store.ts";

/** `clients/{id}/clientState` and `…/consensusStates/{height}`. */
export const anyState = stored(proto(Any));
/** `clients/{id}/creator`: address of who created the client, which may restrict its relayers (ibc-go v10). */
export const creatorState = stored(bytesValue);
/** `clients/{id}/config`: who may update the client; absent or empty: everybody (ibc-go v10 `02-client/v2`). */
export const configState = stored(proto(Config));
/** `clientParams` */
export const paramsState = stored(proto(Params));
/** `nextClientSequence`: be64, counts clients of all types. */
export const nextSequenceState = stored(u64Value);

/** Path of the params. */
export const CLIENT_PARAMS = "clientParams";
/** Path of the counter. */
export const NEXT_CLIENT_SEQUENCE = "nextClientSequence";
/** Path of a client's creator. */
export const creatorPath = (clientId: string): string => `${clientPrefix(clientId)}creator`;
/** Path of a client's config. */
export const configPath = (clientId: string): string => `${clientPrefix(clientId)}config`;

/** Keys and values of one client, keys relative to `clients/{id}/`. */
export const clientStore = (ctx: Context, clientId: string): KvStore =>
  prefixStore(ctx.kv(IBC_STORE), utf8(clientPrefix(clientId)));

/**
 * All keys under `clients/`, split at `/`, with their values. Parts are binary strings, since iteration keys are not
 * text.
 */
export function* clientEntries(
  ctx: Context,
): Iterable<readonly [parts: readonly string[], value: Uint8Array]> {
  for (const [key, value] of prefixStore(ctx.kv(IBC_STORE), utf8("clients")).iterate())
    yield [toBinary(key).split("/").slice(1), value] as const;
}
