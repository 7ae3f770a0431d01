/** Both kinds of provider and of consumer, set up alike for the mixed scenario. */
import type { KeyPair } from "@tandem-ics/comet";
import { createGoConsumer, createGoProvider } from "./go-chain.ts";
import type { JsonObject } from "./go-genesis.ts";
import type { GoNode } from "./go-node.ts";
import { ACCOUNTS, CONSUMER_KEYS, CONSUMER_WINDOW, STAKES } from "./mixed-scenario.ts";
import type { Scratch } from "./scratch.ts";
import { createDoors } from "./subject-senders.ts";
import type { ConsumerSubject, ProviderSubject } from "./subjects.ts";
import { createTandemConsumer, createTandemProvider } from "./tandem-chain.ts";

const PROVIDER_ID = "provider";
const CONSUMER_ID = "consumer-1";
/** Nobody is jailed on the provider itself: not all of its validators have a node. */
const PROVIDER_WINDOW = 10_000;
const PROVIDER = {
  chainId: PROVIDER_ID,
  accounts: ACCOUNTS,
  signedBlocksWindow: PROVIDER_WINDOW,
  // 7 of 121: less than bob or carol have.
  slashMeter: { fraction: "0.06", period: "20s" },
  epochsToRewards: 2,
  votingSeconds: 6,
} as const;
const CONSUMER = {
  chainId: CONSUMER_ID,
  accounts: ACCOUNTS,
  signedBlocksWindow: CONSUMER_WINDOW,
  retryDelay: "5s",
  rewardDenoms: ["stake"],
} as const;

/** Validators that use one key on both chains. */
const SHARED_KEYS = ["alice", "bob"] as const;

const nodeNamed = (nodes: readonly GoNode[], name: string): GoNode => {
  const found = nodes.find((node) => node.name.endsWith(`/${name}`));
  if (found === undefined) throw new Error(`no node ${name}`);
  return found;
};

/** What the blocks of a Go chain began from, for a replay. */
export interface Replayable {
  readGenesis(): JsonObject;
}

/** A running Go provider. One node holds more than two thirds of its power. */
export async function goProvider(scratch: Scratch): Promise<ProviderSubject & Replayable> {
  const validators = Object.entries(STAKES).map(([name, stake]) => ({ name, stake }));
  const chain = await createGoProvider(scratch, { ...PROVIDER, validators, nodes: 1 });
  await chain.start();
  const { chainId, rpcUrl, prefix } = chain;
  const keyOf = (name: string): KeyPair => nodeNamed(chain.nodes, name).key;
  const { grpcUrl } = chain.nodes[0]!;
  const { readGenesis } = chain;
  return {
    ...{ chainId, rpcUrl, grpcUrl, prefix, ...createDoors(rpcUrl, prefix), keyOf, readGenesis },
    async bringUp(name) {
      const node = nodeNamed(chain.nodes, name);
      const { height } = await (await chain.client()).status();
      chain.startNode(node);
      await node.waitForHeight(height);
    },
  };
}

/** A running provider of ours. */
export async function tandemProvider(scratch: Scratch): Promise<ProviderSubject> {
  const chain = await createTandemProvider(scratch, { ...PROVIDER, stakes: STAKES });
  await chain.start();
  // One process votes with all keys from the start.
  return { ...chain, bringUp: () => Promise.resolve() };
}

/** A Go consumer, a node for each key, that has not started. */
export async function goConsumer(
  scratch: Scratch,
  provider: ProviderSubject,
): Promise<ConsumerSubject & Replayable> {
  const chain = await createGoConsumer(scratch, { ...CONSUMER, nodes: CONSUMER_KEYS });
  const { chainId, rpcUrl, prefix } = chain;
  const node = (key: string): GoNode => nodeNamed(chain.nodes, key);
  for (const key of SHARED_KEYS) node(key).useKey(provider.keyOf(key));
  return {
    chainId,
    rpcUrl,
    grpcUrl: chain.nodes[0]!.grpcUrl,
    prefix,
    ...createDoors(rpcUrl, prefix),
    keyOf: (key) => node(key).key,
    readGenesis: () => chain.readGenesis(),
    launch: (ccv) => chain.launch(ccv),
    takeAway: (key) => node(key).stop(),
    async giveBack(key) {
      chain.startNode(node(key));
      await node(key).waitForHeight(1n);
    },
  };
}

/** A consumer of ours, one process with all keys, that has not started. */
export async function tandemConsumer(scratch: Scratch, provider: ProviderSubject): Promise<ConsumerSubject> {
  const chain = await createTandemConsumer(scratch, { ...CONSUMER, keys: CONSUMER_KEYS });
  for (const key of SHARED_KEYS) chain.useKey(key, provider.keyOf(key));
  return chain;
}
