/** Legacy amino JSON back to messages, as wallets and CosmJS amino converters need it. */
import { fromBase64 } from "@cosmjs/encoding";
import { decTextToWire, intText } from "./decimal.ts";
import { type FieldDescriptor, type MessageDescriptor, messageDescriptor } from "./descriptor.ts";
import { ProtoError } from "./errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";
import { emptyMessage, type MessageObject, setField } from "./message.ts";
import { encodeAny, typeUrlOfAminoName } from "./registry.ts";
import { nsToDuration, nsToTimestamp, parseTimestamp } from "./time.ts";

const refuse = (where: string, expected: string): ProtoError =>
  new ProtoError("bad-value", `${where}: expected ${expected}`);

function text(json: JsonValue, where: string): string {
  if (typeof json !== "string") throw refuse(where, "a string");
  return json;
}

function integer(json: JsonValue, where: string): bigint {
  if (typeof json === "bigint") return json;
  if (typeof json === "number" && Number.isSafeInteger(json)) return BigInt(json);
  if (typeof json === "string" && /^-?\d{1,20}$/.test(json)) return BigInt(json);
  throw refuse(where, "an integer");
}

function bytes(json: JsonValue, where: string): Uint8Array {
  try {
    return fromBase64(text(json, where));
  } catch {
    throw refuse(where, "base64");
  }
}

function scalar(json: JsonValue, field: FieldDescriptor, where: string): string | Uint8Array {
  const wire = field.amino.scalar === "dec" ? decTextToWire(text(json, where)) : intText(text(json, where));
  return field.kind === "bytes" ? Uint8Array.from(wire, (c) => c.charCodeAt(0)) : wire;
}

function value(json: JsonValue, field: FieldDescriptor, where: string): unknown {
  if (field.amino.scalar !== undefined) return scalar(json, field, where);
  switch (field.kind) {
    case "string":
      return text(json, where);
    case "bool":
      if (typeof json !== "boolean") throw refuse(where, "true or false");
      return json;
    case "int32":
    case "uint32":
    case "enum":
      return Number(integer(json, where));
    case "int64":
    case "uint64":
      return integer(json, where);
    case "bytes":
      return bytes(json, where);
    case "message":
      return fromAminoValue(field.type, json, where);
  }
}

/** Packs `{type, value}` into an Any. */
function anyFromAmino(json: JsonValue, where: string): unknown {
  if (!isJsonObject(json) || typeof json["type"] !== "string")
    throw refuse(where, "an object with type and value");
  const typeUrl = typeUrlOfAminoName(json["type"]);
  return encodeAny(
    typeUrl,
    fromAminoValue(typeUrl.slice(1), json["value"] ?? null, `${where}(${json["type"]})`),
  );
}

function readOneof(
  message: MessageObject,
  d: MessageDescriptor,
  json: JsonValue,
  name: string,
  where: string,
): void {
  const type = isJsonObject(json) ? json["type"] : undefined;
  const field = d.fields.find(
    (f) => f.oneof?.toLowerCase() === name.toLowerCase() && f.amino.oneofCase === type,
  );
  const inner = isJsonObject(json) ? json["value"] : undefined;
  if (field === undefined || !isJsonObject(inner)) throw refuse(where, "a known case of the oneof");
  setField(message, field, d, value(inner[field.amino.name] ?? null, field, where));
}

function readKey(json: JsonValue, where: string): unknown {
  return { key: json === null ? new Uint8Array(0) : bytes(json, where) };
}

function readThreshold(json: JsonValue, where: string): unknown {
  const keys = isJsonObject(json) ? json["pubkeys"] : undefined;
  if (!isJsonObject(json) || !Array.isArray(keys)) throw refuse(where, "pubkeys and threshold");
  return {
    threshold: Number(integer(json["threshold"] ?? null, where)),
    publicKeys: keys.map((key) => anyFromAmino(key, where)),
  };
}

function readFields(d: MessageDescriptor, json: JsonObject, where: string): unknown {
  const message = emptyMessage(d);
  const oneofs = new Set(
    d.fields.flatMap((f) => (f.oneof === undefined ? [] : [f.oneof.replaceAll("_", "").toLowerCase()])),
  );
  for (const [key, given] of Object.entries(json)) {
    if (given === null) continue;
    const path = `${where}.${key}`;
    const field = d.fields.find((f) => f.oneof === undefined && f.amino.name === key);
    if (field === undefined) {
      if (!oneofs.has(key.toLowerCase()))
        throw new ProtoError("unknown-field", `${path}: unknown field in ${d.fullName}`);
      readOneof(message, d, given, key, path);
    } else if (field.repeated) {
      if (!Array.isArray(given)) throw refuse(path, "a list");
      message[field.property] = given.map((item, i) => value(item, field, `${path}[${i}]`));
    } else {
      setField(message, field, d, value(given, field, path));
    }
  }
  return message;
}

/**
 * A message from the `value` part of its amino JSON; absent fields have the value that Go would hold. `typeName`
 * without slash. Throws {@link ProtoError}: `bad-value`, `unknown-field`, `unknown-type`, `not-supported`.
 */
export function fromAminoValue(typeName: string, json: JsonValue, where: string = typeName): unknown {
  if (typeName === "google.protobuf.Timestamp") return nsToTimestamp(parseTimestamp(text(json, where)));
  if (typeName === "google.protobuf.Duration") return nsToDuration(integer(json, where));
  if (typeName === "google.protobuf.Any") return anyFromAmino(json, where);
  const descriptor = messageDescriptor(typeName);
  if (descriptor.aminoEncoding === "key_field") return readKey(json, where);
  if (descriptor.aminoEncoding === "threshold_string") return readThreshold(json, where);
  if (descriptor.aminoEncoding !== undefined)
    throw new ProtoError("not-supported", `${typeName} is not read from amino JSON`);
  if (!isJsonObject(json)) throw refuse(where, "an object");
  return readFields(descriptor, json, where);
}

/** {@link fromAminoValue} by type URL, the counterpart of `toAminoJson(typeUrl, message).value`. */
export const fromAminoJson = (typeUrl: string, json: JsonValue): unknown =>
  fromAminoValue(typeUrl.slice(1), json);
