/** Signed bank sends a second through HTTP: ours alone, or ours and a Go provider by turns under one and the same sender. */
import { type Figure, spread } from "./measure.ts";
import { type SendsChain, startGo, startOurs } from "./sends-chains.ts";
import { type Load, sendLoad, WORKERS } from "./sends-load.ts";

const say = (name: string, { rate, cpuMicros, gas }: Load): void =>
  console.error(
    `  ${name}: ${rate.toFixed(0)} tx/s, ${cpuMicros.toFixed(0)} µs of the chain each, gas ${gas}`,
  );

const figures = (who: string, count: number, loads: readonly Load[], note?: string): Figure[] => [
  {
    name: `${who}: signed bank sends through HTTP, ${count} by ${WORKERS} workers`,
    unit: "tx/s",
    value: spread(loads.map(({ rate }) => rate)),
    runs: loads.length,
    ...(note === undefined ? {} : { note }),
  },
  {
    name: `${who}: processor time of the chain's process for each`,
    unit: "µs",
    value: spread(loads.map(({ cpuMicros }) => cpuMicros)),
    runs: loads.length,
  },
];

/** Measures `count` sends, `runs` times on one chain of ours; the first run finds it just started. */
export async function benchSends(count: number, runs: number): Promise<Figure[]> {
  const chain = await startOurs();
  const loads: Load[] = [];
  try {
    for (let i = 0; i < runs; i++) {
      loads.push(await sendLoad(chain, count));
      say("ours", loads.at(-1)!);
    }
  } finally {
    await chain.stop();
  }
  return figures("ours", count, loads, "Go 1 100–1 250");
}

/** Both chains are up all the time and make empty blocks while the other one is measured; runs alternate. */
export async function benchSendsBesideGo(count: number, runs: number): Promise<Figure[]> {
  const go: Load[] = [];
  const ours: Load[] = [];
  const chains: SendsChain[] = [];
  try {
    const goChain = await startGo();
    chains.push(goChain);
    const ourChain = await startOurs();
    chains.push(ourChain);
    for (let i = 0; i < runs; i++) {
      go.push(await sendLoad(goChain, count));
      say("Go", go.at(-1)!);
      ours.push(await sendLoad(ourChain, count));
      say("ours", ours.at(-1)!);
    }
  } finally {
    await Promise.all(chains.map((chain) => chain.stop()));
  }
  return [
    ...figures("Go", count, go),
    ...figures("ours", count, ours),
    {
      name: "ours ÷ Go, run by run",
      unit: "times",
      value: spread(ours.map(({ rate }, i) => rate / go[i]!.rate)),
      runs,
      note: "aim 2",
    },
  ];
}
