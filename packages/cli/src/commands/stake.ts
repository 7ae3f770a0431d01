/** `tandem stake`: stake on the provider. */

import type { Command } from "commander";
import pc from "picocolors";
import { callNetwork } from "../network-door.ts";
import { settingsOf } from "../settings.ts";
import { arrivalLines, type ChangeInfo, next, txLines, wouldDo } from "./change.ts";

interface StakeResult extends ChangeInfo {
  readonly validator: string;
  readonly power: string;
  readonly note?: string;
}

/** Adds `stake`. */
export function addStake(program: Command): void {
  const stake = program.command("stake").description("delegate, undelegate and redelegate on the provider");
  const run = async (
    method: string,
    params: unknown[],
    { chain }: { chain?: string },
    command: Command,
  ): Promise<void> => {
    const { home, out, from, wait } = settingsOf(command);
    const options = {
      ...(from === undefined ? {} : { from }),
      ...(chain === undefined ? {} : { chain }),
      ...(wait === undefined ? {} : { wait }),
    };
    if (wouldDo(command, method, [...params, options])) return;
    if (wait !== undefined && wait !== "committed") out.note("waiting for the epoch's end and the relayer …");
    const result = await callNetwork<StakeResult>(home, method, ...params, options);
    out.result(result, (r) =>
      [
        ...txLines(r),
        `power   ${r.validator} has ${r.power}${chain === undefined ? "" : ` on ${chain}`}`,
        ...(r.note === undefined ? [] : [pc.yellow(`note    ${r.note}`)]),
        ...arrivalLines(r),
        next("tandem validator list"),
      ].join("\n"),
    );
  };
  stake
    .command("delegate <validator> <amount>")
    .description("1000000 base units are one unit of voting power")
    .option("--chain <name>", "where the stake is; the provider, or else the first chain, by default")
    .action(async (validator: string, amount: string, flags: { chain?: string }, command: Command) =>
      run("stake.delegate", [validator, amount], flags, command),
    );
  stake
    .command("undelegate <validator> <amount>")
    .description("the tokens come back after the unbonding period")
    .option("--chain <name>", "where the stake is; the provider, or else the first chain, by default")
    .action(async (validator: string, amount: string, flags: { chain?: string }, command: Command) =>
      run("stake.undelegate", [validator, amount], flags, command),
    );
  stake
    .command("redelegate <from-validator> <to-validator> <amount>")
    .description("move a delegation to another validator at once")
    .option("--chain <name>", "where the stake is; the provider, or else the first chain, by default")
    .action(
      async (source: string, target: string, amount: string, flags: { chain?: string }, command: Command) =>
        run("stake.redelegate", [source, target, amount], flags, command),
    );
}
