/** A running network, for tests and programs. The CLI and the control API are made of the same methods. */
import type { TxSender } from "@tandem-ics/client";
import { manualClock, systemClock } from "@tandem-ics/node";
import type { RelayedCounts, RelayOptions } from "@tandem-ics/relayer";
import { createAddressCodecs } from "@tandem-ics/runtime";
import * as actions from "./actions.ts";
import type { Chain } from "./chain.ts";
import { startControlServer } from "./control-server.ts";
import { LocalnetError } from "./errors.ts";
import type { ValidatorKeys } from "./genesis.ts";
import { type AccountKey, createAccountKey, createConsensusKey } from "./keys.ts";
import { launchConsumers, launchProvider, OWNER, RELAYER, untilEpochEnd } from "./launch.ts";
import { readNetworkFile, resumeNetwork, saveNetwork } from "./network-file.ts";
import { type NetworkReport, networkReport, type RelayerReport, relayerReport } from "./status.ts";
import { createTopology, type Topology, type TopologyInput } from "./topology.ts";
import { chainOf, consumerOf, providerOf, relayerAccount, senderOf, step, type World } from "./world.ts";

/** How a network is started. Everything that a topology file can say, and how to run it. */
export interface LocalnetOptions extends TopologyInput {
  /** A topology that was read already; then the topology fields here are ignored. */
  readonly topology?: Topology;
  /**
   * `manual` (default): time moves only by `clock.advance` and with blocks, which are made when somebody waits for
   * one; the same seed gives the same app hashes. `system`: blocks come by the clock.
   */
  readonly clock?: "manual" | "system";
  /** Directory for state; memory without one. A network that lies there is resumed. */
  readonly home?: string;
  /** Opens JSON-RPC doors on loopback and the control API. Default: no ports at all. */
  readonly listen?: boolean;
  /** Called when the control API was asked to stop the network. */
  readonly onStopRequested?: () => void;
  /** Told what is going on while the network starts. */
  readonly onProgress?: (message: string) => void;
}

/** Start of time of a network with a manual clock: 2026-01-01T00:00:00Z. */
const MANUAL_START_NS = 1_767_225_600_000_000_000n;

/** A funded account as `tandem up` prints it. */
export interface AccountReport {
  readonly name: string;
  readonly address: string;
  readonly mnemonic: string;
}

/** A running network. */
export interface Localnet {
  readonly topology: Topology;
  /** Seconds from nothing to every channel open and the first change in force. */
  readonly seconds: number;
  readonly controlUrl: string | undefined;
  readonly home: string | undefined;
  readonly provider: Chain;
  readonly consumers: readonly Chain[];
  readonly accounts: readonly AccountReport[];
  chain(name: string): Chain;
  /** Sends transactions of one of the accounts on a chain. */
  sender(chain: string, account: string): TxSender;
  status(): Promise<NetworkReport>;
  readonly stake: {
    delegate(validator: string, amount: string, options?: actions.StakeOptions): Promise<actions.StakeResult>;
    undelegate(
      validator: string,
      amount: string,
      options?: actions.StakeOptions,
    ): Promise<actions.StakeResult>;
    redelegate(
      source: string,
      target: string,
      amount: string,
      options?: actions.StakeOptions,
    ): Promise<actions.StakeResult>;
  };
  readonly validator: {
    list(): Promise<NetworkReport["chains"]>;
    optIn(
      validator: string,
      consumer: string,
      options?: { key?: "new" },
    ): Promise<{ hash: string; height: string }>;
    optOut(validator: string, consumer: string): Promise<{ hash: string; height: string }>;
    assignKey(validator: string, consumer: string): Promise<{ hash: string; height: string }>;
    unjail(validator: string): Promise<{ hash: string; height: string }>;
  };
  readonly consumer: {
    create(
      spec: Parameters<typeof actions.createConsumer>[1],
    ): Promise<{ name: string; consumerId: string; chainId: string }>;
    remove(name: string): Promise<{ hash: string; height: string }>;
  };
  readonly relay: {
    once(consumer?: string, options?: RelayOptions): Promise<RelayedCounts>;
    start(): void;
    stop(): Promise<void>;
    status(): RelayerReport;
  };
  readonly fault: {
    /** Chains on which the validator is down now. */
    down(validator: string, options?: { chain?: string; forBlocks?: bigint }): string[];
    doubleSign(validator: string, chain: string): ReturnType<typeof actions.faultDoubleSign>;
    heal(): void;
    list(): ReturnType<typeof actions.faultList>;
  };
  readonly evidence: {
    check(consumer: string, file: string, headerFile?: string): ReturnType<typeof actions.checkEvidence>;
    submitDoubleSign(
      consumer: string,
      file: string,
      options?: Parameters<typeof actions.submitDoubleSign>[3],
    ): ReturnType<typeof actions.submitDoubleSign>;
  };
  readonly clock: {
    /** Manual clock only. Marches in steps that no light client outlives, refreshing every client on the way. */
    advance(ns: bigint): Promise<void>;
  };
  /** Makes `count` blocks on every chain (manual clock), or waits for them. */
  blocks(count: number): Promise<void>;
  /** Waits until the provider's epoch is over. Returns its last height. */
  epochEnd(): Promise<bigint>;
  stop(): Promise<void>;
}

function createWorld(options: LocalnetOptions, topology: Topology): World {
  const names = [
    ...topology.validators.map((v) => v.name),
    OWNER,
    RELAYER,
    ...topology.consumers.map((c) => relayerAccount(c.name)),
    ...topology.accounts.map((a) => a.name),
  ];
  const keys = names.map((name) => createAccountKey(topology.seed, name));
  const accounts = new Map<string, AccountKey>(keys.map((key) => [key.name, key]));
  const manual = options.clock !== "system";
  const clock = manual ? manualClock(MANUAL_START_NS) : undefined;
  return {
    topology,
    clock: clock ?? systemClock(),
    manualClock: clock,
    home: options.home,
    accounts,
    validators: new Map<string, ValidatorKeys>(
      topology.validators.map((spec) => [
        spec.name,
        {
          spec,
          account: accounts.get(spec.name)!,
          consensus: createConsensusKey(topology.seed, spec.name, "provider"),
        },
      ]),
    ),
    chains: new Map(),
    consumers: new Map(),
    assignedKeys: new Map(),
    launching: true,
    progress: options.onProgress ?? (() => {}),
  };
}

async function stopWorld(world: World): Promise<void> {
  await Promise.all([...world.consumers.values()].map(({ relayer }) => relayer.stop()));
  for (const chain of world.chains.values()) await chain.close();
}

/** Starts a network, or resumes the one that lies in `home`. */
async function start(options: LocalnetOptions = {}): Promise<Localnet> {
  const began = performance.now();
  const saved = options.home === undefined ? undefined : readNetworkFile(options.home);
  const topology = saved?.topology ?? options.topology ?? createTopology(topologyFields(options));
  const world = createWorld(options, topology);
  try {
    if (saved === undefined) {
      world.progress("starting the provider");
      await launchProvider(world, world.clock.nowNs());
      await launchConsumers(world, topology.consumers);
    } else await resumeNetwork(world, saved);
    saveNetwork(world);
    return await goLive(world, options, began);
  } catch (error) {
    await stopWorld(world);
    throw error;
  }
}

function topologyFields(options: LocalnetOptions): TopologyInput {
  const {
    topology: _t,
    clock: _c,
    home: _h,
    listen: _l,
    onProgress: _p,
    onStopRequested: _s,
    ...fields
  } = options;
  return fields;
}

/** From launched to running by itself: doors open, clocks going, relayers following. */
async function goLive(world: World, options: LocalnetOptions, began: number): Promise<Localnet> {
  world.launching = false;
  const seconds = (performance.now() - began) / 1000;
  if (options.listen) {
    const { topology } = world;
    for (const chain of world.chains.values()) {
      const spec = topology.consumers.find((c) => c.name === chain.name);
      await chain.listen(chain.role === "provider" ? topology.provider.ports.rpc : spec?.rpcPort);
    }
  }
  if (world.manualClock === undefined) {
    for (const chain of world.chains.values()) chain.node.resume();
    for (const { relayer } of world.consumers.values()) relayer.start();
  }
  const net = createHandle(world, seconds);
  if (!options.listen) return net;
  const control = await startControlServer(net, options.onStopRequested);
  return {
    ...net,
    controlUrl: control.url,
    async stop() {
      await control.close();
      await net.stop();
    },
  };
}

/** A longest step of time: a third of the smallest trusting period, so that clients can be refreshed in between. */
async function advance(world: World, ns: bigint): Promise<void> {
  const { manualClock } = world;
  if (manualClock === undefined)
    throw new LocalnetError("unsafe", "this network runs by the system clock, which cannot be advanced", {
      hint: "start it with a manual clock",
    });
  const relayers = [...world.consumers.values()].map(({ relayer }) => relayer);
  let left = ns;
  while (left > 0n) {
    const now = manualClock.nowNs();
    const expiries = await Promise.all(relayers.map((r) => r.expiries()));
    const room = expiries.flatMap(({ a, b }) => [a, b]).map((at) => (at - now) / 3n);
    const longest = room.filter((ns) => ns > 0n).reduce((least, ns) => (ns < least ? ns : least), left);
    const part = longest < left ? longest : left;
    manualClock.advance(part);
    left -= part;
    // A header's time is when the block before it was voted on: two blocks bring the new time into a header.
    step(world);
    step(world);
    for (const relayer of relayers) await relayer.refresh();
  }
}

function createHandle(world: World, seconds: number): Localnet {
  const codecs = createAddressCodecs(world.topology.provider.bech32Prefix);
  const temporaryFaults: (() => void)[] = [];
  return {
    topology: world.topology,
    seconds,
    controlUrl: undefined,
    home: world.home,
    get provider() {
      return providerOf(world);
    },
    get consumers() {
      return [...world.consumers.values()].map((c) => c.chain);
    },
    accounts: [...world.accounts.values()].map(({ name, address, mnemonic }) => ({
      name,
      address: codecs.account.encode(address),
      mnemonic,
    })),
    chain: (name) => chainOf(world, name),
    sender: (chain, account) => senderOf(world, chainOf(world, chain), account),
    status: () => networkReport(world),
    stake: {
      delegate: (validator, amount, options) => actions.delegate(world, validator, amount, options),
      undelegate: (validator, amount, options) => actions.undelegate(world, validator, amount, options),
      redelegate: (source, target, amount, options) =>
        actions.redelegate(world, source, target, amount, options),
    },
    validator: {
      list: async () => (await networkReport(world)).chains,
      optIn: (validator, consumer, options) =>
        saving(world, actions.optIn(world, validator, consumer, options)),
      optOut: (validator, consumer) => actions.optOut(world, validator, consumer),
      assignKey: (validator, consumer) => saving(world, actions.assignKey(world, validator, consumer)),
      unjail: (validator) => actions.unjail(world, validator),
    },
    consumer: {
      async create(spec) {
        const created = await saving(world, actions.createConsumer(world, spec));
        if (world.manualClock === undefined) consumerOf(world, created.name).relayer.start();
        return created;
      },
      remove: (name) => actions.removeConsumer(world, name),
    },
    relay: {
      async once(consumer, options) {
        const chosen = consumer === undefined ? [...world.consumers.values()] : [consumerOf(world, consumer)];
        const counts = { packets: 0, acknowledgements: 0, timeouts: 0 };
        for (const { relayer } of chosen) {
          const carried = await relayer.once(options);
          counts.packets += carried.packets;
          counts.acknowledgements += carried.acknowledgements;
          counts.timeouts += carried.timeouts;
        }
        return counts;
      },
      start: () => world.consumers.forEach(({ relayer }) => void relayer.start()),
      async stop() {
        await Promise.all([...world.consumers.values()].map(({ relayer }) => relayer.stop()));
      },
      status: () => relayerReport(world),
    },
    fault: {
      down(validator, { chain, forBlocks } = {}) {
        const names = actions.faultDown(world, validator, chain);
        if (forBlocks !== undefined)
          for (const name of names) temporaryFaults.push(healAfter(world, validator, name, forBlocks));
        return names;
      },
      doubleSign: (validator, chain) => actions.faultDoubleSign(world, validator, chain),
      heal() {
        for (const cancel of temporaryFaults.splice(0)) cancel();
        actions.faultHeal(world);
      },
      list: () => actions.faultList(world),
    },
    evidence: {
      check: (consumer, file, headerFile) => actions.checkEvidence(world, consumer, file, headerFile),
      submitDoubleSign: (consumer, file, options) => actions.submitDoubleSign(world, consumer, file, options),
    },
    clock: { advance: (ns) => advance(world, ns) },
    async blocks(count) {
      const { client } = providerOf(world);
      const target = (await client.status()).height + BigInt(count);
      for (let at = 0n; at < target; ) {
        const { height } = await client.status();
        at = height >= target ? height : await client.pace.after(height);
      }
    },
    epochEnd: () => untilEpochEnd(world),
    stop: () => stopWorld(world),
  };
}

/** Runs an act that makes keys or chains, and writes the network file after it, so that a restart knows them. */
async function saving<T>(world: World, act: Promise<T>): Promise<T> {
  try {
    return await act;
  } finally {
    saveNetwork(world);
  }
}

/** Brings a validator back once its chain is `blocks` further. */
function healAfter(world: World, validator: string, chainName: string, blocks: bigint): () => void {
  const { node } = chainOf(world, chainName);
  const until = node.height + blocks;
  const unsubscribe = node.onBlock(() => {
    if (node.height < until) return;
    unsubscribe();
    actions.faultDown(world, validator, chainName, false);
  });
  return unsubscribe;
}

/** Networks are started here. */
export const Localnet = { start };
