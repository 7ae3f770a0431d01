/** Times in store keys (SDK `types/utils.go`, `FormatTimeBytes`). Key bytes are state-breaking. */
import { fromUtf8, utf8 } from "@tandem-ics/crypto";
import { formatTimestamp, parseTimestamp } from "@tandem-ics/proto";
import type { KeyCodec } from "@tandem-ics/runtime";

/** Bytes of {@link sortableTime}. */
const TIME_LENGTH = 29;

/** Text of a time that sorts as the time does: always nine fraction digits, no zone. */
export function sortableTime(timeNs: bigint): string {
  const text = formatTimestamp(timeNs).slice(0, -1);
  const [seconds, fraction = ""] = text.split(".");
  return `${seconds}.${fraction.padEnd(9, "0")}`;
}

/** Nanoseconds since 1970 as 29 ASCII bytes: iterates in the order of time. */
export const timeKey: KeyCodec<bigint> = {
  encode: (timeNs) => utf8(sortableTime(timeNs)),
  decode(bytes, offset) {
    const next = offset + TIME_LENGTH;
    return { key: parseTimestamp(`${fromUtf8(bytes.slice(offset, next))}Z`), next };
  },
};
