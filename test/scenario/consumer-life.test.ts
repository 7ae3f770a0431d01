import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Localnet } from "@tandem-ics/localnet";

describe("a consumer beside a running network", () => {
  let net: Localnet;
  beforeAll(async () => {
    net = await Localnet.start({ checkInvariants: true, validators: 4, consumers: 1 });
  }, 60_000);
  afterAll(() => net?.stop());

  test("is created, launched and connected; validators join and leave it", async () => {
    const created = await net.consumer.create({ name: "game-1", optIn: ["alice", "bob"] });
    expect(created).toEqual({ name: "game-1", consumerId: "1", chainId: "game-1" });
    const names = async () =>
      (await net.status()).chains.find((c) => c.name === "game-1")!.validators.map((v) => v.name);
    expect(await names()).toEqual(["alice", "bob"]);
    await net.validator.optIn("carol", "game-1", { key: "new" });
    await net.epochEnd();
    await net.relay.once();
    await net.blocks(3);
    expect(await names()).toEqual(["alice", "bob", "carol"]);
    await net.validator.optOut("bob", "game-1");
    await net.epochEnd();
    await net.relay.once();
    await net.blocks(3);
    expect(await names()).toEqual(["alice", "carol"]);
  }, 60_000);

  test("gets no more changes once it is removed, and is deleted after the unbonding period", async () => {
    await net.consumer.remove("game-1");
    const phase = async () =>
      (await net.provider.client.query.provider.QueryConsumerChain({ consumerId: "1" })).phase;
    expect(await phase()).toBe("CONSUMER_PHASE_STOPPED");
    await net.clock.advance(22n * 86_400n * 1_000_000_000n);
    await net.blocks(2);
    expect(await phase()).toBe("CONSUMER_PHASE_DELETED");
  }, 60_000);
});

describe("keys made on the way", () => {
  const home = mkdtempSync(join(tmpdir(), "tandem-keys-"));
  const keysOf = (chain: string, validator: string): string[] =>
    JSON.parse(readFileSync(join(home, "network.json"), "utf8")).assignedKeys[chain]?.[validator] ?? [];
  let net: Localnet;
  beforeAll(async () => {
    net = await Localnet.start({
      checkInvariants: true,
      home,
      validators: 3,
      consumers: [{ name: "consumer-0", optIn: ["alice", "bob"] }],
    });
  }, 60_000);
  afterAll(async () => {
    await net?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  test("are on disk before the provider hears of them", async () => {
    const { height } = net.provider.node;
    const assigning = net.validator.assignKey("bob", "consumer-0");
    expect([keysOf("consumer-0", "bob").length, net.provider.node.mempool.size]).toEqual([1, 0]);
    await assigning;
    const joining = net.validator.optIn("carol", "consumer-0", { key: "new" });
    expect([keysOf("consumer-0", "carol").length, net.provider.node.mempool.size]).toEqual([1, 0]);
    await joining;
    expect(net.provider.node.height).toBeGreaterThan(height);
  });

  test("are there after a restart, and sign", async () => {
    await net.epochEnd();
    await net.relay.once();
    await net.stop();
    net = await Localnet.start({ checkInvariants: true, home });
    const before = net.consumers[0]!.node.height;
    const result = await net.stake.delegate("bob", "2000000stake", { wait: "applied" });
    expect(result.appliedOn).toEqual(["consumer-0"]);
    expect(net.consumers[0]!.node.height).toBeGreaterThan(before);
    const { validators } = (await net.status()).chains[1]!;
    expect(validators.map((v) => [v.name, v.missedBlocks])).toEqual([
      ["alice", "0"],
      ["bob", "0"],
      ["carol", "0"],
    ]);
  }, 60_000);

  test("an address is as good as a name", async () => {
    const { address } = net.accounts.find((a) => a.name === "alice")!;
    const result = await net.stake.delegate(address, "1000000stake", { from: address });
    expect(result.validator).toBe("alice");
  });
});
