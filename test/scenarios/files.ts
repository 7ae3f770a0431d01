/** Scenario files: our own, and those that others recorded. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Scenarios that travel with the project. */
export const ownDirectory = join(__dirname, "../data/scenarios");

/** Where recorded scenarios lie: `SCENARIOS_DIR`, else `e2e` below `TRACES_DIR`. */
export const recordedDirectory: string | undefined =
  process.env["SCENARIOS_DIR"] ??
  (process.env["TRACES_DIR"] === undefined ? undefined : join(process.env["TRACES_DIR"], "e2e"));

/** The scenario files of a directory, as `[name, path]`; none where there is no directory. */
export const scenarioFiles = (directory: string | undefined): [string, string][] =>
  directory === undefined || !existsSync(directory)
    ? []
    : readdirSync(directory)
        .filter((name) => name.endsWith(".json"))
        .sort()
        .map((name) => [name, join(directory, name)]);
