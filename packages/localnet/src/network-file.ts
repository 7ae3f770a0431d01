/** What a network on disk needs to be resumed: its topology, the consumers' ids, and keys made on the way. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { toHex } from "@tandem-ics/crypto";
import { writeWholeFile } from "@tandem-ics/node/home";
import { LocalnetError } from "./errors.ts";
import type { ConsumerSpec, Topology } from "./topology.ts";
import type { World } from "./world.ts";

const FILE = "network.json";
const VERSION = 3;

/** A network as its file describes it. */
export interface SavedNetwork {
  readonly version: number;
  /** False until the network was up once: what lies beside the file is then of no use. */
  readonly complete: boolean;
  readonly topology: Topology;
  readonly chains: readonly {
    readonly name: string;
    readonly consumerId?: string;
    /** Of consumers, those that were chains of the topology before included. */
    readonly spec?: ConsumerSpec;
  }[];
  /** Consumers whose creation is under way. */
  readonly pending: readonly ConsumerSpec[];
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
        hint: "tandem up --reset starts anew",
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

/**
 * Writes the network's file, if it has a home: whole or not at all, readable by its owner only. Must come before the
 * transaction that makes a new key or consumer known to a chain: the chain remembers it whatever happens here.
 */
export function saveNetwork(world: World, complete = !world.launching): void {
  if (world.home === undefined) return;
  mkdirSync(world.home, { recursive: true, mode: 0o700 });
  const saved: SavedNetwork = {
    version: VERSION,
    complete,
    topology: world.topology,
    chains: [
      ...[...world.chains.values()]
        .filter((c) => c.role !== "consumer" || (world.plain.has(c.name) && world.pending.has(c.name)))
        .map(({ name }) => ({ name })),
      ...[...world.consumers.values()]
        .filter(({ spec }) => !world.pending.has(spec.name))
        .map(({ spec, chain }) => ({
          name: spec.name,
          ...(chain.consumerId === undefined ? {} : { consumerId: chain.consumerId }),
          spec,
        })),
    ],
    pending: [...world.pending.values()],
    assignedKeys: Object.fromEntries(
      [...world.assignedKeys].map(([chain, keys]) => [
        chain,
        Object.fromEntries([...keys].map(([name, seeds]) => [name, seeds.map(toHex)])),
      ]),
    ),
  };
  writeWholeFile(join(world.home, FILE), JSON.stringify(saved, replacer, 2));
}

/** Removes the network that lies in `home`, and nothing else that may lie there. */
export function removeNetwork(home: string): void {
  if (!existsSync(join(home, FILE))) return;
  let saved: SavedNetwork | undefined;
  try {
    saved = readNetworkFile(home);
  } catch {
    // Of another format: its chains are the directories with a genesis file.
  }
  const { consumers = [], chains = [] } = saved?.topology ?? {};
  const listed = [...(saved?.chains ?? []), ...(saved?.pending ?? []), ...consumers, ...chains];
  const names = new Set(["provider", ...listed.map((c) => c.name)]);
  if (saved === undefined)
    for (const entry of readdirSync(home))
      if (existsSync(join(home, entry, "genesis.json"))) names.add(entry);
  for (const name of names) rmSync(join(home, name), { recursive: true, force: true });
  // Last: without it nobody would know what the directories are.
  rmSync(join(home, FILE), { force: true });
}

/** Whether two topologies are of one network: the same in every field that its chains depend on. */
export const sameTopology = (a: Topology, b: Topology): boolean => {
  const text = (topology: Topology): string =>
    JSON.stringify({ ...topology, checkInvariants: undefined }, replacer);
  return text(a) === text(b);
};
