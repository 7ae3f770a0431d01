/** A Go chain's history, made before the tests of a suite, and the same blocks executed by an application of ours. */
import type { ChainClient } from "@tandem-ics/client";
import { parseGenesis } from "@tandem-ics/comet";
import type { Application } from "@tandem-ics/runtime";
import type { GoChain } from "../harness/go-chain.ts";
import { createPhases } from "../harness/phases.ts";
import { createScratch, type Scratch } from "../harness/scratch.ts";
import { hurry } from "./go-validators.ts";
import { createReplay, type Replay, type ReplayedBlock } from "./replay.ts";

/** How a history is made. */
export interface HistoryOptions<T> {
  /** Of the suite, for the times that are printed. */
  readonly name: string;
  /** The chain, ready to start. */
  readonly make: (scratch: Scratch) => Promise<GoChain>;
  /** What happens on it. */
  readonly live: (chain: ChainClient, go: GoChain) => Promise<T>;
  /** Who executes its blocks again. */
  readonly createApp: () => Application;
}

/** Both histories; what `live` gave is in `lived`. */
export interface History<T> {
  readonly go: GoChain;
  readonly client: ChainClient;
  readonly app: Application;
  readonly replay: Replay;
  readonly blocks: readonly ReplayedBlock[];
  readonly lived: T;
}

/** Declares that a suite has a history. Gives what returns it once the tests run. */
export function describeHistory<T>({ name, make, live, createApp }: HistoryOptions<T>): () => History<T> {
  const phase = createPhases(name);
  let scratch: Scratch | undefined;
  let history: History<T> | undefined;
  beforeAll(async () => {
    const place = createScratch();
    scratch = place;
    const { go, client, lived } = await phase("a Go chain makes blocks", async () => {
      const chain = await make(place);
      hurry(chain);
      await chain.start();
      const connected = await chain.client();
      return { go: chain, client: connected, lived: await live(connected, chain) };
    });
    await phase("ours executes its blocks", async () => {
      const app = createApp();
      const replay = createReplay(app, parseGenesis(JSON.stringify(go.readGenesis())), client.rpc);
      const blocks = await replay.to((await client.status()).height - 1n);
      history = { go, client, app, replay, blocks, lived };
    });
  });
  afterAll(() => scratch?.end());
  return () => {
    if (history === undefined) throw new Error(`${name}: there is no history outside of its tests`);
    return history;
  };
}
