/** Sets of consumers beside a naive twin, over real stake that moves, with sets of 1 to 300 validators. */
import { capPowers as capPowersOfProduct } from "@tandem-ics/ccv";
import { toBase64 } from "@tandem-ics/crypto";
import { ConsumerPhase } from "@tandem-ics/proto";
import fc from "fast-check";
import * as state from "../../packages/ccv/src/provider/state.ts";
import { capPowers, difference, type Member, minimumPower, strongestFirst } from "./naive/power-shaping.ts";
import { choicesFrom } from "./seeded.ts";
import { asGo, createShapedWorld, type Model, type ShapedWorld } from "./shaped-world.ts";

const EPOCHS = 3;
const RUNS = Number(process.env["PROPERTY_RUNS"] ?? 12);
const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const counts = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 12 }) },
  { weight: 4, arbitrary: fc.integer({ min: 13, max: 60 }) },
  { weight: 1, arbitrary: fc.integer({ min: 61, max: 300 }) },
);

const byAddress = (set: readonly Member[]): Member[] =>
  [...set].sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
/** Launches all consumers in the next block, as far as the twin says that they can be. */
function launchAll(world: ShapedWorld): void {
  const { chain, models } = world;
  for (const { id } of models) chain.spawn(id);
  chain.nextBlock();
  for (const model of models) {
    const consents = new Set(model.optedIn);
    const set = world.expectedNext(model);
    const active = world.active(model).map(({ address }) => address);
    model.launched = set.some(({ address }) => active.includes(address));
    expect([model.id, state.phases.get(chain.now, model.id)]).toEqual([
      model.id,
      model.launched ? ConsumerPhase.CONSUMER_PHASE_LAUNCHED : ConsumerPhase.CONSUMER_PHASE_REGISTERED,
    ]);
    if (model.launched) {
      expect(world.storedSet(model)).toEqual(byAddress(set));
      model.set = world.storedSet(model);
      chain.openChannel(model.id);
      continue;
    }
    // A launch that fails leaves nothing behind, automatic consents neither.
    model.optedIn = consents;
    expect(world.storedSet(model)).toEqual([]);
  }
}

/** Checks consents, set and packet that a boundary made. */
function checkBoundary(world: ShapedWorld, model: Model, expected: Member[]): void {
  const stored = world.storedSet(model);
  expect(stored).toEqual(byAddress(expected));
  expect(world.storedOptIns(model)).toEqual([...model.optedIn].map((i) => world.addresses[i]!).sort());
  const updates = difference(model.set, stored);
  const packets = world.chain.sentTo(model.id);
  expect(packets.length - model.packets).toBe(updates.size === 0 ? 0 : 1);
  if (updates.size > 0) {
    const sent = packets.at(-1)!.validator_updates.map(({ pub_key, power }) => `${pub_key.ed25519} ${power}`);
    const due = [...updates].map(([key, power]) => `${toBase64(Buffer.from(key, "hex"))} ${power}`);
    expect([...sent].sort()).toEqual([...due].sort());
  }
  model.packets = packets.length;
  model.set = stored;
}

test("sets, consents, minimum powers and packets at every boundary are those of the naive twin", () => {
  fc.assert(
    fc.property(counts, seeds, fc.boolean(), (count, seed, apart) => {
      const world = createShapedWorld(choicesFrom(seed), count, apart);
      const { chain } = world;
      for (let i = 0; i < 4; i++) world.addConsumer();
      launchAll(world);
      for (let epoch = 0; epoch < EPOCHS; epoch++) {
        world.move();
        while (chain.now.height % 3n !== 0n) chain.nextBlock();
        // The twin looks at stake as staking leaves it at the end of the block.
        chain.endBlock(chain.now);
        const launched = world.models.filter((model) => model.launched);
        const expected = launched.map((model) => world.expectedNext(model));
        const minimums = launched.map((model) => world.minimum(model));
        chain.nextBlock();
        launched.forEach((model, i) => {
          checkBoundary(world, model, expected[i]!);
          expect(state.minimumPower.get(chain.now, model.id)).toBe(minimums[i]);
        });
      }
    }),
    { numRuns: RUNS },
  );
}, 300_000);

test("capped powers and their remainders go to the same validators among many of equal power", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), seeds, (count, seed) => {
      const choices = choicesFrom(seed);
      const kinds = choices.of([3, 12, 1000]);
      const drawn = Array.from({ length: count }, (_, i) => ({ i, power: BigInt(1 + choices.below(kinds)) }));
      // Priority validators first, each part by power, as the pipeline hands them over.
      const priority = choices.below(count);
      const list = [
        ...strongestFirst(drawn.slice(0, priority), ({ power }) => power),
        ...strongestFirst(drawn.slice(priority), ({ power }) => power),
      ];
      const cap = Math.min(100, choices.of([1, Math.ceil(100 / count) + choices.below(4)]));
      const sorted = asGo(list, ({ power }) => power);
      const capped = capPowers(
        sorted.map(({ power }) => power),
        cap,
      );
      const expected = sorted.map(({ i }, at) => ({ i, power: capped[at]! }));
      expect(capPowersOfProduct(list, cap)).toEqual(expected);
    }),
    { numRuns: 20 * RUNS },
  );
});

describe("the naive twin itself", () => {
  test.each<[readonly bigint[], number, readonly bigint[]]>([
    [[100n, 1n, 1n, 1n], 30, [30n, 24n, 24n, 25n]],
    [[1n, 2n, 3n, 4n, 5n], 20, [3n, 3n, 3n, 3n, 3n]],
    [[60n, 138n, 559n], 35, [264n, 264n, 229n]],
    [[1000n, 1n, 1n, 1n, 1n], 10, [100n, 100n, 100n, 100n, 100n]],
    [[5n], 34, [1n]],
    [[45n, 30n, 15n, 10n], 40, [40n, 31n, 17n, 12n]],
    [[500n, 300n, 100n, 60n, 40n], 33, [330n, 330n, 146n, 107n, 87n]],
    [[1n, 5n, 6n, 7n], 34, [6n, 6n, 5n, 2n]],
  ])("caps %p at %i %% as the Go chain does", (input, cap, expected) => {
    expect(capPowers(input, cap)).toEqual(expected);
  });

  test("counts exact equality into the top N", () => {
    expect(minimumPower([50n, 30n, 20n], 80)).toBe(30n);
    expect(minimumPower([50n, 30n, 20n], 81)).toBe(20n);
  });
});
