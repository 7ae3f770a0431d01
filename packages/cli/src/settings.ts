/** Global flags, as every command sees them. */
import { resolve } from "node:path";
import type { Command } from "commander";
import { usageError } from "./exit-codes.ts";
import { createOutput, type Output } from "./output.ts";

const WAITS: readonly string[] = ["committed", "relayed", "applied"];

/** Global flags. */
export interface Settings {
  readonly home: string;
  readonly net: string | undefined;
  readonly providerUrl: string | undefined;
  readonly consumerUrl: string | undefined;
  readonly from: string | undefined;
  readonly dryRun: boolean;
  /** Whether what is dangerous was agreed to. */
  readonly yes: boolean;
  /** Whether a person may be asked. */
  readonly input: boolean;
  readonly seed: string | undefined;
  readonly wait: "committed" | "relayed" | "applied" | undefined;
  readonly out: Output;
}

/** Adds the global flags to the root command. */
export const addGlobalFlags = (program: Command): Command =>
  program
    .option("--home <dir>", "where the network's state lies", "./.tandem")
    .option("--net <name>", "a network beside the default one, in HOME/nets/NAME")
    .option("--provider <url>", "JSON-RPC of a provider chain, instead of the localnet's")
    .option("--consumer <url>", "JSON-RPC of a consumer chain, instead of the localnet's")
    .option("--from <key>", "account that signs and pays")
    .option("--json", "print one JSON document")
    .option("--dry-run", "show what would be done")
    .option("-y, --yes", "ask nothing; do what is dangerous")
    .option("--no-input", "ask nothing, fail instead")
    .option("--seed <seed>", "all keys follow from it")
    .option("--wait <state>", "committed, relayed or applied")
    .option("-q, --quiet", "no talk on stderr")
    .option("-v, --verbose", "stack traces of unexpected errors");

/** Reads the global flags of the command that runs. */
export function settingsOf(command: Command): Settings {
  const flags = command.optsWithGlobals() as Record<string, string | boolean | undefined>;
  const text = (name: string): string | undefined =>
    typeof flags[name] === "string" ? (flags[name] as string) : undefined;
  const net = text("net");
  const home = resolve(text("home") ?? "./.tandem");
  if (net !== undefined && !/^[a-z0-9][a-z0-9-]*$/.test(net))
    throw usageError(`--net takes a name of lower-case letters, digits and dashes, not "${net}"`);
  const wait = text("wait");
  if (wait !== undefined && !WAITS.includes(wait))
    throw usageError(`--wait takes ${WAITS.join(", ")}, not "${wait}"`);
  return {
    // Apart from the default network's own directories, which are named after its chains.
    home: net === undefined ? home : resolve(home, "nets", net),
    net,
    providerUrl: text("provider"),
    consumerUrl: text("consumer"),
    from: text("from"),
    dryRun: flags["dryRun"] === true,
    yes: flags["yes"] === true,
    input: flags["input"] !== false,
    seed: text("seed"),
    wait: wait as Settings["wait"],
    out: createOutput({
      json: flags["json"] === true || flags["output"] === "json",
      quiet: flags["quiet"] === true,
      verbose: flags["verbose"] === true,
    }),
  };
}
