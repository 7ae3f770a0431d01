/** Messages as text, in the compact form of Go's `String()` (`gogo/protobuf` text format): for events that show whole evidence. */
import { utf8 } from "@tandem-ics/crypto";
import { enumDescriptor, type FieldDescriptor, messageDescriptor } from "@tandem-ics/proto";
import { quotedBytes } from "./quoted-bytes.ts";

function scalarText(field: FieldDescriptor, value: unknown): string {
  switch (field.kind) {
    case "string":
      return quotedBytes(utf8(value as string));
    case "bytes":
      return quotedBytes(value as Uint8Array);
    case "enum":
      return enumDescriptor(field.type).nameOf.get(value as number) ?? String(value);
    default:
      return String(value);
  }
}

function isDefault(field: FieldDescriptor, value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (field.oneof !== undefined || field.kind === "message") return false;
  return (
    value === "" ||
    value === 0 ||
    value === 0n ||
    value === false ||
    (value instanceof Uint8Array && value.length === 0)
  );
}

const itemText = (field: FieldDescriptor, value: unknown): string =>
  field.kind === "message"
    ? `${field.name}:<${protoText(field.type, value)}> `
    : `${field.name}:${scalarText(field, value)} `;

/**
 * `name:value ` for each field that is not at its default, nested messages in angle brackets. For messages of
 * cosmjs-types, whose oneofs are flat.
 */
export function protoText(typeName: string, message: unknown): string {
  const values = message as Readonly<Record<string, unknown>>;
  let text = "";
  for (const field of messageDescriptor(typeName).fields) {
    const value = values[field.property];
    if (field.repeated) for (const item of (value ?? []) as readonly unknown[]) text += itemText(field, item);
    else if (!isDefault(field, value)) text += itemText(field, value);
  }
  return text;
}
