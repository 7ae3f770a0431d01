import { Localnet } from "@tandem-ics/localnet";

describe("downtime on a consumer", () => {
  let net: Localnet;
  beforeAll(async () => {
    net = await Localnet.start({
      checkInvariants: true,
      validators: 4,
      consumers: 1,
      provider: { signedBlocksWindow: 10 },
    });
  }, 60_000);
  afterAll(() => net?.stop());

  test("jails the validator on the provider by a slash packet, and it comes back after unjailing", async () => {
    await net.fault.down("dave", { chain: "consumer-0" });
    const jailed = async () =>
      (
        await net.provider.client.query.staking.Validators({
          status: "",
          pagination: { key: new Uint8Array(), offset: 0n, limit: 100n, countTotal: false, reverse: false },
        })
      ).validators.find((v) => v.description.moniker === "dave")!.jailed;
    for (let i = 0; i < 10 && !(await jailed()); i++) {
      await net.blocks(5);
      await net.relay.once();
    }
    expect(await jailed()).toBe(true);
    await net.epochEnd();
    await net.relay.once();
    await net.blocks(3);
    const gone = await net.status();
    for (const chain of gone.chains)
      expect(chain.validators.find((v) => v.name === "dave")?.power ?? "0").toBe("0");
    await net.fault.heal();
    await net.clock.advance(61_000_000_000n);
    await net.validator.unjail("dave");
    await net.epochEnd();
    await net.relay.once();
    await net.blocks(3);
    const back = await net.status();
    for (const chain of back.chains)
      expect(chain.validators.find((v) => v.name === "dave")?.power).toBe("200");
  }, 60_000);
});

test("a chain without two thirds of its power makes no blocks until they are back", async () => {
  const net = await Localnet.start({ checkInvariants: true, validators: 4, consumers: 1 });
  const [consumer] = net.consumers;
  await net.fault.down("alice", { chain: "consumer-0" });
  const { height } = consumer!.node;
  await net.provider.client.pace.after(net.provider.node.height);
  expect(consumer!.node.height).toBe(height);
  expect((await net.status()).chains[1]!.halted).toMatch(/power/);
  await net.fault.heal();
  await net.blocks(3);
  expect(consumer!.node.height).toBeGreaterThan(height);
  await net.stop();
}, 60_000);

test("three weeks pass without a client dying", async () => {
  const net = await Localnet.start({ checkInvariants: true, validators: 3, consumers: 1 });
  await net.clock.advance(21n * 86_400n * 1_000_000_000n);
  const result = await net.stake.delegate("alice", "2000000stake", { wait: "applied" });
  expect(result.appliedOn).toEqual(["consumer-0"]);
  await net.stop();
}, 60_000);
