/** Denominations of ICS-20 as rewards carry them (interchain-security `x/ccv/types/denom_helpers.go`). */
import { sha256, toHexUpper, utf8 } from "@tandem-ics/crypto";
import { transferErrors } from "@tandem-ics/ibc";
import { isBlank, parseChannelSequence } from "@tandem-ics/ibc/24-host";
import { fromGoHex, isDenom, plainError } from "@tandem-ics/runtime";
import { IBC_DENOM_PREFIX } from "./constants.ts";
import { isRefusal } from "./refusals.ts";

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

/** Length of a SHA-256 hash in bytes. */
const HASH_BYTES = 32;

/** Throws `transfer/3` or an untyped refusal unless the text is a denomination, and a full hash behind `ibc/`. */
export function assertRewardDenom(denom: string): void {
  if (!isDenom(denom)) throw plainError(`invalid denom: ${denom.slice(0, 150)}`);
  const isVoucher = denom.startsWith(`${IBC_DENOM_PREFIX}/`);
  if (denom !== IBC_DENOM_PREFIX && !isVoucher) return;
  const hash = denom.slice(IBC_DENOM_PREFIX.length + 1);
  if (isBlank(hash))
    throw transferErrors.invalidDenom(
      `denomination should be prefixed with the format 'ibc/{hash(trace + "/" + ${denom})}'`,
    );
  try {
    const { length } = fromGoHex(hash);
    if (length > 0 && length !== HASH_BYTES)
      throw plainError(`expected size to be ${HASH_BYTES} bytes, got ${length} bytes`);
  } catch (cause) {
    if (!isRefusal(cause)) throw cause;
    throw plainError(`invalid denom trace hash ${hash}: ${cause.message}`, { cause });
  }
}
