/** The verdict on evidence, as commands show it: each rule, and why it is not met. */
import type { EvidenceReport } from "@tandem-ics/client";
import pc from "picocolors";
import { CliError } from "../exit-codes.ts";

/** One line a rule. */
export const reportLines = (report: EvidenceReport): string[] =>
  report.checks.map(
    (c) => `${c.ok ? pc.green("✓") : pc.red("✗")} ${c.rule}${c.ok || c.detail === "" ? "" : `: ${c.detail}`}`,
  );

/** The error of evidence that fails a rule and was not sent. */
export const refused = (report: EvidenceReport): CliError =>
  new CliError({
    code: "evidence-refused",
    message: `the evidence does not hold:\n${reportLines(report).join("\n")}`,
    details: report,
  });
