/** What the parts of a running network share: its chains, keys, clock, and how to wait for blocks. */
import { fromBech32 } from "@cosmjs/encoding";
import { GasPrice } from "@cosmjs/stargate";
import type { GasPolicy, Pace, TxSender } from "@tandem-ics/client";
import { createDirectSigner, createTxSender } from "@tandem-ics/client";
import { toHex } from "@tandem-ics/crypto";
import type { Clock, ManualClock, Node } from "@tandem-ics/node";
import type { CcvPath, ConnectionEndpoint, Relayer } from "@tandem-ics/relayer";
import { createAddressCodecs } from "@tandem-ics/runtime";
import type { FundedAccount } from "./accounts.ts";
import { type Chain, causeOf, tryProduceBlock } from "./chain.ts";
import type { CometSetup } from "./cometbft/setup.ts";
import type { KeysOf } from "./engine.ts";
import { LocalnetError } from "./errors.ts";
import type { FaucetServer } from "./faucet/faucet-server.ts";
import type { PlainValidatorKeys, ValidatorKeys } from "./genesis.ts";
import type { Monitor } from "./invariants/monitor.ts";
import type { Account } from "./keys.ts";
import { standstillOf } from "./local-engine.ts";
import type { ProgressLog } from "./progress-log.ts";
import { type ConsumerSpec, providerSpecOf, type Topology } from "./topology.ts";
import type { PathSpec, PlainChainSpec } from "./topology-plain.ts";
import type { Software } from "./upgradable-app.ts";
import { type Awaited, blockAfter, watchedBy } from "./wait-for-block.ts";

/** A consumer of the network that runs. */
export interface RunningConsumer {
  readonly spec: ConsumerSpec;
  readonly chain: Chain;
  readonly path: CcvPath;
  readonly relayer: Relayer;
}

/** Who is on a chain without CCV. */
export interface PlainMembers {
  readonly spec: PlainChainSpec;
  /** In the order of account numbers. */
  readonly accounts: ReadonlyMap<string, FundedAccount>;
  readonly validators: ReadonlyMap<string, PlainValidatorKeys>;
}

/** An ICS-20 channel of the topology that is open. */
export interface RunningPath {
  readonly spec: PathSpec;
  readonly channels: readonly [string, string];
  readonly relayer: Relayer;
}

/** Everything that runs. */
export interface World {
  readonly topology: Topology;
  readonly clock: Clock;
  /** Set when time is under the caller's control; blocks are then made only when somebody needs one. */
  readonly manualClock: ManualClock | undefined;
  readonly home: string | undefined;
  /** Evaluates invariants after every block; undefined where nobody asked for that. */
  readonly monitor: Monitor | undefined;
  /** Set when chains run behind CometBFT. */
  readonly cometbft: CometSetup | undefined;
  /** Of provider and consumers. */
  readonly accounts: ReadonlyMap<string, FundedAccount>;
  /** Of provider and consumers. */
  readonly validators: ReadonlyMap<string, ValidatorKeys>;
  /** Of chains without CCV, by the chain's name. */
  readonly plain: ReadonlyMap<string, PlainMembers>;
  readonly chains: Map<string, Chain>;
  readonly consumers: Map<string, RunningConsumer>;
  readonly paths: Map<string, RunningPath>;
  /** By the chain's name. */
  readonly faucets: Map<string, FaucetServer>;
  /** Software of chains without CCV, by the chain's name: other one may take over. */
  readonly software: Map<string, Software>;
  /** Consumers whose creation is under way, by name. On disk before anything is sent: a restart completes them. */
  readonly pending: Map<string, ConsumerSpec>;
  /** Keys that validators use beside their own: chain name → validator name → seeds. */
  readonly assignedKeys: Map<string, Map<string, Uint8Array[]>>;
  /** While launching with a real clock, blocks are made as soon as something waits for one. */
  launching: boolean;
  /** The network was never up: what its chains make is of no use before it is, and goes to disk only then. */
  unsettled: boolean;
  /** Chains open JSON-RPC doors. */
  readonly listen: boolean;
  readonly progress: (message: string) => void;
  /** What {@link World.progress} was told. */
  readonly told: ProgressLog;
}

/** The account that relays for consumers which have none of their own, those created beside a running network. */
export const RELAYER = "relayer";
/** Gas allowed per transaction: more than any message of these chains needs; the localnet's gas is free. */
const GAS_LIMIT = 100_000_000n;
/** What simulated gas is multiplied by where it costs: relaying needs more than an estimate. */
const GAS_FACTOR = 1.5;
/** The provider. */
export function providerOf(world: World): Chain {
  for (const chain of world.chains.values()) if (chain.role === "provider") return chain;
  providerSpecOf(world.topology);
  throw new LocalnetError("not-running", "the provider is not running");
}

/**
 * The chain whose stake is meant: `name`, which has some; by default the provider, and where there is none the first
 * chain. Throws `unknown-name`, `bad-request`.
 */
export function stakingChainOf(world: World, name?: string): Chain {
  if (name === undefined) {
    if (world.topology.provider !== undefined) return providerOf(world);
    for (const chain of world.chains.values()) return chain;
    throw new LocalnetError("not-running", "no chain is running");
  }
  const chain = chainOf(world, name);
  if (chain.role === "consumer")
    throw new LocalnetError(
      "bad-request",
      `${chain.name} is a consumer: its validators stake on the provider`,
      {
        hint: "leave --chain out",
      },
    );
  return chain;
}

/** Relayers of all paths, those to consumers and others. A chain that became a consumer may have one for both. */
export const relayersOf = (world: World): Relayer[] => [
  ...new Set([
    ...[...world.consumers.values()].map(({ relayer }) => relayer),
    ...[...world.paths.values()].map(({ relayer }) => relayer),
  ]),
];

/** The relayer over a connection, if it has one. */
export const relayerOver = (world: World, end: ConnectionEndpoint): Relayer | undefined =>
  relayersOf(world).find((relayer) =>
    [relayer.a, relayer.b].some((a) => a.chain === end.chain && a.connectionId === end.connectionId),
  );

/** Accounts of a chain by name. */
export const accountsOn = (world: World, chain: string): ReadonlyMap<string, FundedAccount> =>
  world.plain.get(chain)?.accounts ?? world.accounts;

/** Everybody who may validate on a chain, by name. On a chain that became a consumer these are the provider's. */
export const validatorsOn = (world: World, chain: string): ReadonlyMap<string, ValidatorKeys> =>
  world.chains.get(chain)?.role === "consumer"
    ? world.validators
    : (world.plain.get(chain)?.validators ?? world.validators);

/**
 * The account that pays for relaying on a chain: `wanted` where there is one of that name; on a chain that ran by itself
 * else the first whose key is here. Throws `bad-request` where nobody's is.
 */
export function carrierOn(world: World, { name: chain }: Chain, wanted: string): string {
  const known = accountsOn(world, chain);
  if (known.has(wanted) || !world.plain.has(chain)) return wanted;
  for (const name of [RELAYER, ...known.keys()]) if (known.get(name)?.key !== undefined) return name;
  throw new LocalnetError(
    "bad-request",
    `no account of ${chain} has its key here: nobody can pay for relaying`,
  );
}

/** A chain by its name or chain id. */
export function chainOf(world: World, name: string): Chain {
  const chain =
    world.chains.get(name) ??
    [...world.chains.values()].find((c) => c.chainId === name || c.consumerId === name);
  if (chain === undefined)
    throw new LocalnetError("unknown-name", `there is no chain "${name}"`, {
      hint: suggest(name, world.chains.keys()),
    });
  return chain;
}

/** A running consumer by its name, chain id or consumer id. */
export function consumerOf(world: World, name: string): RunningConsumer {
  const found =
    world.consumers.get(name) ??
    [...world.consumers.values()].find((c) => c.chain.chainId === name || c.chain.consumerId === name);
  if (found === undefined)
    throw new LocalnetError("unknown-name", `there is no consumer "${name}"`, {
      hint: suggest(name, world.consumers.keys()),
    });
  return found;
}

/** Whether `text` is the bech32 form of an account's address, as account or operator, under any prefix. */
function isAddressOf(text: string, { address }: Account): boolean {
  if (!/^[a-z]+1[a-z0-9]{38,}$/.test(text)) return false;
  try {
    return toHex(fromBech32(text).data) === toHex(address);
  } catch {
    return false; // a wrong checksum: a name that nobody has
  }
}

/** A validator of a chain by its name, or by its account's or operator's address; of the provider by default. */
export function validatorOf(world: World, name: string, chain = "provider"): ValidatorKeys {
  const known = validatorsOn(world, chain);
  const validator = known.get(name) ?? [...known.values()].find((v) => isAddressOf(name, v.account));
  if (validator === undefined)
    throw new LocalnetError("unknown-name", `there is no validator "${name}"`, {
      hint: suggest(name, known.keys()),
    });
  return validator;
}

/** Whether a chain has a validator of that name or address. */
export const isValidatorOf = (world: World, name: string, chain: string): boolean =>
  [...validatorsOn(world, chain)].some(([known, v]) => known === name || isAddressOf(name, v.account));

/** All keys that validators may use on a chain: those assigned there, and the one that they have everywhere. */
export const keysOn =
  (world: World, chain: string): KeysOf =>
  (validator) => {
    const { spec, consensus } = validatorOf(world, validator, chain);
    return [...(world.assignedKeys.get(chain)?.get(spec.name) ?? []), consensus.seed];
  };

/** An account of a chain by its name or address; of the provider by default. */
export function accountOf(world: World, name: string, chain = "provider"): FundedAccount {
  const known = accountsOn(world, chain);
  const account = known.get(name) ?? [...known.values()].find((a) => isAddressOf(name, a));
  if (account === undefined)
    throw new LocalnetError("unknown-name", `there is no account "${name}"`, {
      hint: suggest(name, known.keys()),
    });
  return account;
}

/** A hint for a name that is not there: the nearest one, or a few. */
export function suggest(wanted: string, known: Iterable<string>): string {
  const names = [...known];
  const near = names.map((n) => [distance(wanted, n), n] as const).sort((a, b) => a[0] - b[0])[0];
  if (near !== undefined && near[0] <= 2) return `did you mean "${near[1]}"?`;
  return names.length === 0
    ? "there are none"
    : `there are: ${names.slice(0, 8).join(", ")}${names.length > 8 ? ", …" : ""}`;
}

/** Edits between two words (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}

/** One block on every chain, a block time later: with a manual clock the chains keep step. */
export function step(world: World): void {
  if (world.monitor?.broken !== undefined) throw world.monitor.broken;
  world.manualClock?.advance(world.topology.blockTimeNs);
  for (const chain of world.chains.values()) tryProduceBlock(chain);
}

/** How clients of `node` wait for blocks. */
export function createPace(world: World): (node: Node) => Pace {
  return (node) => ({
    async after(height) {
      if (node.height > height) return node.height;
      if (world.manualClock !== undefined) step(world);
      else if (world.launching) produceNow(node);
      else await blockAfter(awaited(world, node), height);
      return node.height;
    },
  });
}

function produceNow(node: Node): void {
  try {
    node.produceBlock();
  } catch (error) {
    throw causeOf(error);
  }
}

/** A node of the engine in this process, as something to wait on. */
const awaited = ({ monitor }: World, node: Node): Awaited =>
  watchedBy(
    {
      chainId: node.chainId,
      get height() {
        return node.height;
      },
      onBlock: (callback) => node.onBlock(() => callback()),
      standstill: () => standstillOf(node),
    },
    monitor,
  );

const senders = new WeakMap<Chain, Map<string, TxSender>>();

/** The one sender of an account on a chain: it keeps the account's sequence. */
export function senderOf(world: World, chain: Chain, name: string): TxSender {
  let known = senders.get(chain);
  if (known === undefined) {
    known = new Map();
    senders.set(chain, known);
  }
  let sender = known.get(name);
  if (sender === undefined) {
    const account = accountOf(world, name, chain.name);
    sender = known.get(account.name) ?? makeSender(chain, account);
    known.set(account.name, sender);
  }
  return sender;
}

function makeSender(chain: Chain, { name, address, key }: FundedAccount): TxSender {
  if (key === undefined)
    throw new LocalnetError("bad-request", `the key of ${name} is not here: it cannot sign`, {
      hint: "name an account that the topology gives a mnemonic",
    });
  const { minGasPrices, consensusParams } = chain.settings;
  const [price] = minGasPrices?.split(",") ?? [];
  // A price, or a block with bounds, makes gas something to be counted.
  const gas: GasPolicy =
    price === undefined && consensusParams === undefined
      ? { kind: "fixed", limit: GAS_LIMIT }
      : { kind: "simulate", factor: GAS_FACTOR };
  return createTxSender({
    chainId: chain.chainId,
    rpc: chain.client.rpc,
    comet: chain.client.comet,
    signer: createDirectSigner(key.privateKey, chain.bech32Prefix),
    address: createAddressCodecs(chain.bech32Prefix).account.encode(address),
    pace: chain.client.pace,
    gas,
    ...(price === undefined ? {} : { gasPrice: GasPrice.fromString(price) }),
  });
}

/** Name of the account that relays for a consumer, so that paths never wait for each other's sequences. */
export const relayerAccount = (consumer: string): string => `relayer-${consumer}`;
