/** Why a text is no bech32, in the words of the Go chains: clients and explorers show them (BIP-173; `cosmos/btcutil` `bech32`). */

import { bech32 } from "@scure/base";
import { utf8 } from "@tandem-ics/crypto";

const CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const CHECKSUM_LENGTH = 6;
/** A prefix of one character, the separator, the checksum. */
const LEAST_LENGTH = 8;
/** Longest text that chains read, in bytes. */
export const MAX_BECH32_LENGTH = 1023;

/** What is wrong with `text`, of which a decoder has said that it is no bech32. */
export function bech32Reason(text: string): string {
  const bytes = utf8(text);
  if (bytes.length < LEAST_LENGTH || bytes.length > MAX_BECH32_LENGTH)
    return `invalid bech32 string length ${bytes.length}`;
  let lower = false;
  let upper = false;
  for (const byte of bytes) {
    if (byte < 33 || byte > 126) return `invalid character in string: '${String.fromCodePoint(byte)}'`;
    lower ||= byte >= 97 && byte <= 122;
    upper ||= byte >= 65 && byte <= 90;
    if (lower && upper) return "string not all lowercase or all uppercase";
  }
  const normal = text.toLowerCase();
  const separator = normal.lastIndexOf("1");
  if (separator < 1 || separator + 1 + CHECKSUM_LENGTH > normal.length)
    return `invalid separator index ${separator}`;
  const data = normal.slice(separator + 1);
  for (const character of data)
    if (!CHARSET.includes(character))
      return `invalid character not part of charset: ${character.charCodeAt(0)}`;
  const words = [...data.slice(0, -CHECKSUM_LENGTH)].map((character) => CHARSET.indexOf(character));
  const expected = bech32.encode(normal.slice(0, separator), words, false).slice(-CHECKSUM_LENGTH);
  const actual = data.slice(-CHECKSUM_LENGTH);
  if (expected !== actual) return `invalid checksum (expected ${expected} got ${actual})`;
  return "invalid incomplete group";
}
