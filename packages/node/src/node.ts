/** A node: an application, a local engine, a record of blocks, and the doors of CometBFT. */
import { type ChainState, type GenesisDoc, genesisToCometJson, nodeId } from "@tandem-ics/comet";
import { ed25519PublicKey, sha256, utf8 } from "@tandem-ics/crypto";
import { createVerifyAhead } from "@tandem-ics/crypto/verify-ahead";
import type { Application } from "@tandem-ics/runtime";
import { type Backend, createMemoryBackend } from "@tandem-ics/store";
import type { LightBlock } from "cosmjs-types/tendermint/types/types";
import { type Clock, systemClock } from "./clock.ts";
import { createQueryDoors, type GrpcOptions } from "./doors.ts";
import { type Engine, startEngine } from "./engine/engine.ts";
import type { DoubleSignOptions, Equivocation } from "./engine/equivocation.ts";
import { type ForkOptions, signFork } from "./engine/fork.ts";
import { createSigners } from "./engine/signers.ts";
import { type BlockPace, type BlockTimer, createBlockTimer } from "./engine/timer.ts";
import type { VoteGuard } from "./engine/vote-guard.ts";
import { votingPower } from "./engine/voting.ts";
import { errorText, type HaltError, NodeError } from "./errors.ts";
import { createEventBus } from "./events/event-bus.ts";
import type { GrpcServer } from "./grpc/grpc-server.ts";
import { createMempool, DEFAULT_MEMPOOL_LIMITS, type Mempool, type MempoolLimits } from "./mempool.ts";
import type { RestOptions, RestServer } from "./rest/rest-server.ts";
import {
  DEFAULT_RPC_LIMITS,
  type NodeIdentity,
  type RpcEnvironment,
  type RpcLimits,
} from "./rpc/endpoint.ts";
import { blockEvents } from "./rpc/event-payloads.ts";
import { createRpcHandler, type RpcHandler } from "./rpc/handler.ts";
import { listenRpc, type RpcServer } from "./rpc/http-server.ts";
import { blockMethods } from "./rpc/methods/blocks.ts";
import { consensusMethods } from "./rpc/methods/consensus.ts";
import { infoMethods } from "./rpc/methods/info.ts";
import { subscriptionMethods } from "./rpc/methods/subscriptions.ts";
import { txMethods } from "./rpc/methods/txs.ts";
import { createSearchIndex, type SearchIndex } from "./search/search.ts";
import { localCalls } from "./services/local-calls.ts";
import { createServices, type Services } from "./services/services.ts";
import type { VersionInfo } from "./services/tendermint-service.ts";
import { type BlockStore, type CommittedBlock, createBlockStore } from "./storage/block-store.ts";
import type { EvidencePool } from "./storage/evidence-pool.ts";

/** How blocks come to be made. */
export type EngineKind = { readonly kind: "manual" } | ({ readonly kind: "timer" } & BlockPace);

/** What a node is made of. */
export interface NodeOptions {
  readonly app: Application;
  readonly genesis: GenesisDoc;
  /** 32-byte Ed25519 seeds of the validators that vote here. The others are absent. The first is the node's own. */
  readonly keys: readonly Uint8Array[];
  /** Keeps the keys from signing twice where another process may have used them; none by default. */
  readonly guard?: VoteGuard;
  /** Blocks, state, index, pending evidence. Memory by default; closed by the caller. */
  readonly backend?: Backend;
  readonly clock?: Clock;
  /** By default blocks are made by `produceBlock` only. */
  readonly engine?: EngineKind;
  readonly moniker?: string;
  /** 32-byte seed of the p2p identity; by default derived from chain id and moniker. */
  readonly nodeKey?: Uint8Array;
  readonly mempool?: Partial<MempoolLimits>;
  readonly rpc?: Partial<RpcLimits>;
  readonly versionInfo?: Partial<VersionInfo>;
  /** Prefix of account addresses, for the services that print consensus addresses; `cosmos` by default. */
  readonly bech32Prefix?: string;
  /** Told once when the chain stops for good; by default the reason goes to standard error. */
  readonly onHalt?: (error: HaltError) => void;
}

/** Whether blocks are being made, and why not. */
export type NodeStatus =
  | { readonly kind: "created" | "running" | "paused" | "stopped" }
  /** The validators that are up do not hold more than `needed`. */
  | { readonly kind: "waiting"; readonly power: bigint; readonly needed: bigint }
  | { readonly kind: "halted"; readonly error: HaltError };

/** One chain's node. */
export interface Node {
  readonly chainId: string;
  readonly moniker: string;
  /** 40 lower-case hex digits. */
  readonly nodeId: string;
  readonly app: Application;
  /** Last committed height; 0 before the first block. */
  readonly height: bigint;
  /** State after the last block. */
  readonly state: ChainState;
  readonly status: NodeStatus;
  readonly blocks: BlockStore;
  readonly mempool: Mempool;
  readonly evidence: EvidencePool;
  readonly index: SearchIndex;
  readonly rpc: RpcHandler;
  /** The application's queries with the node's own services in front: what gRPC and REST doors serve. */
  readonly services: Services;
  /** Brings application and record to one height, then starts the timer if there is one. Throws HandshakeError. */
  start(): void;
  /** Ends the timer, all connections and subscriptions. Backend and application stay open. */
  stop(): Promise<void>;
  /** Serves HTTP and WebSocket; loopback and a free port by default. May be called more than once. */
  listen(options?: { host?: string; port?: number }): Promise<RpcServer>;
  /** Serves the REST gateway of an SDK API server; loopback and a free port by default. Throws NodeError `listenFailed`. */
  listenRest(options?: RestOptions): Promise<RestServer>;
  /** Serves gRPC; loopback and a free port by default. May be called more than once. */
  listenGrpc(options?: GrpcOptions): Promise<GrpcServer>;
  /** Calls back after each block, when it can be queried. Gives a function that ends it. */
  onBlock(callback: (block: CommittedBlock) => void): () => void;
  /**
   * Makes a block at once. `timeNs` is the time on its votes, which the next header will have (default: the clock).
   * @throws NoQuorumError, HaltError
   */
  produceBlock(options?: { timeNs?: bigint }): CommittedBlock;
  /** Stops the timer until {@link Node.resume}. */
  pause(): void;
  resume(): void;
  /** Votes with another key from now on; gives its address. */
  addKey(seed: Uint8Array): Uint8Array;
  removeKey(address: Uint8Array): void;
  keyAddresses(): Uint8Array[];
  /** Takes a validator down or up again. */
  setDown(address: Uint8Array, down: boolean): void;
  isDown(address: Uint8Array): boolean;
  /** Makes a validator sign two blocks at the next height. Throws NodeError `unknownValidator`. */
  doubleSign(address: Uint8Array, options?: DoubleSignOptions): void;
  /** All double signs made so far. */
  equivocations(): readonly Equivocation[];
  /** A header that conflicts with the chain's own, signed by its validators: a light client attack. */
  signFork(options?: ForkOptions): LightBlock;
}

/** With as many transactions waiting, signatures of further ones are verified on another thread; it costs a start. */
const BUSY_MEMPOOL = 32;
const P2P_ADDRESS = "tcp://0.0.0.0:26656";
const DEFAULT_RPC_ADDRESS = "tcp://127.0.0.1:26657";

const derivedSeed = (purpose: string, chainId: string, moniker: string): Uint8Array =>
  sha256(utf8(`tandem/${purpose}/${chainId}/${moniker}`));

const reportHalt = (error: HaltError): void => {
  process.stderr.write(`${error.message}\n`);
};

/** A node that has not started. */
export function createNode(options: NodeOptions): Node {
  const { app, genesis, keys } = options;
  const backend = options.backend ?? createMemoryBackend();
  const clock = options.clock ?? systemClock();
  const pace = options.engine?.kind === "timer" ? options.engine : undefined;
  const moniker = options.moniker ?? "tandem";
  const limits: RpcLimits = { ...DEFAULT_RPC_LIMITS, ...options.rpc };
  const onHalt = options.onHalt ?? reportHalt;

  const blocks = createBlockStore(backend);
  const index = createSearchIndex(backend, blocks);
  const mempool = createMempool(app, { ...DEFAULT_MEMPOOL_LIMITS, ...options.mempool });
  const signers = createSigners(keys);
  const bus = createEventBus();
  const ahead = createVerifyAhead();
  const listeners = new Set<(block: CommittedBlock) => void>();
  const servers = new Set<RpcServer>();
  const waiters = new Set<(result: boolean) => void>();
  let engine: Engine | undefined;
  let stopped = false;
  let paused = false;

  const running = (): Engine => {
    if (engine === undefined) throw new NodeError("notStarted", "the node has not been started");
    return engine;
  };

  function committed(block: CommittedBlock): void {
    if (bus.clientCount > 0) for (const event of blockEvents(block)) bus.publish(event);
    for (const listener of [...listeners]) {
      try {
        listener(block);
      } catch (error) {
        // the chain does not stop because somebody who watches it is broken
        process.stderr.write(`a block listener failed: ${errorText(error)}\n`);
      }
    }
  }

  function waitForBlock(done: () => boolean, timeoutMs: number): Promise<boolean> {
    if (done()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const finish = (result: boolean): void => {
        clearTimeout(timer);
        listeners.delete(check);
        waiters.delete(finish);
        resolve(result);
      };
      const check = (): void => {
        if (done()) finish(true);
      };
      const timer = setTimeout(() => finish(false), timeoutMs);
      listeners.add(check);
      waiters.add(finish);
    });
  }

  const identity: NodeIdentity = {
    id: nodeId(ed25519PublicKey(options.nodeKey ?? derivedSeed("node", genesis.chainId, moniker))),
    moniker,
    chainId: genesis.chainId,
    listenAddress: P2P_ADDRESS,
    rpcAddress: () => {
      const [server] = servers;
      return server === undefined ? DEFAULT_RPC_ADDRESS : `tcp://${server.host}:${server.port}`;
    },
    publicKey: ed25519PublicKey(keys[0] ?? derivedSeed("validator", genesis.chainId, moniker)),
  };
  const evidence: EvidencePool = {
    add: (item) => {
      running().evidence.add(item);
      timer?.poke();
    },
    pending: () => running().evidence.pending(),
  };
  const base: Omit<RpcEnvironment, "query"> = {
    app,
    blocks,
    index,
    mempool,
    evidence,
    bus,
    limits,
    identity,
    genesisText: genesisToCometJson(genesis),
    state: () => running().state,
    verifyAhead: (tx) =>
      (mempool.size >= BUSY_MEMPOOL || ahead.busy) && ahead.available && app.pendingSignatures !== undefined
        ? ahead.verify(app.pendingSignatures(tx))
        : undefined,
    waitForBlock,
  };
  const { chainId } = genesis;
  const height = (): bigint => blocks.height;
  const services = createServices(
    { app, chainId, height, engine: localCalls(base) },
    { versionInfo: options.versionInfo ?? {}, bech32Prefix: options.bech32Prefix ?? "cosmos" },
  );
  const doors = createQueryDoors({ app, chainId, height, services });
  const environment: RpcEnvironment = { ...base, query: services.query };
  const rpc = createRpcHandler(
    {
      ...infoMethods(environment),
      ...blockMethods(environment),
      ...txMethods(environment),
      ...consensusMethods(environment),
      ...subscriptionMethods(environment),
    },
    limits,
    bus,
  );

  const timer: BlockTimer | undefined =
    pace === undefined
      ? undefined
      : createBlockTimer(pace, {
          produce: () => running().produce(),
          hasContent: () => mempool.size > 0 || running().evidence.pending().length > 0,
          onHalt,
        });
  mempool.onAvailable(() => timer?.poke());

  function status(): NodeStatus {
    if (engine?.halted !== undefined) return { kind: "halted", error: engine.halted };
    if (stopped) return { kind: "stopped" };
    if (engine === undefined) return { kind: "created" };
    if (paused) return { kind: "paused" };
    const { power, needed } = votingPower(engine.state, signers);
    return power > needed ? { kind: "running" } : { kind: "waiting", power, needed };
  }

  return {
    chainId: genesis.chainId,
    moniker,
    nodeId: identity.id,
    app,
    get height() {
      return blocks.height;
    },
    get state() {
      return running().state;
    },
    get status() {
      return status();
    },
    blocks,
    mempool,
    evidence,
    index,
    rpc,
    services,
    start() {
      if (engine !== undefined) throw new NodeError("alreadyStarted", "the node has been started already");
      engine = startEngine({
        app,
        genesis,
        backend,
        blocks,
        mempool,
        signers,
        clock,
        guard: options.guard,
        index: index.add,
        committed,
      });
      timer?.start();
    },
    async stop() {
      stopped = true;
      ahead.close();
      timer?.stop();
      bus.cancelAll("CometBFT exited");
      for (const finish of [...waiters]) finish(false);
      await Promise.all([...[...servers].map((server) => server.close()), doors.close()]);
      servers.clear();
    },
    async listen({ host = "127.0.0.1", port = 0 } = {}) {
      const server = await listenRpc(rpc, host, port);
      servers.add(server);
      return {
        ...server,
        close: () => {
          servers.delete(server);
          return server.close();
        },
      };
    },
    listenRest: doors.listenRest,
    listenGrpc: doors.listenGrpc,
    onBlock(callback) {
      listeners.add(callback);
      return () => listeners.delete(callback);
    },
    produceBlock: ({ timeNs } = {}) => running().produce(timeNs),
    pause() {
      paused = true;
      timer?.stop();
    },
    resume() {
      paused = false;
      if (engine !== undefined && !stopped) timer?.start();
    },
    addKey: signers.add,
    removeKey: signers.remove,
    keyAddresses: signers.addresses,
    setDown: signers.setDown,
    isDown: signers.isDown,
    doubleSign: (address, doubleSignOptions) =>
      running().equivocations.order(running().state, address, doubleSignOptions),
    equivocations: () => running().equivocations.made,
    signFork: (forkOptions) => signFork(blocks, signers, forkOptions),
  };
}
