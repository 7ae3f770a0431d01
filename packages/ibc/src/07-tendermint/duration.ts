/** Durations and times of CometBFT clients: nanoseconds inside, protobuf on the wire with the limits of Go's types. */
import { plainError } from "@tandem-ics/runtime";
import type { Duration } from "cosmjs-types/google/protobuf/duration";
import type { Timestamp } from "cosmjs-types/google/protobuf/timestamp";

const NS_PER_SECOND = 1_000_000_000n;
const MAX_INT64 = (1n << 63n) - 1n;
/** 0001-01-01 and 10000-01-01, between which protobuf times lie. */
const MIN_TIME_SECONDS = -62_135_596_800n;
const END_TIME_SECONDS = 253_402_300_800n;

/** Nanoseconds of a duration. Throws `undefined/1` for one that Go's `time.Duration` cannot hold. */
export function durationNs({ seconds, nanos }: Duration): bigint {
  const ns = seconds * NS_PER_SECOND + BigInt(nanos);
  const mixedSigns = (seconds < 0n && nanos > 0) || (seconds > 0n && nanos < 0);
  if (Math.abs(nanos) >= 1_000_000_000 || mixedSigns || ns > MAX_INT64 || ns < -MAX_INT64 - 1n)
    throw plainError(`duration out of range: ${seconds}s ${nanos}ns`);
  return ns;
}

/** Nanoseconds since 1970. Throws `undefined/1` outside the years 1 to 9999. */
export function timeNs({ seconds, nanos }: Timestamp): bigint {
  if (seconds < MIN_TIME_SECONDS || seconds >= END_TIME_SECONDS || nanos < 0 || nanos >= 1_000_000_000)
    throw plainError(`timestamp out of range: ${seconds}s ${nanos}ns`);
  return seconds * NS_PER_SECOND + BigInt(nanos);
}
