/** `tandem consumer changeover`: a chain that runs by itself becomes a consumer. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ChangedOver, Told } from "@tandem-ics/localnet";
import type { Command } from "commander";
import { callNetwork } from "../network-door.ts";
import type { Output } from "../output.ts";
import { settingsOf } from "../settings.ts";
import { next, wouldDo } from "./change.ts";

interface ChangeoverFlags {
  readonly optIn?: string;
}

/** Time between two looks at what the network says, in ms. */
const LOOK_MS = 250;

/** Prints what the network says until `work` is done. */
async function told<T>(home: string, out: Output, begin: () => Promise<T>): Promise<T> {
  let { last } = await callNetwork<Told>(home, "network.progress");
  const work = begin();
  const ended = work.then(
    () => true,
    () => true,
  );
  for (let done = false; !done; ) {
    done = await Promise.race([ended, sleep(LOOK_MS, false)]);
    // Whatever becomes of the network is told by the work itself.
    const news = await callNetwork<Told>(home, "network.progress", last).catch(() => undefined);
    for (const message of news?.messages ?? []) out.note(message);
    last = news?.last ?? last;
  }
  return work;
}

async function changeOver(chain: string, flags: ChangeoverFlags, command: Command): Promise<void> {
  const { home, out } = settingsOf(command);
  const input = {
    chain,
    ...(flags.optIn === undefined || flags.optIn === "all" ? {} : { optIn: flags.optIn.split(",") }),
  };
  if (wouldDo(command, "consumer.changeOver", [input])) return;
  const changed = await told(home, out, () => callNetwork<ChangedOver>(home, "consumer.changeOver", input));
  out.result(changed, (c) =>
    [
      `${c.name} (${c.chainId}) is consumer ${c.consumerId} since height ${c.upgradeHeight}; the provider's validators make its blocks`,
      `CCV channel ${c.ccvChannel} over the old ${c.connectionId}; rewards go over ${c.transferChannel}`,
      next(`tandem validator list --chain ${c.name}`),
    ].join("\n"),
  );
}

/** Adds `consumer changeover`. */
export function addChangeover(consumer: Command): void {
  consumer
    .command("changeover <chain>")
    .description(
      "turn a running chain of the topology's `chains` into a consumer; once more completes a failed try",
    )
    .option("--opt-in <validators>", "of the provider, comma-separated; all by default")
    .action(changeOver);
}
