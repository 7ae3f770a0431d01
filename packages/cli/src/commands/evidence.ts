/** `tandem evidence`: proving misbehaviour to the provider. */

import type { EvidenceReport } from "@tandem-ics/client";
import type { Command } from "commander";
import { readText } from "../arguments.ts";
import { callNetwork } from "../network-door.ts";
import { type Settings, settingsOf } from "../settings.ts";
import { isRemote } from "./chain-door.ts";
import { arrivalLines, type ChangeInfo, next, txLines } from "./change.ts";
import { addSubmitAttack } from "./evidence-attack.ts";
import { refused, reportLines } from "./evidence-report.ts";
import { addWatchEvidence } from "./evidence-watch.ts";
import { addFeeFlags, type FeeFlags } from "./fees.ts";
import { addMakeAttack } from "./make-attack.ts";
import { addMakeEvidence } from "./make-evidence.ts";
import { withRemoteEvidence } from "./remote-evidence.ts";

interface EvidenceFlags extends FeeFlags {
  readonly file: string;
  readonly header?: string;
  readonly unchecked?: boolean;
}

/** What one call of the provider would be told, from the command's flags. */
function readFiles(flags: EvidenceFlags): { file: string; header: string | undefined } {
  return {
    file: readText(flags.file),
    header: flags.header === undefined ? undefined : readText(flags.header),
  };
}

async function check(consumer: string, flags: EvidenceFlags, settings: Settings): Promise<void> {
  const files = readFiles(flags);
  const report = isRemote(settings)
    ? await withRemoteEvidence(settings, consumer, files, flags, async (found) => found.report)
    : await callNetwork<EvidenceReport>(
        settings.home,
        "evidence.check",
        consumer,
        files.file,
        files.header ?? null,
      );
  if (!report.ok) throw refused(report);
  settings.out.result(report, (r) =>
    [
      ...reportLines(r),
      isRemote(settings)
        ? "the provider would accept this"
        : "the provider would accept this, unless the validator is tombstoned already",
      next(
        `tandem evidence submit double-sign ${consumer} --file ${flags.file}${isRemote(settings) ? " --provider URL" : ""}`,
      ),
    ].join("\n"),
  );
}

/** To a provider by its URL. Without `--unchecked`, what does not hold here is not sent. */
const submitRemote = (consumer: string, flags: EvidenceFlags, settings: Settings): Promise<void> =>
  withRemoteEvidence(settings, consumer, readFiles(flags), flags, async ({ report, provider }, send) => {
    if (!report.ok && !flags.unchecked) throw refused(report);
    const result = { ...(await send()), report };
    settings.out.result(result, (r) =>
      [
        ...reportLines(r.report),
        ...txLines(r),
        `slashed, jailed and tombstoned on ${provider.chainId}; gone from every consumer after the epoch's end`,
        next("tandem query slashing signing-infos --provider URL"),
      ].join("\n"),
    );
  });

async function submit(consumer: string, flags: EvidenceFlags, settings: Settings): Promise<void> {
  if (isRemote(settings)) return submitRemote(consumer, flags, settings);
  const { home, out, from, wait } = settings;
  const { file, header } = readFiles(flags);
  const options = {
    ...(from === undefined ? {} : { from }),
    ...(header === undefined ? {} : { headerFile: header }),
    ...(flags.unchecked ? { unchecked: true } : {}),
    ...(wait === undefined ? {} : { wait }),
  };
  const result = await callNetwork<ChangeInfo & { report: EvidenceReport }>(
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
  const make = evidence.command("make").description("make evidence, to rehearse");
  addMakeEvidence(make);
  addMakeAttack(make);
  const submitCommand = evidence.command("submit").description("submit evidence");
  addSubmitAttack(submitCommand);
  addWatchEvidence(evidence);
  addFeeFlags(submitCommand.command("double-sign <consumer>"))
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
