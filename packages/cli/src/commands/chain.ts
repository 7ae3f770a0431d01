/** `tandem chain`: one chain as a node with a home of its own, in the layout of the Go binaries. */
import type { Command } from "commander";
import { addExport } from "./chain-export.ts";
import { addInit } from "./chain-init.ts";
import { addKeys } from "./chain-keys.ts";
import { addServe } from "./chain-serve.ts";
import { addStart } from "./chain-start.ts";

/** Adds `chain`. */
export function addChain(program: Command): void {
  const chain = program.command("chain").description("one chain in its own home (--home DIR)");
  for (const add of [addInit, addStart, addServe, addExport, addKeys]) add(chain);
}
