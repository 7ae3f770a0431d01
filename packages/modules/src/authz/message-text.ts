/** Messages as Go prints them in texts (gogoproto `CompactTextString`). For logs only: nothing depends on it. */
import { utf8 } from "@tandem-ics/crypto";
import { codecOf, enumDescriptor, type FieldDescriptor, messageDescriptor } from "@tandem-ics/proto";
import type { Any } from "cosmjs-types/google/protobuf/any";

type Fields = Readonly<Record<string, unknown>>;

/** Longest text: it quotes what somebody sent. */
const MAX_LENGTH = 2000;
const ESCAPES: Readonly<Record<number, string>> = { 9: "\\t", 10: "\\n", 13: "\\r", 34: '\\"', 92: "\\\\" };

/** `from_address:"cosmos1…" to_address:"cosmos1…" amount:<denom:"stake" amount:"1" > `, cut when it is long. */
export function messageText({ typeUrl, value }: Any): string {
  const typeName = typeUrl.slice(1);
  return fieldsText(typeName, codecOf(typeName).decode(value) as Fields).slice(0, MAX_LENGTH);
}

function fieldsText(typeName: string, message: Fields): string {
  const descriptor = messageDescriptor(typeName);
  return descriptor.fields
    .flatMap((field) => {
      const value = fieldValue(message, field, descriptor.unionOneofs);
      const values = field.repeated ? (value as readonly unknown[]) : [value];
      return values
        .filter((each) => field.repeated || !isLeftOut(each, field))
        .map((each) => `${field.name}:${valueText(each, field)} `);
    })
    .join("");
}

function fieldValue(message: Fields, { property, oneof }: FieldDescriptor, unions: boolean): unknown {
  if (oneof === undefined || !unions) return message[property];
  const union = message[oneof] as { $case: string; value: unknown } | undefined;
  return union?.$case === property ? union.value : undefined;
}

/** Zero values are left out, but for types of Go that are no plain values. */
function isLeftOut(value: unknown, { custom, oneof }: FieldDescriptor): boolean {
  if (value === undefined) return true;
  if (custom !== undefined || oneof !== undefined) return false;
  if (value instanceof Uint8Array) return value.length === 0;
  return value === "" || value === 0 || value === 0n || value === false;
}

function valueText(value: unknown, { kind, type }: FieldDescriptor): string {
  switch (kind) {
    case "message":
      return `<${fieldsText(type, value as Fields)}>`;
    case "enum":
      return enumDescriptor(type).nameOf.get(value as number) ?? String(value);
    case "string":
      return quoted(utf8(value as string));
    case "bytes":
      return quoted(value as Uint8Array);
    default:
      return String(value);
  }
}

const quoted = (bytes: Uint8Array): string => {
  const octal = (byte: number): string => `\\${byte.toString(8).padStart(3, "0")}`;
  const printed = (byte: number): string =>
    byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : octal(byte);
  return `"${Array.from(bytes, (byte) => ESCAPES[byte] ?? printed(byte)).join("")}"`;
};
