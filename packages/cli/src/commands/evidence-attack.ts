/** `tandem evidence submit light-client-attack`: two headers of one height, judged here, then sent. */
import { type EvidenceReport, parseAttackFile } from "@tandem-ics/client";
import { freezeClient, prepareMisbehaviour, sendMisbehaviour } from "@tandem-ics/relayer";
import type { Command } from "commander";
import { readText } from "../arguments.ts";
import { callNetwork } from "../network-door.ts";
import { type Settings, settingsOf } from "../settings.ts";
import { withAttackedPair } from "./attacked-pair.ts";
import { isRemote } from "./chain-door.ts";
import { arrivalLines, type ChangeInfo, next, type TxInfo, txLines } from "./change.ts";
import { refused, reportLines } from "./evidence-report.ts";
import { addFeeFlags, type FeeFlags } from "./fees.ts";

interface AttackFlags extends FeeFlags {
  readonly file: string;
  readonly unchecked?: boolean;
  readonly freeze?: boolean;
}

type Submitted = ChangeInfo & { readonly report: EvidenceReport; readonly frozen?: TxInfo };

/** Who signs the updates that go before evidence is known only when it is sent; a verdict needs nobody. */
const NOBODY = "";

const checkRemote = (consumer: string, flags: AttackFlags, settings: Settings): Promise<EvidenceReport> =>
  withAttackedPair(
    settings,
    consumer,
    flags,
    async (pair) => (await prepareMisbehaviour(pair, parseAttackFile(readText(flags.file)), NOBODY)).report,
  );

async function check(consumer: string, flags: AttackFlags, settings: Settings): Promise<void> {
  const remote = isRemote(settings);
  const report = remote
    ? await checkRemote(consumer, flags, settings)
    : await callNetwork<EvidenceReport>(
        settings.home,
        "evidence.checkLightClientAttack",
        consumer,
        readText(flags.file),
      );
  if (!report.ok) throw refused(report);
  settings.out.result(report, (r) =>
    [
      ...reportLines(r),
      "the provider would accept this",
      next(
        `tandem evidence submit light-client-attack ${consumer} --file ${flags.file}${remote ? " --provider URL" : ""}`,
      ),
    ].join("\n"),
  );
}

const submitRemote = (consumer: string, flags: AttackFlags, settings: Settings): Promise<Submitted> =>
  withAttackedPair(settings, consumer, flags, async (pair, account) => {
    const sender = await account();
    const file = parseAttackFile(readText(flags.file));
    const prepared = await prepareMisbehaviour(pair, file, sender.address);
    const { report, misbehaviour } = prepared;
    if (!report.ok && !flags.unchecked) throw refused(report);
    const { hash, height } = await sendMisbehaviour(pair, prepared, sender);
    const done = { hash, height: height.toString(), report, carriedTo: [], appliedOn: [] };
    if (!flags.freeze) return done;
    const frozen = await freezeClient(pair, misbehaviour, sender);
    return { ...done, frozen: { hash: frozen.hash, height: frozen.height.toString() } };
  });

function submitLocal(consumer: string, flags: AttackFlags, settings: Settings): Promise<Submitted> {
  const { home, from, wait } = settings;
  const { unchecked, freeze } = flags;
  return callNetwork<Submitted>(home, "evidence.submitLightClientAttack", consumer, readText(flags.file), {
    ...(from === undefined ? {} : { from }),
    ...(unchecked ? { unchecked } : {}),
    ...(freeze ? { freeze } : {}),
    ...(wait === undefined ? {} : { wait }),
  });
}

async function submit(consumer: string, flags: AttackFlags, settings: Settings): Promise<void> {
  const remote = isRemote(settings);
  const result = await (remote ? submitRemote : submitLocal)(consumer, flags, settings);
  settings.out.result(result, (r) =>
    [
      ...reportLines(r.report),
      ...txLines(r),
      "who signed both is slashed, jailed and tombstoned on the provider; gone from every consumer after the epoch's end",
      r.frozen === undefined
        ? "the provider's client of the consumer goes on"
        : `the provider's client of the consumer is frozen, in ${r.frozen.hash}`,
      ...arrivalLines(r),
      next(remote ? "tandem query slashing signing-infos --provider URL" : "tandem validator list"),
    ].join("\n"),
  );
}

/** Adds `evidence submit light-client-attack`. */
export function addSubmitAttack(submitCommand: Command): void {
  addFeeFlags(submitCommand.command("light-client-attack <consumer>"))
    .description("two headers of one height; verified here first, rule by rule, then sent")
    .requiredOption(
      "--file <file>",
      "both headers, or the one that is not the chain's: Misbehaviour or Header in protobuf JSON, or CometBFT's evidence",
    )
    .option("--unchecked", "send it although it does not hold here")
    .option(
      "--freeze",
      "afterwards freeze the provider's client: no packet goes until governance recovers it",
    )
    .action(async (consumer: string, flags: AttackFlags, command: Command) => {
      const settings = settingsOf(command);
      await (settings.dryRun ? check : submit)(consumer, flags, settings);
    });
}
