/**
 * A Go provider's life drawn from a seed, executed again by ours: several hundred transactions of all its modules, right
 * and wrong, while consumers launch and end, validators come and go, are jailed and convicted, and governance decides.
 *
 * `RANDOM_REPLAY_SEEDS=1,2,3` draws others, `RANDOM_REPLAY_BATCHES` makes them longer. The seed decides what is drawn; into
 * which block it falls is the machine's affair: `RANDOM_REPLAY_KEEP=DIRECTORY` keeps the blocks in files, one of which
 * `RANDOM_REPLAY_FILE` executes again without a Go chain.
 */
import { join } from "node:path";
import { createProviderApp } from "@tandem-ics/ccv";
import type { ChainClient } from "@tandem-ics/client";
import { parseGenesis } from "@tandem-ics/comet";
import { createMemoryBackend } from "@tandem-ics/store";
import { accountOf, privateKeyOf } from "./harness/accounts.ts";
import { createGoProvider, type GoChain } from "./harness/go-chain.ts";
import { describeInterop } from "./harness/peers.ts";
import type { Scratch } from "./harness/scratch.ts";
import { PROVIDER_STORES } from "./support/compare-replay.ts";
import { type Life, live } from "./support/drawn-life.ts";
import { codecs, editDrawnGenesis } from "./support/drawn-world.ts";
import { type Subjects, testAnswers } from "./support/equal-answers.ts";
import { describeHistory } from "./support/go-history.ts";
import { keepHistory, readHistory } from "./support/kept-history.ts";
import { createRandom } from "./support/random.ts";
import { createReplay, type ReplayedBlock, type TxAnswer } from "./support/replay.ts";

jest.setTimeout(900_000);

const SEEDS = (process.env["RANDOM_REPLAY_SEEDS"] ?? "1").split(",").map(Number);
const BATCHES = Number(process.env["RANDOM_REPLAY_BATCHES"] ?? 90);
const KEEP = process.env["RANDOM_REPLAY_KEEP"];
const FILE = process.env["RANDOM_REPLAY_FILE"];

/** More than two thirds of all power, whatever is delegated: nobody else has to sign. */
const MAIN_STAKE = 24_000_000_000n;
/** What a panic in a transaction comes to; its text and gas are the Go program's own. */
const PANIC = 111222;

/** Without what each program's light client says to a header that it refuses. */
const plainLog = (log: string): string =>
  log.replace(/(failed to verify header|too much change from trusted validator set): .*/, "$1");

const COMPARISON = { stores: PROVIDER_STORES, plainLog };

const createApp = () => createProviderApp({ backend: createMemoryBackend(), checkInvariants: true });

/** Both answers are as good as each other where the Go program panicked; the app hash is compared all the same. */
const withoutPanics = (blocks: readonly ReplayedBlock[]): ReplayedBlock[] =>
  blocks.map(({ go, ours, txs }) => {
    const sober = (answers: readonly TxAnswer[]) => answers.filter((_, i) => go.txs[i]?.code !== PANIC);
    return { txs, go: { ...go, txs: sober(go.txs) }, ours: { ...ours, txs: sober(ours.txs) } };
  });

/** What a history met, by the types of its successful messages and by its codes. */
function tally(blocks: readonly ReplayedBlock[]): { good: Map<string, number>; bad: Map<string, number> } {
  const good = new Map<string, number>();
  const bad = new Map<string, number>();
  const count = (map: Map<string, number>, key: string): void => void map.set(key, (map.get(key) ?? 0) + 1);
  for (const { go } of blocks)
    for (const { code, codespace, events } of go.txs)
      if (code !== 0) count(bad, `${codespace}/${code}`);
      else
        for (const [, action] of events.join("\n").matchAll(/^message action=(\S+)/gm)) count(good, action!);
  return { good, bad };
}

async function mainOf() {
  const { address, mnemonic } = await accountOf("main");
  const operator = codecs.validator.encode(codecs.account.decode(address));
  return { address, operator, privateKey: await privateKeyOf(mnemonic) };
}

/** Draws a chain's genesis, and what happens on it. */
function drawnHistory(seed: number) {
  const random = createRandom(seed);
  return {
    name: `random replay, seed ${seed}`,
    async make(scratch: Scratch): Promise<GoChain> {
      const go = await createGoProvider(scratch, {
        chainId: "drawn-1",
        validators: [{ name: "main", stake: MAIN_STAKE }],
        timeoutCommit: "60ms",
        unbondingTime: `${8 + random.below(14)}s`,
        signedBlocksWindow: 12 + random.below(50),
      });
      // The commands that make a genesis refuse short periods; chains take them.
      go.writeGenesis((app) => editDrawnGenesis(app, random));
      return go;
    },
    async live(chain: ChainClient, go: GoChain): Promise<Life> {
      const life = await live({ chain, random, batches: BATCHES, main: await mainOf() });
      if (KEEP !== undefined) {
        const { height } = await chain.status();
        const kept = { rpc: chain.rpc, genesis: go.readGenesis(), height, stores: PROVIDER_STORES };
        await keepHistory(join(KEEP, `seed-${seed}.json`), kept);
      }
      return life;
    },
    createApp,
  };
}

if (FILE === undefined)
  for (const seed of SEEDS)
    describeInterop(`a Go provider's life drawn from seed ${seed}, executed by ours`, () => {
      const history = describeHistory(drawnHistory(seed));
      const sober = () => ({ ...history(), blocks: withoutPanics(history().blocks) });

      test("blocks hold what was drawn, right and wrong", () => {
        const { blocks, lived } = history();
        const txs = blocks.flatMap(({ go }) => go.txs);
        const { good, bad } = tally(blocks);
        process.stderr.write(
          `seed ${seed}: ${blocks.length} blocks, ${txs.length} transactions of ${lived.taken}, ${lived.refused.length} refused; ` +
            `${good.size} kinds of messages, ${bad.size} codes\n`,
        );
        expect(txs.length).toBeGreaterThan(BATCHES * 2);
        expect(good.size).toBeGreaterThan(20);
        expect(bad.size).toBeGreaterThan(10);
      });

      testAnswers(sober, COMPARISON);
    });
else
  describe(`a history in a file, executed by ours: ${FILE}`, () => {
    let subjects: Subjects;
    beforeAll(async () => {
      const { rpc, genesis, height } = readHistory(FILE);
      const app = createApp();
      const replay = createReplay(app, parseGenesis(JSON.stringify(genesis)), rpc);
      const blocks = await replay.to(height - 1n);
      subjects = { app, client: { rpc }, blocks: withoutPanics(blocks) };
    });
    testAnswers(() => subjects, COMPARISON);
  });
