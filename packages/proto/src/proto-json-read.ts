/**
 * Reading proto JSON as the SDK's codec does (gogoproto jsonpb without AllowUnknownFields): original or camelCase
 * names, 64-bit integers as text or number, enums by name or number, null for "not given". Unknown fields are refused.
 */
import { fromBase64, fromHex } from "@cosmjs/encoding";
import { decTextToWire, intText } from "./decimal.ts";
import {
  enumDescriptor,
  type FieldDescriptor,
  type MessageDescriptor,
  messageDescriptor,
} from "./descriptor.ts";
import { ProtoError } from "./errors.ts";
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "./json.ts";
import { defaultValue, emptyMessage, type MessageObject, setField } from "./message.ts";
import { encodeAny, registeredType } from "./registry.ts";
import { nsToDuration, nsToTimestamp, parseDuration, parseTimestamp } from "./time.ts";

/** How to read; differs only for the CLI files that Go's encoding/json reads. */
type Rules = {
  readonly unknownFields: "refuse" | "ignore";
  /** Names that are accepted: original and lowerCamelCase ones, or the original ones in any case. */
  readonly names: "original-and-camel" | "any-case";
  /** Whether integers may be written as text. */
  readonly integerText: boolean;
  readonly duration: (json: JsonValue, where: string) => bigint;
};

const refuse = (where: string, expected: string): ProtoError =>
  new ProtoError("bad-value", `${where}: expected ${expected}`);

function text(json: JsonValue, where: string): string {
  if (typeof json !== "string") throw refuse(where, "a string");
  return json;
}

const RANGE: Readonly<Record<string, readonly [bigint, bigint]>> = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
};
/** More digits than any 64-bit integer has: not worth converting. */
const MAX_INTEGER_DIGITS = 24;

function integer(json: JsonValue, kind: string, where: string, asText = true): bigint {
  let value: bigint | undefined;
  if (typeof json === "string" && !asText) throw refuse(where, `an ${kind} as a number`);
  if (typeof json === "bigint") value = json;
  else if (typeof json === "number" && Number.isSafeInteger(json)) value = BigInt(json);
  else if (typeof json === "string") {
    // Go cuts the quotes off and reads what is left as JSON, where blanks around a number are nothing.
    const digits = json.replace(/^ +| +$/g, "");
    if (digits.length <= MAX_INTEGER_DIGITS && /^-?(0|[1-9]\d*)$/.test(digits)) value = BigInt(digits);
  }
  const [min, max] = RANGE[kind] as readonly [bigint, bigint];
  if (value === undefined || value < min || value > max) throw refuse(where, `an ${kind}`);
  return value;
}

const PROTO_JSON: Rules = {
  unknownFields: "refuse",
  names: "original-and-camel",
  integerText: true,
  duration: (json, where) => parseDuration(text(json, where)),
};
/** encoding/json: durations are nanoseconds, integers are numbers, keys may be in any case, unknown ones are ignored. */
export const GO_JSON: Rules = {
  unknownFields: "ignore",
  names: "any-case",
  integerText: false,
  duration: (json, where) => {
    if (typeof json === "string") throw refuse(where, "nanoseconds");
    return integer(json, "int64", where);
  },
};

function enumNumber(json: JsonValue, type: string, where: string): number {
  if (typeof json === "string") {
    const number = enumDescriptor(type).numberOf.get(json);
    if (number === undefined) throw refuse(where, `a name of ${type}`);
    return number;
  }
  if (typeof json !== "bigint" && typeof json !== "number") throw refuse(where, `a value of ${type}`);
  return Number(integer(json, "int32", where));
}

function bytes(json: JsonValue, where: string, decode: (text: string) => Uint8Array): Uint8Array {
  try {
    return decode(text(json, where));
  } catch {
    throw refuse(where, "encoded bytes");
  }
}

function custom(json: JsonValue, field: FieldDescriptor, where: string): string | Uint8Array {
  if (field.custom === "hex") return bytes(json, where, fromHex);
  const wire = field.custom === "dec" ? decTextToWire(text(json, where)) : intText(text(json, where));
  return field.kind === "bytes" ? Uint8Array.from(wire, (c) => c.charCodeAt(0)) : wire;
}

function value(json: JsonValue, field: FieldDescriptor, where: string, rules: Rules): unknown {
  if (field.custom !== undefined) return custom(json, field, where);
  switch (field.kind) {
    case "string":
      return text(json, where);
    case "bool":
      if (typeof json !== "boolean") throw refuse(where, "true or false");
      return json;
    case "int32":
    case "uint32":
      return Number(integer(json, field.kind, where, rules.integerText));
    case "int64":
    case "uint64":
      return integer(json, field.kind, where, rules.integerText);
    case "bytes":
      // Go's decoder passes over line ends.
      return bytes(json, where, (encoded) => fromBase64(encoded.replace(/[\r\n]/g, "")));
    case "enum":
      return enumNumber(json, field.type, where);
    case "message":
      return readMessage(field.type, json, where, rules);
  }
}

/** What a list holds where its JSON has null: a list of Go cannot have nothing there. */
const zeroItem = (field: FieldDescriptor): unknown =>
  defaultValue({ ...field, repeated: false, nonNullable: true });

function readAny(json: JsonObject, where: string, rules: Rules): unknown {
  const typeUrl = json["@type"];
  if (typeof typeUrl !== "string") throw refuse(where, 'an object with "@type"');
  const { typeName } = registeredType(typeUrl);
  const { "@type": _, ...fields } = json;
  return encodeAny(typeUrl, readMessage(typeName, fields, `${where}(${typeUrl})`, rules));
}

/** The field that Go's encoding/json fills from a key: the one of that name, or of that name in another case. */
export const goJsonField = ({ fields }: MessageDescriptor, key: string): FieldDescriptor | undefined =>
  fields.find(({ name }) => name === key) ??
  fields.find(({ name }) => name.toLowerCase() === key.toLowerCase());

/** Reads a message by the given rules; `where` leads to the place in refusals. */
export function readMessage(typeName: string, json: JsonValue, where: string, rules: Rules): unknown {
  if (typeName === "google.protobuf.Timestamp") return nsToTimestamp(parseTimestamp(text(json, where)));
  if (typeName === "google.protobuf.Duration") return nsToDuration(rules.duration(json, where));
  if (!isJsonObject(json)) throw refuse(where, "an object");
  if (typeName === "google.protobuf.Any") return readAny(json, where, rules);
  const descriptor = messageDescriptor(typeName);
  const message: MessageObject = emptyMessage(descriptor);
  const oneofs = new Set<string>();
  for (const [key, given] of Object.entries(json)) {
    const camel = rules.names === "original-and-camel";
    const field = camel ? descriptor.byName.get(key) : goJsonField(descriptor, key);
    if (field === undefined) {
      if (rules.unknownFields === "ignore") continue;
      throw new ProtoError("unknown-field", `${where}: unknown field ${JSON.stringify(key)} in ${typeName}`);
    }
    // Both spellings of one field: the camelCase one counts, as in Go.
    if (camel && key !== field.property && Object.hasOwn(json, field.property)) continue;
    if (given === null) continue;
    const path = `${where}.${field.name}`;
    if (field.oneof !== undefined) {
      if (oneofs.has(field.oneof)) throw refuse(path, `one field of ${field.oneof} only`);
      oneofs.add(field.oneof);
    }
    if (!field.repeated) {
      setField(message, field, descriptor, value(given, field, path, rules));
    } else {
      if (!Array.isArray(given)) throw refuse(path, "a list");
      message[field.property] = given.map((item, i) =>
        item === null ? zeroItem(field) : value(item, field, `${path}[${i}]`, rules),
      );
    }
  }
  return message;
}

/**
 * A message of the type from a parsed JSON value ({@link parseJson}, or `JSON.parse` where no number is large).
 * What is not given has the value that Go would hold. Throws {@link ProtoError}: `bad-value`, `unknown-field`, `unknown-type`.
 */
export const fromProtoJson = (typeName: string, json: JsonValue): unknown =>
  readMessage(typeName, json, typeName, PROTO_JSON);

/** {@link fromProtoJson} of a text; duplicate keys and anything that is not JSON are refused (`bad-json`). */
export const fromProtoJsonText = (typeName: string, json: string): unknown =>
  fromProtoJson(typeName, parseJson(json));
