#!/usr/bin/env node
/** The `tandem` command. */
import { Command, CommanderError } from "commander";
import { addChain } from "./commands/chain.ts";
import { addCheck } from "./commands/check.ts";
import { addClock } from "./commands/clock.ts";
import { addConsumer } from "./commands/consumer.ts";
import { addEvidence } from "./commands/evidence.ts";
import { addFaucet } from "./commands/faucet.ts";
import { addFault } from "./commands/fault.ts";
import { addKeyCommands } from "./commands/keys.ts";
import { addQuery } from "./commands/query.ts";
import { addRelay } from "./commands/relay.ts";
import { addStake } from "./commands/stake.ts";
import { addTx } from "./commands/tx.ts";
import { addNetworkCommands } from "./commands/up.ts";
import { addValidator } from "./commands/validator.ts";
import { type CliError, EXIT, exitCodeOf, toCliError, usageError } from "./exit-codes.ts";
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
  for (const add of [
    addStake,
    addValidator,
    addConsumer,
    addRelay,
    addFault,
    addFaucet,
    addEvidence,
    addClock,
    addChain,
    addCheck,
    addKeyCommands,
  ])
    add(program);
  addTx(program);
  addQuery(program);
  const quiet = (command: Command): void => {
    command.exitOverride().configureOutput({ outputError: () => {} });
    for (const child of command.commands) quiet(child);
  };
  quiet(program);
  return program;
}

/** Commander's complaint: its suggestion becomes the hint. */
function usageOf(error: CommanderError, argv: readonly string[]): CliError {
  if (error.code === "commander.help")
    return usageError(`${argv.filter((a) => !a.startsWith("-")).join(" ")} needs a verb`);
  const [message = "", suggestion] = error.message.replace(/^error: /, "").split("\n");
  const hint = /^\(Did you mean (.*)\?\)$/.exec(suggestion ?? "")?.[1];
  const words = argv.slice(0, argv.findIndex((a) => a.startsWith("-")) >>> 0).slice(0, 2);
  const near = error.code === "commander.unknownCommand" ? words.slice(0, -1) : words;
  return usageError(
    message,
    hint === undefined ? `${["tandem", ...near, "--help"].join(" ")} tells more` : `did you mean ${hint}?`,
  );
}

async function main(argv: readonly string[]): Promise<number> {
  const flags = new Set(argv);
  const out = createOutput({
    json: flags.has("--json") || / (-o|--output)[ =]?json( |$)/.test(` ${argv.join(" ")}`),
    quiet: false,
    verbose: flags.has("-v") || flags.has("--verbose"),
  });
  try {
    await createProgram().parseAsync([...argv], { from: "user" });
    return EXIT.ok;
  } catch (error) {
    if (error instanceof CommanderError) {
      // Help that was asked for; help because a verb is missing is an error, and was printed to standard error.
      if (error.exitCode === 0 || argv.length === 0) return EXIT.ok;
      if (error.code !== "commander.help" || flags.has("--json")) out.fail(usageOf(error, argv));
      return EXIT.usage;
    }
    const failure = toCliError(error);
    out.fail(failure);
    return exitCodeOf(failure);
  }
}

/** A reader that has seen enough, such as `head`, is no error. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(EXIT.ok);
  throw error;
});

process.exitCode = await main(process.argv.slice(2));
