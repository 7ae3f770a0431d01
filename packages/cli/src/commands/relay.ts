/** `tandem relay`: the relayer. */

import type { RelayerReport } from "@tandem-ics/localnet";
import type { Command } from "commander";
import pc from "picocolors";
import { callNetwork } from "../network-door.ts";
import { table } from "../output.ts";
import { settingsOf } from "../settings.ts";
import { next, wouldDo } from "./change.ts";

interface Carried {
  readonly packets: number;
  readonly acknowledgements: number;
  readonly timeouts: number;
  readonly items: readonly {
    readonly consumer: string;
    readonly kind: string;
    readonly from: string;
    readonly to: string;
    readonly port: string;
    readonly channel: string;
    readonly sequence: string;
  }[];
}

const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;

function carriedText(c: Carried, dryRun: boolean): string {
  const rows = c.items.map((i) => [i.consumer, i.kind, i.from, i.to, i.port, i.channel, i.sequence]);
  const total = [
    counted(c.packets, "packet"),
    counted(c.acknowledgements, "acknowledgement"),
    counted(c.timeouts, "timeout"),
  ].join(", ");
  return [
    ...(rows.length === 0
      ? []
      : [table(["path", "what", "from", "to", "port", "channel", "sequence"], rows), ""]),
    `${dryRun ? "would carry" : "carried"} ${total}`,
    ...(dryRun && rows.length > 0 ? [next("tandem relay once")] : []),
  ].join("\n");
}

/** Adds `relay`. */
export function addRelay(program: Command): void {
  const relay = program.command("relay").description("carry packets between the chains");
  relay
    .command("once [consumer]")
    .description("one pass: handshakes, packets, acknowledgements, timeouts")
    .action(async (consumer: string | undefined, _: unknown, command: Command) => {
      const { home, out, dryRun } = settingsOf(command);
      const carried = await callNetwork<Carried>(home, "relay.once", consumer ?? null, { dryRun });
      out.result(carried, (c) => carriedText(c, dryRun));
    });
  for (const verb of ["start", "stop"] as const)
    relay
      .command(verb)
      .description(verb === "start" ? "carry by itself what comes" : "carry nothing until told to")
      .action(async (_: unknown, command: Command) => {
        const { home, out } = settingsOf(command);
        if (wouldDo(command, `relay.${verb}`, [])) return;
        await callNetwork(home, `relay.${verb}`);
        out.result({ running: verb === "start" }, () =>
          verb === "start"
            ? "the relayer runs"
            : `the relayer is stopped\n${next("tandem relay once --dry-run")}`,
        );
      });
  addRelayStatus(relay);
}

function addRelayStatus(relay: Command): void {
  relay
    .command("status")
    .description("what was carried, and errors")
    .action(async (_: unknown, command: Command) => {
      const { home, out } = settingsOf(command);
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
    });
}
