/** `tandem evidence`: proving misbehaviour to the provider. */

import type { Command } from "commander";
import pc from "picocolors";
import { readText } from "../arguments.ts";
import { CliError } from "../exit-codes.ts";
import { callNetwork } from "../network-door.ts";
import { type Settings, settingsOf } from "../settings.ts";
import { arrivalLines, type ChangeInfo, next, txLines } from "./change.ts";

interface EvidenceFlags {
  readonly file: string;
  readonly header?: string;
  readonly unchecked?: boolean;
}

interface Report {
  readonly ok: boolean;
  readonly checks: readonly { rule: string; ok: boolean; detail: string }[];
}

const reportLines = (report: Report): string[] =>
  report.checks.map(
    (c) => `${c.ok ? pc.green("✓") : pc.red("✗")} ${c.rule}${c.ok || c.detail === "" ? "" : `: ${c.detail}`}`,
  );

/** What one call of the provider would be told, from the command's flags. */
function readFiles(flags: EvidenceFlags): { file: string; header: string | undefined } {
  return {
    file: readText(flags.file),
    header: flags.header === undefined ? undefined : readText(flags.header),
  };
}

async function check(consumer: string, flags: EvidenceFlags, { home, out }: Settings): Promise<void> {
  const { file, header } = readFiles(flags);
  const report = await callNetwork<Report>(home, "evidence.check", consumer, file, header ?? null);
  if (!report.ok)
    throw new CliError({
      code: "evidence-refused",
      message: `the evidence does not hold:\n${reportLines(report).join("\n")}`,
      details: report,
    });
  out.result(report, (r) =>
    [
      ...reportLines(r),
      "the provider would accept this, unless the validator is tombstoned already",
      next(`tandem evidence submit double-sign ${consumer} --file ${flags.file}`),
    ].join("\n"),
  );
}

async function submit(consumer: string, flags: EvidenceFlags, settings: Settings): Promise<void> {
  const { home, out, from, wait } = settings;
  const { file, header } = readFiles(flags);
  const options = {
    ...(from === undefined ? {} : { from }),
    ...(header === undefined ? {} : { headerFile: header }),
    ...(flags.unchecked ? { unchecked: true } : {}),
    ...(wait === undefined ? {} : { wait }),
  };
  const result = await callNetwork<ChangeInfo & { report: Report }>(
    home,
    "evidence.submitDoubleSign",
    consumer,
    file,
    options,
  );
  out.result(result, (r) =>
    [
      ...reportLines(r.report),
      ...txLines(r),
      "slashed, jailed and tombstoned on the provider; gone from every consumer after the epoch's end",
      ...arrivalLines(r),
      next("tandem validator list"),
    ].join("\n"),
  );
}

/** Adds `evidence`. */
export function addEvidence(program: Command): void {
  const evidence = program.command("evidence").description("prove misbehaviour to the provider");
  evidence
    .command("submit")
    .description("submit evidence")
    .command("double-sign <consumer>")
    .description("verified here first, rule by rule, then sent")
    .requiredOption(
      "--file <file>",
      "two votes: protobuf JSON, CometBFT's JSON, or what fault double-sign wrote",
    )
    .option("--header <file>", "the header of the infraction height; asked from the consumer by default")
    .option("--unchecked", "send it although it does not hold here")
    .action(async (consumer: string, flags: EvidenceFlags, command: Command) => {
      const settings = settingsOf(command);
      await (settings.dryRun ? check : submit)(consumer, flags, settings);
    });
}
