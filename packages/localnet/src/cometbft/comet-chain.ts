/** A chain behind CometBFT: N applications in this process, N `cometbft` processes, one client for all of them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ChainClient, connectChain } from "@tandem-ics/client";
import { type GenesisDoc, genesisToCometJson } from "@tandem-ics/comet";
import { sha256, utf8 } from "@tandem-ics/crypto";
import { type Chain, identityOf, type StartChainOptions } from "../chain.ts";
import { LocalnetError } from "../errors.ts";
import { freePort } from "../ports.ts";
import { blockAfter, watchedBy } from "../wait-for-block.ts";
import { type BlockWatch, watchBlocks } from "./block-watch.ts";
import { createCometEngine } from "./comet-engine.ts";
import { type CometNode, createCometNode } from "./comet-node.ts";
import { createFailoverRpc } from "./failover-rpc.ts";
import { chooseDoorPorts } from "./node-doors.ts";
import type { CometSetup } from "./setup.ts";

/** Bounds of the time between two looks for a new block, in ms, and looks in a block's time. */
const LOOK_MS = { least: 20, most: 200, perBlock: 8 };

const seedOf = (purpose: string, chainId: string, name: string): Uint8Array =>
  sha256(utf8(`tandem localnet\n${purpose}\n${chainId}\n${name}`));

async function createNodes(
  { name: chainName, bech32Prefix, createApp, keysOf, blockTimeMs = 0, settings }: StartChainOptions,
  { binary, nodes: count, validators }: CometSetup,
  genesis: GenesisDoc,
  home: string,
): Promise<CometNode[]> {
  const nodes: CometNode[] = [];
  const genesisText = genesisToCometJson(genesis);
  const rpcPort = settings.ports.rpc;
  for (let i = 0; i < count; i++) {
    const name = `node-${i}`;
    const validator = validators[i];
    // Keys assigned before the chain began are in its genesis; the newest of them stands just before the own one.
    const [own, assigned] = validator === undefined ? [] : [...keysOf(validator)].reverse();
    const self = nodes.length;
    nodes.push(
      createCometNode({
        binary,
        name,
        chainName,
        chainId: genesis.chainId,
        bech32Prefix,
        home: join(home, name),
        genesisText,
        nodeKey: seedOf("node", genesis.chainId, name),
        validatorKey: assigned ?? own ?? seedOf("full node", genesis.chainId, name),
        rpcPort: i === 0 && rpcPort !== undefined ? rpcPort : await freePort(),
        p2pPort: await freePort(),
        doorPorts: await chooseDoorPorts(settings.ports, i),
        timeoutCommitMs: blockTimeMs,
        peers: () => nodes.filter((_, j) => j !== self).map((node) => node.peerAddress),
        createApp,
      }),
    );
  }
  return nodes;
}

async function stopAll(nodes: readonly CometNode[]): Promise<void> {
  const results = await Promise.allSettled(nodes.map((node) => node.stop()));
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

/** Starts all nodes of a chain, or goes on with those that lie in its home. Resolves when its headers tell the time. */
export async function startCometChain(
  options: StartChainOptions,
  setup: CometSetup,
  genesis: GenesisDoc,
): Promise<Chain> {
  const { name, role, blockTimeMs = 0 } = options;
  // CometBFT keeps everything on disk: a network in memory has its nodes in a directory that goes with it.
  const scratch = options.home === undefined ? mkdtempSync(join(tmpdir(), "tandem-nodes-")) : undefined;
  const nodes = await createNodes(options, setup, genesis, scratch ?? join(options.home ?? "", name));
  const rpc = createFailoverRpc(() => nodes.map((node) => ({ url: node.rpcUrl, open: node.up })));
  let client: ChainClient | undefined;
  let watch: BlockWatch | undefined;
  const begun = <T>(part: T | undefined): T => {
    if (part === undefined) throw new LocalnetError("not-running", `${name} has not started yet`);
    return part;
  };
  const engine = createCometEngine({
    chainName: name,
    nodes,
    validators: setup.validators,
    keysOf: options.keysOf,
    rpc,
    client: () => begun(client),
    watch: () => begun(watch),
    blockTimeMs,
    reportEvidence: role !== "consumer",
  });
  const awaited = watchedBy(
    {
      chainId: genesis.chainId,
      get height() {
        return engine.height;
      },
      onBlock: engine.onBlock,
      standstill: engine.standstill,
    },
    options.monitor,
  );
  async function close(): Promise<void> {
    watch?.stop();
    client?.disconnect();
    await stopAll(nodes);
    if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true });
  }
  try {
    await Promise.all(nodes.map((node) => node.start()));
    client = await connectChain(rpc, {
      pace: {
        async after(height) {
          if (engine.height <= height) await blockAfter(awaited, height);
          return engine.height;
        },
      },
    });
    const intervalMs = Math.min(LOOK_MS.most, Math.max(LOOK_MS.least, blockTimeMs / LOOK_MS.perBlock));
    watch = watchBlocks({ rpc, intervalMs, onHeight: engine.seen });
    // The first header has the genesis time, which may be long ago when many nodes had to start: to a chain that took it
    // for the present, headers of others would be from the future. The second one's time is that of votes.
    await client.pace.after(genesis.initialHeight);
  } catch (error) {
    await close().catch(() => undefined); // what went wrong first is what is told
    throw error;
  }
  return {
    ...identityOf(options, genesis),
    engine,
    get node(): never {
      throw new LocalnetError("bad-request", `${name} runs behind CometBFT: it has no node in this process`);
    },
    client,
    rpcUrl: nodes[0]!.rpcUrl,
    get doors() {
      return { rpc: nodes[0]!.rpcUrl, ...nodes[0]!.doors };
    },
    // The ports were chosen when the nodes were started.
    listen: async () => nodes[0]!.rpcUrl,
    async reopenDoors() {
      await Promise.all(nodes.map((node) => node.reopenDoors()));
    },
    // CometBFT writes every block at once, and so must its application.
    settle: () => undefined,
    close,
  };
}
