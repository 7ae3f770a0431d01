/** Text forms of math.LegacyDec (18 decimals) and math.Int: on the wire and in JSON. SDK math/dec.go, int.go. */
import { ProtoError } from "./errors.ts";

const DECIMALS = 18;
/** Bits that LegacyDec's unscaled integer and Int may have. */
const MAX_DEC_BITS = 315;
const MAX_INT_BITS = 256;
/** Decimal digits beyond which text is not even parsed. */
const MAX_DIGITS = 100;

function parseInteger(text: string, maxBits: number): bigint {
  if (!/^[+-]?\d+$/.test(text) || text.length > MAX_DIGITS) {
    throw new ProtoError("bad-value", `not an integer: ${JSON.stringify(text.slice(0, MAX_DIGITS))}`);
  }
  const value = BigInt(text.replace("+", ""));
  if ((value < 0n ? -value : value) >> BigInt(maxBits) !== 0n) {
    throw new ProtoError("bad-value", `integer of more than ${maxBits} bits`);
  }
  return value;
}

/** Wire text (x·10^18, "" counts as 0) → JSON text with exactly 18 decimals. */
export function decWireToText(wire: string): string {
  const value = parseInteger(wire === "" ? "0" : wire, MAX_DEC_BITS);
  const digits = (value < 0n ? -value : value).toString().padStart(DECIMALS + 1, "0");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -DECIMALS)}.${digits.slice(-DECIMALS)}`;
}

/** JSON text (`0.05`, `-1`) → wire text x·10^18. Refuses more than 18 decimals, exponents, a bare dot. */
export function decTextToWire(text: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  const fraction = match?.[3] ?? "";
  if (match === null || fraction.length > DECIMALS) {
    throw new ProtoError(
      "bad-value",
      `not a decimal of at most ${DECIMALS} places: ${JSON.stringify(text.slice(0, MAX_DIGITS))}`,
    );
  }
  const value = parseInteger(`${match[2]}${fraction.padEnd(DECIMALS, "0")}`, MAX_DEC_BITS);
  return (match[1] === "-" ? -value : value).toString();
}

/** Int text as Go prints it; "" counts as 0. Used in both directions. */
export const intText = (text: string): string =>
  parseInteger(text === "" ? "0" : text, MAX_INT_BITS).toString();
