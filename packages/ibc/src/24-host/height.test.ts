import fc from "fast-check";
import {
  compareHeights,
  formatHeight,
  isRevisionFormat,
  makeHeight,
  parseHeight,
  parseRevision,
  withRevision,
} from "./height.ts";

const uint64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const heights = fc.tuple(uint64, uint64).map(([revision, height]) => makeHeight(revision, height));

describe("heights", () => {
  test("are parsed from what they are formatted to", () => {
    fc.assert(fc.property(heights, (height) => expect(parseHeight(formatHeight(height))).toEqual(height)));
  });

  test("are ordered by revision first", () => {
    fc.assert(
      fc.property(heights, heights, (a, b) => {
        const scalar = (h: typeof a) => (h.revisionNumber << 64n) | h.revisionHeight;
        expect(compareHeights(a, b)).toBe(scalar(a) < scalar(b) ? -1 : scalar(a) > scalar(b) ? 1 : 0);
      }),
    );
  });

  test.each(["", "1", "1-", "-1", "1-2-3", "a-1", "1-18446744073709551616", " 1-2"])(
    "%j is no height",
    (text) => {
      expect(parseHeight(text)).toBeUndefined();
    },
  );
});

describe("revisions", () => {
  test("a chain id keeps its name under another revision", () => {
    expect(withRevision("my-chain-3", 12n)).toBe("my-chain-12");
    expect(withRevision("mychain", 12n)).toBe("mychain");
  });

  test("a line separator is part of a name, a line feed is not", () => {
    expect(isRevisionFormat("a\u2028b-1")).toBe(true);
    expect(isRevisionFormat("a\nb-1")).toBe(false);
  });

  test("a number beyond 64 bits is no revision", () => {
    expect(parseRevision("chain-18446744073709551615")).toBe((1n << 64n) - 1n);
    expect(parseRevision("chain-18446744073709551616")).toBeUndefined();
  });
});
