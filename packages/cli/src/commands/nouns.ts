/** The nouns of a localnet: stake, validator, consumer, relay, fault, evidence, clock. Each command is one call. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { type ChainReport, parseDuration } from "@tandem-ics/localnet";
import type { Command } from "commander";
import pc from "picocolors";
import { CliError, usageError } from "../exit-codes.ts";
import { callNetwork } from "../network-door.ts";
import { table } from "../output.ts";
import { settingsOf } from "../settings.ts";
import { validatorTable } from "./tables.ts";

interface TxInfo {
  readonly hash: string;
  readonly height: string;
}

interface StakeResult extends TxInfo {
  readonly validator: string;
  readonly power: string;
  readonly appliedOn: readonly string[];
  readonly note?: string;
}

const next = (command: string): string => `next    ${pc.cyan(command)}`;
const txLines = ({ hash, height }: TxInfo): string[] => [`tx      ${hash}`, `height  ${height}`];

function readText(file: string): string {
  if (!existsSync(file)) throw new CliError({ code: "not-found", message: `there is no file ${file}` });
  return readFileSync(file, "utf8");
}

/** Says what would be sent, for `--dry-run`. */
function wouldDo(command: Command, method: string, params: unknown[]): boolean {
  const { dryRun, out } = settingsOf(command);
  if (dryRun) out.result({ method, params }, () => `would call ${method} with ${JSON.stringify(params)}`);
  return dryRun;
}

function addStake(program: Command): void {
  const stake = program.command("stake").description("delegate, undelegate and redelegate on the provider");
  const run = async (method: string, params: unknown[], command: Command): Promise<void> => {
    const { home, out, from, wait } = settingsOf(command);
    if (wait !== undefined && !["committed", "relayed", "applied"].includes(wait))
      throw usageError(`--wait takes committed, relayed or applied, not "${wait}"`);
    const options = { ...(from === undefined ? {} : { from }), ...(wait === undefined ? {} : { wait }) };
    if (wouldDo(command, method, [...params, options])) return;
    if (wait !== undefined && wait !== "committed") out.note("waiting for the epoch's end and the relayer …");
    const result = await callNetwork<StakeResult>(home, method, ...params, options);
    out.result(result, (r) =>
      [
        ...txLines(r),
        `power   ${r.validator} has ${r.power} on the provider`,
        ...(r.note === undefined ? [] : [pc.yellow(`note    ${r.note}`)]),
        ...(r.appliedOn.length === 0 ? [] : [`in force on ${r.appliedOn.join(", ")}`]),
        next("tandem validator list"),
      ].join("\n"),
    );
  };
  stake
    .command("delegate <validator> <amount>")
    .description("1000000 base units are one unit of voting power")
    .action(async (validator: string, amount: string, _: unknown, command: Command) =>
      run("stake.delegate", [validator, amount], command),
    );
  stake
    .command("undelegate <validator> <amount>")
    .action(async (validator: string, amount: string, _: unknown, command: Command) =>
      run("stake.undelegate", [validator, amount], command),
    );
  stake
    .command("redelegate <from-validator> <to-validator> <amount>")
    .action(async (source: string, target: string, amount: string, _: unknown, command: Command) =>
      run("stake.redelegate", [source, target, amount], command),
    );
}

function addValidator(program: Command): void {
  const validator = program.command("validator").description("who validates what");
  validator
    .command("list")
    .description("power side by side on every chain")
    .option("--chain <name>", "one chain only")
    .action(async (flags: { chain?: string }, command: Command) => {
      const { home, out } = settingsOf(command);
      const chains = await callNetwork<ChainReport[]>(home, "validator.list");
      const shown =
        flags.chain === undefined
          ? chains
          : chains.filter((c) => c.name === flags.chain || c.chainId === flags.chain);
      if (shown.length === 0)
        throw new CliError({
          code: "unknown-name",
          message: `there is no chain "${flags.chain}"`,
          hint: `there are: ${chains.map((c) => c.name).join(", ")}`,
        });
      out.result(shown, () => validatorTable(chains, flags.chain));
    });
  validator
    .command("opt-in <validator> <consumer>")
    .description("validate a consumer from the next epoch on")
    .option("--key <which>", "new: with a key of its own on that chain")
    .action(async (name: string, consumer: string, flags: { key?: string }, command: Command) => {
      const { home, out } = settingsOf(command);
      if (flags.key !== undefined && flags.key !== "new")
        throw usageError(`--key takes "new", not "${flags.key}"`);
      const params = [name, consumer, flags.key === undefined ? {} : { key: "new" }];
      if (wouldDo(command, "validator.optIn", params)) return;
      out.result(await callNetwork<TxInfo>(home, "validator.optIn", ...params), (r) =>
        [
          ...txLines(r),
          `${name} validates ${consumer} from the next epoch on`,
          next(`tandem validator list --chain ${consumer}`),
        ].join("\n"),
      );
    });
  validator
    .command("opt-out <validator> <consumer>")
    .action(async (name: string, consumer: string, _: unknown, command: Command) => {
      const { home, out } = settingsOf(command);
      if (wouldDo(command, "validator.optOut", [name, consumer])) return;
      out.result(await callNetwork<TxInfo>(home, "validator.optOut", name, consumer), (r) =>
        [...txLines(r), `${name} leaves ${consumer} at the epoch's end`].join("\n"),
      );
    });
  validator
    .command("assign-key <validator> <consumer>")
    .description("sign on a consumer with another key")
    .option("--key <which>", "new: a fresh one", "new")
    .action(async (name: string, consumer: string, flags: { key: string }, command: Command) => {
      const { home, out } = settingsOf(command);
      if (flags.key !== "new") throw usageError(`--key takes "new", not "${flags.key}"`);
      if (wouldDo(command, "validator.assignKey", [name, consumer])) return;
      out.result(await callNetwork<TxInfo>(home, "validator.assignKey", name, consumer), (r) =>
        [
          ...txLines(r),
          `${name} signs on ${consumer} with its new key from the next epoch on`,
          next(`tandem validator list --chain ${consumer}`),
        ].join("\n"),
      );
    });
  validator.command("unjail <validator>").action(async (name: string, _: unknown, command: Command) => {
    const { home, out } = settingsOf(command);
    if (wouldDo(command, "validator.unjail", [name])) return;
    out.result(await callNetwork<TxInfo>(home, "validator.unjail", name), (r) => txLines(r).join("\n"));
  });
}

interface CreateFlags {
  readonly chainId?: string;
  readonly optIn?: string;
  readonly powerCap?: string;
  readonly setCap?: string;
}

function addConsumer(program: Command): void {
  const consumer = program.command("consumer").description("consumer chains");
  consumer
    .command("create <name>")
    .description("create, launch and connect a consumer beside the running ones")
    .option("--chain-id <id>", "NAME by default")
    .option("--opt-in <validators>", "comma-separated; all by default")
    .option("--power-cap <percent>", "most power of one validator")
    .option("--set-cap <n>", "most validators")
    .action(async (name: string, flags: CreateFlags, command: Command) => {
      const { home, out } = settingsOf(command);
      const number = (text: string, flag: string): number => {
        if (!/^\d{1,4}$/.test(text)) throw usageError(`${flag} takes a whole number, not "${text}"`);
        return Number(text);
      };
      const spec = {
        name,
        ...(flags.chainId === undefined ? {} : { chainId: flags.chainId }),
        ...(flags.optIn === undefined || flags.optIn === "all" ? {} : { optIn: flags.optIn.split(",") }),
        ...(flags.powerCap === undefined ? {} : { powerCap: number(flags.powerCap, "--power-cap") }),
        ...(flags.setCap === undefined ? {} : { setCap: number(flags.setCap, "--set-cap") }),
      };
      if (wouldDo(command, "consumer.create", [spec])) return;
      out.note("creating, opting in, launching, connecting …");
      const created = await callNetwork<{ name: string; consumerId: string; chainId: string }>(
        home,
        "consumer.create",
        spec,
      );
      out.result(created, (c) =>
        [
          `consumer ${c.name} is launched as ${c.chainId} (id ${c.consumerId}); its CCV channel is open`,
          next(`tandem validator list --chain ${c.name}`),
        ].join("\n"),
      );
    });
  consumer.command("list").action(async (_: unknown, command: Command) => {
    const { home, out } = settingsOf(command);
    const chains = (await callNetwork<ChainReport[]>(home, "validator.list")).filter(
      (c) => c.role === "consumer",
    );
    out.result(chains, (list) =>
      table(
        ["consumer", "chain id", "id", "phase", "validators", "channel", "vsc", "client expires"],
        list.map((c) => [
          c.name,
          c.chainId,
          c.consumerId ?? "",
          c.phase,
          String(c.validators.filter((v) => v.power !== "0").length),
          c.ccvChannel ?? "–",
          c.vscId ?? "–",
          c.clientExpiresIn ?? "–",
        ]),
      ),
    );
  });
  consumer.command("remove <name>").action(async (name: string, _: unknown, command: Command) => {
    const { home, out } = settingsOf(command);
    if (wouldDo(command, "consumer.remove", [name])) return;
    out.result(await callNetwork<TxInfo>(home, "consumer.remove", name), (r) =>
      [
        ...txLines(r),
        `${name} gets no more validator-set changes; the provider deletes it after its unbonding period`,
      ].join("\n"),
    );
  });
}

function addRelay(program: Command): void {
  const relay = program.command("relay").description("carry packets between the chains");
  relay
    .command("once [consumer]")
    .description("one pass: handshakes, packets, acknowledgements, timeouts")
    .action(async (consumer: string | undefined, _: unknown, command: Command) => {
      const { home, out, dryRun } = settingsOf(command);
      const counts = await callNetwork<{ packets: number; acknowledgements: number; timeouts: number }>(
        home,
        "relay.once",
        consumer ?? null,
        { dryRun },
      );
      out.result(
        counts,
        (c) =>
          `${dryRun ? "would carry" : "carried"} ${c.packets} packets, ${c.acknowledgements} acknowledgements, ${c.timeouts} timeouts`,
      );
    });
  for (const verb of ["start", "stop"] as const)
    relay.command(verb).action(async (_: unknown, command: Command) => {
      const { home, out } = settingsOf(command);
      await callNetwork(home, `relay.${verb}`);
      out.result(
        { running: verb === "start" },
        () => `the relayer ${verb === "start" ? "runs" : "is stopped"}`,
      );
    });
  relay.command("status").action(async (_: unknown, command: Command) => {
    const { home, out } = settingsOf(command);
    const report = await callNetwork<{
      running: boolean;
      paths: {
        consumer: string;
        packets: number;
        acknowledgements: number;
        timeouts: number;
        clientUpdates: number;
        errors: number;
        lastError?: string;
      }[];
    }>(home, "relay.status");
    out.result(report, (r) =>
      [
        `relayer ${r.running ? pc.green("running") : pc.yellow("stopped")}`,
        table(
          ["consumer", "packets", "acks", "timeouts", "refreshes", "errors", "last error"],
          r.paths.map((p) => [
            p.consumer,
            String(p.packets),
            String(p.acknowledgements),
            String(p.timeouts),
            String(p.clientUpdates),
            String(p.errors),
            p.lastError ?? "",
          ]),
        ),
      ].join("\n"),
    );
  });
}

function addFault(program: Command): void {
  const fault = program.command("fault").description("break the localnet on purpose");
  fault
    .command("down <validator>")
    .description("stop a validator's node")
    .option("--chain <name>", "on one chain only")
    .option("--for <blocks>", "come back after so many blocks, such as 200blocks")
    .action(async (validator: string, flags: { chain?: string; for?: string }, command: Command) => {
      const { home, out } = settingsOf(command);
      const blocks = flags.for === undefined ? undefined : /^(\d+)(blocks?)?$/.exec(flags.for)?.[1];
      if (flags.for !== undefined && blocks === undefined)
        throw usageError(`--for takes a number of blocks, not "${flags.for}"`);
      const options = {
        ...(flags.chain === undefined ? {} : { chain: flags.chain }),
        ...(blocks === undefined ? {} : { forBlocks: blocks }),
      };
      if (wouldDo(command, "fault.down", [validator, options])) return;
      const chains = await callNetwork<string[]>(home, "fault.down", validator, options);
      out.result({ validator, chains }, (r) =>
        [`${validator} is down on ${r.chains.join(", ")}`, next("tandem fault heal")].join("\n"),
      );
    });
  fault
    .command("double-sign <validator>")
    .description("make a validator sign two blocks of one height")
    .requiredOption("--chain <name>", "where")
    .option("--out <file>", "where to write the evidence", "evidence.json")
    .action(async (validator: string, flags: { chain: string; out: string }, command: Command) => {
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
    });
  fault.command("heal").action(async (_: unknown, command: Command) => {
    const { home, out } = settingsOf(command);
    await callNetwork(home, "fault.heal");
    out.result({ healed: true }, () => "every validator is up");
  });
  fault.command("list").action(async (_: unknown, command: Command) => {
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

function addEvidence(program: Command): void {
  const evidence = program.command("evidence").description("prove misbehaviour to the provider");
  const submit = evidence.command("submit").description("submit evidence");
  submit
    .command("double-sign <consumer>")
    .description("verified here first, rule by rule, then sent")
    .requiredOption(
      "--file <file>",
      "two votes: protobuf JSON, CometBFT's JSON, or what fault double-sign wrote",
    )
    .option("--header <file>", "the header of the infraction height; asked from the consumer by default")
    .option("--unchecked", "send it although it does not hold here")
    .action(async (consumer: string, flags: EvidenceFlags, command: Command) => {
      const { home, out, from, dryRun, wait } = settingsOf(command);
      const file = readText(flags.file);
      const header = flags.header === undefined ? undefined : readText(flags.header);
      if (dryRun) {
        const report = await callNetwork<Report>(
          home,
          "evidence.check",
          consumer,
          file,
          ...(header === undefined ? [] : [header]),
        );
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
          ].join("\n"),
        );
        return;
      }
      const result = await callNetwork<TxInfo & { report: Report; appliedOn: string[] }>(
        home,
        "evidence.submitDoubleSign",
        consumer,
        file,
        {
          ...(from === undefined ? {} : { from }),
          ...(header === undefined ? {} : { headerFile: header }),
          ...(flags.unchecked ? { unchecked: true } : {}),
          ...(wait === undefined ? {} : { wait }),
        },
      );
      out.result(result, (r) =>
        [
          ...reportLines(r.report),
          ...txLines(r),
          "slashed, jailed and tombstoned on the provider; gone from every consumer after the epoch's end",
          ...(r.appliedOn.length === 0 ? [] : [`in force on ${r.appliedOn.join(", ")}`]),
          next("tandem validator list"),
        ].join("\n"),
      );
    });
}

function addClock(program: Command): void {
  const clock = program.command("clock").description("time of a network with a manual clock");
  clock.command("advance <duration>").action(async (duration: string, _: unknown, command: Command) => {
    const { home, out } = settingsOf(command);
    const ns = parseDuration(duration);
    if (wouldDo(command, "clock.advance", [ns.toString()])) return;
    await callNetwork(home, "clock.advance", ns.toString());
    out.result({ advanced: duration }, () => `advanced by ${duration}`);
  });
}

/** Adds every noun. */
export function addNouns(program: Command): void {
  addStake(program);
  addValidator(program);
  addConsumer(program);
  addRelay(program);
  addFault(program);
  addEvidence(program);
  addClock(program);
}
