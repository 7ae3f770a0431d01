/** A provider's life drawn from a seed: several hundred transactions of all its modules, several in a block. */
import type { EncodeObject } from "@cosmjs/proto-signing";
import type { ChainClient } from "@tandem-ics/client";
import { createCrowdSender } from "./crowd-sender.ts";
import { consumerDoubleVote, doubleSignAtHome } from "./drawn-evidence.ts";
import { decidingVotes, govActs, learnParams } from "./drawn-gov.ts";
import { IBC_ACTS } from "./drawn-ibc.ts";
import { firstConsumers, PROVIDER_ACTS } from "./drawn-provider.ts";
import { BANK_ACTS, firstValidators, STAKE_ACTS } from "./drawn-stake.ts";
import { type Act, between, chance, EXTRA, learn, maybeMangled, type World } from "./drawn-world.ts";
import type { Random } from "./random.ts";
import { coin } from "./walk-kit.ts";

/** Batches after which the chain is asked again what there is. */
const LEARN_EVERY = 3;
const MOST_IN_A_BATCH = 9;
const GAS = 1_500_000n;
/** Too little for most messages. */
const SCANT_GAS = [40_000, 110_000] as const;

type Weighted = readonly [number, (world: World) => Act | Promise<Act>];

function drawn(random: Random, acts: readonly Weighted[]): Weighted[1] {
  const at = random.below(acts.reduce((sum, [weight]) => sum + weight, 0));
  let sum = 0;
  for (const [weight, act] of acts) {
    sum += weight;
    if (at < sum) return act;
  }
  throw new RangeError("nothing to draw from");
}

/** Fees as people set them: none, and two denominations, among them. */
const feeOf = (random: Random): { denom: string; amount: string }[] =>
  random.pick([[coin(5000n)], [coin(5000n)], [coin(1n)], [coin(777n, EXTRA), coin(9n)], []]);

/** How a history is made. */
export interface LifeOptions {
  readonly chain: ChainClient;
  readonly random: Random;
  readonly main: World["main"];
  /** Batches of transactions; after most of them a block is waited for. */
  readonly batches: number;
}

/** What came of it. */
export interface Life {
  /** Transactions that CheckTx took. */
  readonly taken: number;
  /** Those that it refused, by their texts. */
  readonly refused: readonly string[];
}

/** Lives it. */
export async function live({ chain, random, main, batches }: LifeOptions): Promise<Life> {
  const sender = createCrowdSender(chain);
  const params = await learnParams(chain);
  const acts: Weighted[] = [
    ...BANK_ACTS,
    ...STAKE_ACTS,
    ...PROVIDER_ACTS,
    ...govActs(params),
    ...IBC_ACTS,
    [3, consumerDoubleVote],
  ];
  const refused: string[] = [];
  let taken = 0;

  async function submit(world: World, { by, messages }: Act): Promise<void> {
    const { code, codespace, log } = await sender.submit({
      signers: by,
      messages: messages.map((message) => maybeMangled(world, message)),
      gas: chance(random, 5) ? BigInt(between(random, ...SCANT_GAS)) : GAS,
      fee: feeOf(random),
    });
    if (code === 0) taken++;
    else refused.push(`${codespace}/${code} ${log}`);
  }
  /** Several acts of one sender are one transaction, now and then. */
  async function next(world: World): Promise<Act> {
    const first = await drawn(random, acts)(world);
    if (!chance(random, 15)) return first;
    const more: EncodeObject[] = [];
    for (let i = 0; i < 6; i++) {
      const { by, messages } = await drawn(random, acts)(world);
      if (by.length === 1 && first.by.length === 1 && by[0]!.address === first.by[0]!.address)
        more.push(...messages);
    }
    return { by: first.by, messages: [...first.messages, ...more] };
  }

  const worldNow = async (): Promise<World> => ({ chain, random, main, known: await learn(chain) });
  let world = await worldNow();
  for (const act of firstValidators(world)) await submit(world, act);
  let height = await chain.pace.after(world.known.height);
  for (const act of firstConsumers(world)) await submit(world, act);
  const voted = new Set<bigint>();
  for (let batch = 0; batch < batches; batch++) {
    if (batch % LEARN_EVERY === 0) {
      world = await worldNow();
      const known = { ...world.known, votes: world.known.votes.filter((id) => !voted.has(id)) };
      const messages = decidingVotes({ ...world, known });
      for (const id of known.votes) voted.add(id);
      if (messages.length > 0) await submit(world, { by: [main], messages });
    }
    for (let i = random.below(MOST_IN_A_BATCH + 1); i > 0; i--) await submit(world, await next(world));
    if (batch % 20 === 19) await doubleSignAtHome(world);
    const quiet = chance(random, 5) ? 6 : chance(random, 85) ? 1 : 0;
    for (let i = 0; i < quiet; i++) height = await chain.pace.after(height);
  }
  return { taken, refused };
}
