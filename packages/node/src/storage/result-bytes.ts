/** Results of transactions as bytes: what `ExecTxResult.encode` gives, in a fraction of its time. */
import { EMPTY } from "@tandem-ics/crypto";
import type { Event, EventAttribute, ExecTxResult } from "cosmjs-types/tendermint/abci/types";

/** Field number and wire type: 0 for varints, 2 for what has a length. */
const TAG = {
  code: 0x08,
  data: 0x12,
  log: 0x1a,
  info: 0x22,
  gasWanted: 0x28,
  gasUsed: 0x30,
  events: 0x3a,
  codespace: 0x42,
  eventType: 0x0a,
  eventAttributes: 0x12,
  attributeKey: 0x0a,
  attributeValue: 0x12,
  attributeIndex: 0x18,
} as const;

/** Longest length that takes one byte. */
const SHORT = 0x7f;
/** More than any varint of 64 bits and its tag. */
const SPARE = 16;

/** Where results are put together; grows with the largest. */
let out = Buffer.allocUnsafe(8192);

function ensure(at: number, more: number): void {
  if (at + more + SPARE <= out.length) return;
  const larger = Buffer.allocUnsafe(2 * (at + more + SPARE));
  out.copy(larger, 0, 0, at);
  out = larger;
}

function writeVarint(at: number, value: bigint): number {
  let next = at;
  let rest = BigInt.asUintN(64, value);
  while (rest > 0x7fn) {
    out[next++] = Number(rest & 0x7fn) | 0x80;
    rest >>= 7n;
  }
  out[next++] = Number(rest);
  return next;
}

function writeLength(at: number, length: number): number {
  let next = at;
  let rest = length;
  while (rest > SHORT) {
    out[next++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  out[next++] = rest;
  return next;
}

function writeBytes(at: number, tag: number, bytes: Uint8Array): number {
  ensure(at, bytes.length);
  out[at] = tag;
  const start = writeLength(at + 1, bytes.length);
  out.set(bytes, start);
  return start + bytes.length;
}

/** Most texts are short and plain: those are written character by character, without asking for their length first. */
function writeText(at: number, tag: number, text: string): number {
  const { length } = text;
  if (length > SHORT) return writeBytes(at, tag, Buffer.from(text));
  ensure(at, length);
  const start = at + 2;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return writeBytes(at, tag, Buffer.from(text));
    out[start + i] = code;
  }
  out[at] = tag;
  out[at + 1] = length;
  return start + length;
}

/** Writes the length before what lies from `start` on, for which one byte was left; gives the new end. */
function closeMessage(start: number, end: number): number {
  const length = end - start;
  if (length <= SHORT) {
    out[start - 1] = length;
    return end;
  }
  ensure(end, 0);
  const lengthBytes = length < 1 << 14 ? 2 : length < 1 << 21 ? 3 : length < 1 << 28 ? 4 : 5;
  out.copyWithin(start - 1 + lengthBytes, start, end);
  writeLength(start - 1, length);
  return end + lengthBytes - 1;
}

function writeAttribute(at: number, { key, value, index }: EventAttribute): number {
  ensure(at, 0);
  out[at] = TAG.eventAttributes;
  const start = at + 2;
  let next = start;
  if (key !== "") next = writeText(next, TAG.attributeKey, key);
  if (value !== "") next = writeText(next, TAG.attributeValue, value);
  if (index) {
    ensure(next, 0);
    out[next++] = TAG.attributeIndex;
    out[next++] = 1;
  }
  return closeMessage(start, next);
}

function writeEvent(at: number, { type, attributes }: Event): number {
  ensure(at, 0);
  out[at] = TAG.events;
  const start = at + 2;
  let next = start;
  if (type !== "") next = writeText(next, TAG.eventType, type);
  for (const attribute of attributes) next = writeAttribute(next, attribute);
  return closeMessage(start, next);
}

function writeNumber(at: number, tag: number, value: bigint): number {
  if (value === 0n) return at;
  ensure(at, 0);
  out[at] = tag;
  return writeVarint(at + 1, value);
}

/** Protobuf bytes of a result. */
export function encodeTxResult(result: ExecTxResult): Uint8Array {
  const { code, data, log, info, gasWanted, gasUsed, events, codespace } = result;
  let at = writeNumber(0, TAG.code, BigInt(code));
  if (data.length > 0) at = writeBytes(at, TAG.data, data);
  if (log !== "") at = writeText(at, TAG.log, log);
  if (info !== "") at = writeText(at, TAG.info, info);
  at = writeNumber(at, TAG.gasWanted, gasWanted);
  at = writeNumber(at, TAG.gasUsed, gasUsed);
  for (const event of events) at = writeEvent(at, event);
  if (codespace !== "") at = writeText(at, TAG.codespace, codespace);
  return at === 0 ? EMPTY : new Uint8Array(out.subarray(0, at));
}
