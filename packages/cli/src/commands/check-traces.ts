/** `tandem check traces`: replays traces of the formal model on our chains. */
import {
  findTraceFiles,
  formatOutcome,
  type ReplayOutcome,
  readTrace,
  replayTrace,
  TraceError,
} from "@tandem-ics/conformance";
import type { Command } from "commander";
import pc from "picocolors";
import { CliError } from "../exit-codes.ts";
import { type Settings, settingsOf } from "../settings.ts";

/** Steps between two words about the progress. */
const PROGRESS_STEPS = 50;

/** A file that is no trace, or of which no chains can be made. */
interface BadTrace {
  readonly kind: "bad";
  readonly reason: string;
}

type CheckedTrace = { readonly file: string } & (ReplayOutcome | BadTrace);

const HINT = "docs/traces.md tells what a trace is";

function filesOf(paths: readonly string[]): string[] {
  let files: string[];
  try {
    files = findTraceFiles(paths);
  } catch (error) {
    if (!(error instanceof TraceError)) throw error;
    const hint = "name files, or a directory with *.json.gz in it";
    throw new CliError({ code: "not-found", message: error.message, hint }, { cause: error });
  }
  if (files.length > 0) return files;
  throw new CliError({
    code: "not-found",
    message: `no traces in ${paths.join(", ")}`,
    hint: "their names end in .json or .json.gz",
  });
}

const COLOURS = { ok: pc.green, skipped: pc.yellow, difference: pc.red, bad: pc.red } as const;

function lines(checked: CheckedTrace): string {
  const text = checked.kind === "bad" ? `is no trace: ${checked.reason}` : formatOutcome(checked);
  return `${checked.file} ${COLOURS[checked.kind](text)}`;
}

/** One file's replay; the others go on whatever is wrong with it. */
async function replay(file: string, { out }: Settings): Promise<CheckedTrace> {
  try {
    const trace = readTrace(file);
    const total = trace.steps.length;
    const outcome = await replayTrace(trace, {
      onStep: (step) => {
        if (step > 0 && step % PROGRESS_STEPS === 0) out.note(`${file}: step ${step} of ${total}`);
      },
    });
    return { file, ...outcome };
  } catch (error) {
    if (!(error instanceof TraceError)) throw error;
    return { file, kind: "bad", reason: error.reason };
  }
}

const countOf = (results: readonly CheckedTrace[], kind: CheckedTrace["kind"]): number =>
  results.filter((result) => result.kind === kind).length;

async function checkTraces(paths: readonly string[], settings: Settings): Promise<void> {
  const { out } = settings;
  const results: CheckedTrace[] = [];
  for (const file of filesOf(paths)) {
    const result = await replay(file, settings);
    results.push(result);
    if (!out.json) out.result(result, lines);
  }
  const counts = {
    files: results.length,
    ok: countOf(results, "ok"),
    skipped: countOf(results, "skipped"),
    differing: countOf(results, "difference"),
    bad: countOf(results, "bad"),
  };
  const report = { ok: counts.differing === 0 && counts.bad === 0, counts, traces: results };
  if (counts.differing > 0)
    throw new CliError({
      code: "check-failed",
      message: `${counts.differing} of ${counts.files} traces went otherwise`,
      details: report,
    });
  const bad = results.find((result) => result.kind === "bad");
  if (bad !== undefined)
    throw new CliError({
      code: "bad-input",
      message:
        counts.files === 1
          ? `${bad.file}: ${bad.reason}`
          : `${counts.bad} of ${counts.files} files are no traces`,
      hint: HINT,
      details: report,
    });
  out.note(
    `${counts.ok} of ${counts.files} traces ok${counts.skipped === 0 ? "" : `, ${counts.skipped} skipped`}`,
  );
  if (out.json) out.result(report, () => "");
}

/** Adds the command. */
export function addCheckTraces(check: Command): void {
  check
    .command("traces <files...>")
    .description("replay traces of the formal model on our chains and compare the state after every step")
    .addHelpText(
      "after",
      "\nDirectories stand for all traces below them. Exit code 6 when something differs, 2 when a file is no trace.",
    )
    .action((files: string[], _flags, command: Command) => checkTraces(files, settingsOf(command)));
}
