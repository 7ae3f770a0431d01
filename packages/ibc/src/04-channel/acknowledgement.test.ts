import { concatBytes, fromUtf8, utf8 } from "@tandem-ics/crypto";
import { sdkErrors } from "@tandem-ics/runtime";
import fc from "fast-check";
import {
  decodeAcknowledgement,
  encodeAcknowledgement,
  errorAcknowledgement,
  goJsonString,
  resultAcknowledgement,
} from "./acknowledgement.ts";
import { channelErrors } from "./errors.ts";

const decode = (text: string) => decodeAcknowledgement(utf8(text));
const wellFormed = fc.string({ unit: "grapheme" }).filter((text) => !/[\ud800-\udfff]/u.test(text));

describe("standard acknowledgements", () => {
  test("results and errors come back from their one form", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (result) => {
        expect(decodeAcknowledgement(encodeAcknowledgement({ result }))).toEqual({ result });
      }),
    );
    fc.assert(
      fc.property(wellFormed, (error) => {
        expect(decodeAcknowledgement(encodeAcknowledgement({ error }))).toEqual({ error });
      }),
    );
  });

  test("an error tells its code only", () => {
    const { success, bytes } = errorAcknowledgement(sdkErrors.insufficientFunds("balance of alice: 3"));
    expect(success).toBe(false);
    expect(fromUtf8(bytes)).toBe('{"error":"ABCI code: 5: error handling packet: see events for details"}');
  });

  test("a result is base64", () => {
    expect(fromUtf8(resultAcknowledgement(Uint8Array.of(1)).bytes)).toBe('{"result":"AQ=="}');
  });

  test.each([
    ["spaces", '{"result": "AQ=="}'],
    ["a leading space", ' {"result":"AQ=="}'],
    ["something behind it", '{"result":"AQ=="} '],
    ["another value behind it", '{"result":"AQ=="}{"error":"x"}'],
    ["both result and error", '{"result":"AQ==","error":"x"}'],
    ["both, the other way round", '{"error":"x","result":"AQ=="}'],
    ["two results", '{"result":"AQ==","result":"Ag=="}'],
    ["two equal results", '{"result":"AQ==","result":"AQ=="}'],
    ["an escaped key", '{"res\\u0075lt":"AQ=="}'],
    ["an escaped value", '{"result":"\\u0041Q=="}'],
    ["base64 without padding", '{"result":"AQ"}'],
    ["base64 with loose bits", '{"result":"AR=="}'],
    ["no text", '{"error":5}'],
    ["no error", '{"error":null}'],
    ["a nested value", '{"result":{"error":"x"}}'],
    ["an unescaped HTML character", '{"error":"<b>"}'],
    ["an escape that Go does not write", '{"error":"\\/"}'],
    ["half a surrogate pair", '{"error":"\\ud800"}'],
    ["no content", "{ }"],
    ["no content at all", "{}"],
  ])("refuses %s", (_what, text) => {
    expect(() => decode(text)).toThrow(expect.objectContaining({ codespace: "channel", code: 16 }));
  });

  test("refuses text that is not UTF-8", () => {
    const bytes = concatBytes(utf8('{"error":"'), Uint8Array.of(0xff), utf8('"}'));
    expect(() => decodeAcknowledgement(bytes)).toThrow(channelErrors.invalidAcknowledgement.text);
  });

  test.each([
    "",
    "ok",
    "[]",
    '{"result"',
    '{"ok":1}',
    '{"result":"AQ==","extra":1}',
    '"result"',
    "null",
    "{",
  ])("%j is the business of the application", (text) => expect(decode(text)).toBeUndefined());

  test("depth is no weapon", () => {
    expect(decode(`{"other":${"[".repeat(200_000)}`)).toBeUndefined();
    expect(() => decode(`{"error":${"[".repeat(100_000)}${"]".repeat(100_000)}}`)).toThrow();
  });
});

test("JSON text is escaped as Go does", () => {
  expect(goJsonString('<a> & "b" \u2028\u2029 ü \u0001 \n \b \f')).toBe(
    '"\\u003ca\\u003e \\u0026 \\"b\\" \\u2028\\u2029 ü \\u0001 \\n \\b \\f"',
  );
});
