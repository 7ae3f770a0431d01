/** DATE and TIME values of queries: Go's `time.Parse` for two layouts, with its messages. */
import { NodeError } from "../errors.ts";
import { goQuote } from "./go-text.ts";

const DATE_LAYOUT = "2006-01-02";
const TIME_LAYOUT = "2006-01-02T15:04:05Z07:00";

type Element = "2006" | "-" | "01" | "02" | "T" | "15" | ":" | "04" | "05" | "Z07:00";
const DATE_ELEMENTS: readonly Element[] = ["2006", "-", "01", "-", "02"];
const TIME_ELEMENTS: readonly Element[] = [...DATE_ELEMENTS, "T", "15", ":", "04", ":", "05", "Z07:00"];

const PATTERNS: Readonly<Record<Element, RegExp>> = {
  "2006": /^\d{4}/,
  "-": /^-/,
  "01": /^\d{2}/,
  "02": /^\d{2}/,
  T: /^T/,
  "15": /^\d{2}/,
  ":": /^:/,
  "04": /^\d{2}/,
  "05": /^\d{2}(?:[.,]\d+)?/,
  "Z07:00": /^(?:Z|[+-]\d{2}:\d{2})/,
};

const LIMITS: Partial<Record<Element, readonly [name: string, low: number, high: number]>> = {
  "01": ["month", 1, 12],
  "15": ["hour", 0, 23],
  "04": ["minute", 0, 59],
  "05": ["second", 0, 59],
};

const refuse = (text: string, reason: string): never => {
  throw new NodeError("invalidQuery", `parsing time ${goQuote(text)}${reason}`);
};

function parse(text: string, layout: string, elements: readonly Element[]): bigint {
  let rest = text;
  const found = new Map<Element, string>();
  let outOfRange: string | undefined;
  for (const element of elements) {
    const match = PATTERNS[element].exec(rest);
    if (match === null)
      return refuse(text, ` as ${goQuote(layout)}: cannot parse ${goQuote(rest)} as ${goQuote(element)}`);
    const limit = LIMITS[element];
    const value = Number.parseInt(match[0], 10);
    if (limit !== undefined && (value < limit[1] || value > limit[2])) outOfRange ??= limit[0];
    found.set(element, match[0]);
    rest = rest.slice(match[0].length);
  }
  if (outOfRange !== undefined) return refuse(text, `: ${outOfRange} out of range`);
  if (rest !== "") return refuse(text, `: extra text: ${goQuote(rest)}`);
  return toNs(text, found);
}

function toNs(text: string, found: ReadonlyMap<Element, string>): bigint {
  const year = Number(found.get("2006"));
  const month = Number(found.get("01"));
  const day = Number(found.get("02"));
  const midnight = Date.UTC(year, month - 1, day);
  if (day < 1 || new Date(midnight).getUTCDate() !== day) return refuse(text, ": day out of range");
  const [seconds = "0", fraction = ""] = (found.get("05") ?? "0").split(/[.,]/);
  const clock = Number(found.get("15") ?? 0) * 3600 + Number(found.get("04") ?? 0) * 60 + Number(seconds);
  const zone = found.get("Z07:00") ?? "Z";
  const offset =
    zone === "Z"
      ? 0
      : (zone[0] === "-" ? -1 : 1) * (Number(zone.slice(1, 3)) * 3600 + Number(zone.slice(4, 6)) * 60);
  const wholeSeconds = BigInt(midnight / 1000 + clock - offset);
  return wholeSeconds * 1_000_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, "0"));
}

/** Midnight UTC of a `YYYY-MM-DD` date, in nanoseconds since 1970. Throws `invalidQuery`. */
export const parseDateText = (text: string): bigint => parse(text, DATE_LAYOUT, DATE_ELEMENTS);

/** An RFC 3339 time in nanoseconds since 1970. Throws `invalidQuery`. */
export const parseTimeText = (text: string): bigint => parse(text, TIME_LAYOUT, TIME_ELEMENTS);
