/** One node of a chain behind CometBFT: an application in this process, and the `cometbft` that drives it. */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type AbciServer, serveAbci } from "@tandem-ics/abci";
import { keyPairOfSeed, nodeId } from "@tandem-ics/comet";
import { equalBytes } from "@tandem-ics/crypto";
import { homeLayout, writeWholeFile } from "@tandem-ics/node/home";
import type { Application } from "@tandem-ics/runtime";
import type { Backend } from "@tandem-ics/store";
import { openLmdbBackend } from "@tandem-ics/store/lmdb";
import type { Doors } from "../chain.ts";
import { LocalnetError } from "../errors.ts";
import type { CometBinary } from "./binary.ts";
import { type Child, logTail, startChild } from "./child.ts";
import { cometConfigToml } from "./config-toml.ts";
import { installedKey, installKey, writeNodeKey } from "./keys.ts";
import { createNodeDoors, type DoorPorts } from "./node-doors.ts";
import { createSocketPath, type SocketPath } from "./socket-path.ts";

/** What a node is made of. */
export interface CometNodeOptions {
  readonly binary: CometBinary;
  /** `node-0`, … */
  readonly name: string;
  readonly chainName: string;
  readonly chainId: string;
  /** Of account addresses. */
  readonly bech32Prefix: string;
  readonly home: string;
  /** CometBFT's form. */
  readonly genesisText: string;
  /** 32-byte seed of the identity on the p2p network. */
  readonly nodeKey: Uint8Array;
  /** 32-byte seed with which it votes from the start; one that lies in the home already goes before. */
  readonly validatorKey: Uint8Array;
  readonly rpcPort: number;
  readonly p2pPort: number;
  readonly doorPorts: DoorPorts;
  readonly timeoutCommitMs: number;
  /** Addresses of the other nodes; asked for at each start. */
  readonly peers: () => readonly string[];
  readonly createApp: (backend: Backend) => Application;
}

/** A node, up or down. */
export interface CometNode {
  readonly name: string;
  readonly home: string;
  readonly rpcUrl: string;
  /** Its gRPC and REST, open while it is up. */
  readonly doors: Pick<Doors, "grpc" | "rest">;
  /** `id@host:port` for other nodes' `persistent_peers`. */
  readonly peerAddress: string;
  /** Whether its process runs and answers. */
  readonly up: boolean;
  /** Process id of its `cometbft`; undefined while it does not run. */
  readonly pid: number | undefined;
  /** Why it is gone although nobody took it down. */
  readonly failure: string | undefined;
  /** Whether it was taken down on purpose. */
  readonly takenDown: boolean;
  /** Seed of the key with which it votes. */
  readonly validatorKey: Uint8Array;
  /** Resolves when it answers. Throws LocalnetError `launch-failed` with the end of its log. */
  start(): Promise<void>;
  /** Ends process and application; both begin anew with the next start. */
  stop(): Promise<void>;
  /** Opens gRPC and REST anew, on their ports, when the application answers to other services than before. */
  reopenDoors(): Promise<void>;
  /** Votes with another key from now on; a node that runs is started again for that. */
  useKey(seed: Uint8Array): Promise<void>;
}

/** How long a node may take until it answers: it may have many blocks to hand to its application first. */
const START_PATIENCE_MS = 60_000;
const POLL_MS = 25;

interface Running {
  readonly app: Application;
  readonly backend: Backend;
  readonly server: AbciServer;
  readonly socket: SocketPath;
  readonly child: Child;
}

/** A node that is down, with its home written. */
export function createCometNode(options: CometNodeOptions): CometNode {
  const { name, chainName, home, rpcPort, p2pPort } = options;
  const layout = homeLayout(home);
  const log = join(home, "cometbft.log");
  const rpcUrl = `http://127.0.0.1:${rpcPort}`;
  const { chainId, bech32Prefix, doorPorts } = options;
  const doors = createNodeDoors({ chainId, bech32Prefix, rpcUrl, ports: doorPorts });
  let key = installedKey(layout) ?? options.validatorKey;
  let running: Running | undefined;
  let answers = false;
  let takenDown = false;
  let failure: string | undefined;
  // One after the other: a key that comes into force while a node starts waits for that.
  let queue: Promise<unknown> = Promise.resolve();

  const inOrder = (work: () => Promise<void>): Promise<void> => {
    const next = queue.then(work, work);
    queue = next.catch(() => undefined);
    return next;
  };

  mkdirSync(layout.configFolder, { recursive: true, mode: 0o700 });
  if (!existsSync(layout.genesis)) writeWholeFile(layout.genesis, options.genesisText);
  writeNodeKey(layout, options.nodeKey);

  async function open(): Promise<Running> {
    installKey(layout, key);
    const socket = createSocketPath(home);
    const backend = openLmdbBackend(layout.appFolder, { sync: "deferred" });
    let server: AbciServer | undefined;
    try {
      const app = options.createApp(backend);
      server = await serveAbci(app, {
        address: `unix://${socket.path}`,
        onFailure: ({ method, error }) => {
          failure = `its application failed in ${method}: ${String(error)}`;
        },
      });
      const config = {
        version: options.binary.version,
        moniker: `${chainName}-${name}`,
        proxyApp: server.address,
        rpcPort,
        p2pPort,
        peers: options.peers(),
        timeoutCommitMs: options.timeoutCommitMs,
      };
      writeWholeFile(join(layout.configFolder, "config.toml"), cometConfigToml(config));
      const child = await startChild(options.binary.path, ["start", "--home", home], log);
      return { app, backend, server, socket, child };
    } catch (error) {
      await server?.close();
      backend.close();
      socket.remove();
      throw error;
    }
  }

  async function close(parts: Running): Promise<void> {
    await doors.close();
    await parts.child.stop();
    await parts.server.close();
    parts.backend.close();
    parts.socket.remove();
  }

  async function untilAnswering(child: Child): Promise<void> {
    const deadline = performance.now() + START_PATIENCE_MS;
    while (child.running && performance.now() < deadline) {
      const response = await fetch(`${rpcUrl}/health`).catch(() => undefined);
      if (response?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    const how = child.running ? "does not answer" : `ended at once (${await child.ended})`;
    throw new LocalnetError("launch-failed", `${name} of ${chainName} ${how}: ${failure ?? logTail(log)}`, {
      hint: `see ${log}`,
    });
  }

  /** Somebody else ended it, or it gave up: what belonged to it is closed, and it stays down. */
  async function lost(parts: Running, how: string): Promise<void> {
    if (running !== parts) return;
    running = undefined;
    answers = false;
    failure ??= `it ended by itself (${how}), see ${log}`;
    await close(parts);
  }

  async function start(): Promise<void> {
    if (running !== undefined) return;
    failure = undefined;
    const parts = await open();
    running = parts;
    try {
      await untilAnswering(parts.child);
      await doors.open(parts.app);
    } catch (error) {
      running = undefined;
      await close(parts);
      throw error;
    }
    answers = true;
    void parts.child.ended.then((how) => inOrder(() => lost(parts, how)));
  }

  async function stop(): Promise<void> {
    const parts = running;
    running = undefined;
    answers = false;
    if (parts !== undefined) await close(parts);
  }

  return {
    name,
    home,
    rpcUrl,
    doors: doors.urls,
    peerAddress: `${nodeId(keyPairOfSeed(options.nodeKey).publicKey)}@127.0.0.1:${p2pPort}`,
    get up() {
      return answers && running?.child.running === true;
    },
    get pid() {
      return running?.child.running ? running.child.pid : undefined;
    },
    get failure() {
      return failure;
    },
    get takenDown() {
      return takenDown;
    },
    get validatorKey() {
      return key;
    },
    start() {
      takenDown = false;
      return inOrder(start);
    },
    stop() {
      takenDown = true;
      return inOrder(stop);
    },
    reopenDoors: () =>
      inOrder(async () => {
        if (running !== undefined && answers) await doors.open(running.app);
      }),
    useKey: (seed) =>
      inOrder(async () => {
        if (equalBytes(seed, key)) return;
        key = seed;
        if (running === undefined) return;
        await stop();
        await start();
      }),
  };
}
