/** `tandem check traces`: replays traces of the formal model on our chains. */
import {
  findTraceFiles,
  formatOutcome,
  type ReplayOutcome,
  readTrace,
  replayTrace,
  type Trace,
  TraceError,
} from "@tandem-ics/conformance";
import type { Command } from "commander";
import pc from "picocolors";
import { CliError } from "../exit-codes.ts";
import { type Settings, settingsOf } from "../settings.ts";

/** Steps between two words about the progress. */
const PROGRESS_STEPS = 50;

type CheckedTrace = { readonly file: string } & ReplayOutcome;

function fileError(error: unknown): unknown {
  if (!(error instanceof TraceError)) return error;
  const { code, message } = error;
  return new CliError(
    code === "not-found"
      ? { code, message, hint: "name files, or a directory with *.json.gz in it" }
      : { code: "bad-input", message, hint: "docs/traces.md tells what a trace is" },
    { cause: error },
  );
}

function orFileError<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw fileError(error);
  }
}

const COLOURS = { ok: pc.green, skipped: pc.yellow, difference: pc.red } as const;

function lines(checked: CheckedTrace): string {
  const text = formatOutcome(checked);
  return `${checked.file} ${COLOURS[checked.kind](text)}`;
}

async function replay(file: string, trace: Trace, { out }: Settings): Promise<CheckedTrace> {
  const total = trace.steps.length;
  const outcome = await replayTrace(trace, {
    onStep: (step) => {
      if (step > 0 && step % PROGRESS_STEPS === 0) out.note(`${file}: step ${step} of ${total}`);
    },
  });
  return { file, ...outcome };
}

const countOf = (results: readonly CheckedTrace[], kind: CheckedTrace["kind"]): number =>
  results.filter((result) => result.kind === kind).length;

async function checkTraces(paths: readonly string[], settings: Settings): Promise<void> {
  const { out } = settings;
  const files = orFileError(() => findTraceFiles(paths));
  if (files.length === 0)
    throw new CliError({
      code: "not-found",
      message: `no traces in ${paths.join(", ")}`,
      hint: "their names end in .json or .json.gz",
    });
  const results: CheckedTrace[] = [];
  for (const file of files) {
    const result = await replay(
      file,
      orFileError(() => readTrace(file)),
      settings,
    );
    results.push(result);
    if (!out.json) out.result(result, lines);
  }
  const counts = {
    files: results.length,
    ok: countOf(results, "ok"),
    skipped: countOf(results, "skipped"),
    differing: countOf(results, "difference"),
  };
  const report = { ok: counts.differing === 0, counts, traces: results };
  if (counts.differing > 0)
    throw new CliError({
      code: "check-failed",
      message: `${counts.differing} of ${counts.files} traces went otherwise`,
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
