/** Byte strings: text forms, order, and the integer encodings of CometBFT, IAVL and IBC. */

import { hexToBytes } from "@noble/hashes/utils.js";
import { host } from "#host";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** No bytes. */
export const EMPTY: Uint8Array = new Uint8Array(0);

/** Lower-case hex without prefix. */
export const toHex = (bytes: Uint8Array): string => host.toHex(bytes);

/** Upper-case hex, as CometBFT prints hashes and addresses. */
export const toHexUpper = (bytes: Uint8Array): string => host.toHex(bytes).toUpperCase();

/** Hex of either case, even length, without prefix. Throws on anything else. */
export const fromHex = (hex: string): Uint8Array => hexToBytes(hex);

/**
 * Bytes of [start, end) as a binary string: one character (0 to 255) for each byte. A key for maps: such strings
 * compare with `<` as their bytes do.
 */
export const toBinary = (bytes: Uint8Array, start = 0, end = bytes.length): string =>
  host.toBinary(bytes, start, end);

/** Bytes of a binary string. */
export function fromBinary(text: string): Uint8Array {
  const out = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) out[i] = text.charCodeAt(i);
  return out;
}

/** Up to this length an engine keeps an array's bytes in its own heap; those of an encoder never lie there. */
const SHORT = 64;

/** UTF-8 bytes of a text. */
export function utf8(text: string): Uint8Array {
  if (text.length > SHORT) return encoder.encode(text);
  const out = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x80) return encoder.encode(text);
    out[i] = unit;
  }
  return out;
}

/** Text of UTF-8 bytes. Throws on malformed input. */
export function fromUtf8(bytes: Uint8Array): string {
  if (bytes.length > SHORT) return decoder.decode(bytes);
  for (let i = 0; i < bytes.length; i++) if (bytes[i]! >= 0x80) return decoder.decode(bytes);
  return host.toBinary(bytes, 0, bytes.length);
}

/** All parts in one new array. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Same length and same bytes. Not constant time: for public data. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** 8 bytes, big endian. Values are taken modulo 2^64. */
export function be64(value: bigint): Uint8Array {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, BigInt.asUintN(64, value));
  return out;
}

/** The unsigned integer of 8 big-endian bytes at `offset`. */
export const fromBe64 = (bytes: Uint8Array, offset = 0): bigint =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getBigUint64(offset);

/** Unsigned LEB128 varint (protobuf). */
export function uvarint(value: bigint | number): Uint8Array {
  const out: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest >= 0x80n) {
    out.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  out.push(Number(rest));
  return Uint8Array.from(out);
}

/** Zig-zag varint of a signed 64-bit integer (Go `PutVarint`), as IAVL writes heights, sizes and versions. */
export const zigzag = (value: bigint | number): Uint8Array => {
  const v = BigInt(value);
  return uvarint(v >= 0n ? v << 1n : (-v << 1n) - 1n);
};

/** `bytes` preceded by their length as an unsigned varint. */
export const lengthPrefixed = (bytes: Uint8Array): Uint8Array => concatBytes(uvarint(bytes.length), bytes);

/**
 * The least key above every key that starts with `prefix`, for use as an exclusive end; `undefined` when there is
 * none (the prefix is empty or all 0xff).
 */
export function prefixEnd(prefix: Uint8Array): Uint8Array | undefined {
  for (let i = prefix.length - 1; i >= 0; i--) {
    if (prefix[i] !== 0xff) {
      const end = prefix.slice(0, i + 1);
      end[i] = end[i]! + 1;
      return end;
    }
  }
  return undefined;
}

/** Padded standard base64. */
export const toBase64 = (bytes: Uint8Array): string => host.toBase64(bytes);

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE64_VALUE = new Map([...BASE64].map((c, i) => [c, i]));

/** Bytes of padded standard base64. Throws `RangeError` on any other character or length. */
export function fromBase64(text: string): Uint8Array {
  const body = text.replace(/={1,2}$/, "");
  if (text.length % 4 !== 0) throw new RangeError("base64: length is not a multiple of four");
  const out = new Uint8Array(Math.floor((body.length * 3) / 4));
  let buffer = 0;
  let bits = 0;
  let at = 0;
  for (const c of body) {
    const value = BASE64_VALUE.get(c);
    if (value === undefined) throw new RangeError(`base64: unexpected character ${JSON.stringify(c)}`);
    buffer = ((buffer << 6) | value) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out[at++] = (buffer >> bits) & 0xff;
    }
  }
  return out;
}
