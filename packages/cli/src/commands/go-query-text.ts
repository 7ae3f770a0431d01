/**
 * Answers as the Go binaries print them where their commands are made from descriptors (`client/v2/autocli`): amino JSON
 * with enums by name, type URLs and readable durations, indented.
 */
import { goDurationText } from "@tandem-ics/ccv";
import { type AminoForm, durationToNs, type JsonValue, stringifyJson, toAminoValue } from "@tandem-ics/proto";
import type { Duration } from "cosmjs-types/google/protobuf/duration";

const FORM: AminoForm = {
  enumNames: true,
  typeUrls: true,
  encodings: {
    "google.protobuf.Duration": (duration: Duration) =>
      goDurationText(BigInt.asIntN(64, durationToNs(duration))),
  },
};

/** JSON as Go's `json.Indent` lays it out. */
function indented(value: JsonValue, margin = ""): string {
  if (typeof value !== "object" || value === null) return stringifyJson(value);
  const inner = `${margin}  `;
  const lines = Array.isArray(value)
    ? value.map((item) => indented(item, inner))
    : Object.entries(value).map(([key, item]) => `${stringifyJson(key)}: ${indented(item, inner)}`);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return lines.length === 0
    ? `${open}${close}`
    : `${open}\n${inner}${lines.join(`,\n${inner}`)}\n${margin}${close}`;
}

/** An answer's text; with `indent` false it is on one line. Throws `ProtoError` for what has no such form. */
export function goQueryText(typeName: string, message: unknown, indent: boolean): string {
  const value = toAminoValue(typeName, message, FORM);
  return indent ? indented(value) : stringifyJson(value);
}
