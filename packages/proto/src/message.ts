/** Messages as plain objects, seen through their descriptors. */
import { type FieldDescriptor, type MessageDescriptor, messageDescriptor } from "./descriptor.ts";
import { goZeroTimestamp } from "./wire.ts";

/** A message of any type: what generated interfaces have in common. */
export type MessageObject = { [property: string]: unknown };
type UnionOneof = { $case: string; value: unknown } | undefined;

/** The field's value; for a oneof, undefined unless this case is set. */
export function getField(
  message: MessageObject,
  field: FieldDescriptor,
  descriptor: MessageDescriptor,
): unknown {
  if (field.oneof === undefined || !descriptor.unionOneofs) return message[field.property];
  const union = message[field.oneof] as UnionOneof;
  return union?.$case === field.property ? union.value : undefined;
}

/** Sets a field; for a oneof, selects this case. */
export function setField(
  message: MessageObject,
  field: FieldDescriptor,
  descriptor: MessageDescriptor,
  value: unknown,
): void {
  if (field.oneof === undefined || !descriptor.unionOneofs) message[field.property] = value;
  else message[field.oneof] = { $case: field.property, value };
}

const ASCII_ZERO = 0x30;

/** What an absent field holds: Go's zero value if Go holds one there, undefined for absent messages and oneofs. */
export function defaultValue(field: FieldDescriptor): unknown {
  if (field.repeated) return [];
  if (field.oneof !== undefined) return undefined;
  const zeroText = field.nonNullable && (field.custom === "dec" || field.custom === "int");
  switch (field.kind) {
    case "string":
      return zeroText ? "0" : "";
    case "bytes":
      return zeroText ? Uint8Array.of(ASCII_ZERO) : new Uint8Array(0);
    case "bool":
      return false;
    case "int64":
    case "uint64":
      return 0n;
    case "int32":
    case "uint32":
    case "enum":
      return 0;
    case "message":
      if (!field.nonNullable) return undefined;
      return field.stdTime ? goZeroTimestamp() : emptyMessage(messageDescriptor(field.type));
  }
}

/** A message with every field at its default, as a Go program would hold it. */
export function emptyMessage(descriptor: MessageDescriptor): MessageObject {
  const message: MessageObject = {};
  for (const field of descriptor.fields) {
    if (field.oneof !== undefined && descriptor.unionOneofs) message[field.oneof] = undefined;
    else message[field.property] = defaultValue(field);
  }
  return message;
}
