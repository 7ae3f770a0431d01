/** Timing for benchmarks: several runs, medians with their spread, and what machine it was. */
import { cpus, totalmem } from "node:os";

/** Median, least and greatest of some runs. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Spread of measured values. */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)! };
}

/** Seconds that `work` takes. */
export async function seconds(work: () => unknown): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

/** One measured figure. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly value: Spread;
  readonly runs: number;
  /** What it is to be compared with. */
  readonly note?: string;
}

const round = (x: number): string => (x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x.toFixed(3));

/** Figures as a Markdown table. */
export const table = (figures: readonly Figure[]): string =>
  [
    "| figure | median | min – max | unit | runs | beside |",
    "| --- | ---: | ---: | --- | ---: | --- |",
    ...figures.map(
      ({ name, value, unit, runs, note }) =>
        `| ${name} | ${round(value.median)} | ${round(value.min)} – ${round(value.max)} | ${unit} | ${runs} | ${note ?? ""} |`,
    ),
  ].join("\n");

/** The machine, in one line. */
export const machine = (): string => {
  const all = cpus();
  return `${all.length} × ${all[0]?.model.trim() ?? "?"}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
};
