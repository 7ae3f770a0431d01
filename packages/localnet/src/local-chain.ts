/** A chain whose engine is in this process. */
import { join } from "node:path";
import { connectChain } from "@tandem-ics/client";
import type { GenesisDoc } from "@tandem-ics/comet";
import { createNode, inMemoryRpcClient } from "@tandem-ics/node";
import { type Backend, createMemoryBackend, createSettlingBackend } from "@tandem-ics/store";
import { openLmdbBackend } from "@tandem-ics/store/lmdb";
import { type Chain, identityOf, type StartChainOptions } from "./chain.ts";
import { createLocalEngine } from "./local-engine.ts";

/** Starts a node over an application, in memory or on disk. */
export async function startLocalChain(options: StartChainOptions, genesis: GenesisDoc): Promise<Chain> {
  const { name, role, bech32Prefix, home } = options;
  const settles: (() => void)[] = [];
  function open(part: string, sync: "now" | "deferred"): Backend {
    if (home === undefined) return createMemoryBackend();
    const disk = openLmdbBackend(join(home, name, part), { sync });
    if (!options.settleLater) return disk;
    const backend = createSettlingBackend(disk);
    settles.push(backend.settle);
    return backend;
  }
  // The block record is on disk before the application commits: what the application loses is replayed from it.
  const nodeBackend = open("node", "now");
  const appBackend = open("app", "deferred");
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
    ...identityOf(options, genesis),
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
    settle() {
      for (const settle of settles.splice(0)) settle();
    },
    async close() {
      client.disconnect();
      await node.stop();
      appBackend.close();
      nodeBackend.close();
    },
  };
}
