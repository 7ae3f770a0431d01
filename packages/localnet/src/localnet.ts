/** A running network, for tests and programs. The CLI and the control API are made of the same methods. */
import { manualClock, systemClock } from "@tandem-ics/node";
import { createAddressCodecs } from "@tandem-ics/runtime";
import { type FundedAccount, resolveAccounts } from "./accounts.ts";
import * as actions from "./actions.ts";
import type { AccountReport, LocalnetOptions, RelayedItem, Localnet as RunningLocalnet } from "./api.ts";
import { causeOf } from "./chain.ts";
import { changeOver } from "./changeover.ts";
import { findCometBinary } from "./cometbft/binary.ts";
import type { CometSetup } from "./cometbft/setup.ts";
import { type ControlServer, startControlServer } from "./control-server.ts";
import { createConsumer } from "./create-consumer.ts";
import { openDoors } from "./doors.ts";
import { LocalnetError } from "./errors.ts";
import * as evidence from "./evidence.ts";
import * as faults from "./faults.ts";
import type { ValidatorKeys } from "./genesis.ts";
import { createMonitor } from "./invariants/monitor.ts";
import { createConsensusKey, DEFAULT_HD_PATH } from "./keys.ts";
import { launchConsumers, launchProvider, OWNER, untilEpochEnd } from "./launch.ts";
import * as attacks from "./light-client-attack.ts";
import { readNetworkFile, removeNetwork, type SavedNetwork, saveNetwork } from "./network-file.ts";
import { launchPlain, openPaths, plainMembers } from "./plain.ts";
import { checkPorts } from "./ports.ts";
import { createProgressLog } from "./progress-log.ts";
import { resumeNetwork } from "./resume.ts";
import { networkReport, relayerReport } from "./status.ts";
import { createTopology, type Topology, type TopologyInput } from "./topology.ts";
import {
  chainOf,
  consumerOf,
  providerOf,
  RELAYER,
  relayerAccount,
  relayersOf,
  senderOf,
  stakingChainOf,
  step,
  type World,
} from "./world.ts";

/** Start of time of a network with a manual clock: 2026-01-01T00:00:00Z. */
const MANUAL_START_NS = 1_767_225_600_000_000_000n;

/** The program and the nodes of a topology with that engine. */
async function cometSetup(options: LocalnetOptions, topology: Topology): Promise<CometSetup | undefined> {
  const { engine, validators } = topology;
  if (engine.kind !== "cometbft") {
    if (options.cometbft === undefined) return undefined;
    throw new LocalnetError(
      "bad-request",
      "a cometbft program is named, and nothing says that it is to be used",
      {
        hint: "--engine cometbft, or engine: { kind: cometbft } in the topology",
      },
    );
  }
  if (options.clock === "manual")
    throw new LocalnetError(
      "bad-request",
      "CometBFT makes blocks by its own clock: a manual clock is not for it",
      {
        hint: "leave the clock out, or use the engine of this process",
      },
    );
  return {
    binary: await findCometBinary(options.cometbft ?? engine.binary),
    nodes: engine.nodes,
    validators: validators.map((v) => v.name),
  };
}

/** Everybody on provider and consumers; nobody without a provider. */
function providerAccounts({ provider, seed, ...topology }: Topology): Map<string, FundedAccount> {
  if (provider === undefined) return new Map();
  const owners = [OWNER, RELAYER, ...topology.consumers.map((c) => relayerAccount(c.name))];
  const first = resolveAccounts(
    [
      ...topology.validators.map(({ name, mnemonic }) => ({ name, mnemonic })),
      ...owners.map((name) => ({ name })),
    ],
    seed,
    "validators",
  );
  const known = new Map(first.map((account) => [account.name, account]));
  for (const account of resolveAccounts(topology.accounts, seed, "accounts", known))
    known.set(account.name, account);
  return known;
}

function createWorld(options: LocalnetOptions, topology: Topology, cometbft: CometSetup | undefined): World {
  const accounts = providerAccounts(topology);
  const manual = cometbft === undefined && options.clock !== "system";
  const clock = manual ? manualClock(MANUAL_START_NS) : undefined;
  const told = createProgressLog(options.onProgress);
  return {
    topology,
    clock: clock ?? systemClock(),
    manualClock: clock,
    home: options.home,
    monitor: (options.checkInvariants ?? topology.checkInvariants) ? createMonitor() : undefined,
    cometbft,
    accounts,
    validators: new Map<string, ValidatorKeys>(
      topology.validators.map((spec) => [
        spec.name,
        {
          spec,
          account: accounts.get(spec.name)!.key!,
          consensus: createConsensusKey(topology.seed, spec.name, "provider"),
        },
      ]),
    ),
    plain: plainMembers(topology),
    chains: new Map(),
    consumers: new Map(),
    paths: new Map(),
    faucets: new Map(),
    software: new Map(),
    pending: new Map(),
    assignedKeys: new Map(),
    listen: options.listen ?? false,
    launching: true,
    unsettled: false,
    told,
    progress: told.tell,
  };
}

async function stopWorld(world: World): Promise<void> {
  // All are tried: a chain that cannot be closed must not keep the others' stores open.
  const relayers = relayersOf(world).map((relayer) => relayer.stop());
  const faucets = [...world.faucets.values()].map((faucet) => faucet.close());
  const results = await Promise.allSettled([...relayers, ...faucets]);
  results.push(...(await Promise.allSettled([...world.chains.values()].map((chain) => chain.close()))));
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

/** Starts a network, or resumes the one that lies in `home`. */
async function start(options: LocalnetOptions = {}): Promise<Localnet> {
  const began = performance.now();
  const saved = options.home === undefined ? undefined : readSaved(options.home);
  const topology = saved?.topology ?? options.topology ?? createTopology(topologyFields(options));
  if (options.listen) await checkPorts(topology);
  const world = createWorld(options, topology, await cometSetup(options, topology));
  if (options.onInvariantBroken !== undefined) world.monitor?.onBroken(options.onInvariantBroken);
  try {
    if (saved === undefined) {
      world.unsettled = true;
      saveNetwork(world);
      const genesisTimeNs = world.clock.nowNs();
      if (topology.provider !== undefined) {
        world.progress("starting the provider");
        await launchProvider(world, genesisTimeNs);
      }
      await launchPlain(world, genesisTimeNs);
      await launchConsumers(world, topology.consumers);
      await openPaths(world);
    } else await resumeNetwork(world, saved);
    world.launching = false;
    settle(world);
    saveNetwork(world);
    return await goLive(world, options, began);
  } catch (error) {
    // What went wrong first is what is told.
    await stopWorld(world).catch(() => {});
    throw causeOf(error);
  }
}

/** On disk before the network's file calls it complete. */
function settle(world: World): void {
  world.unsettled = false;
  for (const chain of world.chains.values()) chain.settle();
}

/** The network in `home`; what is left of one that was never up once is removed. */
function readSaved(home: string): SavedNetwork | undefined {
  const saved = readNetworkFile(home);
  if (saved === undefined || saved.complete) return saved;
  removeNetwork(home);
  return undefined;
}

function topologyFields(options: LocalnetOptions): TopologyInput {
  const {
    topology: _t,
    clock: _c,
    cometbft: _b,
    home: _h,
    listen: _l,
    onProgress: _p,
    onStopRequested: _s,
    onUnexpected: _u,
    onInvariantBroken: _i,
    ...fields
  } = options;
  return fields;
}

/** From launched to running by itself: doors open, clocks going, relayers following. */
async function goLive(world: World, options: LocalnetOptions, began: number): Promise<Localnet> {
  const seconds = (performance.now() - began) / 1000;
  if (options.listen) for (const chain of world.chains.values()) await openDoors(world, chain);
  if (world.manualClock === undefined) {
    for (const chain of world.chains.values()) chain.engine.resume();
    for (const relayer of relayersOf(world)) relayer.start();
  }
  const doors: { control?: ControlServer } = {};
  const net = createHandle(world, seconds, doors);
  if (options.listen)
    doors.control = await startControlServer(net, options.onStopRequested, options.onUnexpected);
  return net;
}

/** A longest step of time: a third of the smallest trusting period, so that clients can be refreshed in between. */
async function advance(world: World, ns: bigint): Promise<void> {
  const { manualClock } = world;
  if (manualClock === undefined)
    throw new LocalnetError("unsafe", "this network runs by the system clock, which cannot be advanced", {
      hint:
        world.cometbft === undefined
          ? "start it with a manual clock"
          : "CometBFT knows no other clock; the engine of this process has a manual one",
    });
  const relayers = relayersOf(world);
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

/** All accounts: those of provider and consumers, and of each other chain its own. */
function accountReports({ accounts, plain, topology }: World): AccountReport[] {
  const report = (account: FundedAccount, prefix: string, chain?: string): AccountReport => {
    const { name, address, key } = account;
    return {
      name,
      address: createAddressCodecs(prefix).account.encode(address),
      ...(key === undefined ? {} : { mnemonic: key.mnemonic }),
      ...(key === undefined || key.hdPath === DEFAULT_HD_PATH ? {} : { hdPath: key.hdPath }),
      ...(chain === undefined ? {} : { chain }),
    };
  };
  const prefix = topology.provider?.bech32Prefix ?? "cosmos";
  return [
    ...[...accounts.values()].map((account) => report(account, prefix)),
    ...[...plain.values()].flatMap(({ spec, accounts: own }) =>
      [...own.values()].map((account) => report(account, spec.bech32Prefix, spec.name)),
    ),
  ];
}

function createHandle(world: World, seconds: number, doors: { readonly control?: ControlServer }): Localnet {
  let stopping: Promise<void> | undefined;
  return {
    topology: world.topology,
    seconds,
    get controlUrl() {
      return doors.control?.url;
    },
    home: world.home,
    get provider() {
      return providerOf(world);
    },
    get consumers() {
      return [...world.consumers.values()].map((c) => c.chain);
    },
    get chains() {
      return [...world.chains.values()];
    },
    accounts: accountReports(world),
    get invariants() {
      return world.monitor && { broken: world.monitor.broken?.violations ?? [], ...world.monitor.cost };
    },
    chain: (name) => chainOf(world, name),
    sender: (chain, account) => senderOf(world, chainOf(world, chain), account),
    status: () => networkReport(world),
    progress: (after) => world.told.since(after),
    stake: {
      delegate: (validator, amount, options) => actions.delegate(world, validator, amount, options),
      undelegate: (validator, amount, options) => actions.undelegate(world, validator, amount, options),
      redelegate: (source, target, amount, options) =>
        actions.redelegate(world, source, target, amount, options),
    },
    validator: {
      list: async () => (await networkReport(world)).chains,
      optIn: (validator, consumer, options) => actions.optIn(world, validator, consumer, options),
      optOut: (validator, consumer, options) => actions.optOut(world, validator, consumer, options),
      assignKey: (validator, consumer, options) => actions.assignKey(world, validator, consumer, options),
      unjail: (validator, options) => actions.unjail(world, validator, options),
    },
    consumer: {
      create: (spec) => createConsumer(world, spec),
      changeOver: (input) => changeOver(world, input),
      remove: (name) => actions.removeConsumer(world, name),
    },
    relay: createRelay(world),
    fault: createFaults(world),
    evidence: {
      check: (consumer, file, headerFile) => evidence.checkEvidence(world, consumer, file, headerFile),
      submitDoubleSign: (consumer, file, options) =>
        evidence.submitDoubleSign(world, consumer, file, options),
      checkLightClientAttack: (consumer, file) => attacks.checkLightClientAttack(world, consumer, file),
      submitLightClientAttack: (consumer, file, options) =>
        attacks.submitLightClientAttack(world, consumer, file, options),
    },
    clock: { advance: (ns) => advance(world, ns) },
    async blocks(count) {
      const { client } = stakingChainOf(world);
      const target = (await client.status()).height + BigInt(count);
      for (let at = 0n; at < target; ) {
        const { height } = await client.status();
        at = height >= target ? height : await client.pace.after(height);
      }
    },
    epochEnd: () => untilEpochEnd(world),
    stop() {
      stopping ??= (async () => {
        await doors.control?.close();
        await stopWorld(world);
      })();
      return stopping;
    },
  };
}

function createRelay(world: World): Localnet["relay"] {
  return {
    async once(name, options) {
      const all = [
        ...[...world.consumers.values()].map((c) => ({ name: c.chain.name, relayer: c.relayer })),
        ...[...world.paths].map(([path, { relayer }]) => ({ name: path, relayer })),
      ];
      const chosen =
        name === undefined
          ? all
          : all.filter((p) => p.name === (world.paths.has(name) ? name : consumerOf(world, name).chain.name));
      const items: RelayedItem[] = [];
      const counts = { packets: 0, acknowledgements: 0, timeouts: 0, items };
      for (const { relayer, name: path } of chosen) {
        const carried = await relayer.once({
          ...options,
          onWork(work) {
            options?.onWork?.(work);
            items.push({ ...work, consumer: path });
          },
        });
        counts.packets += carried.packets;
        counts.acknowledgements += carried.acknowledgements;
        counts.timeouts += carried.timeouts;
      }
      return counts;
    },
    start: () => relayersOf(world).forEach((relayer) => void relayer.start()),
    async stop() {
      await Promise.all(relayersOf(world).map((relayer) => relayer.stop()));
    },
    status: () => relayerReport(world),
  };
}

/** Faults with those that end by themselves. */
function createFaults(world: World): Localnet["fault"] {
  const temporary = new Set<() => void>();
  return {
    async down(validator, { chain, forBlocks } = {}) {
      const names = await faults.faultDown(world, validator, chain);
      if (forBlocks !== undefined)
        for (const name of names) temporary.add(faults.healAfter(world, validator, name, forBlocks));
      return names;
    },
    doubleSign: (validator, chain) => faults.faultDoubleSign(world, validator, chain),
    lightClientAttack: (validators, chain, options) =>
      attacks.faultLightClientAttack(world, validators, chain, options),
    heal() {
      for (const cancel of temporary) cancel();
      temporary.clear();
      return faults.faultHeal(world);
    },
    list: () => faults.faultList(world),
  };
}

/** A running network. */
export type Localnet = RunningLocalnet;

/** Networks are started here. */
export const Localnet = { start };
