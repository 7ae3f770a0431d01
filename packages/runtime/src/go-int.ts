/** Integers in the text forms that Go reads (`math/big`, base 0). */

const DIGITS = [
  /^0[bB](?:_?[01])+$/,
  /^0[oO](?:_?[0-7])+$/,
  /^0[xX](?:_?[0-9a-fA-F])+$/,
  /^0(?:_?[0-7])*$/,
  /^[1-9](?:_?[0-9])*$/,
];
/** Longer than any text of 256 bits with separators. */
const MAX_TEXT_LENGTH = 600;
const END = 1n << 256n;
/** What nearly every text is: no other notation, and short enough for 256 bits whatever the digits are. */
const PLAIN = /^-?(?:0|[1-9]\d{0,76})$/;

/** An integer of at most 256 bits in Go's notation: decimal, or with a base prefix and separators. */
export function parseGoInt(text: string): bigint | undefined {
  if (PLAIN.test(text)) return BigInt(text);
  if (text.length > MAX_TEXT_LENGTH) return undefined;
  const digits = /^[+-]/.test(text) ? text.slice(1) : text;
  if (!DIGITS.some((form) => form.test(digits))) return undefined;
  const plain = digits.replaceAll("_", "");
  // a leading zero alone means octal, which JavaScript writes 0o
  const magnitude = BigInt(/^0[0-7]/.test(plain) ? `0o${plain.slice(1)}` : plain);
  if (magnitude >= END) return undefined;
  return text.startsWith("-") ? -magnitude : magnitude;
}
