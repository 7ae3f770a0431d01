/** Block times: nanoseconds since 1970 inside, protobuf `Timestamp` on the wire, RFC 3339 in JSON. */
import type { Timestamp } from "cosmjs-types/google/protobuf/timestamp";

export {
  durationToNs,
  formatTimestamp,
  GO_ZERO_TIME_NS,
  goZeroTimestamp,
  nsToDuration,
  nsToTimestamp,
  parseTimestamp,
  timestampToNs,
} from "@tandem-ics/proto";

/** First second that a protobuf timestamp can say: 0001-01-01, which is also Go's zero time. */
const MIN_SECONDS = -62_135_596_800n;
/** First second after the last one: 10000-01-01. */
const END_SECONDS = 253_402_300_800n;

/** Whether this is Go's zero time, that of an absent signature. */
export const isGoZeroTimestamp = (timestamp: Timestamp): boolean =>
  timestamp.seconds === MIN_SECONDS && timestamp.nanos === 0;

/** Whether decoders accept it: years 1 to 9999 and 0 … 999 999 999 nanoseconds (protobuf `Timestamp`). */
export const isValidTimestamp = (timestamp: Timestamp): boolean =>
  timestamp.seconds >= MIN_SECONDS &&
  timestamp.seconds < END_SECONDS &&
  timestamp.nanos >= 0 &&
  timestamp.nanos < 1_000_000_000;
