/** The standard acknowledgement: one JSON form only, since its bytes are committed to (ICS-04). */
import { EMPTY, equalBytes, fromBase64, fromUtf8, toBase64, toBinary, utf8 } from "@tandem-ics/crypto";
import { CodedError, INTERNAL_CODE } from "@tandem-ics/runtime";
import { channelErrors } from "./errors.ts";

/** What a receiver answers. */
export interface Acknowledgement {
  /** Whether the receiver's state changes are kept. */
  readonly success: boolean;
  /** Not empty; committed to as they are. */
  readonly bytes: Uint8Array;
}

/** Content of a standard acknowledgement. */
export type AcknowledgementContent = { readonly result: Uint8Array } | { readonly error: string };

/** Text of a JSON string as Go writes it: `<`, `>`, `&`, U+2028 and U+2029 are escaped as well. */
export const goJsonString = (text: string): string =>
  JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** `{"result":"<base64>"}` */
export const resultAcknowledgement = (result: Uint8Array): Acknowledgement => ({
  success: true,
  bytes: utf8(`{"result":"${toBase64(result)}"}`),
});

/**
 * `{"error":"ABCI code: {code}: error handling packet: see events for details"}`: only the code of the error, since its
 * text need not be the same on all nodes. An error without a code has 1. State-breaking.
 */
export function errorAcknowledgement(error: unknown): Acknowledgement {
  const code = error instanceof CodedError ? error.code : INTERNAL_CODE;
  return {
    success: false,
    bytes: utf8(`{"error":"ABCI code: ${code}: error handling packet: see events for details"}`),
  };
}

/** The one JSON form of a content. */
export const encodeAcknowledgement = (content: AcknowledgementContent): Uint8Array =>
  utf8(
    "result" in content
      ? `{"result":"${toBase64(content.result)}"}`
      : `{"error":${goJsonString(content.error)}}`,
  );

/**
 * Content of a standard acknowledgement; `undefined` if the bytes are none, which other applications may use.
 * @throws `channel/16` for bytes that could be read as one but are not exactly what {@link encodeAcknowledgement}
 *   writes: two readers must never disagree about success (ibc-go advisory ASA-2025-004).
 */
export function decodeAcknowledgement(bytes: Uint8Array): AcknowledgementContent | undefined {
  if (!readsAsAcknowledgement(toBinary(bytes))) return undefined;
  const content = canonicalContent(bytes);
  if (content === undefined)
    throw channelErrors.invalidAcknowledgement("acknowledgement is not in its one JSON form");
  return content;
}

function canonicalContent(bytes: Uint8Array): AcknowledgementContent | undefined {
  try {
    const match = /^\{"(result|error)":("(?:[^"\\]|\\.)*"|null)\}$/s.exec(fromUtf8(bytes));
    if (match === null) return undefined;
    // Go's bytes may be nil, which is written as null; its text may not.
    if (match[2] === "null") return match[1] === "result" ? { result: EMPTY } : undefined;
    const text: string = JSON.parse(match[2]!);
    // half a surrogate pair would come back as another character from UTF-8
    if (/[\ud800-\udfff]/u.test(text)) return undefined;
    const content = match[1] === "result" ? { result: fromBase64(text) } : { error: text };
    return equalBytes(encodeAcknowledgement(content), bytes) ? content : undefined;
  } catch {
    return undefined; // not UTF-8, JSON or base64
  }
}

/**
 * Whether the bytes begin with a JSON object with no other keys than `result` and `error`, in any number. Does not
 * recurse, so that depth is no weapon.
 */
function readsAsAcknowledgement(text: string): boolean {
  const space = /[ \t\r\n]*/y;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the grammar of JSON excludes exactly these
  const string = /"(?:[^"\\\u0000-\u001f]|\\.)*"/y;
  let at = 0;
  const skip = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  };
  const take = (character: string): boolean => {
    skip(space);
    if (text[at] !== character) return false;
    at++;
    return true;
  };
  /** Moves behind a value by counting brackets; whether its inside is well-formed does not matter here. */
  const skipValue = (): boolean => {
    let depth = 0;
    do {
      skip(space);
      const c = text[at];
      if (c === undefined) return false;
      if (c === '"') {
        if (skip(string) === undefined) return false;
      } else {
        if (c === "{" || c === "[") depth++;
        else if (c === "}" || c === "]") depth--;
        if (depth < 0) return false;
        at++;
      }
      if (depth === 0 && skip(space) !== undefined && (text[at] === "," || text[at] === "}")) return true;
    } while (at < text.length);
    return false;
  };
  if (!take("{")) return false;
  if (take("}")) return true;
  do {
    skip(space);
    const key = skip(string);
    if (key === undefined || !isAcknowledgementKey(key) || !take(":") || !skipValue()) return false;
  } while (take(","));
  return take("}");
}

function isAcknowledgementKey(literal: string): boolean {
  try {
    const key: unknown = JSON.parse(literal);
    return key === "result" || key === "error";
  } catch {
    return false; // a bad escape
  }
}
