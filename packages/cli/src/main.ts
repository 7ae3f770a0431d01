#!/usr/bin/env node
/** The `tandem` command. */
import { Command, CommanderError } from "commander";
import { addNouns } from "./commands/nouns.ts";
import { addQuery } from "./commands/query.ts";
import { addTx } from "./commands/tx.ts";
import { addNetworkCommands } from "./commands/up.ts";
import { EXIT, exitCodeOf, toCliError, usageError } from "./exit-codes.ts";
import { createOutput } from "./output.ts";
import { addGlobalFlags } from "./settings.ts";

function createProgram(): Command {
  const program = new Command("tandem")
    .description("interchain security: a provider, its consumers and a relayer on your machine")
    .version("0.1.0")
    .showSuggestionAfterError()
    .exitOverride();
  addGlobalFlags(program);
  addNetworkCommands(program);
  addNouns(program);
  addTx(program);
  addQuery(program);
  const quiet = (command: Command): void => {
    command.exitOverride().configureOutput({ outputError: () => {} });
    for (const child of command.commands) quiet(child);
  };
  quiet(program);
  return program;
}

async function main(argv: readonly string[]): Promise<number> {
  const flags = new Set(argv);
  const out = createOutput({
    json: flags.has("--json"),
    quiet: false,
    verbose: flags.has("-v") || flags.has("--verbose"),
  });
  try {
    await createProgram().parseAsync([...argv], { from: "user" });
    return EXIT.ok;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0 || error.code === "commander.help") return EXIT.ok;
      out.fail(usageError(error.message.replace(/^error: /, ""), "tandem --help lists the commands"));
      return EXIT.usage;
    }
    const failure = toCliError(error);
    out.fail(failure);
    return exitCodeOf(failure);
  }
}

process.exitCode = await main(process.argv.slice(2));
