import type { JsonValue } from "@tandem-ics/comet";
import { decodeParams, decodeUriParams, ParamError, type ParamKind } from "./params.ts";

const json = (kind: ParamKind, value: JsonValue): unknown =>
  decodeParams({ p: kind }, { p: value }, () => JSON.stringify({ p: value }))[0];
const uri = (kind: ParamKind, arg: string): unknown => decodeUriParams({ p: kind }, () => arg)[0];
const refusal = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof ParamError) return error.message;
    throw error;
  }
  return "accepted";
};

test.each<[ParamKind, JsonValue, unknown]>([
  ["height", "5", 5n],
  ["height", null, undefined],
  ["height", "-1", -1n],
  ["int64", "9223372036854775807", 9223372036854775807n],
  ["count", "30", 30n],
  ["uint", "0", 0n],
  ["bool", true, true],
  ["string", "x", "x"],
  ["hex", "00ff", Uint8Array.of(0, 255)],
  ["hex", "", new Uint8Array(0)],
  ["bytes", "AAE=", Uint8Array.of(0, 1)],
  ["tx", "AA\n==", Uint8Array.of(0)],
])("%s %p in JSON", (kind, value, expected) => {
  expect(json(kind, value)).toEqual(expected);
});

test.each<[ParamKind, JsonValue, string]>([
  ["height", 2, 'invalid 64-bit integer encoding "2", expected string'],
  ["height", true, 'invalid 64-bit integer encoding "true", expected string'],
  ["height", "x", "invalid character 'x' looking for beginning of value"],
  ["height", "", "unexpected end of JSON input"],
  ["height", "1.5", "json: cannot unmarshal number 1.5 into Go value of type int64"],
  [
    "height",
    "9223372036854775808",
    "json: cannot unmarshal number 9223372036854775808 into Go value of type int64",
  ],
  ["uint", "-1", "json: cannot unmarshal number -1 into Go value of type uint"],
  ["count", "true", "json: cannot unmarshal bool into Go value of type int"],
  ["bool", "true", "json: cannot unmarshal string into Go value of type bool"],
  ["string", 5, "json: cannot unmarshal number into Go value of type string"],
  ["string", {}, "json: cannot unmarshal object into Go value of type string"],
  ["hex", "0", "encoding/hex: odd length hex string"],
  ["hex", "nWnY", "encoding/hex: invalid byte: U+006E 'n'"],
  ["hex", 5, "invalid hex string: 5"],
  ["bytes", "!!", "illegal base64 data at input byte 0"],
  ["bytes", "AAA", "illegal base64 data at input byte 0"],
  ["bytes", "AA=A", "illegal base64 data at input byte 2"],
  ["bytes", "AAAA=", "illegal base64 data at input byte 4"],
  ["tx", 7, "json: cannot unmarshal number into Go value of type types.Tx"],
  ["evidence", "x", "json: cannot unmarshal string into Go value of type json.interfaceWrapper"],
  ["evidence", {}, "interface type cannot be empty"],
  ["evidence", { type: "x" }, "interface value cannot be empty"],
  ["evidence", { type: "x", value: {} }, 'unknown type "x"'],
])("%s %p in JSON is refused", (kind, value, expected) => {
  expect(refusal(() => json(kind, value))).toBe(expected);
});

test.each<[ParamKind, string, unknown]>([
  ["height", "5", 5n],
  ["height", '"5"', 5n],
  ["height", "", undefined],
  ["count", "12", 12n],
  ["bool", "true", true],
  ["string", '"a b"', "a b"],
  ["string", "0x6162", "ab"],
  ["hex", "0xff", Uint8Array.of(255)],
  ["bytes", "0xFF", Uint8Array.of(255)],
  ["bytes", '"ab"', Uint8Array.of(97, 98)],
  ["tx", '"a=1"', Uint8Array.of(97, 61, 49)],
])("%s %p in a query string", (kind, arg, expected) => {
  expect(uri(kind, arg)).toEqual(expected);
});

test.each<[ParamKind, string, string]>([
  ["height", "x", 'invalid 64-bit integer encoding "x", expected string'],
  ["height", "0x10", "got a hex string arg, but expected 'int64'"],
  ["bytes", "AABB", "invalid character 'A' looking for beginning of value"],
  ["string", "/app/version", "invalid character '/' looking for beginning of value"],
  ["bool", "yes", "invalid character 'y' looking for beginning of value"],
  ["hex", "0xf", "encoding/hex: odd length hex string"],
])("%s %p in a query string is refused", (kind, arg, expected) => {
  expect(refusal(() => uri(kind, arg))).toBe(expected);
});

test("parameters come by name or in order", () => {
  const specs = { height: "height", page: "count" } as const;
  expect(decodeParams(specs, { page: "2", other: 1 }, () => "")).toEqual([undefined, 2n]);
  expect(decodeParams(specs, ["7", "2"], () => "")).toEqual([7n, 2n]);
  expect(decodeParams(specs, undefined, () => "")).toEqual([undefined, undefined]);
  expect(refusal(() => decodeParams(specs, ["7"], () => '["7"]'))).toBe(
    "expected 2 parameters ([height page]), got 1 ([[34 55 34]])",
  );
  expect(refusal(() => decodeParams(specs, 5, () => "5"))).toBe(
    "unknown type for JSON params: json: cannot unmarshal number into Go value of type []json.RawMessage. Expected map or array",
  );
});
