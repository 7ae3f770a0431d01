import "./varint-repair.ts";
import { BinaryReader, BinaryWriter } from "cosmjs-types/binary";
import fc from "fast-check";

/** Varint by its definition. */
function varint(value: bigint): number[] {
  const out: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest >= 128n; rest >>= 7n) out.push(Number(rest & 127n) | 128);
  return [...out, Number(rest)];
}

const near = (bits: number): bigint[] => [-1n, 0n, 1n].map((d) => (1n << BigInt(bits)) + d);

test("64-bit integers are written as their varints and read back", () => {
  const check = (value: bigint): void => {
    const signed = BigInt.asIntN(64, value);
    const unsigned = BigInt.asUintN(64, value);
    expect([...BinaryWriter.create().int64(signed).finish()]).toEqual(varint(signed));
    expect([...BinaryWriter.create().uint64(unsigned).finish()]).toEqual(varint(unsigned));
    expect(new BinaryReader(varint(signed)).int64()).toBe(signed);
    expect(new BinaryReader(varint(unsigned)).uint64()).toBe(unsigned);
  };
  for (let bits = 0; bits < 64; bits++) near(bits).forEach(check);
  fc.assert(fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }), check));
  fc.assert(fc.property(fc.bigInt({ min: 2n ** 31n, max: 2n ** 32n - 1n }), check));
});
