/** `tandem clock`: time of a network with a manual clock. */

import { parseDuration } from "@tandem-ics/localnet";
import type { Command } from "commander";
import { callNetwork } from "../network-door.ts";
import { settingsOf } from "../settings.ts";
import { wouldDo } from "./change.ts";

/** Adds `clock`. */
export function addClock(program: Command): void {
  const clock = program.command("clock").description("time of a network with a manual clock");
  clock.command("advance <duration>").action(async (duration: string, _: unknown, command: Command) => {
    const { home, out } = settingsOf(command);
    const ns = parseDuration(duration);
    if (wouldDo(command, "clock.advance", [ns.toString()])) return;
    await callNetwork(home, "clock.advance", ns.toString());
    out.result({ advanced: duration }, () => `advanced by ${duration}`);
  });
}
