/** `tandem validator`: who validates what, with which key. */

import type { ChainReport } from "@tandem-ics/localnet";
import type { Command } from "commander";
import { usageError } from "../exit-codes.ts";
import { callNetwork } from "../network-door.ts";
import { settingsOf } from "../settings.ts";
import { arrivalLines, type ChangeInfo, next, txLines, wouldDo } from "./change.ts";
import { chainNamed, validatorTable } from "./tables.ts";

/** Adds `validator`. */
export function addValidator(program: Command): void {
  const validator = program.command("validator").description("who validates what");
  validator
    .command("list")
    .description("power side by side on every chain")
    .option("--chain <name>", "one chain only")
    .action(async (flags: { chain?: string }, command: Command) => {
      const { home, out } = settingsOf(command);
      const chains = await callNetwork<ChainReport[]>(home, "validator.list");
      const shown = flags.chain === undefined ? chains : [chainNamed(chains, flags.chain)];
      out.result(shown, () => validatorTable(chains, shown));
    });
  addOpting(validator);
  addKeyAssignment(validator);
  validator
    .command("unjail <validator>")
    .description("come back after a jail time that is over")
    .option("--chain <name>", "where it is jailed; the provider, or else the first chain, by default")
    .action(async (name: string, { chain }: { chain?: string }, command: Command) => {
      const on = chain === undefined ? [] : [{ chain }];
      await change(command, "validator.unjail", [name, ...on], () => [
        `${name} is unjailed`,
        next("tandem validator list"),
      ]);
    });
}

/** Calls a method that changes the validator sets, and tells how far the change has come. */
async function change(
  command: Command,
  method: string,
  params: unknown[],
  text: () => string[],
): Promise<void> {
  const { home, out, wait } = settingsOf(command);
  const last = params.at(-1);
  const given = typeof last === "object" ? last : {};
  const names = typeof last === "object" ? params.slice(0, -1) : params;
  const all = [...names, { ...given, ...(wait === undefined ? {} : { wait }) }];
  if (wouldDo(command, method, all)) return;
  if (wait !== undefined && wait !== "committed") out.note("waiting for the epoch's end and the relayer …");
  out.result(await callNetwork<ChangeInfo>(home, method, ...all), (r) =>
    [...txLines(r), ...arrivalLines(r), ...text()].join("\n"),
  );
}

function addOpting(validator: Command): void {
  validator
    .command("opt-in <validator> <consumer>")
    .description("validate a consumer from the next epoch on")
    .option("--key <which>", "new: with a key of its own on that chain")
    .action(async (name: string, consumer: string, flags: { key?: string }, command: Command) => {
      if (flags.key !== undefined && flags.key !== "new")
        throw usageError(`--key takes "new", not "${flags.key}"`);
      const options = flags.key === undefined ? {} : { key: "new" };
      await change(command, "validator.optIn", [name, consumer, options], () => [
        `${name} validates ${consumer} from the next epoch on`,
        next(`tandem validator list --chain ${consumer}`),
      ]);
    });
  validator
    .command("opt-out <validator> <consumer>")
    .description("leave a consumer at the epoch's end")
    .action(async (name: string, consumer: string, _: unknown, command: Command) => {
      await change(command, "validator.optOut", [name, consumer], () => [
        `${name} leaves ${consumer} at the epoch's end`,
        next(`tandem validator list --chain ${consumer}`),
      ]);
    });
}

function addKeyAssignment(validator: Command): void {
  validator
    .command("assign-key <validator> <consumer>")
    .description("sign on a consumer with another key")
    .option("--key <which>", "new: a fresh one", "new")
    .action(async (name: string, consumer: string, flags: { key: string }, command: Command) => {
      if (flags.key !== "new") throw usageError(`--key takes "new", not "${flags.key}"`);
      await change(command, "validator.assignKey", [name, consumer], () => [
        `${name} signs on ${consumer} with its new key from the next epoch on`,
        next(`tandem validator list --chain ${consumer}`),
      ]);
    });
}
