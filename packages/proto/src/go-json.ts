/**
 * The files that `tx provider create-consumer` and `update-consumer` read. They are decoded by Go's encoding/json,
 * not as proto JSON: durations are integer nanoseconds, 64-bit values numbers, hashes base64, unknown keys ignored.
 * interchain-security x/ccv/provider/client/cli/tx.go.
 */
import { toBase64 } from "@cosmjs/encoding";
import type { Duration } from "cosmjs-types/google/protobuf/duration";
import type { Timestamp } from "cosmjs-types/google/protobuf/timestamp";
import { decWireToText } from "./decimal.ts";
import { type FieldDescriptor, messageDescriptor } from "./descriptor.ts";
import { ProtoError } from "./errors.ts";
import { MsgCreateConsumer, MsgUpdateConsumer } from "./gen/names.ts";
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "./json.ts";
import { defaultValue, getField, type MessageObject } from "./message.ts";
import { GO_JSON, goJsonField, readMessage } from "./proto-json-read.ts";
import { durationToNs, formatTimestamp, timestampToNs } from "./time.ts";

/** Fields of the messages that the commands take from `--from` or, in the file, under no name at all. */
const FROM_FLAGS = ["submitter", "owner"];

function read(typeName: string, text: string): unknown {
  const json = parseJson(text);
  if (!isJsonObject(json)) throw new ProtoError("bad-value", "the file must contain a JSON object");
  const { submitter: _, owner: __, ...file } = json;
  return readMessage(typeName, file, "file", GO_JSON);
}

/** Message of a create-consumer file; `submitter` is the account that signs. Throws {@link ProtoError}. */
export function createConsumerFromFile(text: string, submitter: string): MsgCreateConsumer {
  return {
    ...(read("interchain_security.ccv.provider.v1.MsgCreateConsumer", text) as MsgCreateConsumer),
    submitter,
  };
}

/** Message of an update-consumer file; `owner` is the account that signs. Throws {@link ProtoError}. */
export function updateConsumerFromFile(text: string, owner: string): MsgUpdateConsumer {
  return {
    ...(read("interchain_security.ccv.provider.v1.MsgUpdateConsumer", text) as MsgUpdateConsumer),
    owner,
  };
}

/** A key of a file that stands for nothing. */
export interface IgnoredKey {
  /** Keys that lead to it, and itself, joined by dots. */
  readonly path: string;
  /** Names that mean something in its place. */
  readonly known: readonly string[];
}

function ignoredKeys(typeName: string, json: JsonValue, where: string): IgnoredKey[] {
  if (!isJsonObject(json)) return [];
  const descriptor = messageDescriptor(typeName);
  return Object.entries(json).flatMap(([key, value]) => {
    const field = goJsonField(descriptor, key);
    const path = `${where}${key}`;
    if (field === undefined) return [{ path, known: descriptor.fields.map(({ name }) => name) }];
    return field.kind === "message" ? ignoredKeys(field.type, value, `${path}.`) : [];
  });
}

/** Keys of a create-consumer file that are ignored, as Go ignores them: misspelled ones, most of the time. */
export const ignoredByCreateConsumer = (text: string): IgnoredKey[] =>
  ignoredKeys(MsgCreateConsumer.typeUrl.slice(1), parseJson(text), "");

/** Keys of an update-consumer file that are ignored, as Go ignores them. */
export const ignoredByUpdateConsumer = (text: string): IgnoredKey[] =>
  ignoredKeys(MsgUpdateConsumer.typeUrl.slice(1), parseJson(text), "");

const ascii = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

function valueToGoJson(field: FieldDescriptor, value: unknown): JsonValue {
  if (field.custom === "dec")
    return decWireToText(typeof value === "string" ? value : ascii(value as Uint8Array));
  if (field.kind === "bytes") return toBase64(value as Uint8Array);
  if (field.type === "google.protobuf.Timestamp") return formatTimestamp(timestampToNs(value as Timestamp));
  if (field.type === "google.protobuf.Duration") return durationToNs(value as Duration);
  if (field.kind === "message") return toGoJson(field.type, value as MessageObject);
  return value as JsonValue;
}

function toGoJson(typeName: string, message: MessageObject): JsonObject {
  const descriptor = messageDescriptor(typeName);
  const out: JsonObject = {};
  for (const field of descriptor.fields) {
    const value = getField(message, field, descriptor);
    if (field.repeated) out[field.name] = (value as unknown[]).map((item) => valueToGoJson(field, item));
    else if (value !== undefined) out[field.name] = valueToGoJson(field, value);
    else if (field.nonNullable) out[field.name] = valueToGoJson(field, defaultValue(field));
  }
  return out;
}

function toFile(typeName: string, message: unknown): JsonObject {
  const json = toGoJson(typeName, message as MessageObject);
  for (const key of FROM_FLAGS) delete json[key];
  return json;
}

/** Content of a create-consumer file that gives this message; numbers are bigint, so write it with `stringifyJson`. */
export const createConsumerToFile = (message: MsgCreateConsumer): JsonObject =>
  toFile(MsgCreateConsumer.typeUrl.slice(1), message);

/** Content of an update-consumer file that gives this message; see {@link createConsumerToFile}. */
export const updateConsumerToFile = (message: MsgUpdateConsumer): JsonObject =>
  toFile(MsgUpdateConsumer.typeUrl.slice(1), message);
