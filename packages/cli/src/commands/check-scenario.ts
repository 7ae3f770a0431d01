/** `tandem check scenario`: runs recorded scenarios against our chains. */
import { readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import {
  formatDifference,
  parseScenario,
  runScenario,
  type Scenario,
  ScenarioError,
  type ScenarioResult,
} from "@tandem-ics/conformance";
import type { Command } from "commander";
import pc from "picocolors";
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

/** A directory stands for the scenarios in it. */
function filesOf(path: string): string[] {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [path];
  const files = readdirSync(path)
    .filter((name) => name.endsWith(".json"))
    .sort();
  if (files.length === 0)
    throw new CliError({
      code: "not-found",
      message: `no scenarios in ${path}`,
      hint: "their names end in .json",
    });
  return files.map((name) => join(path, name));
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
    ? `${file} ${pc.green(`ok ${states} states`)} (${seconds.toFixed(1)} s)`
    : `${file} ${pc.red(formatDifference(difference))}`;

async function checkScenarios(paths: readonly string[], flags: Flags, settings: Settings): Promise<void> {
  const { out } = settings;
  // All are read before the first is run: a mistake in the last one should not cost the time of the others.
  const scenarios = paths.flatMap(filesOf).map((file) => ({ file, scenario: read(file) }));
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
    .addHelpText(
      "after",
      "\nDirectories stand for all scenarios in them. Exit code 6 when something differs, 2 when a file is no scenario.",
    )
    .action((files: string[], flags: Flags, command: Command) =>
      checkScenarios(files, flags, settingsOf(command)),
    );
}
