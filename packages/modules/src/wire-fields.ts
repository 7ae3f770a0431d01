/** Fields of messages that Go reads more strictly than the generated codecs do. */
import { BinaryReader } from "@tandem-ics/proto";
import { type Coin, intFromWire, sdkErrors } from "@tandem-ics/runtime";
import type { Coin as ProtoCoin } from "cosmjs-types/cosmos/base/v1beta1/coin";
import type { Duration } from "cosmjs-types/google/protobuf/duration";
import type { Timestamp } from "cosmjs-types/google/protobuf/timestamp";

const SECOND_NS = 1_000_000_000n;
/** 0001-01-01 and 10000-01-01, in seconds since 1970. */
const FIRST_SECOND = -62_135_596_800n;
const END_SECOND = 253_402_300_800n;
/** 10 000 years, in seconds. */
const MAX_DURATION_SECONDS = 315_576_000_000n;
const MAX_INT64 = (1n << 63n) - 1n;

/** Nanoseconds since 1970. Throws `sdk/2` for a time that is none, as Go does while it decodes. */
export function timeOf({ seconds, nanos }: Timestamp): bigint {
  if (seconds < FIRST_SECOND || seconds >= END_SECOND || nanos < 0 || nanos >= Number(SECOND_NS))
    throw sdkErrors.txDecode(`timestamp: seconds:${seconds} nanos:${nanos} is out of range`);
  return seconds * SECOND_NS + BigInt(nanos);
}

/** Nanoseconds. Throws `sdk/2` for a duration that is none, or beyond 64 bits of nanoseconds. */
export function durationOf({ seconds, nanos }: Duration): bigint {
  const ns = seconds * SECOND_NS + BigInt(nanos);
  const magnitude = seconds < 0n ? -seconds : seconds;
  const mixed = (seconds < 0n && nanos > 0) || (seconds > 0n && nanos < 0);
  if (magnitude > MAX_DURATION_SECONDS || Math.abs(nanos) >= Number(SECOND_NS) || mixed)
    throw sdkErrors.txDecode(`duration: seconds:${seconds} nanos:${nanos} is out of range`);
  if (ns > MAX_INT64 || ns < -MAX_INT64) throw sdkErrors.txDecode("duration is out of range for Go");
  return ns;
}

/** Coins as they stand: unsorted, zero or negative ones are the handler's to refuse. Throws `sdk/10` for no number. */
export const rawCoins = (coins: readonly ProtoCoin[]): Coin[] =>
  coins.map(({ denom, amount }) => ({ denom, amount: intFromWire(amount) }));

/** Whether the encoded message has field `number`. */
export function hasField(bytes: Uint8Array, number: number): boolean {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag >>> 3 === number) return true;
    reader.skipType(tag & 7);
  }
  return false;
}
