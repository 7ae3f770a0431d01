/** Our own chain as a real process, as an operator runs it: `tandem chain init` makes its homes, `tandem chain start` its blocks. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HttpClient } from "@cosmjs/tendermint-rpc";
import { latestHeight } from "@tandem-ics/client";
import { type KeyPair, privValidatorKeyFromJson, privValidatorKeyToJson } from "@tandem-ics/comet";
import { accountOf, CONSUMER_PREFIX, PROVIDER_PREFIX } from "./accounts.ts";
import { editConsumerState, editProviderState, type GenesisTimes, type JsonObject } from "./go-genesis.ts";
import { TANDEM } from "./places.ts";
import { freePort } from "./ports.ts";
import type { Scratch, Service } from "./scratch.ts";
import { createDoors } from "./subject-senders.ts";
import type { Subject } from "./subjects.ts";

/** What every account holds at genesis. */
const FUNDS = "1000000000000stake";
const POLL_MS = 50;
const START_PATIENCE_MS = 60_000;
const LOG_TAIL = 3000;

/** Options of {@link createTandemProvider} and {@link createTandemConsumer}. */
export interface TandemOptions extends GenesisTimes {
  readonly chainId: string;
  /** Accounts with funds at genesis, by name. */
  readonly accounts: readonly string[];
  /** Time between blocks, default 200ms. */
  readonly blockTime?: string;
}

/** A chain of ours: one process that votes with several keys, each in a home of its own. */
export interface TandemChain extends Subject {
  /** Home of a key; the chain's own is the first one's. */
  homeOf(key: string): string;
  keyOf(key: string): KeyPair;
  /** Puts another key in a home, as moving `priv_validator_key.json` does. Before the first start. */
  useKey(key: string, pair: KeyPair): void;
  /** Starts it, and waits for a block. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Goes on without a key; not the first one. */
  takeAway(key: string): Promise<void>;
  giveBack(key: string): Promise<void>;
}

async function createChain(
  scratch: Scratch,
  kind: "provider" | "consumer",
  options: TandemOptions,
  keys: readonly string[],
) {
  const { chainId } = options;
  const prefix = kind === "provider" ? PROVIDER_PREFIX : CONSUMER_PREFIX;
  const [port, grpcPort] = [await freePort(), await freePort()];
  const rpcUrl = `http://127.0.0.1:${port}`;
  const homeOf = (key: string): string => join(scratch.directory, chainId, key);
  const keyFile = (key: string): string => join(homeOf(key), "config/priv_validator_key.json");
  const away = new Set<string>();
  const home = homeOf(keys[0]!);
  let service: Service | undefined;

  const accounts = await Promise.all(
    options.accounts.map(async (name) => `${(await accountOf(name, prefix)).address}=${FUNDS}`),
  );

  async function init(key: string, ...flags: string[]): Promise<void> {
    const args = ["chain", "init", kind, "--home", homeOf(key), "--chain-id", chainId, "--moniker", key];
    const { code, stderr } = await scratch.run(process.execPath, [TANDEM, ...args, ...flags]);
    if (code !== 0) throw new Error(`tandem chain init ended with ${code}: ${stderr}`);
  }

  async function untilBlock(started: Service): Promise<void> {
    const rpc = new HttpClient(rpcUrl);
    const deadline = performance.now() + START_PATIENCE_MS;
    for (let first: bigint | undefined; ; ) {
      try {
        const height = await latestHeight(rpc);
        first ??= height;
        if (height > first) return;
      } catch {
        // It does not listen yet, or has ended.
      }
      const late = performance.now() > deadline;
      if (!started.running || late)
        throw new Error(
          `${chainId} ${late ? "makes no blocks" : "ended"}: ${started.log().slice(-LOG_TAIL)}`,
        );
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  const chain: TandemChain = {
    chainId,
    rpcUrl,
    grpcUrl: `http://127.0.0.1:${grpcPort}`,
    prefix,
    ...createDoors(rpcUrl, prefix),
    homeOf,
    keyOf: (key) => privValidatorKeyFromJson(readFileSync(keyFile(key), "utf8")),
    useKey: (key, pair) => writeFileSync(keyFile(key), privValidatorKeyToJson(pair)),
    async start() {
      const others = keys.slice(1).filter((key) => !away.has(key));
      service = scratch.start(chainId, process.execPath, [
        ...[TANDEM, "chain", "start", kind, "--home", home, "--rpc", `tcp://127.0.0.1:${port}`],
        ...["--grpc", `tcp://127.0.0.1:${grpcPort}`, "--block-time", options.blockTime ?? "200ms"],
        ...others.flatMap((key) => ["--key", keyFile(key)]),
      ]);
      await untilBlock(service);
    },
    async stop() {
      const ended = await service?.stop();
      if (ended !== undefined && ended.code !== 0)
        throw new Error(`${chainId} ended with ${ended.code}: ${service!.log().slice(-LOG_TAIL)}`);
    },
    async takeAway(key) {
      away.add(key);
      await chain.stop();
      await chain.start();
    },
    async giveBack(key) {
      away.delete(key);
      await chain.stop();
      await chain.start();
    },
  };
  for (const key of keys.slice(kind === "provider" ? 1 : 0)) await init(key);

  /** Edits `app_state` of the chain's genesis. */
  function editGenesis(edit: (app: JsonObject) => void): void {
    const path = join(home, "config/genesis.json");
    const doc = JSON.parse(readFileSync(path, "utf8")) as JsonObject;
    edit(doc["app_state"] as JsonObject);
    writeFileSync(path, JSON.stringify(doc));
  }
  const accountFlags = accounts.flatMap((account) => ["--account", account]);
  return { chain, init, editGenesis, accountFlags, keyFile };
}

/** Makes a provider whose validators stake from the start, by name; the name's account is the operator. */
export async function createTandemProvider(
  scratch: Scratch,
  options: TandemOptions & { readonly stakes: Readonly<Record<string, bigint>> },
): Promise<TandemChain> {
  const names = Object.keys(options.stakes);
  const everybody = { ...options, accounts: [...names, ...options.accounts] };
  const { chain, init, editGenesis, accountFlags, keyFile } = await createChain(
    scratch,
    "provider",
    everybody,
    names,
  );
  const operator = async (name: string): Promise<string> => (await accountOf(name, chain.prefix)).address;
  const [first, ...others] = names as [string, ...string[]];
  const validators: string[] = [];
  for (const name of others)
    validators.push("--validator", `${keyFile(name)}=${await operator(name)}=${options.stakes[name]}stake`);
  await init(
    first,
    ...["--stake", `${options.stakes[first]}stake`, "--operator", await operator(first)],
    ...validators,
    ...accountFlags,
  );
  editGenesis((app) => editProviderState(app, options));
  return chain;
}

/** Makes a consumer's keys. `launch` takes the provider's answer to `consumer-genesis` and starts it. */
export async function createTandemConsumer(
  scratch: Scratch,
  options: TandemOptions & { readonly keys: readonly string[] },
): Promise<TandemChain & { launch(ccv: string): Promise<void> }> {
  const { chain, init, editGenesis, accountFlags } = await createChain(
    scratch,
    "consumer",
    options,
    options.keys,
  );
  return {
    ...chain,
    async launch(ccv) {
      const file = join(scratch.directory, `${options.chainId}-ccv.json`);
      writeFileSync(file, ccv);
      await init(options.keys[0]!, "--ccv", file, ...accountFlags);
      editGenesis((app) => editConsumerState(app, ccv, options));
      await chain.start();
    },
  };
}
