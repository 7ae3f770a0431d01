import fc from "fast-check";
import { firstJsonValue, JsonSyntaxError, jsonSyntaxError, rawElements, rawMembers } from "./go-json.ts";

const error = (text: string): string | undefined => jsonSyntaxError(Buffer.from(text));

test.each([
  ["", "unexpected end of JSON input"],
  ["{", "unexpected end of JSON input"],
  ['{"a"', "unexpected end of JSON input"],
  ["x", "invalid character 'x' looking for beginning of value"],
  ["'", "invalid character '\\'' looking for beginning of value"],
  ["bad", "invalid character 'b' looking for beginning of value"],
  ["tm.event", "invalid character 'm' in literal true (expecting 'r')"],
  ["{a:1}", "invalid character 'a' looking for beginning of object key string"],
  ['{"a" 1}', "invalid character '1' after object key"],
  ['{"a":1 "b"}', "invalid character '\"' after object key:value pair"],
  ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
  ["[1 2]", "invalid character '2' after array element"],
  ["[1,]", "invalid character ']' looking for beginning of value"],
  ["1 2", "invalid character '2' after top-level value"],
  ["01", "invalid character '1' after top-level value"],
  ["-", "invalid character ' ' in numeric literal"],
  ["-x", "invalid character 'x' in numeric literal"],
  ["1.x", "invalid character 'x' after decimal point in numeric literal"],
  ["1ex", "invalid character 'x' in exponent of numeric literal"],
  ['"\\q"', "invalid character 'q' in string escape code"],
  ['"\\u00g0"', "invalid character 'g' in \\u hexadecimal character escape"],
  ['"\n"', "invalid character '\\n' in string literal"],
  ["é", "invalid character 'Ã' looking for beginning of value"],
  ["\u0000", "invalid character '\\x00' looking for beginning of value"],
  ["[".repeat(10_001), "invalid character '[' exceeded max depth"],
])("%p is refused as Go refuses it", (text, expected) => {
  expect(error(text)).toBe(expected);
});

test("accepts exactly what is JSON", () => {
  const json = fc.json({ stringUnit: "binary" });
  const broken = fc
    .tuple(
      json,
      fc.nat(),
      fc.nat(),
      fc.constantFrom("", "}", "]", ",", '"', "\\", "0", " ", "\u0001", "e", "\u00a0", "\ufeff", "-", "."),
    )
    .map(([text, from, length, insert]) => {
      const at = text.length === 0 ? 0 : from % text.length;
      return text.slice(0, at) + insert + text.slice(at + (length % 3));
    });
  fc.assert(
    fc.property(fc.oneof(json, broken), (text) => {
      let valid = true;
      try {
        JSON.parse(text);
      } catch {
        valid = false;
      }
      expect(error(text) === undefined).toBe(valid);
    }),
    { numRuns: 2000 },
  );
});

test("raw members and elements are the text between the separators", () => {
  expect([...rawMembers(' {"a" : [1, {"b":"}"}] ,"c":"x\\"y","a":2e0 }')]).toEqual([
    ["a", "2e0"],
    ["c", '"x\\"y"'],
  ]);
  expect(rawElements('[ 1 ,"2", {"a":[]},[ ] ]')).toEqual(["1", '"2"', '{"a":[]}', "[ ]"]);
  fc.assert(
    fc.property(
      fc.dictionary(fc.oneof(fc.string({ unit: "binary" }), fc.constant("__proto__")), fc.jsonValue()),
      (object) => {
        const members = rawMembers(JSON.stringify(object));
        for (const [key, value] of Object.entries(object))
          expect(JSON.parse(members.get(key)!)).toEqual(JSON.parse(JSON.stringify(value)));
      },
    ),
  );
});

test("a frame holds one value; what follows is ignored", () => {
  expect(firstJsonValue(' {"a":1} rest')).toBe('{"a":1}');
  expect(firstJsonValue("12 34")).toBe("12");
  expect(() => firstJsonValue("  ")).toThrow(new JsonSyntaxError("EOF"));
  expect(() => firstJsonValue("[1,")).toThrow(new JsonSyntaxError("unexpected EOF"));
});
