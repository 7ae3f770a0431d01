import fc from "fast-check";
import { Dec, decErrors } from "./dec.ts";

const P = 10n ** 18n;
const decimal = fc.bigInt({ min: -(2n ** 120n), max: 2n ** 120n }).map(Dec.fromScaled);
const positive = fc.bigInt({ min: 1n, max: 2n ** 120n }).map(Dec.fromScaled);

const floor = (a: bigint, b: bigint): bigint => {
  const q = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? q - 1n : q;
};

/** Nearest integer to a/b (b positive), ties to even: the definition, by comparing distances. */
function nearestEven(a: bigint, b: bigint): bigint {
  const low = floor(a, b);
  const twice = 2n * (a - low * b);
  if (twice === b) return low % 2n === 0n ? low : low + 1n;
  return twice > b ? low + 1n : low;
}

test("text and wire form are read back", () => {
  fc.assert(
    fc.property(decimal, (a) => {
      expect(Dec.parse(a.toString()).eq(a)).toBe(true);
      expect(Dec.fromWire(a.toWire()).eq(a)).toBe(true);
    }),
  );
});

test("products round half to even, down, or up as their names say", () => {
  fc.assert(
    fc.property(decimal, decimal, (a, b) => {
      const exact = a.scaled * b.scaled;
      expect(a.mul(b).scaled).toBe(nearestEven(exact, P));
      expect(a.mulTruncate(b).scaled).toBe(exact / P);
      expect(a.mulRoundUp(b).scaled).toBe(exact > 0n ? -floor(-exact, P) : exact / P);
      expect(a.mul(b).eq(b.mul(a))).toBe(true);
    }),
  );
});

test("quotients are cut to 36 places before they are rounded to 18", () => {
  fc.assert(
    fc.property(positive, positive, (a, b) => {
      expect(a.quo(b).scaled).toBe(nearestEven((a.scaled * P * P) / b.scaled, P));
      expect(a.quoTruncate(b).lte(a.quo(b))).toBe(true);
      expect(a.quo(b).lte(a.quoRoundUp(b))).toBe(true);
      expect(a.quoRoundUp(b).scaled - a.quoTruncate(b).scaled).toBe(
        (a.scaled * P) % b.scaled === 0n ? 0n : 1n,
      );
    }),
  );
});

test("sums, differences and order are those of the rational numbers", () => {
  fc.assert(
    fc.property(decimal, decimal, decimal, (a, b, c) => {
      expect(a.add(b).sub(b).eq(a)).toBe(true);
      expect(
        a
          .add(b)
          .add(c)
          .eq(a.add(b.add(c))),
      ).toBe(true);
      expect(a.lt(b)).toBe(a.add(c).lt(b.add(c)));
      expect(a.neg().neg().eq(a)).toBe(true);
      expect(a.abs().isNegative()).toBe(false);
    }),
  );
});

test("integers: towards zero, half to even, up", () => {
  fc.assert(
    fc.property(decimal, (a) => {
      expect(a.truncateInt()).toBe(a.scaled / P);
      expect(a.roundInt()).toBe(nearestEven(a.scaled, P));
      expect(a.ceil().scaled).toBe(-floor(-a.scaled, P) * P);
      expect(a.truncate().isInteger()).toBe(true);
    }),
  );
});

test("more than 315 bits are refused, on the way in and as a result (security 37)", () => {
  const largest = 2n ** 315n - 1n;
  expect(Dec.fromScaled(largest).scaled).toBe(largest);
  for (const act of [
    () => Dec.fromScaled(2n ** 315n),
    () => Dec.fromScaled(-(2n ** 315n)),
    () => Dec.fromScaled(largest).add(Dec.fromScaled(1n)),
    () => Dec.fromInt(2n ** 300n),
    () => Dec.fromScaled(2n ** 200n).mul(Dec.fromInt(2n ** 150n)),
    () => Dec.fromWire((2n ** 315n).toString()),
  ])
    expect(act).toThrow(decErrors.overflow.text);
  const endless = "9".repeat(1_000_000);
  expect(() => Dec.parse(endless)).toThrow("out of range: invalid decimal string");
  expect(() => Dec.parse(`${2n ** 300n}`)).toThrow("out of range: invalid decimal string");
  expect(() => Dec.fromWire(endless)).toThrow(decErrors.invalidText.text);
});

test("division by zero is a refusal", () => {
  for (const act of [
    () => Dec.ONE.quo(Dec.ZERO),
    () => Dec.ONE.quoInt(0n),
    () => Dec.ONE.quoRoundUp(Dec.ZERO),
  ])
    expect(act).toThrow(decErrors.divisionByZero.text);
});

test.each([
  ["", "decimal string cannot be empty"],
  ["-", "decimal string cannot be empty"],
  [" ", "failed to set decimal string with base 10:  000000000000000000"],
  [".5", "invalid decimal length"],
  ["5.", "invalid decimal length"],
  ["1.2.3", "invalid decimal string"],
  [
    "0.1234567890123456789",
    "value '0.1234567890123456789' exceeds max precision by -1 decimal places: max precision 18",
  ],
  ["1e5", "failed to set decimal string with base 10: 1e5000000000000000000"],
  ["0.+5", "failed to set decimal string with base 10: 0+50000000000000000"],
  ["---1", "failed to set decimal string with base 10: --1000000000000000000"],
])("text %j is refused in Go's words", (text, reason) => {
  expect(() => Dec.parse(text)).toThrow(new Error(reason));
});

test.each([
  ["+0.5", "0.500000000000000000"],
  ["-+0.5", "-0.500000000000000000"],
  ["--0.5", "0.500000000000000000"],
  ["-0", "0.000000000000000000"],
  ["007", "7.000000000000000000"],
])("text %j is read as Go does", (text, value) => {
  expect(Dec.parse(text).toString()).toBe(value);
});
