/** Exact decimal numbers of queries and event values. */

/** `digits` · 10^−`scale`. */
export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

/** `12`, `12.5` or `12.`; anything else gives undefined. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = /^(\d+)(?:\.(\d*))?$/.exec(text);
  if (match === null) return undefined;
  const fraction = match[2] ?? "";
  return { digits: BigInt(match[1]! + fraction), scale: fraction.length };
}

/** The number at the start of an event value: of `8atom` it is 8. */
export function leadingDecimal(value: string): Decimal | undefined {
  const match = /^\d+(?:\.\d+)?/.exec(value);
  return match === null ? undefined : parseDecimal(match[0]);
}

/** No query is long enough for a number with so many digits: what is beyond compares like infinity, or like zero. */
const MAX_EXPONENT = 1_000;

/** A whole event value as Go's `big` reads it, with sign and exponent; undefined when anything else is in it. */
export function wholeDecimal(value: string): Decimal | undefined {
  const match = /^([+-]?)(?:(\d+(?:\.\d*)?|\.\d+)(?:[eE]([+-]?\d+))?|[Ii]nf)$/.exec(value);
  if (match === null) return undefined;
  const [, sign, body = "1", exponent = match[2] === undefined ? MAX_EXPONENT : "0"] = match;
  const parsed = parseDecimal(body.startsWith(".") ? `0${body}` : body);
  if (parsed === undefined) return undefined;
  const shift = Math.max(-MAX_EXPONENT, Math.min(MAX_EXPONENT, Number(exponent)));
  return { digits: sign === "-" ? -parsed.digits : parsed.digits, scale: parsed.scale - shift };
}

/** Negative, zero or positive. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale, 0);
  const left = a.digits * 10n ** BigInt(scale - a.scale);
  const right = b.digits * 10n ** BigInt(scale - b.scale);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Largest integer not above the number's magnitude, as Go converts a float to an int64. */
export const truncateDecimal = ({ digits, scale }: Decimal): bigint => digits / 10n ** BigInt(scale);
