import { difference, isSame, plainJson } from "./compare.ts";

test.each([
  [{ a: 1n, b: 2n }, { b: 2n, a: 1n }, true],
  [{ a: 1n }, { a: 1n, b: undefined }, true],
  [{ a: 1n }, { a: 1n, b: 0n }, false],
  [["x", "y"], ["y", "x"], true],
  [["x", "x"], ["x"], false],
  [[["a"], ["b"]], [["b"], ["a"]], true],
  [0.1, 0.1, true],
  [1n, 1, true],
  [1n, "1", false],
  ["", undefined, false],
  [true, false, false],
])("%j and %j", (expected, found, same) => {
  expect(isSame(expected, found)).toBe(same);
});

test("reports are plain JSON", () => {
  expect(plainJson({ a: [1n, 2n ** 60n], b: undefined })).toEqual({ a: [1, "1152921504606846976"] });
});

test("of records only what differs is told", () => {
  expect(difference({ a: 1n, b: 2n, c: [] }, { a: 1n, b: 3n, c: ["x"], d: true })).toEqual({
    expected: { b: 2, c: [] },
    found: { b: 3, c: ["x"], d: true },
  });
  expect(difference(1n, 2n)).toEqual({ expected: 1, found: 2 });
});
