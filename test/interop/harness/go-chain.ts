/** A Go provider or consumer as real processes, made by its own binary: init, keys, genesis, gentx, start. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ChainClient, findTx, type TxResult, type TxSender } from "@tandem-ics/client";
import { accountOf, CONSUMER_PREFIX, PROVIDER_PREFIX } from "./accounts.ts";
import { connectUrl, eventually, senderOn } from "./connect.ts";
import { editConfig } from "./go-config.ts";
import {
  editConsumerState,
  editProviderState,
  type GenesisTimes,
  type Json,
  type JsonObject,
} from "./go-genesis.ts";
import { createGoNode, type GoNode } from "./go-node.ts";
import { type Peer, peerPath } from "./peers.ts";
import type { Ran, Scratch } from "./scratch.ts";

/** The denomination of both chains. */
export const STAKE = "stake";
/** What every account holds at genesis, in {@link STAKE}. */
const FUNDS = 1_000_000_000_000n;

/** A validator of a provider's genesis. */
export interface GenesisStake {
  /** Also the name of its operator's account. */
  readonly name: string;
  /** Self-delegation in {@link STAKE}; 1,000,000 are one voting power. */
  readonly stake: bigint;
}

interface ChainOptions extends GenesisTimes {
  readonly chainId: string;
  /** Accounts with funds at genesis besides those of validators, by name ({@link accountOf}). */
  readonly accounts?: readonly string[];
  /** CometBFT's `timeout_commit`, default 200ms. */
  readonly timeoutCommit?: string;
  /** Further edits of `app_state`. */
  readonly edit?: (app: JsonObject) => void;
}

/** Options of {@link createGoProvider}. */
export interface ProviderOptions extends ChainOptions {
  readonly validators: readonly GenesisStake[];
  /** Validators that get a node, counted from the first; all by default. The rest are in the set and sign nothing. */
  readonly nodes?: number;
}

/** Options of {@link createGoConsumer}. */
export interface ConsumerOptions extends ChainOptions {
  /** Names of the nodes. Their keys are made at once, so that validators can opt in with them before the launch. */
  readonly nodes: readonly string[];
}

/** A Go chain. */
export interface GoChain {
  readonly chainId: string;
  /** Of its accounts' addresses. */
  readonly prefix: string;
  readonly nodes: readonly GoNode[];
  /** JSON-RPC of the first node. */
  readonly rpcUrl: string;
  /** Writes the genesis file of every node. `app_state` comes from `init` and the edits named in the options. */
  writeGenesis(edit: (app: JsonObject, doc: JsonObject) => void): void;
  readGenesis(): JsonObject;
  /** Starts the nodes that do not run, and waits for the first one's first new block. */
  start(): Promise<void>;
  /** Starts one node again. */
  startNode(node: GoNode): void;
  /** Ends all nodes. */
  stop(): Promise<void>;
  /** Runs the chain's binary on the first node's home. */
  cli(...args: string[]): Promise<Ran>;
  /** A query with its JSON answer. */
  query(...args: string[]): Promise<Json>;
  /** A transaction of the Go binary, signed by a key of its keyring, once a block holds it. */
  tx(from: string, ...args: string[]): Promise<Pick<TxResult, "code" | "codespace" | "log">>;
  /** The genesis document that the stopped chain goes on from. */
  export(): Promise<string>;
  /** Our client of it; the same object each time. */
  client(): Promise<ChainClient>;
  /** Our sender of an account; the same object each time, for it counts the account's sequence. */
  sender(name: string): Promise<TxSender>;
}

interface Broadcast {
  code: number;
  codespace: string;
  raw_log: string;
  txhash: string;
}

async function must(ran: Promise<Ran>, what: string): Promise<string> {
  const { code, stdout, stderr } = await ran;
  if (code !== 0) throw new Error(`${what} ended with ${code}: ${(stderr + stdout).slice(-3000)}`);
  return stdout;
}

async function createChain(
  scratch: Scratch,
  peer: Peer,
  options: ChainOptions,
  names: readonly string[],
  running: number,
) {
  const { chainId } = options;
  const binary = peerPath(peer);
  const prefix = peer === "interchain-security-pd" ? PROVIDER_PREFIX : CONSUMER_PREFIX;
  const homeOf = (name: string): string => join(scratch.directory, chainId, name);
  const run = (home: string, args: readonly string[], input?: string): Promise<string> =>
    must(
      scratch.run(binary, [...args, "--home", home], input === undefined ? {} : { input }),
      `${peer} ${args.slice(0, 3).join(" ")}`,
    );
  const nodes: GoNode[] = [];
  for (const name of names) {
    const home = homeOf(name);
    mkdirSync(home, { recursive: true });
    await run(home, ["init", name, "--chain-id", chainId, "--default-denom", STAKE]);
    editConfig(join(home, "config/config.toml"), options.timeoutCommit ?? "200ms");
    nodes.push(await createGoNode(scratch, peer, `${chainId}/${name}`, home));
  }
  const first = nodes[0]!;
  const genesisPath = join(first.home, "config/genesis.json");
  let connected: Promise<ChainClient> | undefined;
  const senders = new Map<string, Promise<TxSender>>();

  const started = (): GoNode[] => nodes.slice(0, running);
  const peersOf = (node: GoNode): string[] =>
    started()
      .filter((other) => other !== node)
      .map((other) => other.peerAddress);

  const keys = new Set<string>();
  /** Puts an account's key into the first node's keyring. */
  async function addKey(name: string): Promise<void> {
    if (keys.has(name)) return;
    keys.add(name);
    const { mnemonic } = await accountOf(name, prefix);
    const flags = ["--recover", "--keyring-backend", "test"];
    await run(first.home, ["keys", "add", name, ...flags], `${mnemonic}\n`);
  }

  const chain: GoChain = {
    chainId,
    prefix,
    nodes,
    rpcUrl: first.rpcUrl,
    readGenesis: () => JSON.parse(readFileSync(genesisPath, "utf8")) as JsonObject,
    writeGenesis(edit) {
      const doc = chain.readGenesis();
      edit(doc["app_state"] as JsonObject, doc);
      writeFileSync(genesisPath, JSON.stringify(doc, undefined, 2));
      for (const node of nodes.slice(1)) copyFileSync(genesisPath, join(node.home, "config/genesis.json"));
    },
    async start() {
      for (const node of started()) if (node.process?.running !== true) node.start(peersOf(node));
      await first.waitForHeight(1n);
    },
    startNode: (node) => node.start(peersOf(node)),
    async stop() {
      await Promise.all(nodes.map((node) => node.stop()));
    },
    cli: (...args) => scratch.run(binary, [...args, "--home", first.home]),
    async query(...args) {
      const text = await run(first.home, ["query", ...args, "--node", first.rpcUrl, "--output", "json"]);
      return JSON.parse(text) as Json;
    },
    async tx(from, ...args) {
      await addKey(from);
      const flags = [
        ...["--from", from, "--keyring-backend", "test", "--chain-id", chainId, "--node", first.rpcUrl],
        ...["--gas", "1000000", "--yes", "--output", "json"],
      ];
      const sent = JSON.parse(await run(first.home, ["tx", ...args, ...flags])) as Broadcast;
      if (sent.code !== 0) return { code: sent.code, codespace: sent.codespace, log: sent.raw_log };
      const client = await chain.client();
      return eventually(client, `transaction ${sent.txhash}`, () => findTx(client.rpc, sent.txhash), 30n);
    },
    export: () => run(first.home, ["export"]),
    client: () => (connected ??= connectUrl(first.rpcUrl)),
    async sender(name) {
      const client = await chain.client();
      const known = senders.get(name) ?? senderOn(client, name, prefix);
      senders.set(name, known);
      return known;
    },
  };

  /** Gives accounts funds at genesis. */
  async function fund(names: readonly string[]): Promise<void> {
    const path = join(scratch.directory, `${chainId}-accounts.json`);
    const accounts = await Promise.all(names.map((name) => accountOf(name, prefix)));
    const coins = [{ denom: STAKE, amount: FUNDS.toString() }];
    writeFileSync(path, JSON.stringify(accounts.map(({ address }) => ({ address, coins }))));
    await run(first.home, ["genesis", "bulk-add-genesis-account", path]);
  }
  return { chain, run, fund, addKey };
}

/** Makes a Go provider, ready to start: an account and a gentx for each validator. */
export async function createGoProvider(scratch: Scratch, options: ProviderOptions): Promise<GoChain> {
  const { validators, chainId } = options;
  const names = validators.map(({ name }) => name);
  const { chain, run, fund, addKey } = await createChain(
    scratch,
    "interchain-security-pd",
    options,
    names,
    options.nodes ?? names.length,
  );
  const first = chain.nodes[0]!;
  await fund([...names, ...(options.accounts ?? [])]);
  chain.writeGenesis((app) => {
    editProviderState(app, options);
    options.edit?.(app);
  });
  const gentxs = join(first.home, "config/gentx");
  mkdirSync(gentxs, { recursive: true });
  for (const [i, { name, stake }] of validators.entries()) {
    const { pubKeyJson, peerAddress } = chain.nodes[i]!;
    const nodeId = peerAddress.slice(0, peerAddress.indexOf("@"));
    await addKey(name);
    await run(first.home, [
      ...["genesis", "gentx", name, `${stake}${STAKE}`, "--chain-id", chainId, "--moniker", name],
      ...["--pubkey", pubKeyJson, "--node-id", nodeId, "--ip", "127.0.0.1", "--keyring-backend", "test"],
      ...["--output-document", join(gentxs, `${name}.json`)],
    ]);
  }
  await run(first.home, ["genesis", "collect-gentxs"]);
  chain.writeGenesis(() => {});
  return chain;
}

/**
 * Makes a Go consumer whose nodes have keys and no genesis yet. `launch` takes the provider's answer of `query provider
 * consumer-genesis` and starts it.
 */
export async function createGoConsumer(
  scratch: Scratch,
  options: ConsumerOptions,
): Promise<GoChain & { launch(ccv: string): Promise<void> }> {
  const { chain, fund } = await createChain(
    scratch,
    "interchain-security-cd",
    options,
    options.nodes,
    options.nodes.length,
  );
  await fund(options.accounts ?? []);
  return {
    ...chain,
    async launch(ccv) {
      chain.writeGenesis((app) => {
        editConsumerState(app, ccv, options);
        options.edit?.(app);
      });
      await chain.start();
    },
  };
}

/** Makes a Go democracy consumer with a genesis as `init` leaves it: who validates is still to be written there. */
export async function createGoDemocracy(scratch: Scratch, options: ConsumerOptions): Promise<GoChain> {
  const { chain, fund } = await createChain(
    scratch,
    "interchain-security-cdd",
    options,
    options.nodes,
    options.nodes.length,
  );
  if (options.accounts !== undefined) await fund(options.accounts);
  return chain;
}
