// The reference must write 2^31 to 2^32 rightly, too.
import "@tandem-ics/proto/wire";
import { ExecTxResult } from "cosmjs-types/tendermint/abci/types";
import fc from "fast-check";
import { encodeTxResult } from "./result-bytes.ts";

const text = fc.oneof(
  fc.string({ maxLength: 300 }),
  fc.string({ unit: "grapheme", maxLength: 300 }),
  fc.constantFrom("", "a".repeat(127), "a".repeat(128), "é".repeat(64), "a".repeat(20_000)),
);
const int64 = fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n);
const attribute = fc.record({ key: text, value: text, index: fc.boolean() });
const event = fc.record({ type: text, attributes: fc.array(attribute, { maxLength: 5 }) });

/** Bytes as text: Jest compares long arrays element by element, which takes a minute here. */
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

const result: fc.Arbitrary<ExecTxResult> = fc.record({
  code: fc.oneof(fc.nat(20), fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.constantFrom(2 ** 31, 2 ** 32 - 1)),
  data: fc.uint8Array({ maxLength: 300 }),
  log: text,
  info: text,
  gasWanted: int64,
  gasUsed: int64,
  events: fc.array(event, { maxLength: 8 }),
  codespace: text,
});

test("gives the bytes of the generated codec", () => {
  fc.assert(
    fc.property(result, (value) => {
      expect(hex(encodeTxResult(value))).toBe(hex(ExecTxResult.encode(value).finish()));
    }),
    { numRuns: 300, examples: [[ExecTxResult.fromPartial({ code: 2 ** 31, gasUsed: 2n ** 32n - 1n })]] },
  );
});

test("a result larger than a megabyte, and what comes after it", () => {
  const events = Array.from({ length: 2_000 }, (_, i) => ({
    type: "transfer",
    attributes: [{ key: "amount", value: `${i}`.padEnd(600, "0"), index: true }],
  }));
  const large = ExecTxResult.fromPartial({ code: 5, events });
  expect(hex(encodeTxResult(large))).toBe(hex(ExecTxResult.encode(large).finish()));
  expect(encodeTxResult(ExecTxResult.fromPartial({}))).toEqual(new Uint8Array());
});

test("results share no memory", () => {
  const first = encodeTxResult(ExecTxResult.fromPartial({ log: "first" }));
  const copy = first.slice();
  encodeTxResult(ExecTxResult.fromPartial({ log: "other" }));
  expect(first).toEqual(copy);
});
