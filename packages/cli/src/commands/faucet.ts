/** `tandem faucet start`: gives coins of an account over HTTP, on any chain, as CosmJS's faucet does. */
import { createDirectSigner, createTxSender } from "@tandem-ics/client";
import { deriveKey, hdPath, type PrivateKey } from "@tandem-ics/client/keyring";
import { parseDuration, startFaucet } from "@tandem-ics/localnet";
import type { Command } from "commander";
import pc from "picocolors";
import { readText } from "../arguments.ts";
import { type CliError, usageError } from "../exit-codes.ts";
import { addKeyringFlags, findKey, type KeyringFlags, keyringFailure } from "../keyring-store.ts";
import { readRunFile } from "../network-door.ts";
import { type Settings, settingsOf } from "../settings.ts";
import { connect, networkInfo, type Target } from "./chain-door.ts";
import { listenAddress } from "./chain-doors.ts";
import { readFlag } from "./chain-home.ts";
import { coinOf, type FeeFlags, feesOf } from "./fees.ts";
import { mnemonicFromEnv, prefixOf } from "./remote-chain.ts";

interface FaucetFlags extends KeyringFlags, Target, FeeFlags {
  readonly mnemonicFile?: string;
  readonly hdPath?: string;
  readonly token: readonly string[];
  readonly listen: string;
  readonly cooldown: string;
}

/** What `faucet start --json` prints when it may be asked. */
interface FaucetReport {
  readonly url: string;
  readonly chainId: string;
  /** Account that gives. */
  readonly address: string;
  /** What one credit gives. */
  readonly tokens: readonly { readonly denom: string; readonly amount: string }[];
  readonly pid: number;
}

/** More than sending one coin takes anywhere; what is not used is not paid for, but by chains that charge the limit. */
const DEFAULT_GAS = "200000";

const noAccount = (): CliError =>
  usageError(
    "there is no account that gives",
    "--mnemonic-file FILE, --from KEY of the keyring, or TANDEM_MNEMONIC in the environment",
  );

async function mnemonicFor(settings: Settings, flags: FaucetFlags): Promise<string> {
  if (flags.mnemonicFile !== undefined) return readText(flags.mnemonicFile);
  const own = mnemonicFromEnv("provider");
  if (own !== undefined) return own;
  if (readRunFile(settings.home) === undefined) throw noAccount();
  const { accounts } = await networkInfo(settings);
  const name = settings.from ?? "owner";
  const mnemonic = accounts.find((a) => a.name === name || a.address === name)?.mnemonic;
  if (mnemonic === undefined) throw noAccount();
  return mnemonic;
}

async function keyFor(settings: Settings, flags: FaucetFlags): Promise<PrivateKey> {
  if (flags.mnemonicFile === undefined && settings.from !== undefined) {
    const key = (await findKey(settings, flags, settings.from))?.privateKey;
    if (key !== undefined) return key;
  }
  try {
    return await deriveKey(await mnemonicFor(settings, flags), flags.hdPath ?? hdPath());
  } catch (error) {
    throw keyringFailure(error);
  }
}

/** Resolves with the first signal that ends a program. */
const endSignal = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });

async function start(flags: FaucetFlags, command: Command): Promise<void> {
  const settings = settingsOf(command);
  const { out } = settings;
  const tokens = flags.token.flatMap((text) => text.split(",")).map(coinOf);
  if (tokens.length === 0)
    throw usageError("--token is missing", "what a credit gives: --token 10000000ucosm");
  const fees = feesOf(flags);
  const cooldownMs = Number(readFlag("--cooldown", flags.cooldown, parseDuration) / 1_000_000n);
  const { host, port } = listenAddress(flags.listen, "--listen");
  const { key } = await keyFor(settings, flags);
  const { chain } = await connect(settings, flags, "provider", "bank");
  const ended = endSignal();
  try {
    const prefix = await prefixOf(chain, flags.prefix);
    const signer = createDirectSigner(key, prefix);
    const { address } = (await signer.getAccounts())[0]!;
    const { chainId, rpc, comet, pace } = chain;
    const { gas, gasPrice, fee, memo } = fees;
    const sender = createTxSender({
      ...{ chainId, rpc, comet, pace, signer, address, gas },
      ...(gasPrice === undefined ? {} : { gasPrice }),
      ...(fee === undefined ? {} : { fee }),
    });
    const faucet = await startFaucet({
      chain,
      sender: memo === undefined ? sender : { ...sender, send: (messages) => sender.send(messages, memo) },
      prefix,
      tokens,
      cooldownMs,
      nodeUrl: flags.node ?? settings.providerUrl ?? settings.consumerUrl ?? "",
      host,
      port,
      onFailure: (error) =>
        void process.stderr.write(
          `credit failed: ${error instanceof Error ? error.message : String(error)}\n`,
        ),
    });
    try {
      const report: FaucetReport = { url: faucet.url, chainId, address, tokens, pid: process.pid };
      out.result(
        report,
        (r) =>
          `${pc.green("ready")} ${r.url} gives ${r.tokens.map((t) => t.amount + t.denom).join(", ")} ` +
          `of ${r.address} on ${r.chainId}, process ${r.pid}`,
      );
      await ended;
    } finally {
      await faucet.close();
    }
  } finally {
    chain.disconnect();
  }
}

const collect = (value: string, earlier: readonly string[]): string[] => [...earlier, value];

/** Adds `faucet`. */
export function addFaucet(program: Command): void {
  const faucet = program.command("faucet").description("give coins of an account over HTTP");
  addKeyringFlags(faucet.command("start"))
    .description("serve POST /credit and GET /status in the foreground")
    .option(
      "--token <amount>",
      "what one credit gives, such as 10000000ucosm; once for each coin",
      collect,
      [],
    )
    .option("--mnemonic-file <file>", "mnemonic of the account that gives")
    .option("--hd-path <path>", "where its key is derived")
    .option("--node <url>", "JSON-RPC of the chain")
    .option("--chain <name>", "a chain of the network that runs here")
    .option("--listen <address>", "where it listens; port 0 takes a free one", "tcp://127.0.0.1:8000")
    .option("--cooldown <duration>", "how long an account waits for more of the same coin, such as 12h", "0s")
    .option("--gas <limit>", "gas of one credit; a number, since credits wait for one another", DEFAULT_GAS)
    .option("--gas-prices <price>", "price of one unit of gas, such as 0.025ucosm")
    .option("--fees <amount>", "the whole fee of a credit, instead of a price")
    .option("--note <text>", "memo of the transactions")
    .option("--prefix <prefix>", "address prefix of a chain that does not tell its own")
    .action((flags: FaucetFlags, command: Command) => start(flags, command));
}
