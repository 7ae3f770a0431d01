/** `tandem relay`: the relayer, of a localnet or between any chains by URL. */

import type { RelayerReport } from "@tandem-ics/localnet";
import type { Command } from "commander";
import pc from "picocolors";
import { usageError } from "../exit-codes.ts";
import { callNetwork } from "../network-door.ts";
import { table } from "../output.ts";
import { type Settings, settingsOf } from "../settings.ts";
import { type Carried, carriedText } from "./carried.ts";
import { next, wouldDo } from "./change.ts";
import { addFeeFlags } from "./fees.ts";
import { addConnect, addPathFlags } from "./remote-connect.ts";
import type { RelayFlags } from "./remote-path.ts";
import { refuseRemoteStop, remoteOnce, remoteStart, remoteStatus } from "./remote-relay.ts";

/** What transactions may cost; the two chains may want different coins. */
const addRelayFees = (command: Command): Command =>
  addFeeFlags(command)
    .option("--provider-gas-prices <price>", "instead of --gas-prices on the provider, or on --a")
    .option("--consumer-gas-prices <price>", "instead of --gas-prices on the consumer, or on --b");

/** Adds `relay`. */
export function addRelay(program: Command): void {
  const relay = program.command("relay").description("carry packets between the chains");
  addConnect(relay, addRelayFees);
  addRelayFees(addPathFlags(relay.command("once [consumer]")))
    .description("one pass: handshakes, packets, acknowledgements, timeouts")
    .action(async (consumer: string | undefined, flags: RelayFlags, command: Command) => {
      const settings = settingsOf(command);
      if (await remoteOnce(consumer, flags, settings)) return;
      const { home, out, dryRun } = settings;
      const carried = await callNetwork<Carried>(home, "relay.once", consumer ?? null, { dryRun });
      out.result(carried, (c) => carriedText(c, dryRun));
    });
  addRelayFees(addPathFlags(relay.command("start [consumer]")))
    .description("carry by itself what comes; with URLs in the foreground, until Ctrl-C")
    .action(async (consumer: string | undefined, flags: RelayFlags, command: Command) => {
      if (await remoteStart(consumer, flags, command)) return;
      if (consumer !== undefined)
        throw usageError("the relayer of a localnet carries for every consumer", "leave the consumer out");
      await switchRelayer("start", command);
    });
  addPathFlags(relay.command("stop"))
    .description("carry nothing until told to")
    .action(async (flags: RelayFlags, command: Command) => {
      refuseRemoteStop(settingsOf(command), flags);
      await switchRelayer("stop", command);
    });
  addPathFlags(relay.command("status [consumer]"))
    .description("what was carried, and errors; with URLs what waits, and when clients expire")
    .action(async (consumer: string | undefined, flags: RelayFlags, command: Command) => {
      const settings = settingsOf(command);
      if (await remoteStatus(consumer, flags, settings)) return;
      await localStatus(settings);
    });
}

/** Starts or stops the relayer of a localnet. */
async function switchRelayer(verb: "start" | "stop", command: Command): Promise<void> {
  const { home, out } = settingsOf(command);
  if (wouldDo(command, `relay.${verb}`, [])) return;
  await callNetwork(home, `relay.${verb}`);
  out.result({ running: verb === "start" }, () =>
    verb === "start" ? "the relayer runs" : `the relayer is stopped\n${next("tandem relay once --dry-run")}`,
  );
}

async function localStatus({ home, out }: Settings): Promise<void> {
  const report = await callNetwork<RelayerReport>(home, "relay.status");
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
}
