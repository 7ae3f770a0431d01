import { BinaryReader } from "cosmjs-types/binary";
import fc from "fast-check";

const { int64, string, uint32, uint64 } = BinaryReader.prototype;
const theirs = { int64, string, uint32, uint64 };

/** What a reader gives from these bytes and where it stands then, or its error. */
function outcome(read: () => unknown, reader: BinaryReader): unknown {
  try {
    return [read.call(reader), reader.pos];
  } catch (error) {
    return [(error as Error).constructor.name, (error as Error).message];
  }
}

describe("the quicker reader", () => {
  beforeAll(async () => {
    await import("./wire-reader.ts");
    expect(BinaryReader.prototype.string).not.toBe(theirs.string);
  });

  const check = (bytes: Uint8Array): void => {
    for (const name of ["int64", "uint64", "uint32", "string"] as const) {
      const reader = new BinaryReader(bytes);
      expect([name, outcome(BinaryReader.prototype[name], reader)]).toEqual([
        name,
        outcome(theirs[name], new BinaryReader(bytes)),
      ]);
    }
  };

  test("reads any bytes as the library does, its errors included", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 24 }), check), { numRuns: 2000 });
    const varintLike = fc.array(fc.integer({ min: 0x7e, max: 0x81 }), { maxLength: 14 });
    fc.assert(
      fc.property(varintLike, (bytes) => check(Uint8Array.from(bytes))),
      { numRuns: 2000 },
    );
  });

  test("reads any text as the library does", () => {
    const text = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme-ascii" }));
    fc.assert(
      fc.property(text, (value) => {
        const bytes = new TextEncoder().encode(value);
        fc.pre(bytes.length < 128);
        check(Uint8Array.of(bytes.length, ...bytes));
        expect(new BinaryReader(Uint8Array.of(bytes.length, ...bytes)).string()).toBe(value);
      }),
    );
  });
});
