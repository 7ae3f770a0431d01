import { toHex } from "@tandem-ics/crypto";
import {
  type ConsumerInitializationParameters,
  ConsumerPhase,
  GO_ZERO_TIME_NS,
  nsToTimestamp,
  PowerShapingParameters,
  timestampToNs,
} from "@tandem-ics/proto";
import { testAddress } from "../testing/fake-staking.ts";
import { refusalCode } from "../testing/refusal-code.ts";
import { AUTHORITY, accountOf, createTestProvider, keyJson, OWNER } from "../testing/test-provider.ts";
import { spawnQueue } from "./lifecycle.ts";
import * as state from "./state.ts";

const DAY = 86_400n;
const SECOND_NS = 1_000_000_000n;

describe("creating consumers", () => {
  test("[life-1] gives the first the id 0 and never the same again", () => {
    const chain = createTestProvider();
    expect(chain.create()).toBe("0");
    expect(refusalCode(() => chain.create({ chainId: "" }))).toBe("provider/44");
    expect(chain.create()).toBe("1");
    const deleted = chain.launch();
    chain.remove(deleted);
    chain.nextBlock(21n * DAY);
    expect([deleted, chain.create()]).toEqual(["2", "3"]);
  });

  test("[life-2] lets two have the same chain id", () => {
    const chain = createTestProvider();
    const ids = [chain.create({ chainId: "twin-1" }), chain.create({ chainId: "twin-1" })];
    expect(ids.map((id) => state.chainIds.get(chain.ctx, id))).toEqual(["twin-1", "twin-1"]);
    const launched = [1, 2].map(() => chain.launch([1], { chainId: "twin-1" }));
    const clients = launched.map((id) => state.clientOfConsumer.get(chain.ctx, id)!);
    expect(clients).toEqual(["07-tendermint-0", "07-tendermint-1"]);
    expect(clients.map((id) => state.consumerOfClient.get(chain.ctx, id))).toEqual(launched);
  });

  test("[life-3] without a spawn time registers, with one initializes and says when", () => {
    const chain = createTestProvider();
    const registered = chain.create();
    expect(chain.phase(registered)).toBe(ConsumerPhase.CONSUMER_PHASE_REGISTERED);
    expect(chain.eventsOf("create_consumer")[0]).toEqual({
      module: "provider",
      consumer_id: "0",
      consumer_chain_id: "consumer-1",
      consumer_name: "c",
      submitter_address: OWNER,
      consumer_owner: OWNER,
      consumer_phase: "CONSUMER_PHASE_REGISTERED",
    });
    const initialized = chain.create({
      initializationParameters: chain.initialization({
        spawnTime: nsToTimestamp(1_735_787_045_678_900_000n),
      }),
    });
    expect(chain.phase(initialized)).toBe(ConsumerPhase.CONSUMER_PHASE_INITIALIZED);
    expect(chain.eventsOf("create_consumer")[1]).toMatchObject({
      consumer_spawn_time: "2025-01-02 03:04:05.6789 +0000 UTC",
      consumer_phase: "CONSUMER_PHASE_INITIALIZED",
    });
  });

  test("[life-4] refuses a chain id whose revision is not the initial height's", () => {
    const chain = createTestProvider();
    expect(refusalCode(() => chain.create({ chainId: "foo" }))).toBe("provider/30");
    const height = { revisionNumber: 0n, revisionHeight: 1n };
    const init = chain.initialization({ initialHeight: height });
    expect(chain.create({ chainId: "foo", initializationParameters: init })).toBe("0");
  });

  test.each(["neutron-1", "stride-1", "  ", `${"x".repeat(49)}-1`])(
    "[life-5] refuses the chain id %j",
    (chainId) => {
      expect(refusalCode(() => createTestProvider().create({ chainId }))).toBe("provider/44");
    },
  );

  test("[life-5] takes a chain id of 50 bytes and refuses 51", () => {
    const chain = createTestProvider();
    expect(chain.create({ chainId: `${"x".repeat(48)}-1` })).toBe("0");
    expect(refusalCode(() => chain.create({ chainId: `${"é".repeat(24)}x-1` }))).toBe("provider/44");
  });

  test("[life-5] refuses Top N", () => {
    const chain = createTestProvider();
    const powerShapingParameters = PowerShapingParameters.create({ topN: 50 });
    expect(refusalCode(() => chain.create({ powerShapingParameters }))).toBe("undefined/1");
  });

  test("takes the provider's punishments as default, with downtime not slashed", () => {
    const chain = createTestProvider();
    const params = state.infractionParams.get(chain.ctx, chain.create())!;
    const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
    expect(text(params.doubleSign!.slashFraction)).toBe("50000000000000000");
    expect(params.doubleSign!.jailDuration).toEqual({ seconds: 9_223_372_036n, nanos: 854_775_807 });
    expect(params.doubleSign!.tombstone).toBe(true);
    expect(text(params.downtime!.slashFraction)).toBe("0");
    expect(params.downtime!.jailDuration).toEqual({ seconds: 600n, nanos: 0 });
  });
});

describe("launching", () => {
  test("[life-6] happens at the next block for a past spawn time and for one equal to the block time", () => {
    const chain = createTestProvider();
    const past = chain.create({
      initializationParameters: chain.initialization({ spawnTime: nsToTimestamp(0n) }),
    });
    const exact = chain.create({
      initializationParameters: chain.initialization({
        spawnTime: nsToTimestamp(chain.ctx.timeNs + 5_000_000_000n),
      }),
    });
    const later = chain.create({
      initializationParameters: chain.initialization({
        spawnTime: nsToTimestamp(chain.ctx.timeNs + 5_000_000_001n),
      }),
    });
    for (const id of [past, exact, later]) chain.optIn(id, 1);
    chain.nextBlock();
    expect(chain.phase(past)).toBe(ConsumerPhase.CONSUMER_PHASE_LAUNCHED);
    expect(chain.phase(exact)).toBe(ConsumerPhase.CONSUMER_PHASE_LAUNCHED);
    expect(chain.phase(later)).toBe(ConsumerPhase.CONSUMER_PHASE_INITIALIZED);
    chain.nextBlock();
    expect(chain.phase(later)).toBe(ConsumerPhase.CONSUMER_PHASE_LAUNCHED);
  });

  test("[life-12] writes genesis, client, evidence height and set together", () => {
    const chain = createTestProvider();
    const id = chain.launch([1, 3]);
    const genesis = state.consumerGenesis.get(chain.ctx, id)!;
    expect(genesis.provider.initialValSet.map(({ power }) => power)).toEqual([10n, 5n]);
    expect(genesis).toMatchObject({ newChain: true, preCCV: false, connectionId: "" });
    expect(genesis.params).toMatchObject({
      enabled: true,
      consumerId: "0",
      rewardDenoms: [],
      softOptOutThreshold: "0",
    });
    expect(genesis.provider.clientState).toMatchObject({
      chainId: "provider",
      latestHeight: { revisionNumber: 0n, revisionHeight: 2n },
      unbondingPeriod: { seconds: 21n * DAY, nanos: 0 },
      trustingPeriod: { seconds: 1_197_504n, nanos: 0 },
    });
    expect(genesis.provider.consensusState).toMatchObject({ root: { hash: new Uint8Array(32).fill(7) } });
    const clientId = state.clientOfConsumer.get(chain.ctx, id)!;
    expect(state.consumerOfClient.get(chain.ctx, clientId)).toBe(id);
    const { clientState, consensusState } = chain.ibc.clients.get(clientId)!;
    expect(clientState).toMatchObject({
      chainId: "consumer-1",
      latestHeight: { revisionNumber: 1n, revisionHeight: 1n },
      unbondingPeriod: { seconds: 20n * DAY, nanos: 0 },
    });
    expect(Buffer.from(consensusState!.root.hash).toString()).toBe("sentinel_root");
    expect(timestampToNs(consensusState!.timestamp)).toBe(chain.ctx.timeNs);
    expect(state.evidenceMinHeight.get(chain.ctx, id)).toBe(1n);
    expect(state.consumerValidators.values(chain.ctx).map(({ joinHeight }) => joinHeight)).toEqual([2n, 2n]);
    expect(chain.eventsOf("consumer_client_created")[0]).toMatchObject({
      module: "provider",
      consumer_id: "0",
      consumer_chain_id: "consumer-1",
      client_id: "07-tendermint-0",
      initial_height: "1-1",
      trusting_period: "316h48m0s",
      unbonding_period: "480h0m0s",
    });
  });

  test("hashes the first set as CometBFT does", () => {
    const chain = createTestProvider({ tokens: [100_000_000n, 200_000_000n, 100_000_000n] });
    const clientId = state.clientOfConsumer.get(chain.ctx, chain.launch())!;
    expect(toHex(chain.ibc.clients.get(clientId)!.consensusState!.nextValidatorsHash)).toBe(
      "5cd49d27b025d7e9252d1a1c3acc22db91858a662af94a696718b2f6db859da6",
    );
  });

  test("[life-7] with nobody who may validate goes back to phase 1 without a spawn time", () => {
    const chain = createTestProvider();
    const id = chain.launch([]);
    expect(chain.phase(id)).toBe(ConsumerPhase.CONSUMER_PHASE_REGISTERED);
    expect(timestampToNs(state.initialization.get(chain.ctx, id)!.spawnTime)).toBe(GO_ZERO_TIME_NS);
    expect(state.consumerGenesis.has(chain.ctx, id)).toBe(false);
    expect([...state.spawnQueue.entries(chain.ctx)]).toEqual([]);
  });

  test("[life-7] that failed keeps opt-ins and keys for the next try", () => {
    const chain = createTestProvider();
    chain.fake.set(2, { status: 1, jailed: true });
    const id = chain.create({ initializationParameters: chain.initialization() });
    chain.optIn(id, 2, keyJson(50));
    chain.nextBlock();
    expect(chain.phase(id)).toBe(ConsumerPhase.CONSUMER_PHASE_REGISTERED);
    expect(state.optedIn.has(chain.ctx, [id, testAddress(2)])).toBe(true);
    expect(state.providerAddresses.get(chain.ctx, [id, testAddress(50)])).toEqual(testAddress(2));
    chain.fake.set(2, { status: 3, jailed: false });
    chain.update(id, { initializationParameters: chain.initialization() });
    chain.nextBlock();
    expect(chain.phase(id)).toBe(ConsumerPhase.CONSUMER_PHASE_LAUNCHED);
    expect(state.consumerGenesis.get(chain.ctx, id)!.provider.initialValSet).toEqual([
      { pubKey: { ed25519: new Uint8Array(32).fill(50) }, power: 8n },
    ]);
  });

  test("[life-12] [life-13] that fails at its last step, for want of a trusting period below the unbonding one, leaves nothing", () => {
    const chain = createTestProvider({ params: { trustingPeriodFraction: "1" } });
    const id = chain.create({ initializationParameters: chain.initialization() });
    chain.optIn(id, 1);
    const rows = (): Map<string, string> => {
      const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
      return new Map(
        Array.from(chain.ctx.kv(state.STORE).iterate({}), ([key, value]) => [hex(key), hex(value)]),
      );
    };
    const before = rows();
    chain.nextBlock();
    expect(chain.phase(id)).toBe(ConsumerPhase.CONSUMER_PHASE_REGISTERED);
    const after = rows();
    const changed = new Set(
      [...before.keys(), ...after.keys()].filter((key) => before.get(key) !== after.get(key)),
    );
    // Height of the VSC id, replenishing time, spawn time, phase, queue: nothing of a launch.
    expect(new Set([...changed].map((key) => Number.parseInt(key.slice(0, 2), 16)))).toEqual(
      new Set([4, 13, 47, 49, 51]),
    );
    expect(chain.ibc.clients.size).toBe(0);
    expect(chain.eventsOf("consumer_client_created")).toEqual([]);
  });

  test("[life-8] with inactive validators only fails", () => {
    const chain = createTestProvider({ params: { maxProviderConsensusValidators: 2n } });
    const powerShapingParameters = PowerShapingParameters.create({ allowInactiveVals: true });
    const id = chain.launch([3], { powerShapingParameters });
    expect(chain.phase(id)).toBe(ConsumerPhase.CONSUMER_PHASE_REGISTERED);
    expect(state.optedIn.keys(chain.ctx)).toHaveLength(1);
    expect(state.consumerValidators.keys(chain.ctx)).toHaveLength(0);
  });

  test("of one consumer does not suffer from the failure of another at the same time", () => {
    const chain = createTestProvider();
    const init = chain.initialization();
    const broken = chain.create({ initializationParameters: init });
    const whole = chain.create({ initializationParameters: init });
    chain.optIn(whole, 1);
    chain.nextBlock();
    expect(chain.phase(broken)).toBe(ConsumerPhase.CONSUMER_PHASE_REGISTERED);
    expect(chain.phase(whole)).toBe(ConsumerPhase.CONSUMER_PHASE_LAUNCHED);
  });

  test("[life-11] takes 200 consumers in a block and the rest in the next", () => {
    const chain = createTestProvider();
    const init = chain.initialization();
    const ids = Array.from({ length: 201 }, () => chain.create({ initializationParameters: init }));
    for (const id of ids) chain.optIn(id, 1);
    const launched = (): number =>
      ids.filter((id) => chain.phase(id) === ConsumerPhase.CONSUMER_PHASE_LAUNCHED).length;
    chain.nextBlock();
    expect(launched()).toBe(200);
    chain.nextBlock();
    expect(launched()).toBe(201);
  });

  test("[life-11] comes in the order of spawn times, then of queueing", () => {
    const chain = createTestProvider();
    const at = (seconds: bigint) =>
      chain.create({
        initializationParameters: chain.initialization({
          spawnTime: nsToTimestamp(chain.ctx.timeNs + seconds * SECOND_NS),
        }),
      });
    const ids = [at(2n), at(1n), at(2n), at(0n)];
    for (const id of ids) chain.optIn(id, 1);
    // An update without parameters queues it anew, behind the others of its time.
    chain.update(ids[0]!, {});
    chain.nextBlock();
    expect(chain.eventsOf("consumer_client_created").map((event) => event["consumer_id"])).toEqual([
      "3",
      "1",
      "2",
      "0",
    ]);
  });

  test("[handshake-14] over an existing connection adopts its client and leaves the provider states out", () => {
    const chain = createTestProvider();
    const other = chain.launch([1]);
    const clientId = state.clientOfConsumer.get(chain.ctx, other)!;
    const { clientState } = chain.ibc.clients.get(clientId)!;
    const latestHeight = { revisionNumber: 1n, revisionHeight: 40n };
    chain.ibc.clients.set(clientId, { clientState: { ...clientState, latestHeight } });
    chain.ibc.openConnection("connection-5", clientId, "connection-77");
    const id = chain.launch([1], {
      initializationParameters: chain.initialization({ connectionId: "connection-5" }),
    });
    const genesis = state.consumerGenesis.get(chain.ctx, id)!;
    expect(genesis).toMatchObject({ preCCV: true, connectionId: "connection-77" });
    expect(genesis.provider.clientState).toBeUndefined();
    expect(state.clientOfConsumer.get(chain.ctx, id)).toBe(clientId);
    expect(state.consumerOfClient.get(chain.ctx, clientId)).toBe(id);
    expect(chain.ibc.clients.size).toBe(1);
    expect(chain.eventsOf("consumer_client_created")).toEqual([]);
    expect(state.evidenceMinHeight.get(chain.ctx, id)).toBe(40n);
  });

  test.each<[string, Partial<ConsumerInitializationParameters>, string]>([
    ["a missing connection", { connectionId: "connection-404" }, "consumer-1"],
    ["a connection to another chain", { connectionId: "connection-5" }, "other-1"],
  ])("[handshake-14] fails over %s", (_, changes, chainId) => {
    const chain = createTestProvider();
    const clientId = state.clientOfConsumer.get(chain.ctx, chain.launch([1]))!;
    chain.ibc.openConnection("connection-5", clientId);
    const id = chain.launch([1], { chainId, initializationParameters: chain.initialization(changes) });
    expect(chain.phase(id)).toBe(ConsumerPhase.CONSUMER_PHASE_REGISTERED);
  });

  test("needs a stored header of the provider", () => {
    const chain = createTestProvider();
    chain.fake.header = undefined;
    expect(chain.phase(chain.launch([1]))).toBe(ConsumerPhase.CONSUMER_PHASE_REGISTERED);
  });
});

describe("updating consumers", () => {
  test("[life-9] clearing the spawn time goes back to phase 1 and nothing is launched", () => {
    const chain = createTestProvider();
    const id = chain.create({ initializationParameters: chain.initialization() });
    chain.optIn(id, 1);
    chain.update(id, {
      initializationParameters: chain.initialization({ spawnTime: nsToTimestamp(GO_ZERO_TIME_NS) }),
    });
    expect(chain.phase(id)).toBe(ConsumerPhase.CONSUMER_PHASE_REGISTERED);
    expect(chain.eventsOf("update_consumer")[0]).toMatchObject({
      consumer_spawn_time: "0001-01-01 00:00:00 +0000 UTC",
      consumer_phase: "CONSUMER_PHASE_REGISTERED",
    });
    chain.nextBlock();
    expect(chain.phase(id)).toBe(ConsumerPhase.CONSUMER_PHASE_REGISTERED);
  });

  test("[life-10] changing the spawn time moves the consumer in the queue", () => {
    const chain = createTestProvider();
    const id = chain.create({ initializationParameters: chain.initialization() });
    const [before, after] = [chain.ctx.timeNs, chain.ctx.timeNs + 100_000_000_000n];
    chain.update(id, {
      initializationParameters: chain.initialization({ spawnTime: nsToTimestamp(after) }),
    });
    expect(spawnQueue.ids(chain.ctx, before)).toEqual([]);
    expect(spawnQueue.ids(chain.ctx, after)).toEqual([id]);
  });

  test("[life-14] changes the chain id before launch only, without looking at the initial height again", () => {
    const chain = createTestProvider();
    const waiting = chain.create();
    chain.update(waiting, { newChainId: "renamed-9" });
    expect(state.chainIds.get(chain.ctx, waiting)).toBe("renamed-9");
    expect(refusalCode(() => chain.update(waiting, { newChainId: "neutron-1" }))).toBe("provider/45");
    const running = chain.launch();
    expect(refusalCode(() => chain.update(running, { newChainId: "renamed-1" }))).toBe("provider/27");
    expect(refusalCode(() => chain.update(running, { newChainId: "consumer-1" }))).toBe("none");
  });

  test("[life-14] to a chain id of another revision makes the launch fail, and nothing else", () => {
    const chain = createTestProvider();
    const id = chain.create({ initializationParameters: chain.initialization() });
    const other = chain.create({ initializationParameters: chain.initialization() });
    for (const each of [id, other]) chain.optIn(each, 1);
    chain.update(id, { newChainId: "renamed-9" });
    chain.nextBlock();
    expect(chain.phase(id)).toBe(ConsumerPhase.CONSUMER_PHASE_REGISTERED);
    expect(chain.phase(other)).toBe(ConsumerPhase.CONSUMER_PHASE_LAUNCHED);
    chain.update(id, {
      initializationParameters: chain.initialization({
        initialHeight: { revisionNumber: 9n, revisionHeight: 1n },
      }),
    });
    chain.nextBlock();
    expect(chain.phase(id)).toBe(ConsumerPhase.CONSUMER_PHASE_LAUNCHED);
  });

  test("[life-15] of a launched consumer takes metadata and no initialization parameters", () => {
    const chain = createTestProvider();
    const id = chain.launch();
    const init = chain.initialization();
    expect(refusalCode(() => chain.update(id, { initializationParameters: init }))).toBe("provider/45");
    chain.update(id, { metadata: { name: "new", description: "d", metadata: "m" } });
    expect(state.metadata.get(chain.ctx, id)?.name).toBe("new");
  });

  test("[life-16] [life-17] is refused to others and for consumers that are unknown, stopped or deleted", () => {
    const chain = createTestProvider();
    const id = chain.launch();
    expect(refusalCode(() => chain.update(id, { owner: accountOf(1) }))).toBe("provider/25");
    expect(refusalCode(() => chain.update("77", {}))).toBe("provider/27");
    chain.remove(id);
    expect(refusalCode(() => chain.update(id, {}))).toBe("provider/27");
    chain.nextBlock(21n * DAY);
    expect(chain.phase(id)).toBe(ConsumerPhase.CONSUMER_PHASE_DELETED);
    expect(refusalCode(() => chain.update(id, {}))).toBe("provider/27");
  });

  test("[pss-5] makes Top N of a consumer that governance owns, and not otherwise", () => {
    const chain = createTestProvider();
    const id = chain.create();
    const topN = (n: number) => PowerShapingParameters.create({ topN: n });
    expect(refusalCode(() => chain.update(id, { powerShapingParameters: topN(50) }))).toBe("provider/39");
    // The owner before the message counts: handing over and making Top N takes two messages.
    const both = { newOwnerAddress: AUTHORITY, powerShapingParameters: topN(50) };
    expect(refusalCode(() => chain.update(id, both))).toBe("provider/39");
    chain.update(id, { newOwnerAddress: AUTHORITY });
    chain.update(id, { owner: AUTHORITY, powerShapingParameters: topN(50) });
    expect(state.minimumPower.get(chain.ctx, id)).toBe(8n);
    expect(refusalCode(() => chain.update(id, { owner: AUTHORITY, newOwnerAddress: OWNER }))).toBe(
      "provider/40",
    );
    chain.update(id, { owner: AUTHORITY, newOwnerAddress: OWNER, powerShapingParameters: topN(0) });
    expect(state.minimumPower.has(chain.ctx, id)).toBe(false);
  });

  test.each([
    ["a Top N of 49", { topN: 49 }],
    ["a Top N of 101", { topN: 101 }],
    ["a power cap of 101", { validatorsPowerCap: 101 }],
    ["a list of more than 1000", { allowlist: Array.from({ length: 1001 }, () => "x") }],
    ["an address of another chain", { denylist: ["consumervalcons1h72tzw70c4u2tntmagdq3nw2ngs0aunmq0yqjq"] }],
  ])("[pss-13] refuses %s", (_, shaping) => {
    const chain = createTestProvider();
    const id = chain.create();
    const powerShapingParameters = PowerShapingParameters.create(shaping);
    expect(refusalCode(() => chain.update(id, { powerShapingParameters }))).toBe("provider/45");
  });

  test("refuses a new owner that is no address", () => {
    const chain = createTestProvider();
    const id = chain.create();
    expect(refusalCode(() => chain.update(id, { newOwnerAddress: "nobody" }))).toBe("provider/38");
  });
});
