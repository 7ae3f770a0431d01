import { Localnet } from "@tandem-ics/localnet";

describe("a consumer beside a running network", () => {
  let net: Localnet;
  beforeAll(async () => {
    net = await Localnet.start({ validators: 4, consumers: 1 });
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
