/** `tandem check`: replays what others recorded against our chains. */
import type { Command } from "commander";
import { addCheckScenario } from "./check-scenario.ts";
import { addCheckTraces } from "./check-traces.ts";

/** Adds the noun. */
export function addCheck(program: Command): void {
  const check = program.command("check").description("replay what others recorded against our chains");
  addCheckTraces(check);
  addCheckScenario(check);
}
