/** Parameters of calls: CometBFT's encodings in JSON and in query strings, with its messages. */

import { evidenceFromRpcJson, type JsonValue, readJson } from "@tandem-ics/comet";
import type { Evidence } from "cosmjs-types/tendermint/types/evidence";
import { errorText } from "../errors.ts";
import { goQuote } from "../query/go-text.ts";
import { hexError } from "../search/search.ts";
import { goKind, jsonSyntaxError, rawElements, rawMembers } from "./go-json.ts";

/** How a parameter is encoded. An absent one is undefined for `height` and `count`, else its type's zero value. */
export type ParamKind =
  /** int64 that may be absent. */
  | "height"
  /** int64 */
  | "int64"
  /** int that may be absent. */
  | "count"
  /** uint */
  | "uint"
  | "bool"
  | "string"
  /** Bytes as hex. */
  | "hex"
  /** Bytes as base64. */
  | "bytes"
  /** A transaction as base64. */
  | "tx"
  | "evidence";

/** Values by kind. */
export interface ParamTypes {
  height: bigint | undefined;
  int64: bigint;
  count: bigint | undefined;
  uint: bigint;
  bool: boolean;
  string: string;
  hex: Uint8Array;
  bytes: Uint8Array;
  tx: Uint8Array;
  evidence: Evidence | undefined;
}

/** Any decoded parameter. */
export type ParamValue = ParamTypes[ParamKind];

/** Names and kinds in order. */
export type ParamSpecs = Readonly<Record<string, ParamKind>>;

/** A parameter that cannot be decoded; the message is CometBFT's. */
export class ParamError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ParamError";
  }
}

const NONE = new Uint8Array(0);
const GO_TYPE: Readonly<Record<ParamKind, string>> = {
  height: "int64",
  int64: "int64",
  count: "int",
  uint: "uint",
  bool: "bool",
  string: "string",
  hex: "bytes.HexBytes",
  bytes: "[]uint8",
  tx: "types.Tx",
  evidence: "interface",
};
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const UINT64_MAX = 2n ** 64n - 1n;

/** What stands in for a parameter that is not given. */
export function zeroParam(kind: ParamKind): ParamValue {
  switch (kind) {
    case "height":
    case "count":
    case "evidence":
      return undefined;
    case "int64":
    case "uint":
      return 0n;
    case "bool":
      return false;
    case "string":
      return "";
    case "hex":
    case "bytes":
    case "tx":
      return NONE;
  }
}

const isInteger = (kind: ParamKind): kind is "height" | "int64" | "count" | "uint" =>
  kind === "height" || kind === "int64" || kind === "count" || kind === "uint";

const cannotUnmarshal = (value: unknown, kind: ParamKind): ParamError =>
  new ParamError(`json: cannot unmarshal ${goKind(value)} into Go value of type ${GO_TYPE[kind]}`);

/** An integer as Go reads it out of the quotes: any JSON number that is whole, written without fraction and exponent. */
function decodeInteger(kind: "height" | "int64" | "count" | "uint", inner: string): bigint {
  if (!/^-?(?:0|[1-9][0-9]*)$/.test(inner)) {
    const syntax = jsonSyntaxError(Buffer.from(inner));
    if (syntax !== undefined) throw new ParamError(syntax);
    const value: unknown = JSON.parse(inner);
    if (value === null) return 0n;
    const trimmed = inner.trim();
    if (typeof value !== "number") throw cannotUnmarshal(value, kind);
    if (trimmed === inner)
      throw new ParamError(`json: cannot unmarshal number ${inner} into Go value of type ${GO_TYPE[kind]}`);
    return decodeInteger(kind, trimmed);
  }
  const value = BigInt(inner);
  const [low, high] = kind === "uint" ? [0n, UINT64_MAX] : [INT64_MIN, INT64_MAX];
  if (value < low || value > high || (kind === "uint" && inner.startsWith("-")))
    throw new ParamError(`json: cannot unmarshal number ${inner} into Go value of type ${GO_TYPE[kind]}`);
  return value;
}

const HEX = /^(?:[0-9a-fA-F]{2})*$/;

function decodeHex(text: string): Uint8Array {
  if (!HEX.test(text)) throw new ParamError(hexError(text));
  return new Uint8Array(Buffer.from(text, "hex"));
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Standard base64 with padding; line breaks are skipped, as Go does. */
function decodeBase64(text: string): Uint8Array {
  const clean = /[\r\n]/.test(text) ? text.replace(/[\r\n]/g, "") : text;
  if (!BASE64.test(clean))
    throw new ParamError(`illegal base64 data at input byte ${base64ErrorOffset(text)}`);
  // not a Buffer: those share memory, and the application keeps transactions
  return new Uint8Array(Buffer.from(clean, "base64"));
}

/** Where Go's decoder gives up (`encoding/base64`, decodeQuantum). */
function base64ErrorOffset(text: string): number {
  const bytes = Buffer.from(text);
  const isBreak = (c: number | undefined): boolean => c === 0x0a || c === 0x0d;
  let at = 0;
  for (;;) {
    for (let j = 0; j < 4; j++) {
      while (isBreak(bytes[at])) at++;
      if (at === bytes.length) return at - j;
      const c = bytes[at++]!;
      if (/[A-Za-z0-9+/]/.test(String.fromCharCode(c))) continue;
      if (c !== 0x3d || j < 2) return at - 1;
      if (j === 2) {
        while (isBreak(bytes[at])) at++;
        if (at === bytes.length) return bytes.length;
        if (bytes[at] !== 0x3d) return at - 1;
        at++;
      }
      while (isBreak(bytes[at])) at++;
      return at;
    }
  }
}

/** Bytes as an array of numbers: Go reads that where it expects base64. */
function decodeByteArray(value: readonly JsonValue[], raw: () => string): Uint8Array {
  return Uint8Array.from(value, (item, i) => {
    if (item === null) return 0;
    if (typeof item === "number" && Number.isInteger(item) && item >= 0 && item <= 255) return item;
    const what = typeof item === "number" ? `number ${rawElements(raw())[i]}` : goKind(item);
    throw new ParamError(`json: cannot unmarshal ${what} into Go value of type uint8`);
  });
}

function decodeEvidence(value: JsonValue): Evidence {
  const object = typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  if (object === undefined)
    throw new ParamError(
      `json: cannot unmarshal ${goKind(value)} into Go value of type json.interfaceWrapper`,
    );
  const type = object["type"] ?? "";
  if (typeof type !== "string")
    throw new ParamError(
      `json: cannot unmarshal ${goKind(type)} into Go struct field interfaceWrapper.type of type string`,
    );
  if (type === "") throw new ParamError("interface type cannot be empty");
  if (object["value"] === undefined) throw new ParamError("interface value cannot be empty");
  if (!/^tendermint\/(?:DuplicateVote|LightClientAttack)Evidence$/.test(type))
    throw new ParamError(`unknown type ${goQuote(type)}`);
  try {
    return evidenceFromRpcJson(readJson(value));
  } catch (error) {
    throw new ParamError(errorText(error));
  }
}

/** Decodes one JSON value; `raw` gives its text, which only messages need. */
export function decodeParam(kind: ParamKind, value: JsonValue, raw: () => string): ParamValue {
  if (value === null) return zeroParam(kind);
  if (isInteger(kind)) {
    if (typeof value !== "string")
      throw new ParamError(`invalid 64-bit integer encoding ${goQuote(raw())}, expected string`);
    return decodeInteger(kind, /^-?(?:0|[1-9][0-9]*)$/.test(value) ? value : raw().slice(1, -1));
  }
  if (kind === "evidence") return decodeEvidence(value);
  if (kind === "bool") {
    if (typeof value !== "boolean") throw cannotUnmarshal(value, kind);
    return value;
  }
  if (Array.isArray(value) && (kind === "bytes" || kind === "tx")) return decodeByteArray(value, raw);
  if (typeof value !== "string")
    throw kind === "hex" ? new ParamError(`invalid hex string: ${raw()}`) : cannotUnmarshal(value, kind);
  if (kind === "string") return value;
  // Go takes hex as it is written, with the escapes.
  return kind === "hex" ? decodeHex(HEX.test(value) ? value : raw().slice(1, -1)) : decodeBase64(value);
}

/** Parameters of a JSON call: an object by name, or an array in order. `text` is the raw text of `params`. */
export function decodeParams(
  specs: ParamSpecs,
  params: JsonValue | undefined,
  text: () => string,
): ParamValue[] {
  const names = Object.keys(specs);
  if (Array.isArray(params)) {
    const elements = (): string[] => rawElements(text());
    if (params.length !== names.length) {
      const printed = elements().map((raw) => `[${[...Buffer.from(raw)].join(" ")}]`);
      throw new ParamError(
        `expected ${names.length} parameters ([${names.join(" ")}]), got ${params.length} ([${printed.join(" ")}])`,
      );
    }
    return names.map((name, i) => decodeParam(specs[name]!, params[i]!, () => elements()[i]!));
  }
  if (params !== undefined && params !== null && typeof params !== "object")
    throw new ParamError(
      `unknown type for JSON params: json: cannot unmarshal ${goKind(params)} into Go value of type []json.RawMessage. Expected map or array`,
    );
  return names.map((name) => {
    const kind = specs[name]!;
    // Within a process, a member may be there and undefined.
    const value =
      params !== undefined && params !== null && Object.hasOwn(params, name) ? params[name] : undefined;
    if (value === undefined) return zeroParam(kind);
    return decodeParam(kind, value, () => rawMembers(text()).get(name)!);
  });
}

/** A parameter of a query string; `undefined` for one that is neither integer nor hex nor quoted bytes. */
function decodeBareParam(kind: ParamKind, arg: string): ParamValue | undefined {
  if (isInteger(kind) && /^-?[0-9]+$/.test(arg)) return decodeParam(kind, arg, () => `"${arg}"`);
  const isBytes = kind === "hex" || kind === "bytes" || kind === "tx";
  if (/^0x/i.test(arg)) {
    if (!isBytes && kind !== "string")
      throw new ParamError(`got a hex string arg, but expected '${GO_TYPE[kind]}'`);
    const bytes = decodeHex(arg.slice(2));
    return isBytes ? bytes : Buffer.from(bytes).toString();
  }
  if (isBytes && arg.length > 1 && arg.startsWith('"') && arg.endsWith('"'))
    return new Uint8Array(Buffer.from(parseArg(arg) as string));
  return undefined;
}

function parseArg(arg: string): JsonValue {
  try {
    return JSON.parse(arg) as JsonValue;
  } catch {
    throw new ParamError(jsonSyntaxError(Buffer.from(arg)) ?? "unexpected end of JSON input");
  }
}

/** Parameters of a GET call; `get` gives the text of one, empty when absent. */
export function decodeUriParams(specs: ParamSpecs, get: (name: string) => string): ParamValue[] {
  return Object.entries(specs).map(([name, kind]) => {
    const arg = get(name);
    if (arg === "") return zeroParam(kind);
    const bare = decodeBareParam(kind, arg);
    if (bare !== undefined) return bare;
    if (isInteger(kind) && arg !== "null" && !(arg.startsWith('"') && arg.endsWith('"')))
      throw new ParamError(`invalid 64-bit integer encoding ${goQuote(arg)}, expected string`);
    if (isInteger(kind) && arg !== "null") return decodeInteger(kind, arg.slice(1, -1));
    if (kind === "hex" && arg !== "null" && !(arg.startsWith('"') && arg.endsWith('"')))
      throw new ParamError(`invalid hex string: ${arg}`);
    return decodeParam(kind, parseArg(arg), () => arg);
  });
}
