/** Our provider application as a network of real CometBFT nodes: one `tandem chain serve` and one `cometbft` a node. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fromBech32 } from "@cosmjs/encoding";
import { HttpClient } from "@cosmjs/tendermint-rpc";
import { type ChainClient, latestHeight } from "@tandem-ics/client";
import {
  type GenesisDoc,
  genesisToCometJson,
  nodeId,
  nodeKeyFromJson,
  privValidatorKeyFromJson,
} from "@tandem-ics/comet";
import { newProviderGenesis } from "@tandem-ics/node/home";
import { createAbciTap } from "./abci-tap.ts";
import { accountOf } from "./accounts.ts";
import { connectUrl } from "./connect.ts";
import { editConfig, setConfig } from "./go-config.ts";
import { peerPath } from "./peers.ts";
import { TANDEM } from "./places.ts";
import { freePort } from "./ports.ts";
import type { Scratch, Service } from "./scratch.ts";

const START_PATIENCE_MS = 90_000;
const POLL_MS = 50;
const LOG_TAIL = 3000;
const FUNDS = 1_000_000_000_000n;

/** How a node is started. */
export interface StartOptions {
  /** Flags of `tandem chain serve` beside home and address. */
  readonly serve?: readonly string[];
  /** Kills the application when CometBFT is about to ask for this, at or above `height`: the request never arrives. */
  readonly killBefore?: { readonly request: "commit" | "finalizeBlock"; readonly height: bigint };
}

/** One node: an application and its engine. */
export interface CometNode {
  readonly name: string;
  readonly home: string;
  readonly rpcUrl: string;
  readonly peerAddress: string;
  readonly app: Service | undefined;
  readonly comet: Service | undefined;
  client(): Promise<ChainClient>;
  /** Starts both processes, also after they ended. */
  start(options?: StartOptions): Promise<void>;
  /** Waits until it has reached a height; throws with both logs when one of the processes ends before. */
  waitForHeight(height: bigint): Promise<bigint>;
  stop(): Promise<void>;
  /** Ends both processes as a power cut would. */
  kill(): Promise<void>;
}

/** A network. */
export interface CometNetwork {
  readonly chainId: string;
  readonly genesis: GenesisDoc;
  /** Validators first, in the order of their powers' list. */
  readonly nodes: readonly CometNode[];
  /** Makes a further node without power, not started. */
  addNode(name: string, config?: (path: string) => void): Promise<CometNode>;
}

/** Options of {@link createCometNetwork}. */
export interface CometNetworkOptions {
  readonly chainId: string;
  /** Stakes in units of voting power, one validator and node each. */
  readonly powers: readonly number[];
  /** Funded accounts, by name ({@link accountOf}). */
  readonly accounts: readonly string[];
  /** Changes the genesis before it is written. */
  readonly edit?: (doc: GenesisDoc) => GenesisDoc;
  /** How applications listen, default `unix`. */
  readonly transport?: "unix" | "tcp";
}

const addressOf = async (name: string): Promise<Uint8Array> =>
  fromBech32((await accountOf(name)).address).data;

/** Makes a network, not started. */
export async function createCometNetwork(
  scratch: Scratch,
  options: CometNetworkOptions,
): Promise<CometNetwork> {
  const { chainId } = options;
  const nodes: CometNode[] = [];
  const peers = (self: CometNode): string =>
    nodes
      .filter((node) => node !== self)
      .map((node) => node.peerAddress)
      .join(",");

  async function createNode(name: string): Promise<CometNode> {
    const home = join(scratch.directory, chainId, name);
    mkdirSync(home, { recursive: true });
    const made = await scratch.run(peerPath("cometbft"), ["init", "--home", home]);
    if (made.code !== 0) throw new Error(`cometbft init: ${made.stderr}${made.stdout}`);
    editConfig(join(home, "config/config.toml"), "200ms");
    const [rpcPort, p2pPort] = [await freePort(), await freePort()];
    const abci =
      options.transport === "tcp"
        ? `tcp://127.0.0.1:${await freePort()}`
        : `unix://${join(home, "app.sock")}`;
    const rpcUrl = `http://127.0.0.1:${rpcPort}`;
    let app: Service | undefined;
    let comet: Service | undefined;
    let closeTap: (() => Promise<void>) | undefined;

    async function serve(flags: readonly string[]): Promise<void> {
      app = scratch.start(`${chainId}-${name}-app`, process.execPath, [
        TANDEM,
        ...["chain", "serve", "provider", "--home", home, "--abci", abci, "--json", ...flags],
      ]);
      const offset = app.log().length;
      await until(`the application of ${name} listens`, () => {
        if (app?.running !== true) throw new Error(`it ended: ${app?.log().slice(-LOG_TAIL)}`);
        return app.log().slice(offset).includes('"abci"');
      });
    }

    async function proxyAddress({ killBefore }: StartOptions): Promise<string> {
      if (killBefore === undefined) return abci;
      let height = 0n;
      const tap = await createAbciTap(abci.slice("unix://".length), (request) => {
        if (request.finalizeBlock !== undefined) height = request.finalizeBlock.height;
        if (request[killBefore.request] === undefined || height < killBefore.height) return true;
        void app?.kill();
        return false;
      });
      closeTap = tap.close;
      return tap.address;
    }

    const node: CometNode = {
      name,
      home,
      rpcUrl,
      get peerAddress() {
        const { publicKey } = nodeKeyFromJson(readFileSync(join(home, "config/node_key.json"), "utf8"));
        return `${nodeId(publicKey)}@127.0.0.1:${p2pPort}`;
      },
      get app() {
        return app;
      },
      get comet() {
        return comet;
      },
      client: () => connectUrl(rpcUrl),
      async start(start = {}) {
        if (app?.running !== true) await serve(start.serve ?? []);
        await closeTap?.();
        closeTap = undefined;
        comet = scratch.start(`${chainId}-${name}`, peerPath("cometbft"), [
          ...["start", "--home", home, "--proxy_app", await proxyAddress(start)],
          ...["--rpc.laddr", `tcp://127.0.0.1:${rpcPort}`, "--p2p.laddr", `tcp://127.0.0.1:${p2pPort}`],
          ...["--p2p.persistent_peers", peers(node)],
        ]);
      },
      async waitForHeight(height) {
        const rpc = new HttpClient(rpcUrl);
        let reached = 0n;
        await until(`${name} reaches height ${height}`, async () => {
          if (comet?.running !== true)
            throw new Error(`it ended: ${comet?.log().slice(-LOG_TAIL)}\n${app?.log().slice(-LOG_TAIL)}`);
          reached = await latestHeight(rpc).catch(() => 0n); // not listening yet
          return reached >= height;
        });
        return reached;
      },
      async stop() {
        await comet?.stop();
        await app?.stop();
        await closeTap?.();
      },
      async kill() {
        await Promise.all([comet?.kill(), app?.kill()]);
        await closeTap?.();
      },
    };
    return node;
  }

  for (const i of options.powers.keys()) nodes.push(await createNode(`node-${i}`));
  const keyOf = ({ home }: CometNode) =>
    privValidatorKeyFromJson(readFileSync(join(home, "config/priv_validator_key.json"), "utf8"));
  const made = newProviderGenesis({
    chainId,
    genesisTimeNs: BigInt(Date.now()) * 1_000_000n,
    initialHeight: 1n,
    denom: "stake",
    accounts: await Promise.all(
      options.accounts.map(async (name) => ({
        address: await addressOf(name),
        coins: [{ denom: "stake", amount: FUNDS }],
      })),
    ),
    validators: await Promise.all(
      options.powers.map(async (power, i) => ({
        operator: await addressOf(`operator-${i}`),
        publicKey: keyOf(nodes[i]!).publicKey,
        stake: BigInt(power) * 1_000_000n,
        moniker: `node-${i}`,
      })),
    ),
  });
  const genesis = options.edit?.(made) ?? made;
  const genesisPath = (home: string): string => join(home, "config/genesis.json");
  // In CometBFT's form: the engine alone reads it here.
  const [first, ...others] = nodes;
  writeFileSync(genesisPath(first!.home), genesisToCometJson(genesis));
  for (const { home } of others) copyFileSync(genesisPath(first!.home), genesisPath(home));
  return {
    chainId,
    genesis,
    nodes,
    async addNode(name, config) {
      const node = await createNode(name);
      copyFileSync(genesisPath(first!.home), genesisPath(node.home));
      config?.(join(node.home, "config/config.toml"));
      nodes.push(node);
      return node;
    },
  };
}

/** Sets one key of a node's config.toml, given as TOML text. */
export function configure(path: string, section: string, key: string, value: string): void {
  writeFileSync(path, setConfig(readFileSync(path, "utf8"), section, key, value));
}

/** Waits for something that has no block to wait for. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + START_PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not in ${START_PATIENCE_MS / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
