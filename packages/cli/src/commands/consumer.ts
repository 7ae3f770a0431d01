/** `tandem consumer`: consumer chains. */

import type { ChainReport } from "@tandem-ics/localnet";
import type { Command } from "commander";
import { wholeNumber } from "../arguments.ts";
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
  readonly powerCap?: string;
  readonly setCap?: string;
}

async function create(name: string, flags: CreateFlags, command: Command): Promise<void> {
  const { home, out } = settingsOf(command);
  const spec = {
    name,
    ...(flags.chainId === undefined ? {} : { chainId: flags.chainId }),
    ...(flags.app === undefined ? {} : { application: applicationOf(flags.app) }),
    ...(flags.optIn === undefined || flags.optIn === "all" ? {} : { optIn: flags.optIn.split(",") }),
    ...(flags.powerCap === undefined ? {} : { powerCap: wholeNumber(flags.powerCap, "--power-cap") }),
    ...(flags.setCap === undefined ? {} : { setCap: wholeNumber(flags.setCap, "--set-cap") }),
  };
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
    .option("--power-cap <percent>", "most power of one validator")
    .option("--set-cap <n>", "most validators")
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
