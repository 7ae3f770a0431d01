/** Single values out of text as Go's `strconv` and `encoding/base64` read them, with their error texts. */

import { goQuote } from "../query/go-text.ts";

/** A value that does not fit; the message is Go's. */
export class ValueError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ValueError";
  }
}

const RADIX: Readonly<Record<string, readonly [radix: number, digits: RegExp]>> = {
  "0x": [16, /^[0-9a-f]+$/i],
  "0o": [8, /^[0-7]+$/],
  "0b": [2, /^[01]+$/],
};

/** Digits after sign and prefix to a number; undefined if they are none. Underscores stand between digits only. */
function magnitude(text: string): bigint | undefined {
  if (!/^[0-9a-z_]+$/i.test(text)) return undefined;
  const prefix = text.slice(0, 2).toLowerCase();
  const known = RADIX[prefix];
  // one underscore may follow the prefix, as in Go's literals
  if (text.includes("_") && !/^(?:0[xob])?_?[0-9a-f]+(?:_[0-9a-f]+)*$/i.test(text)) return undefined;
  if (text.startsWith("_") || text.length > 100) return tooManyDigits(text);
  const digits = (known === undefined ? text : text.slice(2)).replaceAll("_", "");
  if (known !== undefined) return known[1].test(digits) ? BigInt(`${prefix}${digits}`) : undefined;
  if (digits.length > 1 && digits.startsWith("0"))
    return /^[0-7]+$/.test(digits) ? BigInt(`0o${digits}`) : undefined;
  return /^\d+$/.test(digits) ? BigInt(digits) : undefined;
}

/** Decimal digits beyond any range are worth no conversion. */
const tooManyDigits = (text: string): bigint | undefined => (/^\d+$/.test(text) ? 1n << 200n : undefined);

const RANGES = {
  int32: ["ParseInt", -(1n << 31n), (1n << 31n) - 1n],
  int64: ["ParseInt", -(1n << 63n), (1n << 63n) - 1n],
  uint32: ["ParseUint", 0n, (1n << 32n) - 1n],
  uint64: ["ParseUint", 0n, (1n << 64n) - 1n],
} as const;

/** A whole number with Go's prefixes (`0x`, `0b`, `0o`, `0`) and underscores. Throws {@link ValueError}. */
export function parseInteger(text: string, kind: keyof typeof RANGES): bigint {
  const [name, min, max] = RANGES[kind];
  const signed = name === "ParseInt" && /^[+-]/.test(text);
  const size = magnitude(signed ? text.slice(1) : text);
  if (size === undefined) throw new ValueError(`strconv.${name}: parsing ${goQuote(text)}: invalid syntax`);
  const value = signed && text.startsWith("-") ? -size : size;
  if (value < min || value > max)
    throw new ValueError(`strconv.${name}: parsing ${goQuote(text)}: value out of range`);
  return value;
}

const TRUE = new Set(["1", "t", "T", "TRUE", "true", "True"]);
const FALSE = new Set(["0", "f", "F", "FALSE", "false", "False"]);

/** Throws {@link ValueError}. */
export function parseBool(text: string): boolean {
  if (TRUE.has(text)) return true;
  if (FALSE.has(text)) return false;
  throw new ValueError(`strconv.ParseBool: parsing ${goQuote(text)}: invalid syntax`);
}

const STANDARD = /[A-Za-z0-9+/]/;
const URL_SAFE = /[A-Za-z0-9_-]/;

/** Where Go's padded decoder stops; undefined if it does not. Line ends are skipped. */
function corruptAt(text: string, alphabet: RegExp): number | undefined {
  const bytes = Buffer.from(text);
  const isLineEnd = (at: number): boolean => bytes[at] === 0x0a || bytes[at] === 0x0d;
  let inGroup = 0;
  let at = 0;
  for (; at < bytes.length; at++) {
    if (isLineEnd(at)) continue;
    const c = String.fromCharCode(bytes[at]!);
    if (alphabet.test(c)) {
      inGroup = (inGroup + 1) % 4;
      continue;
    }
    if (c !== "=" || inGroup < 2) return at;
    let next = at + 1;
    if (inGroup === 2) {
      while (next < bytes.length && isLineEnd(next)) next++;
      if (next === bytes.length) return bytes.length;
      if (bytes[next] !== 0x3d) return at;
      next++;
    }
    while (next < bytes.length && isLineEnd(next)) next++;
    return next < bytes.length ? next : undefined;
  }
  return inGroup === 0 ? undefined : at - inGroup;
}

/** Padded base64 in the standard alphabet. Throws {@link ValueError}. */
export function parseBase64(text: string): Uint8Array {
  const bad = corruptAt(text, STANDARD);
  if (bad !== undefined) throw new ValueError(`illegal base64 data at input byte ${bad}`);
  return Buffer.from(text, "base64");
}

/** Padded base64 in the standard or else the URL-safe alphabet. Throws {@link ValueError}. */
export function parseAnyBase64(text: string): Uint8Array {
  if (corruptAt(text, STANDARD) === undefined) return Buffer.from(text, "base64");
  const bad = corruptAt(text, URL_SAFE);
  if (bad !== undefined) throw new ValueError(`illegal base64 data at input byte ${bad}`);
  return Buffer.from(text, "base64url");
}

/** How Go calls a type in messages: the last part of its import path and its own name, such as `v1.ProposalStatus`. */
export function goTypeName(fullName: string): string {
  const parts = fullName.split(".");
  const name = parts.pop() as string;
  const [root, module, third] = parts;
  if (root !== "cosmos" || module === undefined || third === undefined) return `types.${name}`;
  if (module === "gov") return `${third}.${name}`;
  if (module === "base" && (third === "query" || third === "node")) return `${third}.${name}`;
  if (module === "base" && third === "tendermint") return `cmtservice.${name}`;
  if (module === "tx" || module === "crypto")
    return `${module === "tx" && third !== "signing" ? "tx" : third}.${name}`;
  return module === "authz" || module === "feegrant" ? `${module}.${name}` : `types.${name}`;
}
