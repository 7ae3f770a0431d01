/** A chain whose engine is in this process. */
import { join } from "node:path";
import { connectChain } from "@tandem-ics/client";
import type { GenesisDoc } from "@tandem-ics/comet";
import { createNode, inMemoryRpcClient, type Node, type RpcLimits } from "@tandem-ics/node";
import { type Backend, createMemoryBackend, createSettlingBackend } from "@tandem-ics/store";
import { openLmdbBackend } from "@tandem-ics/store/lmdb";
import { type Chain, type Doors, identityOf, type StartChainOptions } from "./chain.ts";
import { createLocalEngine } from "./local-engine.ts";
import type { Ports, RpcLimitsSpec } from "./topology-fields.ts";

/** Limits of JSON-RPC as the node takes them. Pages of any origin may read a localnet. */
function rpcLimits({ broadcastCommitTimeout, ...others }: RpcLimitsSpec): Partial<RpcLimits> {
  const given = Object.entries(others).filter(([, value]) => value !== undefined);
  return {
    ...Object.fromEntries(given),
    corsOrigins: ["*"],
    ...(broadcastCommitTimeout === undefined
      ? {}
      : { broadcastCommitTimeoutMs: Number(broadcastCommitTimeout / 1_000_000n) }),
  };
}

/** The open doors of a node, and how to close those whose list of queries is made when they open. */
interface OpenDoors {
  readonly urls: Doors;
  /** Ports on which the same doors open again. */
  readonly ports: Ports;
  closeLists(): Promise<void>;
}

const portOf = (url: string): number => Number(new URL(url).port);

async function openLists(node: Node, rpc: string, { grpc, rest }: Ports): Promise<OpenDoors> {
  const at = (port: number | undefined) => (port === undefined ? {} : { port });
  const grpcServer = grpc === false ? undefined : await node.listenGrpc(at(grpc));
  const restServer = rest === false ? undefined : await node.listenRest({ ...at(rest), cors: true });
  return {
    urls: {
      rpc,
      ...(grpcServer === undefined ? {} : { grpc: grpcServer.url }),
      ...(restServer === undefined ? {} : { rest: restServer.url }),
    },
    ports: {
      rpc: portOf(rpc),
      grpc: grpcServer === undefined ? false : portOf(grpcServer.url),
      rest: restServer === undefined ? false : portOf(restServer.url),
    },
    async closeLists() {
      await Promise.all([grpcServer?.close(), restServer?.close()]);
    },
  };
}

/** Starts a node over an application, in memory or on disk. */
export async function startLocalChain(options: StartChainOptions, genesis: GenesisDoc): Promise<Chain> {
  const { name, bech32Prefix, home } = options;
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
    rpc: rpcLimits(options.settings.rpc),
  });
  node.start();
  // Launching makes blocks as it needs them; the timer goes on when the network is up.
  if (options.blockTimeMs !== undefined) node.pause();
  if (node.height === 0n) node.produceBlock();
  const client = await connectChain(inMemoryRpcClient(node), { pace: options.pace(node) });
  const { keysOf } = options;
  const engine = createLocalEngine({
    node,
    name,
    client,
    keysOf,
    reportToPool: () => chain.role !== "consumer",
  });
  let doors: OpenDoors | undefined;
  const chain: Chain = {
    ...identityOf(options, genesis),
    engine,
    node,
    client,
    get rpcUrl() {
      return doors?.urls.rpc;
    },
    get doors() {
      return doors?.urls ?? {};
    },
    async listen() {
      const { ports } = options.settings;
      const { url } = await node.listen(ports.rpc === undefined ? {} : { port: ports.rpc });
      doors = await openLists(node, url, ports);
      return url;
    },
    async reopenDoors() {
      if (doors === undefined) return;
      const { urls, ports, closeLists } = doors;
      await closeLists();
      doors = await openLists(node, urls.rpc ?? "", ports);
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
  return chain;
}
