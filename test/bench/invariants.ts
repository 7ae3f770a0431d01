/** What `--check-invariants` costs: the same network with and without it, by turns. */
import { Localnet } from "@tandem-ics/localnet";
import { type Figure, spread } from "./measure.ts";

const CONSUMERS = 2;
const ROUNDS = 8;

/** Milliseconds for a delegation that reaches the consumers: some blocks of every chain, with packets and changes. */
async function millisPerChange(validators: number, checkInvariants: boolean, seed: string): Promise<number> {
  const net = await Localnet.start({
    validators,
    consumers: CONSUMERS,
    checkInvariants,
    seed,
    provider: { maxValidators: validators },
  });
  try {
    const heights = (): bigint => net.chains.reduce((sum, { node }) => sum + node.height, 0n);
    const before = heights();
    const began = performance.now();
    for (let round = 0; round < ROUNDS; round++)
      await net.stake.delegate("alice", "1000000stake", { wait: "applied" });
    return (performance.now() - began) / Number(heights() - before);
  } finally {
    await net.stop();
  }
}

/** Time for a block of a provider and its two consumers, unchecked and checked. */
export async function benchInvariants(validators: number, runs: number): Promise<Figure[]> {
  const times = { without: [] as number[], with: [] as number[] };
  for (let run = 0; run <= runs; run++) {
    const without = await millisPerChange(validators, false, `bench ${run}`);
    const checked = await millisPerChange(validators, true, `bench ${run}`);
    // The first turn warms the process up.
    if (run === 0) continue;
    times.without.push(without);
    times.with.push(checked);
  }
  const figure = (name: string, values: readonly number[], unit = "ms"): Figure => ({
    name: `${validators} validators, ${CONSUMERS} consumers: ${name}`,
    unit,
    value: spread(values),
    runs,
  });
  return [
    figure("a block, unchecked", times.without),
    figure("a block, checked", times.with),
    figure(
      "checked ÷ unchecked, turn by turn",
      times.with.map((ms, i) => ms / times.without[i]!),
      "times",
    ),
  ];
}
