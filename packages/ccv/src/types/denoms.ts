/** Denominations of ICS-20 as rewards carry them (interchain-security `x/ccv/types/denom_helpers.go`). */
import { sha256, toHexUpper, utf8 } from "@tandem-ics/crypto";
import { parseChannelSequence } from "@tandem-ics/ibc/24-host";
import { isDenom, plainError } from "@tandem-ics/runtime";
import { IBC_DENOM_PREFIX } from "./constants.ts";

/** `{port}/{channel}/` */
export const hopPrefix = (portId: string, channelId: string): string => `${portId}/${channelId}/`;

/** `ibc/{HASH}` of a full path with hops, the path itself without any. */
export function ibcDenom(path: string): string {
  const parts = path.split("/");
  const hasHop = parts.length > 2 && parseChannelSequence(parts[1]!) !== undefined;
  return hasHop ? `${IBC_DENOM_PREFIX}/${toHexUpper(sha256(utf8(path)))}` : path;
}

/** Where a transfer came from and to. */
export interface TransferRoute {
  readonly sourcePort: string;
  readonly sourceChannel: string;
  readonly destinationPort: string;
  readonly destinationChannel: string;
}

/** Denomination that the receiver of a transfer holds: unwound when it returns home, else under the receiver's hop. */
export function receivedDenom(path: string, route: TransferRoute): string {
  const back = hopPrefix(route.sourcePort, route.sourceChannel);
  return path.startsWith(back)
    ? ibcDenom(path.slice(back.length))
    : ibcDenom(hopPrefix(route.destinationPort, route.destinationChannel) + path);
}

/** Throws an untyped refusal unless the text is a denomination, and a full hash behind `ibc/`. */
export function assertRewardDenom(denom: string): void {
  if (!isDenom(denom)) throw plainError(`invalid denom: ${denom.slice(0, 150)}`);
  const isVoucher = denom.startsWith(`${IBC_DENOM_PREFIX}/`);
  if (denom === IBC_DENOM_PREFIX || (isVoucher && !/^[0-9a-fA-F]{64}$/.test(denom.slice(4))))
    throw plainError(`invalid denom trace hash: ${denom}`);
}
