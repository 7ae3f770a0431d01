/** `tandem check scenario`: runs recorded scenarios against our chains. */
import { basename } from "node:path";
import {
  formatDifference,
  parseScenario,
  runScenario,
  type Scenario,
  ScenarioError,
  type ScenarioResult,
} from "@tandem-ics/conformance";
import type { Command } from "commander";
import { readText } from "../arguments.ts";
import { CliError } from "../exit-codes.ts";
import { type Settings, settingsOf } from "../settings.ts";

/** A file with what its run has shown. */
interface CheckedFile extends ScenarioResult {
  readonly file: string;
}

/** A file that cannot be run is a mistake of whoever wrote it. */
function badFile(error: unknown): unknown {
  if (!(error instanceof ScenarioError)) return error;
  const hint = "docs/scenarios.md tells how a scenario is written";
  return new CliError({ code: "bad-input", message: error.message, hint }, { cause: error });
}

function read(file: string): Scenario {
  try {
    return parseScenario(readText(file), file);
  } catch (error) {
    throw badFile(error);
  }
}

interface Flags {
  readonly checkInvariants?: boolean;
}

async function run(
  file: string,
  scenario: Scenario,
  { checkInvariants = false }: Flags,
  { out }: Settings,
): Promise<CheckedFile> {
  const name = basename(file);
  try {
    const result = await runScenario(scenario, {
      checkInvariants,
      onStep: ({ number, action }, total) => out.note(`${name}: step ${number} of ${total}, ${action.name}`),
      onNote: (message) => out.note(`${name}: ${message}`),
    });
    return { file, ...result };
  } catch (error) {
    throw badFile(error);
  }
}

const line = ({ file, states, seconds, difference }: CheckedFile): string =>
  difference === undefined
    ? `${file}: ok ${states} states (${seconds.toFixed(1)} s)`
    : `${file}: ${formatDifference(difference)}`;

async function checkScenarios(files: readonly string[], flags: Flags, settings: Settings): Promise<void> {
  const { out } = settings;
  // All are read before the first is run: a mistake in the last one should not cost the time of the others.
  const scenarios = files.map((file) => ({ file, scenario: read(file) }));
  const results: CheckedFile[] = [];
  for (const { file, scenario } of scenarios) {
    const result = await run(file, scenario, flags, settings);
    results.push(result);
    if (!out.json) out.result(result, line);
  }
  const differ = results.filter(({ ok }) => !ok).length;
  const report = { ok: differ === 0, files: results };
  if (differ > 0)
    throw new CliError({
      code: "check-failed",
      message: `${differ} of ${results.length} scenarios went otherwise`,
      details: report,
    });
  if (out.json) out.result(report, () => "");
}

/** Adds the command. */
export function addCheckScenario(check: Command): void {
  check
    .command("scenario <files...>")
    .description("run recorded scenarios (JSON) against our chains and compare every state that they expect")
    .option("--check-invariants", "evaluate every invariant after each block")
    .addHelpText("after", "\nExit code 6 when something differs, 2 when a file is no scenario.")
    .action((files: string[], flags: Flags, command: Command) =>
      checkScenarios(files, flags, settingsOf(command)),
    );
}
