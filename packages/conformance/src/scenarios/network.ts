/**
 * The network of a scenario: its chains in this process, one clock, one account that relays. Everything is done through
 * the chains' RPC; only misbehaviour, and which keys a node holds, is the engines' matter.
 */
import type { TxSender } from "@tandem-ics/client";
import { createDirectSigner, createTxSender } from "@tandem-ics/client";
import {
  type AccountKey,
  type Chain,
  createAccountKey,
  createMonitor,
  type Monitor,
  type StartChainOptions,
  tryProduceBlock,
} from "@tandem-ics/localnet";
import { type ManualClock, manualClock, type Node } from "@tandem-ics/node";
import { createAddressCodecs } from "@tandem-ics/runtime";
import { type Cast, createCast } from "./cast.ts";
import { stepFailed } from "./errors.ts";
import { createPaths, type Paths } from "./paths.ts";
import type { Scenario, ScenarioChain } from "./scenario.ts";

/** A chain of the scenario that runs. */
export interface RunningChain {
  /** As the scenario calls it. */
  readonly name: string;
  readonly spec: ScenarioChain;
  readonly chain: Chain;
  /** What it was started with. */
  readonly options: StartChainOptions;
  /** Seeds that each validator's node on this chain signs with. */
  readonly nodeKeys: Map<string, Uint8Array[]>;
}

/** What runs, and how to wait. */
export interface ScenarioNetwork {
  readonly scenario: Scenario;
  readonly cast: Cast;
  readonly clock: ManualClock;
  /** When the scenario began, ns since 1970. */
  readonly startNs: bigint;
  /** Chains by the scenario's names. */
  readonly running: ReadonlyMap<string, RunningChain>;
  /** Ids of consumers by the scenario's names, in the order of creation. */
  readonly consumerIds: Map<string, string>;
  /** Keys that each validator has assigned, by consumer; the last one counts. */
  readonly assigned: Map<string, Map<string, AssignedKey[]>>;
  readonly paths: Paths;
  /** Second chains that began with a consumer's genesis, by the consumer. */
  readonly forks: Map<string, Chain>;
  readonly relayer: AccountKey;
  /** A relayer runs by itself. */
  relaying: boolean;
  /** Done after each block that somebody waits for, such as watching for evidence. */
  readonly watchers: (() => Promise<void>)[];
  /** A running chain. Throws `step-failed`. */
  chain(name: string): RunningChain;
  /** Whether that is the provider: the chain on which consumers are created, or the first one. */
  isProvider(name: string): boolean;
  /** The provider. Throws `step-failed`. */
  provider(): RunningChain;
  /** The id of a consumer. Throws `step-failed` for one that was not created. */
  consumerId(name: string): string;
  add(chain: RunningChain): void;
  /** Waits for blocks as clients of the chains do. */
  paceOf(node: Node): { after(height: bigint): Promise<bigint> };
  /** The sender of an account on a chain. */
  sender(chain: RunningChain, account: AccountKey): TxSender;
  /** Lets every chain make that many blocks. */
  blocks(count: number): Promise<void>;
  /** Lets time pass. */
  wait(ns: bigint): Promise<void>;
  /** Evaluates invariants after each block; undefined where nobody asked for that. */
  readonly monitor: Monitor | undefined;
  /** Told what a person may want to know. */
  note(message: string): void;
  close(): Promise<void>;
}

/** A key in use. */
export interface AssignedKey {
  readonly address: Uint8Array;
  readonly seed: Uint8Array;
}

/** Time between blocks: what the networks of the recorded scenarios were set to. */
const BLOCK_TIME_NS = 1_000_000_000n;
/** 2026-01-01T00:00:00Z. */
const START_NS = 1_767_225_600_000_000_000n;
const GAS_LIMIT = 100_000_000n;
/** Waits up to this long are made of blocks; longer ones leap, or they would be millions of blocks. */
const LONGEST_WALK_NS = 600_000_000_000n;

/** Options of {@link createScenarioNetwork}. */
export interface ScenarioNetworkOptions {
  readonly checkInvariants: boolean;
  /** Told what a person may want to know. */
  readonly note: (message: string) => void;
}

/** The chain that a scenario's consumers are consumers of: the one it says, else the first that it starts. */
function providerName({ steps }: Scenario): string | undefined {
  for (const { action } of steps) {
    if (action.name === "StartConsumerChain") return action.fields.ProviderChain;
    if (action.name === "CreateConsumerChain" || action.name === "SubmitConsumerAdditionProposal")
      return action.fields.Chain;
  }
  for (const { action } of steps) if (action.name === "StartChain") return action.fields.Chain;
  return undefined;
}

/** An empty network. */
export function createScenarioNetwork(
  scenario: Scenario,
  { checkInvariants, note }: ScenarioNetworkOptions,
): ScenarioNetwork {
  const first = providerName(scenario);
  const clock = manualClock(START_NS);
  const running = new Map<string, RunningChain>();
  const consumerIds = new Map<string, string>();
  const senders = new Map<string, TxSender>();
  const watchers: (() => Promise<void>)[] = [];

  /** One block on every chain, a block time later. */
  function step(timeNs = BLOCK_TIME_NS): void {
    clock.advance(timeNs);
    for (const { chain } of running.values()) tryProduceBlock(chain);
  }

  async function afterBlock(): Promise<void> {
    if (network.relaying)
      await network.paths.relayAll((error) =>
        note(`the relayer: ${error instanceof Error ? error.message : error}`),
      );
    for (const watch of watchers) await watch();
  }

  const network: ScenarioNetwork = {
    scenario,
    cast: createCast(scenario),
    clock,
    startNs: START_NS,
    running,
    consumerIds,
    assigned: new Map(),
    paths: createPaths(),
    forks: new Map(),
    relayer: createAccountKey("scenario", "relayer"),
    relaying: false,
    watchers,
    monitor: checkInvariants ? createMonitor() : undefined,
    chain(name) {
      const found = running.get(name);
      if (found === undefined) throw stepFailed(`chain ${name} has not been started`);
      return found;
    },
    isProvider: (name) => name === first,
    provider() {
      const found = first === undefined ? undefined : running.get(first);
      if (found === undefined) throw stepFailed("the provider has not been started");
      return found;
    },
    consumerId(name) {
      const id = consumerIds.get(name);
      if (id === undefined) throw stepFailed(`consumer ${name} has not been created`);
      return id;
    },
    add: (chain) => void running.set(chain.name, chain),
    paceOf: (node) => ({
      async after(height) {
        if (node.height > height) return node.height;
        step();
        if (node.height <= height) throw stepFailed(`${node.chainId} makes no blocks: ${standstill(node)}`);
        return node.height;
      },
    }),
    sender({ name, chain }, account) {
      const key = `${name}/${account.name}`;
      let sender = senders.get(key);
      if (sender === undefined) {
        sender = createTxSender({
          chainId: chain.chainId,
          rpc: chain.client.rpc,
          comet: chain.client.comet,
          signer: createDirectSigner(account.privateKey, chain.bech32Prefix),
          address: createAddressCodecs(chain.bech32Prefix).account.encode(account.address),
          pace: chain.client.pace,
          gas: { kind: "fixed", limit: GAS_LIMIT },
        });
        senders.set(key, sender);
      }
      return sender;
    },
    async blocks(count) {
      for (let i = 0; i < count; i++) {
        step();
        await afterBlock();
      }
    },
    async wait(ns) {
      const until = clock.nowNs() + ns;
      while (until - clock.nowNs() > LONGEST_WALK_NS) {
        const left = until - clock.nowNs();
        const expiry = await network.paths.refresh();
        // A third of the time that is left to the first client: its next update still comes in time.
        const leap = expiry === undefined ? left : (expiry - clock.nowNs()) / 3n;
        step(leap < left ? leap : left);
        // A header has the time of the votes before it: the second block brings the new time into one.
        await network.blocks(1);
      }
      while (clock.nowNs() < until) await network.blocks(1);
    },
    note,
    async close() {
      const chains = [...[...running.values()].map(({ chain }) => chain), ...network.forks.values()];
      const results = await Promise.allSettled(chains.map((chain) => chain.close()));
      for (const result of results) if (result.status === "rejected") throw result.reason;
    },
  };
  return network;
}

function standstill({ status }: Node): string {
  if (status.kind === "waiting") return `${status.power} of the ${status.needed} voting power needed is up`;
  return status.kind === "halted" ? status.error.message : `it is ${status.kind}`;
}
