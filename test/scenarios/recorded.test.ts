/** Every scenario of our own and every recorded one that is there, each on a network of its own. */
import { readFileSync } from "node:fs";
import { formatDifference, parseScenario, runScenario } from "@tandem-ics/conformance";
import { ownDirectory, recordedDirectory, scenarioFiles } from "./files.ts";

const recorded = scenarioFiles(recordedDirectory);
const files = [...scenarioFiles(ownDirectory), ...recorded];

test.each(files)(
  "%s: every step can be done, every state is as expected, every invariant holds",
  async (_, path) => {
    const scenario = parseScenario(readFileSync(path, "utf8"), path);
    const result = await runScenario(scenario, { checkInvariants: true });
    expect(result.difference === undefined ? "ok" : formatDifference(result.difference)).toBe("ok");
    expect(result.steps).toBe(scenario.steps.length);
    expect(result.states).toBe(scenario.steps.reduce((sum, { expected }) => sum + expected.length, 0));
  },
  300_000,
);

if (recorded.length === 0) {
  const where = recordedDirectory ?? "SCENARIOS_DIR and TRACES_DIR are not set";
  console.warn(`SKIPPED: no recorded scenarios (${where})`);
  test.skip("recorded scenarios (set SCENARIOS_DIR, or TRACES_DIR with e2e in it)", () => undefined);
}
