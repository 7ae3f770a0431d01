/** Path variables and query strings into a request (grpc-gateway v1 `runtime/query.go`, Go `net/url`). */

import { toBase64 } from "@tandem-ics/crypto";
import {
  enumDescriptor,
  type FieldDescriptor,
  type JsonObject,
  type JsonValue,
  messageDescriptor,
  parseDuration,
  parseTimestamp,
} from "@tandem-ics/proto";
import { goQuote } from "../query/go-text.ts";
import { goTypeName, parseAnyBase64, parseBool, parseInteger, ValueError } from "./go-values.ts";

/** Parameters beyond this are refused: no request has so many, and each costs memory. */
export const MAX_PARAMETERS = 1000;

/** Percent escapes resolved; bytes that are no UTF-8 become U+FFFD. Throws {@link ValueError}. */
export function unescapePercent(text: string): string {
  if (!text.includes("%")) return text;
  const bad = /%(?![0-9a-fA-F]{2})/.exec(text);
  if (bad !== null)
    throw new ValueError(`invalid URL escape ${goQuote(text.slice(bad.index, bad.index + 3))}`);
  const bytes = Buffer.from(text)
    .toString("latin1")
    .replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString();
}

const formText = (text: string): string => unescapePercent(text.replaceAll("+", " "));

/** Values by key, in order. Throws {@link ValueError} as `url.ParseQuery` does. */
export function parseForm(...sources: readonly string[]): Map<string, string[]> {
  const form = new Map<string, string[]>();
  let count = 0;
  for (const pair of sources.flatMap((source) => source.split("&"))) {
    if (pair === "") continue;
    if (pair.includes(";")) throw new ValueError("invalid semicolon separator in query");
    if (++count > MAX_PARAMETERS) throw new ValueError("too many parameters");
    const at = pair.indexOf("=");
    const key = formText(at < 0 ? pair : pair.slice(0, at));
    const value = at < 0 ? "" : formText(pair.slice(at + 1));
    const values = form.get(key);
    if (values === undefined) form.set(key, [value]);
    else values.push(value);
  }
  return form;
}

/** A text as protobuf JSON of an enum; in paths Go says less about what is wrong. */
function enumValue(text: string, type: string, refuse: () => ValueError): JsonValue {
  const { numberOf, nameOf } = enumDescriptor(type);
  const known = numberOf.get(text);
  if (known !== undefined) return known;
  if (!/^[+-]?\d+$/.test(text) || !nameOf.has(Number(text))) throw refuse();
  return Number(text);
}

function scalar(field: FieldDescriptor, text: string): JsonValue {
  switch (field.kind) {
    case "bool":
      return parseBool(text);
    case "int32":
    case "uint32":
    case "int64":
    case "uint64":
      return parseInteger(text, field.kind);
    case "bytes":
      return toBase64(parseAnyBase64(text));
    case "enum":
      return enumValue(
        text,
        field.type,
        () => new ValueError(`${text} is not a valid ${goTypeName(field.type)}`),
      );
    default:
      return text;
  }
}

function message(field: FieldDescriptor, text: string): JsonValue {
  const check = (what: string, parse: (text: string) => unknown): string => {
    try {
      parse(text);
      return text;
    } catch {
      throw new ValueError(`bad ${what}: ${goQuote(text)}`);
    }
  };
  if (field.type === "google.protobuf.Timestamp") return check("Timestamp", parseTimestamp);
  if (field.type === "google.protobuf.Duration") return check("Duration", parseDuration);
  throw new ValueError(`field type *${goTypeName(field.type)} is not supported in query parameters`);
}

/** Fields without a custom Go type: only such are set from text. */
function singular(field: FieldDescriptor, text: string): JsonValue {
  if (field.custom === "dec" || field.custom === "int")
    throw new ValueError(
      `field type *math.${field.custom === "dec" ? "LegacyDec" : "Int"} is not supported in query parameters`,
    );
  return field.kind === "message" ? message(field, text) : scalar(field, text);
}

/** Sets one parameter; unknown names are passed over, as Go does. */
function setParameter(
  root: JsonObject,
  type: string,
  path: readonly string[],
  values: readonly string[],
): void {
  let target = root;
  let descriptor = messageDescriptor(type);
  for (const [i, name] of path.entries()) {
    const field = descriptor.byName.get(name);
    if (field === undefined) return;
    const rest = path.slice(i + 1);
    const upTo = path.slice(0, i + 1).join(".");
    if (field.repeated) {
      if (rest.length > 0) throw new ValueError(`unexpected repeated field in ${path.join(".")}`);
      if (field.kind === "message") throw new ValueError(`unsupported field type *${goTypeName(field.type)}`);
      target[field.name] = values.map((text) => scalar(field, text));
      return;
    }
    if (rest.length === 0) {
      target[field.name] = singular(field, values[0] as string);
      return;
    }
    if (field.kind !== "message") throw new ValueError(`unexpected nested field ${rest[0]} in ${upTo}`);
    if (!Object.hasOwn(target, field.name)) target[field.name] = {};
    target = target[field.name] as JsonObject;
    descriptor = messageDescriptor(field.type);
  }
}

/** The form's parameters set in `request`, protobuf JSON of `type`, but for the variables of the path. */
export function setParameters(
  request: JsonObject,
  type: string,
  form: ReadonlyMap<string, readonly string[]>,
  variables: readonly string[],
): void {
  for (const [key, given] of form) {
    // `a[b]=c` is a map's entry, b before c; no request has maps, and Go takes b for the value then
    const entry = /^(.*)\[(.*)\]$/s.exec(key);
    const path = (entry === null ? key : (entry[1] as string)).split(".");
    if (variables.includes(path[0] as string)) continue;
    setParameter(request, type, path, entry === null ? given : [entry[2] as string, ...given]);
  }
}

/** A variable's value; a list is separated by commas. */
function variable(field: FieldDescriptor, text: string): JsonValue {
  const one = (part: string): JsonValue =>
    field.kind === "enum"
      ? enumValue(part, field.type, () => new ValueError(`${part} is not valid`))
      : scalar(field, part);
  return field.repeated ? text.split(",").map(one) : one(text);
}

/** The path's variables set in `request`. Throws {@link ValueError} with Go's text. */
export function setVariables(
  request: JsonObject,
  type: string,
  names: readonly string[],
  values: readonly string[],
): void {
  const descriptor = messageDescriptor(type);
  for (const [i, name] of names.entries()) {
    const field = descriptor.byName.get(name);
    if (field === undefined) throw new ValueError(`missing parameter ${name}`);
    try {
      request[field.name] = variable(field, values[i] as string);
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      throw new ValueError(`type mismatch, parameter: ${name}, error: ${error.message}`);
    }
  }
}
