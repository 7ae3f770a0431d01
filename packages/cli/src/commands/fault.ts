/** `tandem fault`: breaking the localnet on purpose. */
import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { usageError } from "../exit-codes.ts";
import { callNetwork } from "../network-door.ts";
import { table } from "../output.ts";
import { settingsOf } from "../settings.ts";
import { next, type TxInfo, wouldDo } from "./change.ts";

interface Downtime {
  readonly chain?: string;
  readonly for?: string;
}

async function down(validator: string, flags: Downtime, command: Command): Promise<void> {
  const { home, out } = settingsOf(command);
  const blocks = flags.for === undefined ? undefined : /^([1-9]\d{0,8})(blocks?)?$/.exec(flags.for)?.[1];
  if (flags.for !== undefined && blocks === undefined)
    throw usageError(`--for takes a number of blocks such as 200blocks, not "${flags.for}"`);
  const options = {
    ...(flags.chain === undefined ? {} : { chain: flags.chain }),
    ...(blocks === undefined ? {} : { forBlocks: blocks }),
  };
  if (wouldDo(command, "fault.down", [validator, options])) return;
  const chains = await callNetwork<string[]>(home, "fault.down", validator, options);
  const until = blocks === undefined ? "until fault heal" : `for ${blocks} blocks`;
  out.result({ validator, chains, forBlocks: blocks ?? null }, (r) =>
    [
      `${validator} is down on ${r.chains.join(", ")} ${until}`,
      next(blocks === undefined ? "tandem fault heal" : "tandem fault list"),
    ].join("\n"),
  );
}

interface DoubleSign {
  readonly chain: string;
  readonly out: string;
}

async function doubleSign(validator: string, flags: DoubleSign, command: Command): Promise<void> {
  const { home, out } = settingsOf(command);
  if (wouldDo(command, "fault.doubleSign", [validator, flags.chain])) return;
  const made = await callNetwork<{ chain: string; height: string; evidence: string }>(
    home,
    "fault.doubleSign",
    validator,
    flags.chain,
  );
  writeFileSync(flags.out, made.evidence, { mode: 0o600 });
  out.result({ validator, chain: made.chain, height: made.height, file: flags.out }, (r) =>
    [
      `${r.validator} signed two blocks at height ${r.height} of ${r.chain}`,
      `evidence  ${r.file}`,
      next(`tandem evidence submit double-sign ${r.chain} --file ${r.file}`),
    ].join("\n"),
  );
}

interface Attack {
  readonly chain: string;
  readonly kind: string;
  readonly offer?: boolean;
  readonly out: string;
}

interface AttackMade {
  readonly validators: string[];
  readonly chain: string;
  readonly height: string;
  readonly kind: string;
  readonly power: string;
  readonly totalPower: string;
  readonly evidence: string;
  readonly offered?: TxInfo;
}

async function lightClientAttack(validators: string, flags: Attack, command: Command): Promise<void> {
  const { home, out } = settingsOf(command);
  const names = validators.split(",").map((name) => name.trim());
  const options = { kind: flags.kind, ...(flags.offer ? { offer: true } : {}) };
  if (wouldDo(command, "fault.lightClientAttack", [names, flags.chain, options])) return;
  const made = await callNetwork<AttackMade>(home, "fault.lightClientAttack", names, flags.chain, options);
  writeFileSync(flags.out, made.evidence, { mode: 0o600 });
  const { evidence: _, ...told } = made;
  out.result({ ...told, file: flags.out }, (r) =>
    [
      `${r.validators.join(", ")}, ${r.power} of ${r.totalPower} voting power, signed a second header of height ${r.height} of ${r.chain} (${r.kind})`,
      r.offered === undefined
        ? "nothing was told to any chain"
        : `shown to the provider's client in ${r.offered.hash}`,
      `evidence  ${r.file}`,
      next(`tandem evidence submit light-client-attack ${r.chain} --file ${r.file}`),
    ].join("\n"),
  );
}

/** Adds `fault`. */
export function addFault(program: Command): void {
  const fault = program.command("fault").description("break the localnet on purpose");
  fault
    .command("down <validator>")
    .description("stop a validator's node")
    .option("--chain <name>", "on one chain only")
    .option("--for <blocks>", "come back after so many blocks, such as 200blocks")
    .action(down);
  fault
    .command("double-sign <validator>")
    .description("make a validator sign two blocks of one height")
    .requiredOption("--chain <name>", "where")
    .option("--out <file>", "where to write the evidence", "evidence.json")
    .action(doubleSign);
  fault
    .command("light-client-attack <validators>")
    .description("make validators, alice,bob, sign a second header of a consumer's latest height")
    .requiredOption("--chain <name>", "the consumer")
    .option(
      "--kind <kind>",
      "equivocation (a second block), lunatic (a state that never was), amnesia (nobody is to blame)",
      "equivocation",
    )
    .option("--offer", "show it to the provider's client, which it deceives or freezes")
    .option("--out <file>", "where to write the evidence", "attack.json")
    .action(lightClientAttack);
  fault
    .command("heal")
    .description("end every fault")
    .action(async (_: unknown, command: Command) => {
      const { home, out } = settingsOf(command);
      if (wouldDo(command, "fault.heal", [])) return;
      await callNetwork(home, "fault.heal");
      out.result({ healed: true }, () => "every validator is up");
    });
  fault
    .command("list")
    .description("who is down where")
    .action(async (_: unknown, command: Command) => {
      const { home, out } = settingsOf(command);
      const faults = await callNetwork<{ validator: string; chain: string; kind: string }[]>(
        home,
        "fault.list",
      );
      out.result(faults, (list) =>
        list.length === 0
          ? "no faults"
          : table(
              ["validator", "chain", "fault"],
              list.map((f) => [f.validator, f.chain, f.kind]),
            ),
      );
    });
}
