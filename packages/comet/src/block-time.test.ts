import fc from "fast-check";
import { medianTime, voteTime, weightedMedian } from "./block-time.ts";
import { makeCommit, makeSet, memberOf, START_NS, someBlockId } from "./testing.ts";
import { GO_ZERO_TIME_NS, nsToTimestamp } from "./time.ts";

const { set, seeds } = makeSet([4n, 3n, 2n]);
const commitAt = (times: readonly bigint[], flags: readonly number[] = []) => {
  const commit = makeCommit({ chainId: "test-1", height: 3n, id: someBlockId("a"), set, seeds, flags });
  times.forEach((ns, i) => {
    if (flags[i] !== 1) commit.signatures[i]!.timestamp = nsToTimestamp(START_NS + ns);
  });
  return commit;
};

test("the median is weighted by power", () => {
  expect(medianTime(commitAt([30n, 20n, 10n]), set)).toBe(START_NS + 20n);
  expect(medianTime(commitAt([10n, 30n, 20n]), set)).toBe(START_NS + 10n);
});

test("nil votes count, absent ones and strangers do not", () => {
  expect(medianTime(commitAt([30n, 20n, 10n], [3, 2, 2]), set)).toBe(START_NS + 20n);
  expect(medianTime(commitAt([30n, 20n, 10n], [1, 2, 2]), set)).toBe(START_NS + 10n);
  const strange = commitAt([30n, 20n, 10n]);
  strange.signatures[0]!.validatorAddress = memberOf(8, 1n).validator.address;
  expect(medianTime(strange, set)).toBe(START_NS + 10n);
});

test("a third of the power cannot move the time beyond what the others say", () => {
  const honest = fc.array(fc.bigInt({ min: 1000n, max: 2000n }), { minLength: 7, maxLength: 7 });
  const liars = fc.array(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(honest, liars, (a, b) => {
      const median = weightedMedian([...a, ...b].map((timeNs) => ({ timeNs, weight: 1n })));
      expect(median >= 1000n && median <= 2000n).toBe(true);
    }),
  );
});

test("of no votes it is Go's zero time", () => {
  expect(weightedMedian([])).toBe(GO_ZERO_TIME_NS);
});

test("a vote's time is the clock's, but at least a millisecond after the block's", () => {
  expect(voteTime(5_000_000n, 1_000_000n)).toBe(5_000_000n);
  expect(voteTime(5_000_000n, 5_000_000n)).toBe(6_000_000n);
  expect(voteTime(1n, 5_000_000n)).toBe(6_000_000n);
});
