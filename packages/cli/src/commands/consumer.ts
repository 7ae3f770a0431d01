/** `tandem consumer`: consumer chains. */

import type { ChainReport, ConsumerInput } from "@tandem-ics/localnet";
import type { Command } from "commander";
import { wholeNumber } from "../arguments.ts";
import { usageError } from "../exit-codes.ts";
import { callNetwork } from "../network-door.ts";
import { table } from "../output.ts";
import { settingsOf } from "../settings.ts";
import { applicationOf } from "./chain-home.ts";
import { next, type TxInfo, txLines, wouldDo } from "./change.ts";
import { addChangeover } from "./consumer-changeover.ts";

interface CreateFlags {
  readonly chainId?: string;
  readonly app?: string;
  readonly optIn?: string;
  readonly assignKeys?: string;
  readonly topN?: string;
  readonly powerCap?: string;
  readonly setCap?: string;
  readonly allowlist?: string;
  readonly denylist?: string;
  readonly prioritylist?: string;
  readonly minStake?: string;
  readonly allowInactive?: boolean;
}

/** Names apart by commas. Throws `usage` for none. */
function namesOf(text: string, flag: string): string[] {
  const names = text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (names.length === 0) throw usageError(`${flag} takes names of validators, apart by commas`);
  return names;
}

/** Base units; the denomination is the provider's. Throws `usage`. */
function stakeOf(text: string): string {
  if (/^\d{1,39}$/.test(text)) return text;
  throw usageError(
    `--min-stake takes a whole number of base units, not "${text}"`,
    "1000000 are one unit of voting power",
  );
}

/** What the network is asked for: a consumer as topology files write it. */
function consumerInput(name: string, flags: CreateFlags): ConsumerInput {
  const { chainId, app, optIn, topN, powerCap, setCap, minStake } = flags;
  const lists = (["assignKeys", "allowlist", "denylist", "prioritylist"] as const).flatMap((field) => {
    const text = flags[field];
    const flag = field === "assignKeys" ? "--assign-keys" : `--${field}`;
    return text === undefined ? [] : [[field, namesOf(text, flag)] as const];
  });
  return {
    name,
    ...(chainId === undefined ? {} : { chainId }),
    ...(app === undefined ? {} : { application: applicationOf(app) }),
    ...(optIn === undefined || optIn === "all" ? {} : { optIn: namesOf(optIn, "--opt-in") }),
    ...(topN === undefined ? {} : { topN: wholeNumber(topN, "--top-n") }),
    ...(powerCap === undefined ? {} : { powerCap: wholeNumber(powerCap, "--power-cap") }),
    ...(setCap === undefined ? {} : { setCap: wholeNumber(setCap, "--set-cap") }),
    ...Object.fromEntries(lists),
    ...(minStake === undefined ? {} : { minStake: stakeOf(minStake) }),
    ...(flags.allowInactive === true ? { allowInactiveVals: true } : {}),
  };
}

async function create(name: string, flags: CreateFlags, command: Command): Promise<void> {
  const { home, out } = settingsOf(command);
  const spec = consumerInput(name, flags);
  if (wouldDo(command, "consumer.create", [spec])) return;
  out.note("creating, opting in, launching, connecting: a few epochs …");
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
}

/** Adds `consumer`. */
export function addConsumer(program: Command): void {
  const consumer = program.command("consumer").description("consumer chains");
  consumer
    .command("create <name>")
    .description(
      "create, launch and connect a consumer beside the running ones; once more completes a failed try",
    )
    .option("--chain-id <id>", "NAME by default")
    .option("--app <name>", "what it runs: consumer, or democracy with governance of its own")
    .option("--opt-in <validators>", "comma-separated; all by default")
    .option("--assign-keys <validators>", "who signs there with a key of its own; nobody by default")
    .option(
      "--top-n <percent>",
      "who has so much of the power, strongest first, must validate; by governance",
    )
    .option("--power-cap <percent>", "most power of one validator")
    .option("--set-cap <n>", "most validators; not with --top-n")
    .option("--allowlist <validators>", "only these may validate")
    .option("--denylist <validators>", "these may not")
    .option("--prioritylist <validators>", "these come first where --set-cap leaves others out")
    .option("--min-stake <units>", "least stake of a validator, base units of the provider")
    .option("--allow-inactive", "also validators outside the provider's own set, but bonded")
    .addHelpText(
      "after",
      "\nValidators are named, apart by commas.\n\nExample:\n  tandem consumer create game-1 --set-cap 3 --prioritylist dave,carol --denylist bob",
    )
    .action(create);
  addChangeover(consumer);
  consumer
    .command("list")
    .description("phases, channels, clients")
    .action(async (_: unknown, command: Command) => {
      const { home, out } = settingsOf(command);
      const chains = (await callNetwork<ChainReport[]>(home, "validator.list")).filter(
        (c) => c.role === "consumer",
      );
      out.result(chains, (list) =>
        list.length === 0
          ? `no consumers\n${next("tandem consumer create game-1")}`
          : table(
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
  consumer
    .command("remove <name>")
    .description("stop a consumer on the provider")
    .action(async (name: string, _: unknown, command: Command) => {
      const { home, out } = settingsOf(command);
      if (wouldDo(command, "consumer.remove", [name])) return;
      out.result(await callNetwork<TxInfo>(home, "consumer.remove", name), (r) =>
        [
          ...txLines(r),
          `${name} gets no more validator-set changes; the provider deletes it after its unbonding period`,
          next("tandem consumer list"),
        ].join("\n"),
      );
    });
}
