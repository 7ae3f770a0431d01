/** A chain of the network: application, node, and the door that everything here uses, its RPC. */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type ChainClient, connectChain, type Pace } from "@tandem-ics/client";
import { type GenesisDoc, genesisToCometJson, parseGenesis } from "@tandem-ics/comet";
import { type Clock, createNode, inMemoryRpcClient, type Node, NoQuorumError } from "@tandem-ics/node";
import type { Application } from "@tandem-ics/runtime";
import { type Backend, createMemoryBackend } from "@tandem-ics/store";
import { openLmdbBackend } from "@tandem-ics/store/lmdb";
import { type CometSetup, startCometChain } from "./cometbft/comet-chain.ts";
import type { ChainEngine, KeysOf } from "./engine.ts";
import { createLocalEngine } from "./local-engine.ts";
import { writeWhole } from "./write-whole.ts";

/** What a chain is for. */
export type ChainRole = "provider" | "consumer";

/** A running chain. */
export interface Chain {
  readonly name: string;
  readonly role: ChainRole;
  readonly chainId: string;
  /** On the provider; consumers only. */
  readonly consumerId: string | undefined;
  readonly bech32Prefix: string;
  readonly denom: string;
  /** What makes its blocks. */
  readonly engine: ChainEngine;
  /** The node of the engine in this process. Throws LocalnetError `bad-request` on a chain behind CometBFT. */
  readonly node: Node;
  readonly client: ChainClient;
  /** `http://127.0.0.1:…` once it listens. */
  readonly rpcUrl: string | undefined;
  listen(port?: number): Promise<string>;
  close(): Promise<void>;
}

/** Options of {@link startChain}. */
export interface StartChainOptions {
  readonly name: string;
  readonly role: ChainRole;
  readonly consumerId?: string;
  readonly bech32Prefix: string;
  readonly denom: string;
  readonly genesis: GenesisDoc;
  /** Seeds of the validators that vote from the start. */
  readonly keys: readonly Uint8Array[];
  /** All keys that a validator may use here, those assigned to it later included. */
  readonly keysOf: KeysOf;
  readonly clock: Clock;
  /** Undefined: blocks are made by `produceBlock` only. */
  readonly blockTimeMs: number | undefined;
  /** Directory for state; memory without one. */
  readonly home: string | undefined;
  readonly createApp: (backend: Backend) => Application;
  /** How clients of the engine in this process wait. */
  readonly pace: (node: Node) => Pace;
  /** Behind CometBFT; else the engine in this process. */
  readonly cometbft: CometSetup | undefined;
  /** Port of the first node's RPC behind CometBFT; a free one by default. In this process `listen` takes it. */
  readonly rpcPort: number | undefined;
}

/** Where a chain on disk keeps its genesis file. */
export const genesisPath = (home: string, name: string): string => join(home, name, "genesis.json");

/** The genesis that the chain's stores began with, if there are any; else `genesis`, which is then kept. */
function keptGenesis(home: string, name: string, genesis: GenesisDoc): GenesisDoc {
  const path = genesisPath(home, name);
  if (existsSync(path)) return parseGenesis(readFileSync(path, "utf8"));
  mkdirSync(join(home, name), { recursive: true, mode: 0o700 });
  writeWhole(path, genesisToCometJson(genesis));
  return genesis;
}

/** Starts a chain, in memory or on disk, or goes on with the one that lies there. */
export async function startChain(options: StartChainOptions): Promise<Chain> {
  const { name, home, cometbft } = options;
  const genesis = home === undefined ? options.genesis : keptGenesis(home, name, options.genesis);
  return cometbft === undefined
    ? startLocalChain(options, genesis)
    : startCometChain(options, cometbft, genesis);
}

async function startLocalChain(options: StartChainOptions, genesis: GenesisDoc): Promise<Chain> {
  const { name, role, bech32Prefix, denom, home } = options;
  const open = (part: string, sync: "now" | "deferred"): Backend =>
    home === undefined ? createMemoryBackend() : openLmdbBackend(join(home, name, part), { sync });
  // The block record is on disk before the application commits: what the application loses is replayed from it.
  const appBackend = open("app", "deferred");
  const nodeBackend = open("node", "now");
  const node = createNode({
    app: options.createApp(appBackend),
    genesis,
    keys: options.keys,
    backend: nodeBackend,
    clock: options.clock,
    engine:
      options.blockTimeMs === undefined
        ? { kind: "manual" }
        : { kind: "timer", blockTimeMs: options.blockTimeMs },
    moniker: name,
    bech32Prefix,
    rpc: { corsOrigins: ["*"] },
  });
  node.start();
  // Launching makes blocks as it needs them; the timer goes on when the network is up.
  if (options.blockTimeMs !== undefined) node.pause();
  if (node.height === 0n) node.produceBlock();
  const client = await connectChain(inMemoryRpcClient(node), { pace: options.pace(node) });
  const { keysOf } = options;
  const engine = createLocalEngine({ node, name, client, keysOf, reportToPool: role === "provider" });
  let rpcUrl: string | undefined;
  return {
    name,
    role,
    chainId: genesis.chainId,
    consumerId: options.consumerId,
    bech32Prefix,
    denom,
    engine,
    node,
    client,
    get rpcUrl() {
      return rpcUrl;
    },
    async listen(port) {
      const { url } = await node.listen(port === undefined ? {} : { port });
      rpcUrl = url;
      return url;
    },
    async close() {
      client.disconnect();
      await node.stop();
      appBackend.close();
      nodeBackend.close();
    },
  };
}

/** Makes a block, or says why there is none: too few validators are up. */
export function tryProduceBlock(chain: Chain): string | undefined {
  try {
    chain.node.produceBlock();
    return undefined;
  } catch (error) {
    if (error instanceof NoQuorumError) return error.message;
    throw error;
  }
}
