/** Chains without CCV, and the ICS-20 channels of a topology: from their description to running, or going on. */
import { createPlainApp } from "@tandem-ics/ccv";
import {
  type ConnectionEndpoint,
  channelStates,
  createClient,
  createRelayer,
  type Endpoint,
  findClients,
  finishChannel,
  openChannel,
  openConnection,
  pairedClients,
  usableClients,
} from "@tandem-ics/relayer";
import { resolveAccounts } from "./accounts.ts";
import type { Chain } from "./chain.ts";
import { LocalnetError } from "./errors.ts";
import { plainGenesis } from "./genesis.ts";
import { createConsensusKey } from "./keys.ts";
import { appOptions, blockTimeMs } from "./launch.ts";
import { startChain } from "./start-chain.ts";
import type { Topology } from "./topology.ts";
import type { PathSpec, PlainChainSpec } from "./topology-plain.ts";
import { createSoftware, type Software } from "./upgradable-app.ts";
import {
  chainOf,
  createPace,
  keysOn,
  type PlainMembers,
  relayerOver,
  senderOf,
  type World,
} from "./world.ts";

/** Who is on each chain without CCV. Throws `bad-topology` for accounts that cannot be. */
export const plainMembers = ({ chains, seed }: Topology): Map<string, PlainMembers> =>
  new Map(chains.map((spec) => [spec.name, membersOf(spec, seed)]));

function membersOf(spec: PlainChainSpec, seed: string): PlainMembers {
  const place = `chain ${spec.name}`;
  const accounts = new Map(resolveAccounts(spec.accounts, seed, place).map((a) => [a.name, a]));
  const validators = spec.validators.map((validator) => {
    const account = accounts.get(validator.operator)?.key;
    if (account === undefined)
      throw new LocalnetError(
        "bad-topology",
        `${place}: validator ${validator.name} is operated by ${validator.operator}, which is no account with a key`,
        { hint: "it signs the genesis transaction: give it a mnemonic" },
      );
    // By the chain's id: instances of one genesis have one validator set.
    const consensus = createConsensusKey(seed, validator.name, spec.chainId);
    return [validator.name, { spec: validator, account, consensus }] as const;
  });
  return { spec, accounts, validators: new Map(validators) };
}

/** The software of a chain: in the beginning that of a chain without CCV. */
export function softwareOf(world: World, spec: PlainChainSpec): Software {
  let software = world.software.get(spec.name);
  if (software === undefined) {
    software = createSoftware((backend) => createPlainApp({ backend, ...appOptions(spec) }));
    world.software.set(spec.name, software);
  }
  return software;
}

/** Starts a chain, or goes on with the one that lies on disk. */
export async function startPlain(world: World, members: PlainMembers, genesisTimeNs: bigint): Promise<Chain> {
  const { spec, accounts, validators } = members;
  const { name, bech32Prefix, stakeDenom } = spec;
  const { cometbft } = world;
  const chain = await startChain({
    name,
    role: "plain",
    bech32Prefix,
    denom: stakeDenom,
    genesis: plainGenesis(spec, [...validators.values()], [...accounts.values()], genesisTimeNs),
    keys: [...validators.values()].map((v) => v.consensus.seed),
    keysOf: keysOn(world, name),
    clock: world.clock,
    blockTimeMs: blockTimeMs(world, spec.blockTimeNs),
    home: world.home,
    createApp: softwareOf(world, spec).open,
    settleLater: world.unsettled,
    pace: createPace(world),
    monitor: world.monitor,
    cometbft: cometbft && {
      ...cometbft,
      nodes: Math.max(cometbft.nodes, validators.size),
      validators: [...validators.keys()],
    },
    settings: spec,
  });
  world.chains.set(name, chain);
  return chain;
}

/** Starts all chains without CCV. Instances of one genesis begin at the same time. */
export async function launchPlain(world: World, genesisTimeNs: bigint): Promise<void> {
  for (const members of world.plain.values()) {
    world.progress(`${members.spec.name}: starting`);
    await startPlain(world, members, genesisTimeNs);
  }
}

/** Opens the topology's channels, or finds those that are open, and makes their relayers. */
export async function openPaths(world: World): Promise<void> {
  for (const spec of world.topology.paths) await openPath(world, spec);
}

const endpoint = (world: World, name: string, account: string): Endpoint => {
  const chain = chainOf(world, name);
  return { chain: chain.client, sender: senderOf(world, chain, account) };
};

/** The two clients of a path: those that are joined already, those that can be used, or new ones. */
async function clientsOf(a: Endpoint, b: Endpoint): Promise<{ a: string; b: string }> {
  const [onA, onB] = await Promise.all([
    findClients(a.chain, b.chain.chainId),
    findClients(b.chain, a.chain.chainId),
  ]);
  const joined = await pairedClients(a.chain, onA, onB);
  if (joined !== undefined) return joined;
  return {
    a: (await usableClients(a.chain, b.chain))[0] ?? (await createClient(a, b.chain)),
    b: (await usableClients(b.chain, a.chain))[0] ?? (await createClient(b, a.chain)),
  };
}

/** Opens the connection of two chains, or finds the one that is open. */
export async function connectEnds(
  endA: Endpoint,
  endB: Endpoint,
  progress: (what: string) => void,
): Promise<{ a: ConnectionEndpoint; b: ConnectionEndpoint }> {
  progress("clients");
  // Before a chain's second block there is no header whose time votes have set.
  for (const { chain } of [endA, endB]) await chain.pace.after((await chain.status()).height);
  const clients = await clientsOf(endA, endB);
  progress("connection");
  return openConnection({ ...endA, clientId: clients.a }, { ...endB, clientId: clients.b });
}

async function openPath(world: World, spec: PathSpec): Promise<void> {
  const [first, second] = spec.chains;
  const endA = endpoint(world, first, spec.relayer);
  const endB = endpoint(world, second, spec.relayer);
  const progress = (what: string): void => world.progress(`${spec.name}: opening ${what}`);
  const { a, b } = await connectEnds(endA, endB, progress);
  progress("channel");
  const known = (await channelStates(a, b)).find(
    (c) => c.a.port === spec.port && c.b.port === spec.port && c.a.id !== "" && c.a.state !== "closed",
  );
  const { port, version, ordering } = spec;
  const channel =
    known === undefined
      ? await openChannel(a, b, { portA: port, portB: port, ordering, version })
      : await finishChannel(a, b, { portId: port, channelId: known.a.id });
  const relayer = relayerOver(world, a) ?? (await createRelayer(a, b));
  world.paths.set(spec.name, { spec, channels: [channel.a.channelId, channel.b.channelId], relayer });
}
