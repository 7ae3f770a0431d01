/**
 * Protobuf bytes put together by hand, for what is hashed or signed a thousand times: no message objects, no writer.
 * Fields with proto3 zero values are left out by the `…Field` functions, as gogoproto does.
 */
import { concatBytes, EMPTY, utf8 } from "@tandem-ics/crypto";
import type { Timestamp } from "cosmjs-types/google/protobuf/timestamp";

const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** Unsigned varint of an int64, uint64, int32 or enum: negative values take ten bytes. */
export function varint(value: bigint | number): Uint8Array {
  const out: number[] = [];
  putVarint(out, value);
  return Uint8Array.from(out);
}

function putVarint(out: number[], value: bigint | number): void {
  let n: number;
  if (typeof value === "number" && value >= 0) n = value;
  else {
    let big = BigInt.asUintN(64, BigInt(value));
    while (big > SAFE) {
      out.push(Number(big & 0x7fn) | 0x80);
      big >>= 7n;
    }
    n = Number(big);
  }
  while (n > 0x7f) {
    out.push((n & 0x7f) | 0x80);
    n = Math.floor(n / 128);
  }
  out.push(n);
}

/** Field of wire type 0; absent when zero. Field numbers here are below 16. */
export function varintField(field: number, value: bigint | number): Uint8Array {
  if (value === 0 || value === 0n) return EMPTY;
  const out: number[] = [field << 3];
  putVarint(out, value);
  return Uint8Array.from(out);
}

/** Field of bytes; absent when empty. */
export const bytesField = (field: number, value: Uint8Array): Uint8Array =>
  value.length === 0 ? EMPTY : messageField(field, value);

/** Field of text; absent when empty. */
export const textField = (field: number, value: string): Uint8Array =>
  value === "" ? EMPTY : messageField(field, utf8(value));

/** Field of a sub-message that is always written, even when empty (gogoproto "non-nullable"). */
export function messageField(field: number, body: Uint8Array): Uint8Array {
  const length = body.length;
  if (length < 0x80) {
    const out = new Uint8Array(length + 2);
    out[0] = (field << 3) | 2;
    out[1] = length;
    out.set(body, 2);
    return out;
  }
  return concatBytes(Uint8Array.of((field << 3) | 2), varint(length), body);
}

/** Field of wire type 1, little endian; absent when zero. */
export function sfixed64Field(field: number, value: bigint): Uint8Array {
  if (value === 0n) return EMPTY;
  const out = new Uint8Array(9);
  out[0] = (field << 3) | 1;
  new DataView(out.buffer).setBigInt64(1, value, true);
  return out;
}

/** `Timestamp{1 seconds, 2 nanos}` without a tag: empty for 1970-01-01T00:00:00Z. */
export function timestampBytes(timestamp: Timestamp): Uint8Array {
  const out: number[] = [];
  if (timestamp.seconds !== 0n) {
    out.push(0x08);
    putVarint(out, timestamp.seconds);
  }
  if (timestamp.nanos !== 0) {
    out.push(0x10);
    putVarint(out, timestamp.nanos);
  }
  return Uint8Array.from(out);
}
