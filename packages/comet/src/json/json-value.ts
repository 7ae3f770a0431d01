/** JSON as CometBFT writes and reads it (`libs/json`): 64-bit integers are strings, hashes upper-case hex, bytes base64. */
import { EMPTY, fromBase64, fromHex, toBase64, toHexUpper } from "@tandem-ics/crypto";
import type { Timestamp } from "cosmjs-types/google/protobuf/timestamp";
import { CometError } from "../errors.ts";
import { formatTimestamp, goZeroTimestamp, nsToTimestamp, parseTimestamp, timestampToNs } from "../time.ts";

/** Any JSON. 64-bit integers stand in strings, so a `number` is always small. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

/** A JSON object. */
export type JsonObject = { [key: string]: JsonValue };

/** Upper-case hex; empty for no bytes. */
export const hexJson = (bytes: Uint8Array): string => toHexUpper(bytes);

/** Base64, or null for no bytes, as Go writes a nil slice. */
export const bytesJson = (bytes: Uint8Array): string | null => (bytes.length === 0 ? null : toBase64(bytes));

/** RFC 3339, trailing zeros trimmed. */
export const timeJson = (timestamp: Timestamp): string => formatTimestamp(timestampToNs(timestamp));

const GO_ESCAPES: Readonly<Record<string, string>> = {
  "<": "\\u003c",
  ">": "\\u003e",
  "&": "\\u0026",
  "\u2028": "\\u2028",
  "\u2029": "\\u2029",
};

/** Text of `value` as Go's encoder writes it: five characters are escaped; `indent` spaces a level, or one line. */
export const goJsonText = (value: JsonValue, indent = 0): string =>
  JSON.stringify(value, undefined, indent).replace(/[<>&\u2028\u2029]/g, (c) => GO_ESCAPES[c]!);

/** Parsed text. @throws CometError `invalidJson`. */
export function parseJsonText(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (cause) {
    throw new CometError("invalidJson", "not JSON", {}, { cause });
  }
}

/**
 * Typed reading of an object's members. Members that are missing or null read as Go's zero value, others of a wrong
 * form throw CometError `invalidJson` with field `path`.
 */
export interface JsonReader {
  /** Path of the object, for errors. */
  readonly path: string;
  /** Whether the member is there and not null. */
  has(key: string): boolean;
  text(key: string): string;
  /** int64 or uint64, a string of digits. */
  int64(key: string): bigint;
  /** int32 or uint32, a number. */
  int32(key: string): number;
  /** Hex of either case. */
  hex(key: string): Uint8Array;
  /** Base64. */
  bytes(key: string): Uint8Array;
  /** RFC 3339. */
  time(key: string): Timestamp;
  object(key: string): JsonReader;
  /** The member if it is there. */
  optional<T>(key: string, read: (member: JsonReader) => T): T | undefined;
  /** Each element as an object. */
  list<T>(key: string, read: (element: JsonReader) => T): T[];
  /** Each element as base64. */
  bytesList(key: string): Uint8Array[];
  /** Each element as text. */
  texts(key: string): string[];
  flag(key: string): boolean;
  /** The member as it is. */
  raw(key: string): JsonValue | undefined;
}

/** A reader of `value`. @throws CometError `invalidJson` unless it is an object. */
export function readJson(value: JsonValue | undefined, path = "$"): JsonReader {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrongForm(path, "an object");
  const raw = (key: string): JsonValue | undefined => (Object.hasOwn(value, key) ? value[key] : undefined);
  const at = (key: string): string => `${path}.${key}`;
  const has = (key: string): boolean => (raw(key) ?? null) !== null;
  const text = (key: string): string => readText(raw(key) ?? "", at(key));
  const elements = (key: string): JsonValue[] => {
    const member = raw(key) ?? [];
    if (!Array.isArray(member)) throw wrongForm(at(key), "a list");
    return member;
  };
  const object = (key: string): JsonReader => readJson(raw(key) ?? {}, at(key));
  return {
    path,
    has,
    raw,
    text,
    object,
    int64: (key) => readInt64(text(key) === "" && !has(key) ? "0" : text(key), at(key)),
    int32: (key) => readInt32(raw(key) ?? 0, at(key)),
    hex: (key) => decoded(at(key), "hex", () => fromHex(text(key))),
    bytes: (key) => readBase64(raw(key) ?? "", at(key)),
    time: (key) =>
      has(key)
        ? decoded(at(key), "an RFC 3339 time", () => nsToTimestamp(parseTimestamp(text(key))))
        : goZeroTimestamp(),
    optional: (key, read) => (has(key) ? read(object(key)) : undefined),
    list: (key, read) => elements(key).map((element, i) => read(readJson(element, `${at(key)}[${i}]`))),
    bytesList: (key) => elements(key).map((element, i) => readBase64(element, `${at(key)}[${i}]`)),
    texts: (key) => elements(key).map((element, i) => readText(element, `${at(key)}[${i}]`)),
    flag(key) {
      const member = raw(key) ?? false;
      if (typeof member !== "boolean") throw wrongForm(at(key), "true or false");
      return member;
    },
  };
}

const wrongForm = (path: string, expected: string, cause?: unknown): CometError =>
  new CometError("invalidJson", `${path} is not ${expected}`, { path }, { cause });

function decoded<T>(path: string, expected: string, decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    throw wrongForm(path, expected, cause);
  }
}

function readText(value: JsonValue, path: string): string {
  if (typeof value !== "string") throw wrongForm(path, "a string");
  return value;
}

function readInt64(text: string, path: string): bigint {
  if (!/^-?\d{1,20}$/.test(text)) throw wrongForm(path, "a string of digits");
  return BigInt(text);
}

function readInt32(value: JsonValue, path: string): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < -(2 ** 31) || value >= 2 ** 32)
    throw wrongForm(path, "a 32-bit integer");
  return value;
}

const readBase64 = (value: JsonValue, path: string): Uint8Array =>
  value === null || value === "" ? EMPTY : decoded(path, "base64", () => fromBase64(readText(value, path)));
