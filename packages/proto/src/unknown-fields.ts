/**
 * Looking for fields that a message does not have, inside Any values too, without decoding: an unknown field would be
 * signed but not understood. SDK codec/unknownproto, ADR-020. Also the canonical form of TxRaw (ADR-027).
 */
import { type FieldDescriptor, type FieldKind, messageDescriptor } from "./descriptor.ts";
import { ProtoError } from "./errors.ts";
import { typeRegistry } from "./registry.ts";

/** Field numbers with this bit may be ignored by those who do not know them ("bit 11", ADR-020). */
const NON_CRITICAL_BIT = 1 << 10;
/** Nesting of messages and Any values that is followed; deeper input is refused. */
export const MAX_MESSAGE_DEPTH = 100;
const MAX_FIELD_NUMBER = 2n ** 29n - 1n;
const VARINT_WIRE = 0;
const FIXED64_WIRE = 1;
const BYTES_WIRE = 2;
const START_GROUP_WIRE = 3;
const END_GROUP_WIRE = 4;
const FIXED32_WIRE = 5;

const malformed = (what: string): ProtoError => new ProtoError("bad-wire", what);

/** A place in bytes. */
type Cursor = { readonly bytes: Uint8Array; at: number };

/** Reads a varint of at most 64 bits. */
function readVarint(c: Cursor): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = c.bytes[c.at];
    if (byte === undefined) throw malformed("unexpected end of input");
    c.at++;
    if (shift === 63n && byte > 1) throw malformed("varint of more than 64 bits");
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  throw malformed("varint of more than 64 bits");
}

/** A varint of one or two bytes, as nearly all tags and lengths are; −1 for others, and nothing is read then. */
function readShortVarint(c: Cursor): number {
  const first = c.bytes[c.at];
  if (first === undefined) return -1;
  if (first < 0x80) {
    c.at++;
    return first;
  }
  const second = c.bytes[c.at + 1];
  if (second === undefined || second >= 0x80) return -1;
  c.at += 2;
  return (first & 0x7f) | (second << 7);
}

function readTag(c: Cursor): { number: number; wireType: number } {
  const short = readShortVarint(c);
  if (short >= 8) return { number: short >>> 3, wireType: short & 7 };
  const tag = short >= 0 ? BigInt(short) : readVarint(c);
  const number = tag >> 3n;
  if (number < 1n || number > MAX_FIELD_NUMBER) throw malformed("invalid field number");
  return { number: Number(number), wireType: Number(tag & 7n) };
}

function readBytes(c: Cursor): Uint8Array {
  const short = readShortVarint(c);
  const length = short >= 0 ? BigInt(short) : readVarint(c);
  if (length > BigInt(c.bytes.length - c.at)) throw malformed("unexpected end of input");
  const start = c.at;
  c.at += Number(length);
  return c.bytes.subarray(start, c.at);
}

/** Consumes one value and returns its bytes if it is length-delimited. */
function readValue(c: Cursor, number: number, wireType: number, depth: number): Uint8Array | undefined {
  switch (wireType) {
    case VARINT_WIRE:
      if (readShortVarint(c) < 0) readVarint(c);
      return undefined;
    case FIXED64_WIRE:
    case FIXED32_WIRE:
      c.at += wireType === FIXED64_WIRE ? 8 : 4;
      if (c.at > c.bytes.length) throw malformed("unexpected end of input");
      return undefined;
    case BYTES_WIRE:
      return readBytes(c);
    case START_GROUP_WIRE:
      skipGroup(c, number, depth);
      return undefined;
    default:
      throw malformed(`invalid wire type ${wireType}`);
  }
}

function skipGroup(c: Cursor, group: number, depth: number): void {
  if (depth >= MAX_MESSAGE_DEPTH) throw malformed("nested too deeply");
  for (;;) {
    const { number, wireType } = readTag(c);
    if (wireType === END_GROUP_WIRE) {
      if (number !== group) throw malformed("mismatched end of group");
      return;
    }
    readValue(c, number, wireType, depth + 1);
  }
}

const PACKABLE: readonly FieldKind[] = ["bool", "int32", "uint32", "int64", "uint64", "enum"];

/** Numbers may also come packed, whether the field is repeated or not: the SDK looks at the type alone. */
const fitsWireType = (field: FieldDescriptor, wireType: number): boolean =>
  wireType === BYTES_WIRE || (wireType === VARINT_WIRE && PACKABLE.includes(field.kind));

/** What to allow. */
export type UnknownFieldOptions = {
  /** Skip unknown fields whose number has bit 11 (1024) set, as a TxBody may contain them. Default false. */
  allowNonCritical?: boolean;
};

/**
 * Refuses bytes with fields that `typeName` (no slash) or a message nested in it does not have, with wrong wire types,
 * or not well formed; follows Any values through the registry. Returns whether non-critical unknown fields were
 * skipped. Throws {@link ProtoError}: `unknown-field`, `bad-wire`, or `unknown-type` for an Any that is not registered.
 */
export function findUnknownFields(
  typeName: string,
  bytes: Uint8Array,
  options: UnknownFieldOptions = {},
): { nonCritical: boolean } {
  return { nonCritical: walk(typeName, bytes, options.allowNonCritical ?? false, 0) };
}

function walk(typeName: string, bytes: Uint8Array, allowNonCritical: boolean, depth: number): boolean {
  if (depth >= MAX_MESSAGE_DEPTH) throw malformed("nested too deeply");
  const descriptor = messageDescriptor(typeName);
  const c: Cursor = { bytes, at: 0 };
  let nonCritical = false;
  while (c.at < bytes.length) {
    const { number, wireType } = readTag(c);
    const field = descriptor.byNumber.get(number);
    if (field === undefined) {
      const critical = (number & NON_CRITICAL_BIT) === 0;
      if (critical || !allowNonCritical)
        throw new ProtoError("unknown-field", `${typeName} has no field ${number}`);
      nonCritical = true;
      readValue(c, number, wireType, depth);
      continue;
    }
    if (!fitsWireType(field, wireType)) throw malformed(`${typeName}.${field.name}: wire type ${wireType}`);
    const inner = readValue(c, number, wireType, depth);
    if (field.kind !== "message" || inner === undefined) continue;
    const below = field.type === "google.protobuf.Any" ? walkAny : walk;
    nonCritical = below(field.type, inner, allowNonCritical, depth + 1) || nonCritical;
  }
  return nonCritical;
}

function walkAny(any: string, bytes: Uint8Array, allowNonCritical: boolean, depth: number): boolean {
  let nonCritical = walk(any, bytes, allowNonCritical, depth);
  const c: Cursor = { bytes, at: 0 };
  let typeUrl = "";
  let value: Uint8Array = new Uint8Array(0);
  while (c.at < bytes.length) {
    const { number, wireType } = readTag(c);
    const part = readValue(c, number, wireType, depth);
    if (number === 1 && part !== undefined)
      typeUrl = new TextDecoder("utf-8", { ignoreBOM: true }).decode(part);
    if (number === 2 && part !== undefined) value = part;
  }
  const registered = typeRegistry.get(typeUrl);
  if (registered === undefined) throw new ProtoError("unknown-type", `unable to resolve type URL ${typeUrl}`);
  nonCritical = walk(registered.typeName, value, allowNonCritical, depth + 1) || nonCritical;
  return nonCritical;
}

/** Bytes that the shortest varint of a value has. */
function varintLength(value: bigint): number {
  let length = 1;
  for (let rest = value >> 7n; rest > 0n; rest >>= 7n) length++;
  return length;
}

/**
 * Refuses TxRaw bytes that are not canonical by ADR-027: length-delimited fields only, numbers ascending (a number may
 * repeat), lengths as short as possible. Throws {@link ProtoError} `bad-wire`.
 */
export function assertCanonicalTxRaw(bytes: Uint8Array): void {
  const c: Cursor = { bytes, at: 0 };
  let previous = 0;
  while (c.at < bytes.length) {
    const { number, wireType } = readTag(c);
    if (wireType !== BYTES_WIRE) throw malformed(`expected wire type ${BYTES_WIRE}, got ${wireType}`);
    if (number < previous) throw malformed(`field ${number} after field ${previous}`);
    previous = number;
    const start = c.at;
    const length = readVarint(c);
    if (c.at - start !== varintLength(length)) throw malformed("length is not as short as possible");
    c.at = start;
    readBytes(c);
  }
}
