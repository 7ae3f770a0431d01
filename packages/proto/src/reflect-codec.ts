/** A codec made from a descriptor, for messages that have no generated one. Bytes as gogoproto writes them. */
import { type FieldDescriptor, type MessageDescriptor, messageDescriptor } from "./descriptor.ts";
import { defaultValue, emptyMessage, getField, type MessageObject, setField } from "./message.ts";
import { BinaryReader, BinaryWriter, type MessageCodec } from "./wire.ts";

type Nested = (typeName: string) => MessageCodec;
const WIRE_VARINT = 0;
const WIRE_BYTES = 2;
const isLengthDelimited = (field: FieldDescriptor): boolean =>
  field.kind === "string" || field.kind === "bytes" || field.kind === "message";

/** The field's own wire type, or packed: numbers in one length-delimited run. */
const isReadable = (field: FieldDescriptor, wireType: number): boolean =>
  wireType === (isLengthDelimited(field) ? WIRE_BYTES : WIRE_VARINT) ||
  (field.repeated && wireType === WIRE_BYTES);

function writeValue(writer: BinaryWriter, field: FieldDescriptor, value: unknown, nested: Nested): void {
  switch (field.kind) {
    case "string":
      writer.string(value as string);
      break;
    case "bytes":
      writer.bytes(value as Uint8Array);
      break;
    case "bool":
      writer.bool(value as boolean);
      break;
    case "int64":
      writer.int64(value as bigint);
      break;
    case "uint64":
      writer.uint64(value as bigint);
      break;
    case "uint32":
      writer.uint32(value as number);
      break;
    case "int32":
    case "enum":
      writer.int32(value as number);
      break;
    case "message":
      nested(field.type).encode(value, writer.fork());
      writer.ldelim();
      break;
  }
}

function readValue(reader: BinaryReader, field: FieldDescriptor, nested: Nested): unknown {
  switch (field.kind) {
    case "string":
      return reader.string();
    case "bytes":
      return reader.bytes();
    case "bool":
      return reader.bool();
    case "int64":
      return reader.int64();
    case "uint64":
      return reader.uint64();
    case "uint32":
      return reader.uint32();
    case "int32":
    case "enum":
      return reader.int32();
    case "message":
      return nested(field.type).decode(reader, reader.uint32());
  }
}

/** True for what proto3 leaves out: zero scalars, empty text and bytes. Members of a oneof are never left out. */
function isDefault(field: FieldDescriptor, value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (field.oneof !== undefined || field.kind === "message") return false;
  if (field.kind === "bytes") return (value as Uint8Array).length === 0;
  return value === 0 || value === 0n || value === false || value === "";
}

function writeField(writer: BinaryWriter, field: FieldDescriptor, value: unknown, nested: Nested): void {
  const wireType = isLengthDelimited(field) ? WIRE_BYTES : WIRE_VARINT;
  if (!field.repeated) {
    const present = isDefault(field, value) && field.nonNullable ? defaultValue(field) : value;
    if (isDefault(field, present)) return;
    writer.uint32((field.number << 3) | wireType);
    writeValue(writer, field, present, nested);
    return;
  }
  const list = value as readonly unknown[];
  if (list.length === 0) return;
  if (wireType === WIRE_BYTES) {
    for (const item of list) {
      writer.uint32((field.number << 3) | WIRE_BYTES);
      writeValue(writer, field, item, nested);
    }
    return;
  }
  writer.uint32((field.number << 3) | WIRE_BYTES).fork();
  for (const item of list) writeValue(writer, field, item, nested);
  writer.ldelim();
}

function readField(
  reader: BinaryReader,
  message: MessageObject,
  field: FieldDescriptor,
  descriptor: MessageDescriptor,
  wireType: number,
  nested: Nested,
): void {
  if (!field.repeated) {
    setField(message, field, descriptor, readValue(reader, field, nested));
    return;
  }
  const list = message[field.property] as unknown[];
  if (wireType === WIRE_BYTES && !isLengthDelimited(field)) {
    const end = reader.uint32() + reader.pos;
    while (reader.pos < end) list.push(readValue(reader, field, nested));
  } else {
    list.push(readValue(reader, field, nested));
  }
}

/** A partial value with everything that it leaves out. */
const complete = (field: FieldDescriptor, value: unknown, nested: Nested): unknown =>
  field.kind === "message" ? nested(field.type).fromPartial(value as object) : value;

/** Codec of a described message. `nested` gives the codecs of message fields. */
export function reflectCodec<T>(typeName: string, nested: Nested): MessageCodec<T> {
  const descriptor = messageDescriptor(typeName);
  const ascending = [...descriptor.fields].sort((a, b) => a.number - b.number);
  return {
    typeUrl: `/${typeName}`,
    encode(message: T, writer: BinaryWriter = BinaryWriter.create()): BinaryWriter {
      for (const field of ascending) {
        writeField(writer, field, getField(message as MessageObject, field, descriptor), nested);
      }
      return writer;
    },
    decode(input: BinaryReader | Uint8Array, length?: number): T {
      const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
      const end = length === undefined ? reader.len : reader.pos + length;
      const message = emptyMessage(descriptor);
      while (reader.pos < end) {
        const tag = reader.uint32();
        const field = descriptor.byNumber.get(tag >>> 3);
        const wireType = tag & 7;
        if (field !== undefined && isReadable(field, wireType))
          readField(reader, message, field, descriptor, wireType, nested);
        else reader.skipType(wireType);
      }
      return message as T;
    },
    fromPartial(object: object): T {
      const message = emptyMessage(descriptor);
      for (const field of descriptor.fields) {
        const value = getField(object as MessageObject, field, descriptor);
        if (value === undefined || value === null) continue;
        setField(
          message,
          field,
          descriptor,
          field.repeated
            ? (value as unknown[]).map((v) => complete(field, v, nested))
            : complete(field, value, nested),
        );
      }
      return message as T;
    },
  };
}
