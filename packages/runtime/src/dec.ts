/** `LegacyDec` of cosmossdk.io/math: a decimal of 18 places as an integer scaled by 10^18, at most 315 bits. */
import { utf8 } from "@tandem-ics/crypto";
import { defineErrors, plainError } from "./errors.ts";

const PLACES = 18;
const ONE_SCALED = 10n ** 18n;
const MAX_BITS = 315;
const LIMIT = 1n << BigInt(MAX_BITS);
/** Longer texts are out of range whatever they say, and turning them into an integer would take long. */
const MAX_TEXT_LENGTH = 120;

/** Errors of decimal arithmetic and text (cosmossdk.io/math). */
export const decErrors = defineErrors("decimal", {
  invalidText: [1, "invalid decimal string"],
  overflow: [2, "decimal out of range"],
  divisionByZero: [3, "division by zero"],
});

const abs = (x: bigint): bigint => (x < 0n ? -x : x);

/** Text for a refusal: nobody reads more of it. */
const shortened = (text: string): string => text.slice(0, 1000);

/** Divides by 10^18, rounding half to even on the magnitude. */
function chopHalfEven(x: bigint): bigint {
  const magnitude = abs(x);
  const quotient = magnitude / ONE_SCALED;
  const twice = (magnitude % ONE_SCALED) * 2n;
  const up = twice > ONE_SCALED || (twice === ONE_SCALED && (quotient & 1n) === 1n);
  const rounded = up ? quotient + 1n : quotient;
  return x < 0n ? -rounded : rounded;
}

/** An immutable decimal. Rounding is part of each method's name or documentation. */
export class Dec {
  static readonly ZERO: Dec = new Dec(0n);
  static readonly ONE: Dec = new Dec(ONE_SCALED);
  /** The value times 10^18. */
  readonly scaled: bigint;

  private constructor(scaled: bigint) {
    if (scaled >= LIMIT || scaled <= -LIMIT) throw decErrors.overflow();
    this.scaled = scaled;
  }

  /** From the integer that protobuf text and bytes fields carry (value × 10^18). */
  static fromScaled(scaled: bigint): Dec {
    return new Dec(scaled);
  }

  static fromInt(value: bigint): Dec {
    return new Dec(value * ONE_SCALED);
  }

  /** `value / 10^places`, places ≤ 18. */
  static withPlaces(value: bigint, places: number): Dec {
    return new Dec(value * 10n ** BigInt(PLACES - places));
  }

  /**
   * Parses `-12.5`: digits on both sides of the point, at most 18 after it, an optional minus, then an optional sign.
   * Throws untyped refusals in Go's words (`LegacyNewDecFromStr`).
   */
  static parse(text: string): Dec {
    const isNegative = text.startsWith("-");
    const unsigned = isNegative ? text.slice(1) : text;
    if (unsigned === "") throw plainError("decimal string cannot be empty");
    const parts = unsigned.split(".");
    const [whole = "", fraction] = parts;
    if (parts.length > 2) throw plainError(decErrors.invalidText.text);
    if (fraction !== undefined && (whole === "" || fraction === ""))
      throw plainError("invalid decimal length");
    const places = utf8(fraction ?? "").length;
    if (places > PLACES)
      throw plainError(
        `value '${shortened(unsigned)}' exceeds max precision by ${PLACES - places} decimal places: max precision ${PLACES}`,
      );
    const digits = `${whole}${fraction ?? ""}${"0".repeat(PLACES - places)}`;
    if (!/^[+-]?\d+$/.test(digits))
      throw plainError(`failed to set decimal string with base 10: ${shortened(digits)}`);
    const outOfRange = plainError(`out of range: ${decErrors.invalidText.text}`);
    if (digits.length > MAX_TEXT_LENGTH) throw outOfRange;
    const scaled = BigInt(digits.replace(/^\+/, ""));
    if (scaled >= LIMIT || scaled <= -LIMIT) throw outOfRange;
    return new Dec(isNegative ? -scaled : scaled);
  }

  /** From the protobuf wire text: the decimal digits of value × 10^18. Empty text is zero. */
  static fromWire(text: string): Dec {
    if (text === "") return Dec.ZERO;
    if (text.length > MAX_TEXT_LENGTH || !/^-?\d+$/.test(text))
      throw decErrors.invalidText(JSON.stringify(text.slice(0, 100)));
    return new Dec(BigInt(text));
  }

  /** Protobuf wire text. */
  toWire(): string {
    return this.scaled.toString();
  }

  /** Always 18 decimals: `0.050000000000000000`. */
  toString(): string {
    const digits = abs(this.scaled)
      .toString()
      .padStart(PLACES + 1, "0");
    const sign = this.scaled < 0n ? "-" : "";
    return `${sign}${digits.slice(0, -PLACES)}.${digits.slice(-PLACES)}`;
  }

  add(other: Dec): Dec {
    return new Dec(this.scaled + other.scaled);
  }

  sub(other: Dec): Dec {
    return new Dec(this.scaled - other.scaled);
  }

  neg(): Dec {
    return new Dec(-this.scaled);
  }

  abs(): Dec {
    return new Dec(abs(this.scaled));
  }

  /** Half to even. */
  mul(other: Dec): Dec {
    return new Dec(chopHalfEven(this.scaled * other.scaled));
  }

  /** Towards zero. */
  mulTruncate(other: Dec): Dec {
    return new Dec((this.scaled * other.scaled) / ONE_SCALED);
  }

  /** Up for positive products; towards zero for negative ones. */
  mulRoundUp(other: Dec): Dec {
    const product = this.scaled * other.scaled;
    const quotient = product / ONE_SCALED;
    return new Dec(product > 0n && product % ONE_SCALED !== 0n ? quotient + 1n : quotient);
  }

  mulInt(factor: bigint): Dec {
    return new Dec(this.scaled * factor);
  }

  /** Cut to 36 places first, then half to even on the last 18: not the rounding of the true quotient. */
  quo(other: Dec): Dec {
    return new Dec(chopHalfEven((this.scaled * ONE_SCALED * ONE_SCALED) / nonZero(other.scaled)));
  }

  /** Towards zero. */
  quoTruncate(other: Dec): Dec {
    return new Dec((this.scaled * ONE_SCALED) / nonZero(other.scaled));
  }

  /** Ceiling for operands of one sign; for mixed signs the odd rule of the Go library. */
  quoRoundUp(other: Dec): Dec {
    const product = this.scaled * ONE_SCALED;
    const quotient = product / nonZero(other.scaled);
    const rest = product % other.scaled;
    const quotientNegative = quotient < 0n;
    const divisorNegative = other.scaled < 0n;
    const up =
      (rest > 0n && quotientNegative === divisorNegative) ||
      (rest < 0n && quotientNegative !== divisorNegative);
    return new Dec(up ? quotient + 1n : quotient);
  }

  /** Towards zero. */
  quoInt(divisor: bigint): Dec {
    return new Dec(this.scaled / nonZero(divisor));
  }

  /** By squaring, rounding half to even at every step. */
  power(exponent: number): Dec {
    if (exponent === 0) return Dec.ONE;
    let base: Dec = this;
    let rest: Dec = Dec.ONE;
    let n = exponent;
    while (n > 1) {
      if (n % 2 === 1) rest = rest.mul(base);
      n = Math.floor(n / 2);
      base = base.mul(base);
    }
    return base.mul(rest);
  }

  /** Integer part, towards zero. */
  truncateInt(): bigint {
    return this.scaled / ONE_SCALED;
  }

  truncate(): Dec {
    return Dec.fromInt(this.truncateInt());
  }

  /** Half to even. */
  roundInt(): bigint {
    return chopHalfEven(this.scaled);
  }

  /** Towards positive infinity. */
  ceil(): Dec {
    const quotient = this.scaled / ONE_SCALED;
    return Dec.fromInt(this.scaled % ONE_SCALED > 0n ? quotient + 1n : quotient);
  }

  isZero(): boolean {
    return this.scaled === 0n;
  }

  isNegative(): boolean {
    return this.scaled < 0n;
  }

  isPositive(): boolean {
    return this.scaled > 0n;
  }

  isInteger(): boolean {
    return this.scaled % ONE_SCALED === 0n;
  }

  eq(other: Dec): boolean {
    return this.scaled === other.scaled;
  }

  lt(other: Dec): boolean {
    return this.scaled < other.scaled;
  }

  lte(other: Dec): boolean {
    return this.scaled <= other.scaled;
  }

  gt(other: Dec): boolean {
    return this.scaled > other.scaled;
  }

  gte(other: Dec): boolean {
    return this.scaled >= other.scaled;
  }
}

function nonZero(divisor: bigint): bigint {
  if (divisor === 0n) throw decErrors.divisionByZero();
  return divisor;
}
