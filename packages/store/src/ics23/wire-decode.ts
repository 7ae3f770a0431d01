/**
 * A protobuf decoder that takes and refuses the same bytes as gogoproto's: lengths and wire types of known fields are
 * checked, unknown fields skipped, messages given twice merged, and members of a `oneof` replace each other.
 */
import { ProofError } from "./operations.ts";

type Message = Record<string, unknown>;
/** What a field holds. */
export type Kind = "bytes" | "int32" | "int32s" | "bool" | Schema | { many: Schema };
/** A field of a message. */
export interface Field {
  name: string;
  kind: Kind;
  /** Members of one `oneof` replace each other. */
  oneof?: boolean;
}
/** The fields of a message by their numbers. */
export interface Schema {
  fields: Readonly<Record<number, Field>>;
  list: readonly Field[];
}

/** A schema of these fields. */
export const schemaOf = (fields: Record<number, Field>): Schema => ({ fields, list: Object.values(fields) });

/** The message in `bytes`, with zero values in absent scalars and lists. Throws {@link ProofError}. */
export const decodeMessage = (schema: Schema, bytes: Uint8Array): Record<string, unknown> =>
  decode(schema, new Cursor(bytes), bytes.length, {});

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const START_GROUP = 3;
const END_GROUP = 4;
const FIXED32 = 5;

/** Merges the fields up to `end` into `message`, whose absent scalars and lists are filled in first. */
function decode(schema: Schema, cursor: Cursor, end: number, message: Message): Message {
  for (const { name, kind } of schema.list) {
    if (kind === "bytes") message[name] ??= new Uint8Array(0);
    else if (kind === "int32") message[name] ??= 0;
    else if (kind === "int32s" || (typeof kind === "object" && "many" in kind)) message[name] ??= [];
  }
  while (cursor.at < end) {
    cursor.varint(end);
    const number = (cursor.low >>> 3) | (cursor.high << 29);
    const wireType = cursor.low & 7;
    if (number <= 0) throw new ProofError(`illegal field number ${number}`);
    const known = schema.fields[number];
    if (known === undefined) skip(cursor, end, wireType);
    else decodeField(schema, known, cursor, end, wireType, message);
  }
  return message;
}

function decodeField(
  schema: Schema,
  { name, kind, oneof }: Field,
  cursor: Cursor,
  end: number,
  wireType: number,
  message: Message,
): void {
  const numeric = kind === "int32" || kind === "bool" || (kind === "int32s" && wireType === VARINT);
  if (wireType !== (numeric ? VARINT : BYTES))
    throw new ProofError(`wrong wire type ${wireType} for ${name}`);
  if (numeric) {
    cursor.varint(end);
    if (kind === "bool") message[name] = cursor.low !== 0 || cursor.high !== 0;
    else if (kind === "int32s") (message[name] as number[]).push(cursor.low);
    else message[name] = cursor.low;
    return;
  }
  const next = cursor.length(end);
  if (kind === "bytes") message[name] = cursor.take(next);
  else if (kind === "int32s") {
    while (cursor.at < next) {
      cursor.varint(next);
      (message[name] as number[]).push(cursor.low);
    }
  } else if (typeof kind === "object" && "many" in kind) {
    (message[name] as Message[]).push(decode(kind.many, cursor, next, {}));
  } else if (oneof) {
    for (const other of schema.list) if (other.oneof) delete message[other.name];
    message[name] = decode(kind as Schema, cursor, next, {});
  } else message[name] = decode(kind as Schema, cursor, next, (message[name] as Message | undefined) ?? {});
}

function skip(cursor: Cursor, end: number, wireType: number): void {
  switch (wireType) {
    case VARINT:
      cursor.varint(end);
      return;
    case FIXED64:
      cursor.advance(8, end);
      return;
    case BYTES:
      cursor.at = cursor.length(end);
      return;
    case START_GROUP:
      skipGroup(cursor, end);
      return;
    case FIXED32:
      cursor.advance(4, end);
      return;
    default:
      throw new ProofError(`illegal wire type ${wireType}`);
  }
}

function skipGroup(cursor: Cursor, end: number): void {
  for (let depth = 1; depth > 0; ) {
    cursor.varint(end);
    const wireType = cursor.low & 7;
    if (wireType === START_GROUP) depth++;
    else if (wireType === END_GROUP) depth--;
    else skip(cursor, end, wireType);
  }
}

/** A position in bytes; a number that was read is left in two signed halves. */
class Cursor {
  readonly data: Uint8Array;
  at = 0;
  low = 0;
  high = 0;

  constructor(data: Uint8Array) {
    this.data = data;
  }

  /** At most ten bytes, bits above the 64th dropped. */
  varint(end: number): void {
    this.low = 0;
    this.high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.at >= end) throw new ProofError("proof ends within a number");
      const byte = this.data[this.at++]!;
      const bits = byte & 0x7f;
      if (shift < 28) this.low |= bits << shift;
      else if (shift === 28) {
        this.low |= bits << 28;
        this.high = bits >>> 4;
      } else if (shift < 63) this.high |= bits << (shift - 32);
      else this.high |= (bits & 1) << 31;
      if (byte < 0x80) return;
    }
    throw new ProofError("number is longer than 64 bits");
  }

  /** Reads the length of a field; gives the position after the field. */
  length(end: number): number {
    this.varint(end);
    if (this.high !== 0 || this.low < 0 || this.low > end - this.at)
      throw new ProofError("proof ends within a field");
    return this.at + this.low;
  }

  take(next: number): Uint8Array {
    const out = this.data.slice(this.at, next);
    this.at = next;
    return out;
  }

  advance(bytes: number, end: number): void {
    if (this.at + bytes > end) throw new ProofError("proof ends within a field");
    this.at += bytes;
  }
}
