/**
 * JSON for consensus: a strict reader (RFC 8259, no duplicate keys, whole numbers exact) and a writer that
 * escapes as Go's encoding/json does. `JSON.parse` would round large integers and keep the last of two equal keys.
 */
import { ProtoError } from "./errors.ts";

/**
 * A JSON value. {@link parseJson} gives whole numbers as bigint and all others as number; both are accepted on
 * the way out.
 */
export type JsonValue = null | boolean | bigint | number | string | JsonValue[] | JsonObject;
/** A JSON object; has no prototype when it comes from {@link parseJson}, so that `__proto__` is a plain key. */
export type JsonObject = { [key: string]: JsonValue };

/** Nesting that {@link parseJson} accepts: deeper input is an attack, not data. */
export const MAX_JSON_DEPTH = 256;

const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
// A string without escapes, the common case; control characters must be escaped.
// biome-ignore lint/suspicious/noControlCharactersInRegex: the grammar excludes exactly these
const PLAIN_STRING = /"([^"\\\u0000-\u001f]*)"/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/** True for objects, false for lists and null. */
export const isJsonObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A place in a text; positions are in UTF-16 units. */
type Reader = { readonly text: string; at: number };

function fail(r: Reader, what: string): never {
  throw new ProtoError("bad-json", `${what} at position ${r.at}`);
}

function skipSpace(r: Reader): void {
  while (r.at < r.text.length && " \t\n\r".includes(r.text[r.at] as string)) r.at++;
}

function expect(r: Reader, literal: string): void {
  if (!r.text.startsWith(literal, r.at)) fail(r, `expected ${literal}`);
  r.at += literal.length;
}

function readString(r: Reader): string {
  PLAIN_STRING.lastIndex = r.at;
  const plain = PLAIN_STRING.exec(r.text);
  if (plain !== null) {
    r.at = PLAIN_STRING.lastIndex;
    return plain[1] as string;
  }
  expect(r, '"');
  let out = "";
  for (;;) {
    const c = r.text[r.at];
    if (c === undefined) return fail(r, "unterminated string");
    if (c < " ") return fail(r, "control character in string");
    r.at++;
    if (c === '"') break;
    out += c === "\\" ? readEscape(r) : c;
  }
  // Half of a surrogate pair has no UTF-8 form: the replacement character, as in Go.
  return out.replace(/\p{Surrogate}/gu, "\ufffd");
}

function readEscape(r: Reader): string {
  const c = r.text[r.at] ?? "";
  r.at++;
  if (c !== "u") return ESCAPES[c] ?? fail(r, "invalid escape");
  const hex = r.text.slice(r.at, r.at + 4);
  if (!/^[0-9a-fA-F]{4}$/.test(hex)) fail(r, "invalid escape");
  r.at += 4;
  return String.fromCharCode(Number.parseInt(hex, 16));
}

function readNumber(r: Reader): bigint | number {
  NUMBER.lastIndex = r.at;
  const match = NUMBER.exec(r.text);
  if (match === null) return fail(r, "unexpected character");
  r.at = NUMBER.lastIndex;
  return match[1] === undefined && match[2] === undefined ? BigInt(match[0]) : Number(match[0]);
}

/** Items up to the closing bracket; the opening one is already consumed. */
function readSequence(r: Reader, close: string, item: () => void): void {
  skipSpace(r);
  if (r.text[r.at] === close) {
    r.at++;
    return;
  }
  for (;;) {
    item();
    skipSpace(r);
    if (r.text[r.at] === close) break;
    expect(r, ",");
  }
  r.at++;
}

function readList(r: Reader, depth: number): JsonValue[] {
  const out: JsonValue[] = [];
  readSequence(r, "]", () => out.push(readValue(r, depth)));
  return out;
}

function readObject(r: Reader, depth: number): JsonObject {
  const out = Object.create(null) as JsonObject;
  readSequence(r, "}", () => {
    skipSpace(r);
    const key = readString(r);
    if (Object.hasOwn(out, key)) fail(r, `duplicate key ${JSON.stringify(key)}`);
    skipSpace(r);
    expect(r, ":");
    out[key] = readValue(r, depth);
  });
  return out;
}

const LITERALS: readonly (readonly [string, JsonValue])[] = [
  ["true", true],
  ["false", false],
  ["null", null],
];

function readValue(r: Reader, depth: number): JsonValue {
  skipSpace(r);
  const c = r.text[r.at];
  if (c === '"') return readString(r);
  if (c === "{" || c === "[") {
    if (depth >= MAX_JSON_DEPTH) fail(r, "nested too deeply");
    r.at++;
    return c === "{" ? readObject(r, depth + 1) : readList(r, depth + 1);
  }
  for (const [word, meaning] of LITERALS) {
    if (c !== word[0]) continue;
    expect(r, word);
    return meaning;
  }
  return readNumber(r);
}

/** Reads one JSON text. Throws {@link ProtoError} `bad-json`; the position is in UTF-16 units. */
export function parseJson(text: string): JsonValue {
  const r: Reader = { text, at: 0 };
  const value = readValue(r, 0);
  skipSpace(r);
  if (r.at !== text.length) fail(r, "text after the value");
  return value;
}

/**
 * Reads the JSON value that a text begins with; what follows it is not looked at, as by Go's `json.Decoder`. Throws
 * {@link ProtoError} `bad-json`.
 */
export const parseJsonStart = (text: string): JsonValue => readValue({ text, at: 0 }, 0);

/** How to write. */
export type StringifyOptions = {
  /** Keys of every object in order of their UTF-8 bytes, as Go sorts maps. Default false: as they come. */
  sortKeys?: boolean;
  /** `<`, `>` and `&` as \u003c, \u003e and \u0026, as encoding/json does by default. Default true. */
  escapeHtml?: boolean;
};

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must be escaped
const ESCAPED = /["\\\u0000-\u001f\u2028\u2029<>&]|\p{Surrogate}/gu;

function stringifyString(text: string, escapeHtml: boolean): string {
  return `"${text.replace(ESCAPED, (c) => {
    const short = SHORT_ESCAPES[c];
    if (short !== undefined) return short;
    if (!escapeHtml && (c === "<" || c === ">" || c === "&")) return c;
    const code = c.charCodeAt(0);
    // Half of a surrogate pair: Go sees invalid UTF-8 and writes the replacement character.
    return `\\u${(code >= 0xd800 && code <= 0xdfff ? 0xfffd : code).toString(16).padStart(4, "0")}`;
  })}"`;
}

/** Compares by code point, which is the order of the UTF-8 bytes (`<` on strings compares UTF-16 units). */
export function compareUtf8(a: string, b: string): number {
  const [x, y] = [[...a], [...b]];
  for (let i = 0; i < x.length && i < y.length; i++) {
    const difference = (x[i]?.codePointAt(0) ?? 0) - (y[i]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return x.length - y.length;
}

/** Writes without white space. Throws {@link ProtoError} `bad-value` for NaN and infinities. */
export function stringifyJson(value: JsonValue, options: StringifyOptions = {}): string {
  const { sortKeys = false, escapeHtml = true } = options;
  const write = (v: JsonValue): string => {
    if (typeof v === "string") return stringifyString(v, escapeHtml);
    if (typeof v === "number" && !Number.isFinite(v)) throw new ProtoError("bad-value", `${v} is not JSON`);
    if (typeof v !== "object" || v === null) return String(v);
    if (Array.isArray(v)) return `[${v.map(write).join(",")}]`;
    const keys = Object.keys(v);
    if (sortKeys) keys.sort(compareUtf8);
    return `{${keys.map((key) => `${stringifyString(key, escapeHtml)}:${write(v[key] as JsonValue)}`).join(",")}}`;
  };
  return write(value);
}

/** Sorted keys at every level, HTML escaped: the canonical form of the SDK (amino sign documents, MustSortJSON). */
export const stringifySorted = (value: JsonValue, options: Omit<StringifyOptions, "sortKeys"> = {}): string =>
  stringifyJson(value, { ...options, sortKeys: true });
