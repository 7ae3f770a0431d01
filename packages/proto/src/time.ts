/**
 * Protobuf Timestamp and Duration as bigint nanoseconds, and their text forms. No `Date`: it has milliseconds
 * only. Go's time.Time formats as RFC 3339 with trailing zeros of the fraction cut (RFC3339Nano).
 */
import type { Duration } from "cosmjs-types/google/protobuf/duration";
import type { Timestamp } from "cosmjs-types/google/protobuf/timestamp";
import { ProtoError } from "./errors.ts";

const NS_PER_S = 1_000_000_000n;
const S_PER_DAY = 86_400n;
const INT64_MAX = 2n ** 63n - 1n;

/** Go's zero time, 0001-01-01T00:00:00Z, in nanoseconds since 1970. Below int64, as Go's own UnixNano is not. */
export const GO_ZERO_TIME_NS = -62_135_596_800n * NS_PER_S;

/** Quotient and remainder with a remainder that is never negative. */
function floorDiv(value: bigint, by: bigint): [bigint, bigint] {
  const remainder = ((value % by) + by) % by;
  return [(value - remainder) / by, remainder];
}

/** Nanoseconds since 1970. */
export const timestampToNs = (t: Timestamp): bigint => t.seconds * NS_PER_S + BigInt(t.nanos);

/** Nanos are never negative: they count forward also before 1970. */
export function nsToTimestamp(ns: bigint): Timestamp {
  const [seconds, nanos] = floorDiv(ns, NS_PER_S);
  return { seconds, nanos: Number(nanos) };
}

/** Nanoseconds, negative for negative durations. */
export const durationToNs = (d: Duration): bigint => d.seconds * NS_PER_S + BigInt(d.nanos);

/** Seconds and nanos get the same sign. */
export const nsToDuration = (ns: bigint): Duration => ({
  seconds: ns / NS_PER_S,
  nanos: Number(ns % NS_PER_S),
});

/** Days since 1970-01-01 of a proleptic Gregorian date. */
function daysFromDate(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return (
    era * 146_097 +
    yearOfEra * 365 +
    Math.floor(yearOfEra / 4) -
    Math.floor(yearOfEra / 100) +
    dayOfYear -
    719_468
  );
}

function dateFromDays(days: number): [year: number, month: number, day: number] {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const m = Math.floor((5 * dayOfYear + 2) / 153);
  const month = m < 10 ? m + 3 : m - 9;
  return [yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - Math.floor((153 * m + 2) / 5) + 1];
}

const pad = (value: number, width: number): string => String(value).padStart(width, "0");

function formatSeconds(seconds: bigint): string {
  const [days, inDay] = floorDiv(seconds, S_PER_DAY);
  const [year, month, day] = dateFromDays(Number(days));
  if (year < 1 || year > 9999)
    throw new ProtoError("bad-value", `time outside the years 1 to 9999: ${seconds} s`);
  const s = Number(inDay);
  const clock = [Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60].map((part) => pad(part, 2)).join(":");
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T${clock}`;
}

/** RFC 3339 in UTC, fraction without trailing zeros: `2024-01-02T03:04:05.1Z`. Throws outside years 1 to 9999. */
export function formatTimestamp(ns: bigint): string {
  const [seconds, nanos] = floorDiv(ns, NS_PER_S);
  const fraction = nanos === 0n ? "" : `.${pad(Number(nanos), 9).replace(/0+$/, "")}`;
  return `${formatSeconds(seconds)}${fraction}Z`;
}

/** The fraction as proto JSON has it: nothing, 3, 6 or 9 digits. */
const fractionInThrees = (nanos: number): string =>
  nanos === 0 ? "" : `.${pad(nanos, 9).replace(/(000){1,2}$/, "")}`;

/** Proto JSON form of a Timestamp: as {@link formatTimestamp}, but 0, 3, 6 or 9 digits of fraction. */
export function formatProtoTimestamp(t: Timestamp): string {
  const { seconds, nanos } = nsToTimestamp(timestampToNs(t));
  return `${formatSeconds(seconds)}${fractionInThrees(nanos)}Z`;
}

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))$/;

/** Reads RFC 3339 with any offset; digits beyond nanoseconds are cut. Returns nanoseconds since 1970. */
export function parseTimestamp(text: string): bigint {
  const match = RFC3339.exec(text);
  const refuse = (): ProtoError =>
    new ProtoError("bad-value", `not an RFC 3339 time: ${JSON.stringify(text)}`);
  if (match === null) throw refuse();
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const days = daysFromDate(year, month, day);
  const offset = Number(match[9] ?? 0) * 60 + Number(match[10] ?? 0);
  const [y, m, d] = dateFromDays(days);
  if (y !== year || m !== month || d !== day || year < 1) throw refuse();
  if (hour > 23 || minute > 59 || second > 59 || Number(match[9] ?? 0) > 23 || Number(match[10] ?? 0) > 59)
    throw refuse();
  const seconds = BigInt(days) * S_PER_DAY + BigInt(hour * 3600 + minute * 60 + second);
  const ns = BigInt((match[7] ?? "").slice(0, 9).padEnd(9, "0"));
  return (seconds - BigInt(match[8] === "-" ? -offset : offset) * 60n) * NS_PER_S + ns;
}

/** Proto JSON form of a Duration: `3600s`, `-0.500s`; 0, 3, 6 or 9 digits of fraction. */
export function formatDuration(d: Duration): string {
  const ns = durationToNs(d);
  const abs = ns < 0n ? -ns : ns;
  return `${ns < 0n ? "-" : ""}${abs / NS_PER_S}${fractionInThrees(Number(abs % NS_PER_S))}s`;
}

const UNIT_NS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  "\u00b5s": 1000n,
  "\u03bcs": 1000n,
  ms: 1_000_000n,
  s: NS_PER_S,
  m: 60n * NS_PER_S,
  h: 3600n * NS_PER_S,
};

/** Reads what Go's time.ParseDuration reads (`3600s`, `1h30m`, `1.5h`, `0`). Returns nanoseconds within int64. */
export function parseDuration(text: string): bigint {
  const refuse = (): ProtoError => new ProtoError("bad-value", `not a duration: ${JSON.stringify(text)}`);
  const [, sign = "", body = ""] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (body === "0") return 0n;
  const parts = [...body.matchAll(/(\d*)(?:\.(\d*))?(ns|us|\u00b5s|\u03bcs|ms|s|m|h)/gy)];
  if (parts.length === 0 || parts.reduce((length, part) => length + part[0].length, 0) !== body.length)
    throw refuse();
  let total = 0n;
  for (const [, whole = "", fraction = "", unit = ""] of parts) {
    if (whole === "" && fraction === "") throw refuse();
    const scale = UNIT_NS[unit] as bigint;
    total +=
      BigInt(whole || "0") * scale + (BigInt(fraction || "0") * scale) / 10n ** BigInt(fraction.length);
  }
  if (total > INT64_MAX + (sign === "-" ? 1n : 0n)) throw refuse();
  return sign === "-" ? -total : total;
}
