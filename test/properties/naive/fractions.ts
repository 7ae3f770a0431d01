/**
 * Arithmetic for the naive twins: whole numbers and 18-decimal fractions as bigints of 10^-18, rounded in the two ways that
 * ccv.md §0 names. Nothing here is shared with the product.
 */

/** One, as an 18-decimal fraction. */
export const ONE = 10n ** 18n;

/** ⌊a / b⌋ for a ≥ 0, b > 0. */
export function floor(a: bigint, b: bigint): bigint {
  return a / b;
}

/** a / b to the nearest whole number, a half to the even one; a ≥ 0, b > 0. */
export function halfEven(a: bigint, b: bigint): bigint {
  const whole = a / b;
  const twiceTheRest = 2n * (a - whole * b);
  if (twiceTheRest < b) return whole;
  if (twiceTheRest > b) return whole + 1n;
  return whole % 2n === 0n ? whole : whole + 1n;
}

/** The smaller of two. */
export function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** A decimal text such as `0.05`, at most 18 decimals, as a bigint of 10^-18. */
export function fraction(text: string): bigint {
  const [whole, decimals = ""] = text.split(".");
  return BigInt(whole!) * ONE + BigInt(decimals.padEnd(18, "0"));
}
