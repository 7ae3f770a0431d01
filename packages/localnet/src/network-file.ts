/** What a network on disk needs to be resumed: its topology, the consumers' ids, and keys made on the way. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createConsumerApp, createProviderApp } from "@tandem-ics/ccv";
import { parseGenesis } from "@tandem-ics/comet";
import { fromHex, toHex } from "@tandem-ics/crypto";
import { type Chain, genesisPath, startChain } from "./chain.ts";
import { LocalnetError } from "./errors.ts";
import { connectConsumer } from "./launch.ts";
import type { ConsumerSpec, Topology } from "./topology.ts";
import { createPace, type World } from "./world.ts";

const FILE = "network.json";
const VERSION = 1;

/** A network as its file describes it. */
export interface SavedNetwork {
  readonly version: number;
  readonly topology: Topology;
  readonly chains: readonly {
    readonly name: string;
    readonly consumerId?: string;
    readonly spec?: ConsumerSpec;
  }[];
  /** Chain → validator → seeds, hex. */
  readonly assignedKeys: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

// bigint fields travel as {"$n": "123"}: the file is ours alone.
const replacer = (_: string, value: unknown): unknown =>
  typeof value === "bigint" ? { $n: value.toString() } : value;
const reviver = (_: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && "$n" in value ? BigInt((value as { $n: string }).$n) : value;

/** The network that lies in `home`, if any. */
export function readNetworkFile(home: string): SavedNetwork | undefined {
  const file = join(home, FILE);
  if (!existsSync(file)) return undefined;
  const refuse = (reason: unknown): LocalnetError =>
    new LocalnetError(
      "bad-topology",
      `${file} cannot be read: ${reason instanceof Error ? reason.message : reason}`,
      {
        hint: "remove the directory to start anew",
        cause: reason,
      },
    );
  let saved: SavedNetwork;
  try {
    saved = JSON.parse(readFileSync(file, "utf8"), reviver) as SavedNetwork;
  } catch (cause) {
    throw refuse(cause);
  }
  if (saved.version !== VERSION) throw refuse(`its format is ${saved.version}, expected ${VERSION}`);
  return saved;
}

/** Writes the network's file, if it has a home: whole or not at all, readable by its owner only. */
export function saveNetwork(world: World): void {
  if (world.home === undefined) return;
  mkdirSync(world.home, { recursive: true, mode: 0o700 });
  const saved: SavedNetwork = {
    version: VERSION,
    topology: world.topology,
    chains: [...world.chains.values()].map((chain) => {
      const spec = world.consumers.get(chain.name)?.spec;
      return {
        name: chain.name,
        ...(chain.consumerId === undefined ? {} : { consumerId: chain.consumerId }),
        ...(spec === undefined ? {} : { spec }),
      };
    }),
    assignedKeys: Object.fromEntries(
      [...world.assignedKeys].map(([chain, keys]) => [
        chain,
        Object.fromEntries([...keys].map(([name, seeds]) => [name, seeds.map(toHex)])),
      ]),
    ),
  };
  const file = join(world.home, FILE);
  writeFileSync(`${file}.new`, JSON.stringify(saved, replacer, 2), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Starts the chains of a saved network from their stores, and finds their paths again. */
export async function resumeNetwork(world: World, saved: SavedNetwork): Promise<void> {
  for (const [chain, keys] of Object.entries(saved.assignedKeys))
    world.assignedKeys.set(
      chain,
      new Map(Object.entries(keys).map(([name, seeds]) => [name, seeds.map(fromHex)])),
    );
  for (const entry of saved.chains) {
    world.progress(`${entry.name}: resuming`);
    const chain = await resumeChain(world, entry);
    if (entry.spec !== undefined) await connectConsumer(world, entry.spec, chain);
  }
}

async function resumeChain(
  world: World,
  { name, consumerId, spec }: SavedNetwork["chains"][number],
): Promise<Chain> {
  const { bech32Prefix, denom } = spec ?? world.topology.provider;
  const assigned = [...(world.assignedKeys.get(name)?.values() ?? [])].flat();
  const genesis = parseGenesis(readFileSync(genesisPath(world.home ?? ".", name), "utf8"));
  const chain = await startChain({
    name,
    role: spec === undefined ? "provider" : "consumer",
    ...(consumerId === undefined ? {} : { consumerId }),
    bech32Prefix,
    denom,
    genesis,
    keys: [...[...world.validators.values()].map((v) => v.consensus.seed), ...assigned],
    clock: world.clock,
    blockTimeMs:
      world.manualClock === undefined ? Number(world.topology.blockTimeNs / 1_000_000n) : undefined,
    home: world.home,
    createApp: (backend) =>
      (spec === undefined ? createProviderApp : createConsumerApp)({ backend, bech32Prefix }),
    pace: createPace(world),
  });
  world.chains.set(name, chain);
  return chain;
}
