/** The chains that sends are measured on: a provider of ours and a Go one, each started as its user starts it, on disk. */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Target } from "./sends-load.ts";

const TANDEM = fileURLToPath(new URL("../../scripts/tandem.mjs", import.meta.url));
const CHAIN_ID = "sends";
const PREFIX = "cosmos";
const DENOM = "stake";
const VALIDATOR = "alice";
const PAYER = "payer";
/** Between blocks, on both. */
const PAUSE = "200ms";
const STAKE = 500_000_000n;

/** A running chain with one validator and a funded payer. */
export interface SendsChain extends Target {
  stop(): Promise<void>;
}

/** `tandem chain init` and `tandem chain start`. */
export async function startOurs(): Promise<SendsChain> {
  const { accountOf } = await import("../interop/harness/accounts.ts");
  const home = mkdtempSync(join(tmpdir(), "tandem-sends-"));
  const validator = await accountOf(VALIDATOR);
  const payer = await accountOf(PAYER);
  const accounts = [validator, payer].flatMap(({ address }) => [
    "--account",
    `${address}=1000000000000${DENOM}`,
  ]);
  const flags = ["--home", home, "--json", "--quiet"];
  const stake = ["--stake", `${STAKE}${DENOM}`, "--operator", validator.address];
  execFileSync(process.execPath, [
    ...[TANDEM, "chain", "init", "provider", "--chain-id", CHAIN_ID, "--denom", DENOM],
    ...[...accounts, ...stake, ...flags],
  ]);
  const child = spawn(
    process.execPath,
    [TANDEM, "chain", "start", "provider", "--rpc", "tcp://127.0.0.1:0", "--block-time", PAUSE, ...flags],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill();
    await ended;
    rmSync(home, { recursive: true, force: true });
  };
  const url = await new Promise<string>((resolve, reject) => {
    let out = "";
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk;
      const rpc = /"rpc":\s*"([^"]+)"/.exec(out)?.[1];
      if (rpc !== undefined) resolve(rpc);
    });
    child.once("exit", (code) => reject(new Error(`the chain ended (${code}): ${out}`)));
  }).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return {
    url,
    chainId: CHAIN_ID,
    mnemonic: payer.mnemonic,
    prefix: PREFIX,
    denom: DENOM,
    pid: child.pid!,
    stop,
  };
}

/** interchain-security-pd by its own commands; its mempool holds as many transactions as are sent. */
export async function startGo(): Promise<SendsChain> {
  const { buildPeers } = (await import("../interop/peers/build.mjs" as string)) as {
    buildPeers(say: (line: string) => void): Promise<Record<string, string>>;
  };
  process.env["TANDEM_PEERS"] ??= JSON.stringify(await buildPeers((line) => console.error(line)));
  // After the variable: the harness reads it as it loads.
  const { createScratch } = await import("../interop/harness/scratch.ts");
  const { createGoProvider } = await import("../interop/harness/go-chain.ts");
  const { setConfig } = await import("../interop/harness/go-config.ts");
  const { accountOf } = await import("../interop/harness/accounts.ts");
  const scratch = createScratch();
  try {
    const chain = await createGoProvider(scratch, {
      chainId: CHAIN_ID,
      validators: [{ name: VALIDATOR, stake: STAKE }],
      accounts: [PAYER],
      timeoutCommit: PAUSE,
    });
    const [node] = chain.nodes;
    const config = join(node!.home, "config/config.toml");
    let text = readFileSync(config, "utf8");
    text = setConfig(text, "mempool", "size", "50000");
    writeFileSync(config, setConfig(text, "mempool", "cache_size", "100000"));
    await chain.start();
    return {
      url: chain.rpcUrl,
      chainId: CHAIN_ID,
      mnemonic: (await accountOf(PAYER)).mnemonic,
      prefix: PREFIX,
      denom: DENOM,
      pid: node!.process!.pid,
      stop: () => scratch.end(),
    };
  } catch (error) {
    await scratch.end();
    throw error;
  }
}
