/**
 * Proto JSON as the SDK's codec writes it (gogoproto jsonpb with original names and defaults emitted): gRPC
 * gateway, `-o json`, genesis files, CCV packet data. Reading is in proto-json-read.ts.
 */
import { toBase64, toHex } from "@cosmjs/encoding";
import type { Any } from "cosmjs-types/google/protobuf/any";
import type { Duration } from "cosmjs-types/google/protobuf/duration";
import type { Timestamp } from "cosmjs-types/google/protobuf/timestamp";
import { decWireToText, intText } from "./decimal.ts";
import { enumDescriptor, type FieldDescriptor, messageDescriptor } from "./descriptor.ts";
import { ProtoError } from "./errors.ts";
import { type JsonObject, type JsonValue, stringifyJson } from "./json.ts";
import { defaultValue, getField, type MessageObject } from "./message.ts";
import { decodeAny } from "./registry.ts";
import { formatDuration, formatProtoTimestamp } from "./time.ts";

const ascii = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

/** Types that are not written field by field. */
const WELL_KNOWN: Readonly<Record<string, (message: never) => JsonValue>> = {
  "google.protobuf.Timestamp": (t: Timestamp) => formatProtoTimestamp(t),
  "google.protobuf.Duration": (d: Duration) => formatDuration(d),
  "google.protobuf.Any": (any: Any) => anyToJson(any),
};

function anyToJson(any: Any): JsonValue {
  // Go writes an Any without a type as an empty object.
  if (any.typeUrl === "") return {};
  const { typeName, message } = decodeAny(any);
  const json = toProtoJson(typeName, message);
  return typeName in WELL_KNOWN
    ? { "@type": any.typeUrl, value: json }
    : { "@type": any.typeUrl, ...(json as JsonObject) };
}

function customToJson(field: FieldDescriptor, value: string | Uint8Array): JsonValue {
  if (field.custom === "hex") return toHex(value as Uint8Array).toUpperCase();
  const text = typeof value === "string" ? value : ascii(value);
  return field.custom === "dec" ? decWireToText(text) : intText(text);
}

/** A singular value or one item of a list. */
function valueToJson(field: FieldDescriptor, value: unknown): JsonValue {
  if (field.custom !== undefined) return customToJson(field, value as string | Uint8Array);
  switch (field.kind) {
    case "string":
      return value as string;
    case "bool":
      return value as boolean;
    case "int32":
    case "uint32":
      return value as number;
    case "int64":
    case "uint64":
      return (value as bigint).toString();
    case "bytes":
      // A nil slice in Go, which is what absent bytes decode to, is null. Items and members of a oneof are never nil.
      return (value as Uint8Array).length === 0 && !field.repeated && field.oneof === undefined
        ? null
        : toBase64(value as Uint8Array);
    case "enum":
      return enumDescriptor(field.type).nameOf.get(value as number) ?? (value as number);
    case "message":
      return toProtoJson(field.type, value);
  }
}

/** A pointer in Go that is nil: nullable messages, times, durations, and Dec or Int declared nullable. */
function isAbsent(field: FieldDescriptor, value: unknown): boolean {
  if (field.oneof !== undefined) return value === undefined;
  if (field.nonNullable) return false;
  if (field.kind === "message") return value === undefined || value === null;
  const pointer = field.custom === "dec" || field.custom === "int";
  return pointer && (value === undefined || (value as string | Uint8Array).length === 0);
}

/**
 * Fields in declaration order under their original names, defaults included, absent messages null, 64-bit
 * integers as text. `typeName` without slash. 32-bit integers are numbers, so `JSON.stringify` works on the result,
 * but only {@link toProtoJsonText} escapes as Go does. Throws {@link ProtoError}.
 */
export function toProtoJson(typeName: string, message: unknown): JsonValue {
  const wellKnown = WELL_KNOWN[typeName];
  if (wellKnown !== undefined) return wellKnown(message as never);
  const descriptor = messageDescriptor(typeName);
  if (typeof message !== "object" || message === null)
    throw new ProtoError("bad-value", `${typeName}: not a message`);
  const out: JsonObject = {};
  for (const field of descriptor.fields) {
    const value = getField(message as MessageObject, field, descriptor);
    if (field.repeated) {
      out[field.name] = ((value ?? []) as unknown[]).map((item) => valueToJson(field, item));
    } else if (isAbsent(field, value)) {
      if (field.oneof === undefined) out[field.name] = null;
    } else {
      out[field.name] = valueToJson(field, value ?? defaultValue(field));
    }
  }
  return out;
}

/** {@link toProtoJson} as the text that Go writes: no white space, HTML characters escaped. */
export const toProtoJsonText = (typeName: string, message: unknown): string =>
  stringifyJson(toProtoJson(typeName, message));
