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

/** Reads one JSON text. Throws {@link ProtoError} `bad-json`; the position is in UTF-16 units. */
export function parseJson(text: string): JsonValue {
  let at = 0;
  const fail = (what: string): never => {
    throw new ProtoError("bad-json", `${what} at position ${at}`);
  };
  const skipSpace = (): void => {
    while (at < text.length && " \t\n\r".includes(text[at] as string)) at++;
  };
  const expect = (literal: string): void => {
    if (!text.startsWith(literal, at)) fail(`expected ${literal}`);
    at += literal.length;
  };

  function string(): string {
    PLAIN_STRING.lastIndex = at;
    const plain = PLAIN_STRING.exec(text);
    if (plain !== null) {
      at = PLAIN_STRING.lastIndex;
      return plain[1] as string;
    }
    expect('"');
    let out = "";
    for (;;) {
      const c = text[at];
      if (c === undefined) return fail("unterminated string");
      if (c === '"') break;
      if (c < " ") return fail("control character in string");
      at++;
      out += c === "\\" ? escaped() : c;
    }
    at++;
    // Half of a surrogate pair has no UTF-8 form: the replacement character, as in Go.
    return out.replace(/\p{Surrogate}/gu, "\ufffd");
  }

  function escaped(): string {
    const c = text[at] ?? "";
    at++;
    if (c !== "u") return ESCAPES[c] ?? fail("invalid escape");
    const hex = text.slice(at, at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(hex)) fail("invalid escape");
    at += 4;
    return String.fromCharCode(Number.parseInt(hex, 16));
  }

  function number(): bigint | number {
    NUMBER.lastIndex = at;
    const match = NUMBER.exec(text);
    if (match === null) return fail("unexpected character");
    at = NUMBER.lastIndex;
    return match[1] === undefined && match[2] === undefined ? BigInt(match[0]) : Number(match[0]);
  }

  /** Items between brackets; the opening one is already consumed. */
  function sequence(close: string, item: () => void): void {
    skipSpace();
    if (text[at] === close) {
      at++;
      return;
    }
    for (;;) {
      item();
      skipSpace();
      if (text[at] === close) break;
      expect(",");
    }
    at++;
  }

  function value(depth: number): JsonValue {
    skipSpace();
    const c = text[at];
    if (c === '"') return string();
    if (c === "{" || c === "[") {
      if (depth >= MAX_JSON_DEPTH) fail("nested too deeply");
      at++;
      return c === "{" ? object(depth) : list(depth);
    }
    for (const [word, meaning] of [
      ["true", true],
      ["false", false],
      ["null", null],
    ] as const) {
      if (c === word[0]) {
        expect(word);
        return meaning;
      }
    }
    return number();
  }

  function list(depth: number): JsonValue[] {
    const out: JsonValue[] = [];
    sequence("]", () => out.push(value(depth + 1)));
    return out;
  }

  function object(depth: number): JsonObject {
    const out = Object.create(null) as JsonObject;
    sequence("}", () => {
      skipSpace();
      const key = string();
      if (Object.hasOwn(out, key)) fail(`duplicate key ${JSON.stringify(key)}`);
      skipSpace();
      expect(":");
      out[key] = value(depth + 1);
    });
    return out;
  }

  const result = value(0);
  skipSpace();
  if (at !== text.length) fail("text after the value");
  return result;
}

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
