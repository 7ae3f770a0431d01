/** Denominations with the way that they came (ICS-20; ibc-go v10 `transfer/types/denom.go`, `hop.go`). */
import { sha256, toHexUpper, utf8 } from "@tandem-ics/crypto";
import type { Denom } from "cosmjs-types/ibc/applications/transfer/v1/token";
import { goJsonString } from "../04-channel/acknowledgement.ts";
import { isBlank, parseChannelSequence, parseClientId } from "../24-host/index.ts";
import { assertIdentifier } from "../24-host/validate.ts";
import { transferErrors } from "./errors.ts";

/** In front of the hashes of foreign denominations. */
export const DENOM_PREFIX = "ibc";

/**
 * Splits `{port}/{channel}/…/{base}`: leading pairs are hops as long as the second part has the form of a channel or
 * client id of this implementation and something is left for the base. The base may contain slashes.
 */
export function parseDenom(path: string): Denom {
  const parts = path.split("/");
  const trace: Denom["trace"] = [];
  let at = 0;
  while (at < parts.length - 1 && parts.length > 2 && isHopChannel(parts[at + 1]!)) {
    trace.push({ portId: parts[at]!, channelId: parts[at + 1]! });
    at += 2;
  }
  return { base: parts.slice(at).join("/"), trace };
}

const isHopChannel = (id: string): boolean =>
  parseChannelSequence(id) !== undefined || parseClientId(id) !== undefined;

/** `{port}/{channel}/…/{base}`; the base alone for a token that was born here. */
export const denomPath = ({ base, trace }: Denom): string =>
  [...trace.map(({ portId, channelId }) => `${portId}/${channelId}`), base].join("/");

/** SHA-256 of the path. */
export const denomHash = (denom: Denom): Uint8Array => sha256(utf8(denomPath(denom)));

/** Name in the bank: `ibc/{upper-case hex of the hash}`, or the base of a token that was born here. */
export const ibcDenom = (denom: Denom): string =>
  denom.trace.length === 0 ? denom.base : `${DENOM_PREFIX}/${toHexUpper(denomHash(denom))}`;

/** Whether the token came here over this end of a channel last. */
export const hasHopPrefix = ({ trace }: Denom, portId: string, channelId: string): boolean =>
  trace[0]?.portId === portId && trace[0]?.channelId === channelId;

/** Throws `transfer/3` for a blank base, `host/2` for a bad hop. */
export function validateDenom({ base, trace }: Denom): void {
  if (isBlank(base)) throw transferErrors.invalidDenom("base denomination cannot be blank");
  for (const { portId, channelId } of trace) {
    assertIdentifier("port", portId, "invalid trace");
    assertIdentifier("channel", channelId, "invalid trace");
  }
}

/** Go's order of denominations: base, number of hops, path. */
export function compareDenoms(a: Denom, b: Denom): number {
  if (a.base !== b.base) return a.base < b.base ? -1 : 1;
  if (a.trace.length !== b.trace.length) return a.trace.length - b.trace.length;
  const [pathA, pathB] = [denomPath(a), denomPath(b)];
  return pathA < pathB ? -1 : pathA > pathB ? 1 : 0;
}

/** JSON of a denomination as Go writes it in events. */
export function denomJson({ base, trace }: Denom): string {
  const hops = trace.map(
    ({ portId, channelId }) => `{"port_id":${goJsonString(portId)},"channel_id":${goJsonString(channelId)}}`,
  );
  const fields = base === "" ? [] : [`"base":${goJsonString(base)}`];
  return `{${[...fields, `"trace":${hops.length === 0 ? "null" : `[${hops.join(",")}]`}`].join(",")}}`;
}
