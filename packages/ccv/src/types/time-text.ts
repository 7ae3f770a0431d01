/** Times and durations as Go and the SDK print them: in store keys and events. */

import { fromUtf8, utf8 } from "@tandem-ics/crypto";
import { formatTimestamp, parseTimestamp } from "@tandem-ics/proto";
import type { KeyCodec, ValueCodec } from "@tandem-ics/runtime";

/** Seconds from year 1 to 1970, Go's zero time. */
const UNIX_TO_GO_SECONDS = 62_135_596_800n;
const SECOND_NS = 1_000_000_000n;
/** Bytes of `2006-01-02T15:04:05.000000000`. */
const SORTABLE_LENGTH = 29;

/** `2006-01-02T15:04:05.000000000` UTC: sorts as the times do (SDK `FormatTimeBytes`). */
export function sortableTime(timeNs: bigint): string {
  const [whole = "", fraction = ""] = formatTimestamp(timeNs).slice(0, -1).split(".");
  return `${whole}.${fraction.padEnd(9, "0")}`;
}

/** Nanoseconds of {@link sortableTime}. */
export const parseSortableTime = (text: string): bigint => parseTimestamp(`${text}Z`);

/** `2025-01-02 03:04:05.6789 +0000 UTC` (Go `time.Time.String`). */
export const goTimeText = (timeNs: bigint): string =>
  `${formatTimestamp(timeNs).slice(0, -1).replace("T", " ")} +0000 UTC`;

/** Times in keys, 29 ASCII bytes. */
export const timeKey: KeyCodec<bigint> = {
  encode: (timeNs) => utf8(sortableTime(timeNs)),
  decode(bytes, offset) {
    const next = offset + SORTABLE_LENGTH;
    return { key: parseSortableTime(fromUtf8(bytes.slice(offset, next))), next };
  },
};

/** Times in values, as in keys. */
export const timeValue: ValueCodec<bigint> = {
  encode: (timeNs) => utf8(sortableTime(timeNs)),
  decode: (bytes) => parseSortableTime(fromUtf8(bytes)),
};

/** Times in Go's binary form: version 1, be64 seconds since year 1, be32 nanoseconds, zone −1 for UTC (15 bytes). */
export const goBinaryTimeValue: ValueCodec<bigint> = {
  encode(timeNs) {
    const nanos = ((timeNs % SECOND_NS) + SECOND_NS) % SECOND_NS;
    const seconds = (timeNs - nanos) / SECOND_NS + UNIX_TO_GO_SECONDS;
    const out = new Uint8Array(15);
    const view = new DataView(out.buffer);
    view.setUint8(0, 1);
    view.setBigInt64(1, seconds);
    view.setUint32(9, Number(nanos));
    view.setInt16(13, -1);
    return out;
  },
  decode(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return (view.getBigInt64(1) - UNIX_TO_GO_SECONDS) * SECOND_NS + BigInt(view.getUint32(9));
  },
};

const UNITS: readonly (readonly [string, bigint])[] = [
  ["h", 3_600_000_000_000n],
  ["m", 60_000_000_000n],
  ["s", SECOND_NS],
];

/** `35m38.4s`, `316h48m0s`, `1.5ms`, `0s` (Go `time.Duration.String`). */
export function goDurationText(durationNs: bigint): string {
  if (durationNs === 0n) return "0s";
  const sign = durationNs < 0n ? "-" : "";
  const magnitude = durationNs < 0n ? -durationNs : durationNs;
  if (magnitude < SECOND_NS) return sign + subSecondText(magnitude);
  let rest = magnitude;
  let text = "";
  for (const [unit, size] of UNITS) {
    const count = rest / size;
    rest %= size;
    if (text === "" && count === 0n && unit !== "s") continue;
    text += unit === "s" ? `${withFraction(count, rest, 9)}s` : `${count}${unit}`;
  }
  return sign + text;
}

function subSecondText(ns: bigint): string {
  if (ns < 1_000n) return `${ns}ns`;
  if (ns < 1_000_000n) return `${withFraction(ns / 1_000n, ns % 1_000n, 3)}µs`;
  return `${withFraction(ns / 1_000_000n, ns % 1_000_000n, 6)}ms`;
}

function withFraction(whole: bigint, rest: bigint, digits: number): string {
  const fraction = rest.toString().padStart(digits, "0").replace(/0+$/, "");
  return fraction === "" ? whole.toString() : `${whole}.${fraction}`;
}
