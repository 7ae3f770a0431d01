/** Replays every trace of one part, each as a test of its own. */
import { formatOutcome, readTrace, replayTrace } from "../../../packages/conformance/src/index.ts";
import { nameOf, shardOf, traceFiles, tracesDir } from "./trace-dir.ts";

/** Test files that share the traces. */
export const SHARDS = 4;
/** For the longest on a busy machine. */
const TIMEOUT_MS = 900_000;

/** Declares the tests of part `shard`. */
export function replayShard(shard: number): void {
  if (traceFiles.length === 0) {
    console.warn(`SKIPPED: no traces in ${tracesDir}; set TRACES_DIR`);
    test.skip("traces (set TRACES_DIR)", () => undefined);
    return;
  }
  const files = shardOf(shard, SHARDS);
  if (files.length === 0) test("has no part of so few traces", () => undefined);
  for (const file of files)
    test(
      nameOf(file),
      async () => {
        const outcome = await replayTrace(readTrace(file));
        const text = formatOutcome(outcome);
        process.stdout.write(`${nameOf(file)} ${text}\n`);
        if (outcome.kind === "difference") throw new Error(`${nameOf(file)} ${text}`);
      },
      TIMEOUT_MS,
    );
}
