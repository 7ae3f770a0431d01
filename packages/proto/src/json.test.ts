import fc from "fast-check";
import {
  compareUtf8,
  isJsonObject,
  MAX_JSON_DEPTH,
  ProtoError,
  parseJson,
  stringifyJson,
  stringifySorted,
} from "./index.ts";

describe("reading JSON", () => {
  test("keeps whole numbers exact beyond 2^53", () => {
    expect(parseJson('{"a":9223372036854775807,"b":-0,"c":[18446744073709551616]}')).toEqual({
      a: 9223372036854775807n,
      b: 0n,
      c: [18446744073709551616n],
    });
    expect(parseJson("[1.5,1e3,-2.5E-1]")).toEqual([1.5, 1000, -0.25]);
  });

  test.each([
    ["a repeated key", '{"a":1,"a":2}'],
    ["a repeated key in another spelling", '{"a":1,"\\u0061":2}'],
    ["a trailing comma", '{"a":1,}'],
    ["a missing comma", "[1 2]"],
    ["text after the value", "{} {}"],
    ["nothing", ""],
    ["a leading zero", "01"],
    ["a plus sign", "+1"],
    ["a bare fraction", ".5"],
    ["an empty fraction", "1."],
    ["single quotes", "{'a':1}"],
    ["an unquoted key", "{a:1}"],
    ["a raw control character", '"a\nb"'],
    ["an unknown escape", '"\\x41"'],
    ["a short escape", '"\\u12"'],
    ["an open string", '"abc'],
    ["an open object", '{"a":1'],
    ["a misspelt literal", "nul"],
    ["NaN", "NaN"],
    ["a comment", "/*x*/1"],
    ["a byte order mark", "\ufeff1"],
  ])("refuses %s", (_, text) => {
    expect(() => parseJson(text)).toThrow(ProtoError);
  });

  test("refuses nesting beyond the limit instead of exhausting the stack", () => {
    const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
    expect(() => parseJson(nested(MAX_JSON_DEPTH))).not.toThrow();
    expect(() => parseJson(nested(MAX_JSON_DEPTH + 1))).toThrow("too deeply");
    expect(() => parseJson("[".repeat(1_000_000))).toThrow("too deeply");
  });

  test("treats __proto__ as any other key", () => {
    const value = parseJson('{"__proto__":{"x":true}}');
    expect(isJsonObject(value) && Object.keys(value)).toEqual(["__proto__"]);
    expect(({} as { x?: boolean }).x).toBeUndefined();
  });

  test("agrees with JSON.parse wherever that is exact", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
        const text = JSON.stringify(value);
        const plain = JSON.stringify(parseJson(text), (_, v: unknown) =>
          typeof v === "bigint" ? Number(v) : v,
        );
        expect(JSON.parse(plain)).toEqual(JSON.parse(text));
      }),
    );
  });
});

describe("writing JSON", () => {
  test("escapes as Go's encoding/json", () => {
    expect(stringifyJson('<a href="x">&\u2028\u2029\u0001\b\f\n\r\t\\\u007f')).toBe(
      '"\\u003ca href=\\"x\\"\\u003e\\u0026\\u2028\\u2029\\u0001\\b\\f\\n\\r\\t\\\\\u007f"',
    );
    expect(stringifyJson("<&>\u2028", { escapeHtml: false })).toBe('"<&>\\u2028"');
    expect(stringifyJson("\ud800 \u{1f600}")).toBe('"\\ufffd \u{1f600}"');
  });

  test("sorts keys by their UTF-8 bytes at every level", () => {
    const value = { b: 1, a: { "\u{1f600}": 1, "\uffff": 2, "": 3 }, B: [{ z: 1, y: 2 }] };
    expect(stringifySorted(value)).toBe('{"B":[{"y":2,"z":1}],"a":{"":3,"\uffff":2,"\u{1f600}":1},"b":1}');
    expect(compareUtf8("\uffff", "\u{1f600}")).toBeLessThan(0);
  });

  test("writes bigint as a number and refuses NaN", () => {
    expect(stringifyJson([2n ** 63n - 1n, 7, true, null])).toBe("[9223372036854775807,7,true,null]");
    expect(() => stringifyJson(Number.NaN)).toThrow(ProtoError);
  });

  test("what is written is read back", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.bigInt(), (text, n) => {
        const wellFormed = text.replace(/\p{Surrogate}/gu, "\ufffd");
        expect(parseJson(stringifyJson([text, n]))).toEqual([wellFormed, n]);
      }),
    );
  });
});
