/**
 * Protobuf bytes put together by hand, for what is hashed or signed a thousand times: no message objects, no writer.
 * Fields with proto3 zero values are left out by the `…Field` functions, as gogoproto does. Field numbers are below 16.
 */
import { EMPTY, utf8 } from "@tandem-ics/crypto";
import type { Timestamp } from "cosmjs-types/google/protobuf/timestamp";

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** Value of a varint field: int32, int64, uint64 or enum. Negative values count as 64 bits. */
type Integer = bigint | number;

/** The integer as a safe number, or undefined when it takes 64-bit arithmetic. */
function small(value: Integer): number | undefined {
  if (typeof value === "number") return value >= 0 ? value : undefined;
  return value >= 0n && value <= MAX_SAFE ? Number(value) : undefined;
}

/** Bytes that the varint of `value` takes: 1 to 10. */
export function varintSize(value: Integer): number {
  const n = small(value);
  let size = 1;
  if (n === undefined)
    for (let rest = BigInt.asUintN(64, BigInt(value)) >> 7n; rest > 0n; rest >>= 7n) size++;
  else for (let limit = 0x80; n >= limit; limit *= 0x80) size++;
  return size;
}

/** Writes a varint into `out` and returns the index after it. */
export function putVarint(out: Uint8Array, from: number, value: Integer): number {
  let at = from;
  const n = small(value);
  if (n === undefined) {
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest > 0x7fn; rest >>= 7n) out[at++] = Number(rest & 0x7fn) | 0x80;
    out[at++] = Number(rest);
    return at;
  }
  let rest = n;
  for (; rest > 0x7fffffff; rest = Math.floor(rest / 0x80)) out[at++] = (rest & 0x7f) | 0x80;
  for (; rest > 0x7f; rest >>>= 7) out[at++] = (rest & 0x7f) | 0x80;
  out[at++] = rest;
  return at;
}

/** Unsigned varint. */
export function varint(value: Integer): Uint8Array {
  const out = new Uint8Array(varintSize(value));
  putVarint(out, 0, value);
  return out;
}

/** Field of wire type 0; absent when zero. */
export function varintField(field: number, value: Integer): Uint8Array {
  if (value === 0 || value === 0n) return EMPTY;
  const out = new Uint8Array(1 + varintSize(value));
  out[0] = field << 3;
  putVarint(out, 1, value);
  return out;
}

/** Field of bytes; absent when empty. */
export const bytesField = (field: number, value: Uint8Array): Uint8Array =>
  value.length === 0 ? EMPTY : messageField(field, value);

/** Field of text; absent when empty. */
export const textField = (field: number, value: string): Uint8Array =>
  value === "" ? EMPTY : messageField(field, utf8(value));

/** Field of a sub-message that is always written, even when empty (gogoproto "non-nullable"). */
export function messageField(field: number, body: Uint8Array): Uint8Array {
  const head = 1 + varintSize(body.length);
  const out = new Uint8Array(head + body.length);
  out[0] = (field << 3) | 2;
  putVarint(out, 1, body.length);
  out.set(body, head);
  return out;
}

/** Field of wire type 1, little endian; absent when zero. */
export function sfixed64Field(field: number, value: bigint): Uint8Array {
  if (value === 0n) return EMPTY;
  const out = new Uint8Array(9);
  out[0] = (field << 3) | 1;
  const unsigned = BigInt.asUintN(64, value);
  const words = [Number(unsigned & 0xffff_ffffn), Number(unsigned >> 32n)] as const;
  for (let i = 0; i < 4; i++) {
    out[1 + i] = words[0] >>> (8 * i);
    out[5 + i] = words[1] >>> (8 * i);
  }
  return out;
}

/** Bytes that {@link putTimestamp} writes. */
export const timestampSize = ({ seconds, nanos }: Timestamp): number =>
  (seconds === 0n ? 0 : 1 + varintSize(seconds)) + (nanos === 0 ? 0 : 1 + varintSize(nanos));

/** Writes `Timestamp{1 seconds, 2 nanos}` without tag or length into `out` and returns the index after it. */
export function putTimestamp(out: Uint8Array, from: number, { seconds, nanos }: Timestamp): number {
  let at = from;
  if (seconds !== 0n) {
    out[at] = 0x08;
    at = putVarint(out, at + 1, seconds);
  }
  if (nanos !== 0) {
    out[at] = 0x10;
    at = putVarint(out, at + 1, nanos);
  }
  return at;
}

/** `Timestamp` bytes: none for 1970-01-01T00:00:00Z. */
export function timestampBytes(timestamp: Timestamp): Uint8Array {
  const out = new Uint8Array(timestampSize(timestamp));
  putTimestamp(out, 0, timestamp);
  return out;
}
