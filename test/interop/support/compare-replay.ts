/** What differs between a Go chain's answers to its blocks and ours, in words for the reader of a failure. */
import type { ChainClient } from "@tandem-ics/client";
import { parseGenesis } from "@tandem-ics/comet";
import type { Application } from "@tandem-ics/runtime";
import type { JsonObject } from "../harness/go-genesis.ts";
import {
  type AbciAsk,
  type BlockAnswer,
  createReplay,
  type ReplayedBlock,
  rpcAsk,
  storeRoot,
} from "./replay.ts";

/** Lines that are shown of one kind of difference. */
const MAX_LINES = 20;
/** Blocks whose stores are compared one by one. */
const MAX_BLOCKS = 3;

/** Stores of a provider. */
export const PROVIDER_STORES: readonly string[] = [
  ...["acc", "bank", "staking", "crisis", "mint", "distribution", "slashing", "gov", "params", "ibc"],
  ...["upgrade", "evidence", "transfer", "provider", "consensus"],
];

/** A value as failures show it. */
export const shown = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? inner.toString() : inner)) ??
  "nothing";

/** Executes all blocks that a Go chain has made so far, but the last. */
export async function replayAll(
  app: Application,
  genesis: JsonObject,
  client: ChainClient,
): Promise<ReplayedBlock[]> {
  const replay = createReplay(app, parseGenesis(JSON.stringify(genesis)), client.rpc);
  return replay.to((await client.status()).height - 1n);
}

/** What differs between the two answers to each block, at most twenty lines of it. */
export function differing<T>(
  blocks: readonly ReplayedBlock[],
  pick: (answer: BlockAnswer) => readonly T[] | T,
): string[] {
  const lines: string[] = [];
  for (const { go: theirs, ours } of blocks) {
    const [a, b] = [pick(theirs), pick(ours)].map((value) => (Array.isArray(value) ? value : [value]));
    for (let i = 0; i < Math.max(a!.length, b!.length); i++)
      if (shown(a![i]) !== shown(b![i]))
        lines.push(`height ${theirs.height} #${i}\n  Go   ${shown(a![i])}\n  ours ${shown(b![i])}`);
  }
  return lines.slice(0, MAX_LINES);
}

/** Which stores have another root, at the first heights whose app hashes differ; behind the number of all such heights. */
export async function differingStores(
  blocks: readonly ReplayedBlock[],
  client: Pick<ChainClient, "rpc">,
  app: Application,
  stores: readonly string[],
): Promise<[number, ...string[]]> {
  const askGo = rpcAsk(client.rpc);
  const askOurs: AbciAsk = (request) => app.query(request);
  const wrong = blocks.filter(({ go: theirs, ours }) => theirs.appHash !== ours.appHash);
  const lines: string[] = [];
  for (const { go: theirs } of wrong.slice(0, MAX_BLOCKS))
    for (const store of stores) {
      const [a, b] = [
        await storeRoot(askGo, store, theirs.height),
        await storeRoot(askOurs, store, theirs.height),
      ];
      if (a !== b) lines.push(`height ${theirs.height}: ${store}: Go ${a}, ours ${b}`);
    }
  return [wrong.length, ...lines];
}
