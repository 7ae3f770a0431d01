/**
 * The life of a consumer, told once for every pair of chains: what is expected of a provider is the same whether it is Go's
 * or ours, down to codes, texts and events, and so with the consumer. Steps follow each other; each goes through public
 * doors: transactions, queries, the `tandem` command.
 */
import type { ChainClient } from "@tandem-ics/client";
import { eventually } from "./connect.ts";
import { attackSteps, freezeSteps } from "./mixed-attack.ts";
import { deletionSteps, shortenUnbonding } from "./mixed-deletion.ts";
import { doubleSignSteps } from "./mixed-double-sign.ts";
import { downtimeSteps } from "./mixed-downtime.ts";
import {
  assignKey,
  createConsumer,
  delegate,
  optIn,
  removeConsumer,
  undelegate,
  updateSpawn,
} from "./mixed-messages.ts";
import { AT_FIRST, refusalsBeforeLaunch, WRONG_PHASE } from "./mixed-refusals.ts";
import { rewardSteps } from "./mixed-rewards.ts";
import { throttleSteps } from "./mixed-throttle.ts";
import { topNSteps } from "./mixed-top-n.ts";
import { transferSteps } from "./mixed-transfers.ts";
import {
  attribute,
  attributeKeys,
  connectPair,
  consAddressOf,
  eventsFrom,
  POWER,
  powersAt,
  powersOf,
  refusal,
  type Step,
  send,
  untilPowers,
  type World,
} from "./mixed-world.ts";
import { peerPath } from "./peers.ts";
import { createPhases } from "./phases.ts";
import { createScratch, type Scratch } from "./scratch.ts";
import type { Pair } from "./subjects.ts";
import { createTandem } from "./tandem.ts";

/** Genesis stake of the provider's validators: the first alone has more than two thirds, whoever else is down. */
export const STAKES = { alice: 100n * POWER, bob: 10n * POWER, carol: 8n * POWER } as const;
/** Keys of the consumer's nodes: alice's and bob's are those of the provider. */
export const CONSUMER_KEYS = ["alice", "bob", "carol", "bob-later"] as const;
/** Accounts with funds at genesis on both chains. */
export const ACCOUNTS = ["owner", "user", "relayer"] as const;
/** Blocks over which the consumer counts missed ones. */
export const CONSUMER_WINDOW = 50;

/** Far enough not to come while a suite runs. */
const FAR_NS = 3_600_000_000_000n;
const CONSUMER_ID = "0";
const ALL = { key: new Uint8Array(), offset: 0n, limit: 1000n, countTotal: false, reverse: false };
/** Attributes of events, in order. */
const CREATE_KEYS = [
  ...["module", "consumer_id", "consumer_chain_id", "consumer_name", "submitter_address"],
  ...["consumer_owner", "consumer_spawn_time", "consumer_phase", "msg_index"],
];
const OPT_IN_KEYS = [
  ...["module", "consumer_id", "consumer_chain_id", "provider_validator_address"],
  ...["consumer_consensus_pub_key", "submitter_address", "msg_index"],
];
const UPDATE_KEYS = [
  ...["module", "consumer_id", "consumer_chain_id", "submitter_address"],
  ...["consumer_spawn_time", "consumer_owner", "consumer_phase", "msg_index"],
];
const REMOVE_KEYS = ["module", "consumer_id", "consumer_chain_id", "submitter_address", "msg_index"];

/** The provider's answer to `consumer-genesis`, asked for by the command of ours and by Go's: they must agree. */
async function consumerGenesis({ scratch, provider }: Pair): Promise<string> {
  const query = ["query", "provider", "consumer-genesis", CONSUMER_ID];
  const tandem = createTandem(scratch, { provider: provider.rpcUrl });
  const [ours, gos] = await Promise.all([
    tandem.run("owner", ...query),
    scratch.run(peerPath("interchain-security-pd"), [
      ...query,
      "--node",
      provider.rpcUrl,
      "--output",
      "json",
    ]),
  ]);
  expect([ours.code, gos.code, ours.stderr + gos.stderr]).toEqual([0, 0, ""]);
  expect(JSON.parse(ours.stdout)).toEqual(JSON.parse(gos.stdout));
  return ours.stdout;
}

/**
 * Declares the steps for a pair: a provider that runs, and a consumer that waits for its genesis. `afterwards` declares
 * more, on the pair as the scenario leaves it.
 */
export function describePair<P extends Pair>(
  suite: string,
  createPair: (scratch: Scratch) => Promise<P>,
  afterwards?: (step: Step, pairOf: () => P) => void,
): void {
  const scratch = createScratch();
  const phase = createPhases(suite);
  let pair: P;
  let world: World;
  let provider: ChainClient;
  let consumer: ChainClient;
  let failed = false;
  const step: Step = (name, work) =>
    test(name, async () => {
      // Each step builds on the ones before it.
      if (failed) throw new Error("an earlier step failed");
      failed = true;
      await phase(name, work);
      failed = false;
    });

  beforeAll(async () => {
    pair = await phase("make the chains, start the provider", () => createPair(scratch));
    provider = await pair.provider.client();
  }, 300_000);
  afterAll(() => phase("end", () => scratch.end()), 60_000);

  const key = (name: (typeof CONSUMER_KEYS)[number]) => pair.consumer.keyOf(name);
  const timeNs = async (client: ChainClient): Promise<bigint> => (await client.status()).timeNs;
  const phaseOf = async (): Promise<string> =>
    (await provider.query.provider.QueryConsumerChain({ consumerId: CONSUMER_ID })).phase;

  step("registers a consumer and opts validators in", async () => {
    const { provider: p } = pair;
    const spawnNs = (await timeNs(provider)) + FAR_NS;
    const { events } = await send(
      p,
      "owner",
      await createConsumer(p, "owner", pair.consumer.chainId, spawnNs),
    );
    expect(attribute(events, "create_consumer", "consumer_id")).toBe(CONSUMER_ID);
    expect(attributeKeys(events, "create_consumer")).toEqual([CREATE_KEYS]);
    expect(await phaseOf()).toBe("CONSUMER_PHASE_INITIALIZED");
    await send(p, "alice", await optIn(p, "alice", CONSUMER_ID));
    await send(p, "bob", await optIn(p, "bob", CONSUMER_ID));
    const carols = await optIn(p, "carol", CONSUMER_ID, key("carol").publicKey);
    const opted = await send(p, "carol", carols);
    expect(attributeKeys(opted.events, "opt_in")).toEqual([OPT_IN_KEYS]);
  });

  step("refuses what it must before the launch", () => refusalsBeforeLaunch(pair, CONSUMER_ID));

  step("launches, and its genesis starts the consumer", async () => {
    const { provider: p } = pair;
    const now = await timeNs(provider);
    const { events } = await send(p, "owner", await updateSpawn(p, "owner", CONSUMER_ID, now));
    expect(attributeKeys(events, "update_consumer")).toEqual([UPDATE_KEYS]);
    await eventually(provider, "launch", async () => (await phaseOf()) === "CONSUMER_PHASE_LAUNCHED", 10n);
    await pair.consumer.launch(await consumerGenesis(pair));
    consumer = await pair.consumer.client();
    const set = await powersAt(consumer, 1n);
    expect(set).toEqual(powersOf([key("alice"), 100n], [key("bob"), 10n], [key("carol"), 8n]));
  });

  step("opens connection, CCV channel and transfer channel", async () => {
    world = await connectPair(pair, CONSUMER_ID);
    const { clientId } = await provider.query.provider.QueryConsumerChain({ consumerId: CONSUMER_ID });
    expect(clientId).toBe("07-tendermint-0");
  });

  step("carries a delegation to the consumer's validator set", async () => {
    await send(pair.provider, "user", await delegate(pair.provider, "user", "bob", 5n * POWER));
    await untilPowers(world, [key("alice"), 100n], [key("bob"), 15n], [key("carol"), 8n]);
    const channel = { portId: "provider", channelId: world.ccv.provider };
    await eventually(provider, "acknowledgement", async () => {
      const { commitments } = await provider.query.ibcChannel.PacketCommitments({
        ...channel,
        pagination: ALL,
      });
      return commitments.length === 0;
    });
    const info = await consumer.query.ccvconsumer.QueryProviderInfo({});
    expect(info.consumer?.channelID).toBe(world.ccv.consumer);
    expect(info.provider?.channelID).toBe(world.ccv.provider);
  });

  step("carries an undelegation", async () => {
    await send(pair.provider, "user", await undelegate(pair.provider, "user", "bob", 2n * POWER));
    await untilPowers(world, [key("alice"), 100n], [key("bob"), 13n], [key("carol"), 8n]);
  });

  step("gives a validator another key on the running consumer", async () => {
    const { provider: p } = pair;
    await send(p, "bob", await assignKey(p, "bob", CONSUMER_ID, key("bob-later").publicKey));
    await untilPowers(world, [key("alice"), 100n], [key("bob-later"), 13n], [key("carol"), 8n]);
    const { consumerAddress } = await provider.query.provider.QueryValidatorConsumerAddr({
      consumerId: CONSUMER_ID,
      providerAddress: consAddressOf(p, key("bob")),
    });
    expect(consumerAddress).toBe(consAddressOf(p, key("bob-later")));
  });

  transferSteps(step, () => world);
  rewardSteps(step, () => world);
  downtimeSteps(step, () => world);
  throttleSteps(step, () => world);
  topNSteps(step, () => world);
  doubleSignSteps(step, () => world);
  shortenUnbonding(step, () => world);
  attackSteps(step, () => world);

  step("stops the consumer", async () => {
    const { provider: p } = pair;
    const [owner, user] = await Promise.all(["owner", "user"].map((name) => p.sender(name)));
    expect(await refusal(p, "user", await removeConsumer(p, "user", CONSUMER_ID))).toEqual({
      code: "provider/25",
      log: `${AT_FIRST}expected owner address ${owner!.address}, got ${user!.address}: unauthorized`,
    });
    const { events } = await send(p, "owner", await removeConsumer(p, "owner", CONSUMER_ID));
    expect(attributeKeys(events, "remove_consumer")).toEqual([REMOVE_KEYS]);
    expect(await phaseOf()).toBe("CONSUMER_PHASE_STOPPED");
    expect(await refusal(p, "owner", await removeConsumer(p, "owner", CONSUMER_ID))).toEqual({
      code: "provider/27",
      log: `${AT_FIRST}chain with consumer id: 0 has to be in its launched phase: ${WRONG_PHASE}`,
    });
    // Nobody tells it anything any more: the change of two epochs ago has not left.
    const { height } = await provider.status();
    await send(p, "user", await delegate(p, "user", "bob", POWER));
    await eventually(provider, "two epochs", async () => (await provider.status()).height > height + 6n);
    const sent = (await eventsFrom(provider, height)).filter((event) => event.type === "send_packet");
    expect(sent).toEqual([]);
    await world.relay.stop();
  });

  deletionSteps(step, () => world);
  freezeSteps(step, () => world);
  afterwards?.(step, () => pair);
}
