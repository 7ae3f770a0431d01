/**
 * Bodies of POST calls: protobuf JSON as the gateway reads it (gogoproto `jsonpb`, unknown fields allowed), with Go's
 * texts for what does not fit.
 */
import { toBase64 } from "@tandem-ics/crypto";
import {
  enumDescriptor,
  type FieldDescriptor,
  hasMessage,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  messageDescriptor,
  ProtoError,
  parseJson,
  parseTimestamp,
  typeRegistry,
} from "@tandem-ics/proto";
import { goQuote } from "../query/go-text.ts";
import { firstJsonValue, JsonSyntaxError, jsonSyntaxError } from "../rpc/go-json.ts";
import { goTypeName, parseBase64, ValueError } from "./go-values.ts";

const GO_TYPE: Readonly<Record<string, string>> = {
  string: "string",
  bool: "bool",
  int32: "int32",
  int64: "int64",
  uint32: "uint32",
  uint64: "uint64",
  bytes: "[]uint8",
};

function kindOf(json: JsonValue): string {
  if (json === null) return "null";
  if (Array.isArray(json)) return "array";
  switch (typeof json) {
    case "boolean":
      return "bool";
    case "bigint":
    case "number":
      return "number";
    default:
      return typeof json;
  }
}

const misfit = (json: JsonValue, goType: string): ValueError =>
  new ValueError(`json: cannot unmarshal ${kindOf(json)} into Go value of type ${goType}`);

const RANGE: Readonly<Record<string, readonly [bigint, bigint]>> = {
  int32: [-(1n << 31n), (1n << 31n) - 1n],
  uint32: [0n, (1n << 32n) - 1n],
  int64: [-(1n << 63n), (1n << 63n) - 1n],
  uint64: [0n, (1n << 64n) - 1n],
};
/** More digits than any 64-bit integer has: not worth converting. */
const MAX_DIGITS = 40;

/** Integers may stand in quotes; what is in them is JSON of its own. */
function integer(given: JsonValue, kind: string): bigint | null {
  let json = given;
  if (typeof json === "string") {
    const syntax = jsonSyntaxError(Buffer.from(json));
    if (syntax !== undefined) throw new ValueError(syntax);
    if (json.length > MAX_DIGITS) throw misfit(0, GO_TYPE[kind] as string);
    json = parseJson(json);
  }
  if (json === null) return null;
  const [min, max] = RANGE[kind] as readonly [bigint, bigint];
  if (typeof json === "bigint" && json >= min && json <= max) return json;
  if (typeof json === "bigint" || typeof json === "number")
    throw new ValueError(`json: cannot unmarshal number ${json} into Go value of type ${kind}`);
  throw misfit(json, kind);
}

function text(json: JsonValue, goType: string): string {
  if (typeof json !== "string") throw misfit(json, goType);
  return json;
}

function enumValue(json: JsonValue, type: string): JsonValue {
  if (typeof json !== "string") return integer(json, "int32");
  if (!enumDescriptor(type).numberOf.has(json))
    throw new ValueError(`unknown value ${goQuote(json)} for enum ${type}`);
  return json;
}

function byte(json: JsonValue): number {
  if (json === null) return 0;
  if (typeof json === "bigint" && json >= 0n && json <= 255n) return Number(json);
  if (typeof json === "bigint" || typeof json === "number")
    throw new ValueError(`json: cannot unmarshal number ${json} into Go value of type uint8`);
  throw misfit(json, "uint8");
}

/** Base64, or a list of numbers, which Go takes for bytes too. */
function bytes(json: JsonValue): string {
  if (Array.isArray(json)) return toBase64(Uint8Array.from(json, byte));
  const given = text(json, "[]uint8");
  parseBase64(given);
  return given.replace(/[\r\n]/g, "");
}

/** What is left of a value that fits; null where Go leaves the field as it is. */
function value(json: JsonValue, field: FieldDescriptor): JsonValue {
  if (json === null || field.custom !== undefined) return json;
  switch (field.kind) {
    case "message":
      return message(json, field.type);
    case "enum":
      return enumValue(json, field.type);
    case "bytes":
      return bytes(json);
    case "string":
      return text(json, "string");
    case "bool":
      if (typeof json !== "boolean") throw misfit(json, "bool");
      return json;
    default:
      return integer(json, field.kind);
  }
}

function any(json: JsonObject): JsonObject {
  const given = Object.hasOwn(json, "@type") ? json["@type"] : undefined;
  if (given === undefined || given === null) throw new ValueError("Any JSON doesn't have '@type'");
  if (typeof given !== "string")
    throw new ValueError(`can't unmarshal Any's '@type': ${goQuote(String(given))}`);
  const registered = typeRegistry.get(given);
  if (registered === undefined)
    throw new ValueError(`unknown message type ${goQuote(given.slice(given.lastIndexOf("/") + 1))}`);
  const { typeName } = registered;
  const { "@type": _, ...fields } = json;
  try {
    return { "@type": given, ...(message(fields, typeName) as JsonObject) };
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new ValueError(`can't unmarshal Any nested proto *${goTypeName(typeName)}: ${error.message}`);
  }
}

function timestamp(json: JsonValue): string {
  const given = text(json, "string");
  try {
    parseTimestamp(given);
  } catch {
    const layout = "2006-01-02T15:04:05.999999999Z07:00";
    throw new ValueError(
      `bad Timestamp, should be RFC 3339 encoded: parsing time ${goQuote(given)} as ${goQuote(layout)}: cannot parse ${goQuote(given)} as "2006"`,
    );
  }
  return given;
}

function message(json: JsonValue, type: string): JsonValue {
  if (type === "google.protobuf.Timestamp") return timestamp(json);
  if (type === "google.protobuf.Duration") return text(json, "string");
  if (!isJsonObject(json)) throw misfit(json, "map[string]json.RawMessage");
  if (type === "google.protobuf.Any") return any(json);
  const known: JsonObject = {};
  for (const field of messageDescriptor(type).fields) {
    // of both spellings the one in camel case counts
    const key = Object.hasOwn(json, field.property) ? field.property : field.name;
    const given = Object.hasOwn(json, key) ? (json[key] as JsonValue) : null;
    if (given === null) continue;
    if (field.repeated && !Array.isArray(given)) throw misfit(given, "[]json.RawMessage");
    known[field.name] = Array.isArray(given)
      ? field.repeated
        ? given.map((item) => value(item, field)).filter((item) => item !== null)
        : value(given, field)
      : value(given, field);
  }
  return known;
}

/**
 * The first JSON value of a body as protobuf JSON of `type` without what the type does not know; empty for an empty
 * body. Throws {@link ValueError} with Go's text.
 */
export function readBody(body: Uint8Array, type: string): JsonObject {
  if (!hasMessage(type)) throw new ProtoError("unknown-type", type);
  try {
    const json = parseJson(firstJsonValue(Buffer.from(body).toString()));
    return json === null ? {} : (message(json, type) as JsonObject);
  } catch (error) {
    if (error instanceof JsonSyntaxError && error.message === "EOF") return {};
    if (error instanceof JsonSyntaxError) throw new ValueError(error.message);
    throw error;
  }
}
