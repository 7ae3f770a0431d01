/**
 * A node under load, killed at random moments: it comes back with every block that anybody saw, the same hashes, and an
 * index that holds what the blocks hold. `CRASH_ROUNDS=300 CRASH_SEED=1 pnpm test:crash` runs more.
 */
import { setTimeout as delay } from "node:timers/promises";
import { createChainRecord } from "./chain-record.ts";
import { startLoad } from "./load.ts";
import { createRandom } from "./random.ts";
import { createSubject, type Run, type Subject } from "./subject.ts";

const ROUNDS = Number(process.env["CRASH_ROUNDS"] ?? 20);
const SEED = Number(process.env["CRASH_SEED"] ?? 20_261_127);
/** Longest life of a node, ms; the moment of its death is anywhere in it. */
const LIFE_MS = 900;
/** Longest time after its start at which a node is killed that was not left to get ready. */
const START_MS = 700;

jest.setTimeout(60_000 + ROUNDS * 20_000);

let subject: Subject;
beforeAll(async () => {
  subject = await createSubject("15ms");
});
afterAll(() => subject.end());

type Death = "at once" | "while it starts" | "in a stall" | "after a stall";

function deathOf(random: (limit: number) => number): Death {
  const dice = random(10);
  if (dice < 2) return "while it starts";
  if (dice < 4) return "in a stall";
  return dice < 5 ? "after a stall" : "at once";
}

/** Lets a node live for a while and kills it, as the dice say. A stall is what a disk does that answers nothing. */
async function kill(node: Run, death: Death, random: (limit: number) => number): Promise<void> {
  await delay(random(death === "while it starts" ? START_MS : LIFE_MS));
  if (death === "in a stall" || death === "after a stall") {
    node.signal("SIGSTOP");
    await delay(random(200));
    if (death === "after a stall") {
      node.signal("SIGCONT");
      await delay(random(100));
    }
  }
  node.signal("SIGKILL");
  await node.ended;
}

test(`${ROUNDS} kills lose nothing that anybody saw (seed ${SEED})`, async () => {
  const random = createRandom(SEED);
  const record = createChainRecord();
  const total = { accepted: 0, txs: 0, deaths: new Map<Death, number>() };
  const readyMs: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const death = deathOf(random);
    const node = subject.start();
    try {
      if (death === "while it starts") await kill(node, death, random);
      else {
        const { url, height } = await node.ready;
        readyMs.push(node.readyAfterMs()!);
        if (height < record.height)
          throw new Error(`it is back at ${height}, and was seen at ${record.height}`);
        total.txs += (await record.verify(url)).txs;
        const load = startLoad(url, record);
        await kill(node, death, random);
        await load.stop();
        total.accepted += load.accepted;
      }
    } catch (error) {
      throw new Error(`round ${round} of seed ${SEED} (${death}): ${(error as Error).message}`, {
        cause: error,
      });
    }
    total.deaths.set(death, (total.deaths.get(death) ?? 0) + 1);
  }
  const last = subject.start();
  const { url } = await last.ready;
  const all = await record.verify(url, true);
  last.signal("SIGTERM");
  expect((await last.ended).code).toBe(0);
  // It was a load: blocks and transactions came in every life.
  expect(all.blocks).toBeGreaterThan(ROUNDS * 2);
  expect(all.txs).toBeGreaterThan(ROUNDS * 2);
  readyMs.sort((a, b) => a - b);
  process.stderr.write(
    `crash: ${ROUNDS} kills (${[...total.deaths].map(([death, n]) => `${n} ${death}`).join(", ")}), ` +
      `${all.blocks} blocks, ${all.txs} transactions, ${total.accepted} accepted; ready after ` +
      `${readyMs[readyMs.length >> 1]?.toFixed(0)} ms (median), ${readyMs.at(-1)?.toFixed(0)} ms (slowest)\n`,
  );
});
