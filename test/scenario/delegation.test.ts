import { toHex } from "@tandem-ics/crypto";
import { Localnet } from "@tandem-ics/localnet";
import { ConsensusState } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";

const power = (
  report: Awaited<ReturnType<Localnet["status"]>>,
  chain: string,
  name: string,
): string | undefined =>
  report.chains.find((c) => c.name === chain)?.validators.find((v) => v.name === name)?.power;

describe("the way of a delegation", () => {
  let net: Localnet;
  beforeAll(async () => {
    net = await Localnet.start({ checkInvariants: true, validators: 4, consumers: 2 });
  }, 60_000);
  afterAll(() => net?.stop());

  test("both CCV channels are open and a first change is in force after the start", async () => {
    const { chains } = await net.status();
    expect(chains.map((c) => c.name)).toEqual(["provider", "consumer-0", "consumer-1"]);
    for (const chain of chains.slice(1)) {
      expect(chain.phase).toBe("launched");
      expect(chain.ccvChannel).toBe("channel-0");
      expect(BigInt(chain.vscId ?? "0")).toBeGreaterThan(0n);
    }
  });

  test("reaches every consumer's validator set within three blocks of the epoch's end", async () => {
    const before = await net.status();
    const expected = BigInt(power(before, "provider", "bob")!) + 7n;
    await net.stake.delegate("bob", "7000000stake");
    await net.epochEnd();
    const since = new Map(net.consumers.map((c) => [c.name, c.node.height]));
    /** Blocks after the epoch's end when the header first commits to the new set (`next_validators_hash`). */
    const blocks = new Map<string, bigint>();
    const watches = net.consumers.map((c) =>
      c.node.onBlock(() => {
        const { nextValidators } = c.node.state;
        if (!blocks.has(c.name) && nextValidators.validators.some((v) => v.votingPower === expected))
          blocks.set(c.name, c.node.height - since.get(c.name)!);
      }),
    );
    await Promise.all(net.consumers.map((c) => net.relay.once(c.name)));
    for (const end of watches) end();
    for (const c of net.consumers) expect([c.name, blocks.get(c.name)! <= 3n]).toEqual([c.name, true]);
    await net.blocks(2);
    const after = await net.status();
    for (const chain of ["provider", "consumer-0", "consumer-1"])
      expect(power(after, chain, "bob")).toBe((BigInt(power(before, chain, "bob")!) + 7n).toString());
  });

  test("the consumer's client of the provider holds the root of the provider's real header", async () => {
    const chain = net.consumers[0]!;
    const { consensusState } = await chain.client.query.ibcClient.ConsensusState({
      clientId: "07-tendermint-0",
      revisionNumber: 0n,
      revisionHeight: 0n,
      latestHeight: true,
    });
    const { clientState: _ } = await chain.client.query.ibcClient.ClientState({
      clientId: "07-tendermint-0",
    });
    const heights = await chain.client.query.ibcClient.ConsensusStateHeights({
      clientId: "07-tendermint-0",
      pagination: { key: new Uint8Array(), offset: 0n, limit: 1000n, countTotal: false, reverse: true },
    });
    const latest = heights.consensusStateHeights
      .map((h) => h.revisionHeight)
      .sort((a, b) => (a > b ? -1 : 1))[0]!;
    const { header } = await net.provider.client.signedHeader(latest);
    expect(toHex(ConsensusState.decode(consensusState!.value).root.hash)).toBe(toHex(header!.appHash));
  });

  test("undelegating takes the power away again", async () => {
    const before = await net.status();
    await net.stake.undelegate("bob", "7000000stake", { wait: "applied" });
    const after = await net.status();
    for (const chain of ["provider", "consumer-0", "consumer-1"])
      expect(power(after, chain, "bob")).toBe((BigInt(power(before, chain, "bob")!) - 7n).toString());
  });

  test("an amount below one unit of power is told to move nothing", async () => {
    const result = await net.stake.delegate("alice", "5stake", { wait: "applied" });
    expect(result.note).toMatch(/no voting power moved/);
  });

  test.each([
    ["nobody", "5000000stake", /no validator "nobody"/],
    ["alice", "5000000gold", /not an amount of stake/],
    ["alice", "many", /is no amount/],
  ])("refuses to delegate %s %s", async (validator, amount, message) => {
    await expect(net.stake.delegate(validator, amount)).rejects.toThrow(message);
  });

  test("a key assignment replaces the validator's key on one consumer only", async () => {
    const keyOn = async (chain: string) =>
      (await net.status()).chains.find((c) => c.name === chain)?.validators.find((v) => v.name === "carol")
        ?.pubKey;
    const [before0, before1] = [await keyOn("consumer-0"), await keyOn("consumer-1")];
    await net.validator.assignKey("carol", "consumer-0");
    await net.epochEnd();
    await net.relay.once();
    await net.blocks(3);
    expect(await keyOn("consumer-0")).not.toBe(before0);
    expect(await keyOn("consumer-1")).toBe(before1);
  });
});

test("a seed gives the same app hashes in two runs", async () => {
  const run = async (): Promise<string[]> => {
    const net = await Localnet.start({ checkInvariants: true, validators: 3, consumers: 1, seed: "again" });
    await net.stake.delegate("alice", "3000000stake", { wait: "applied" });
    const hashes = [net.provider, ...net.consumers].map(
      (c) => `${c.node.height} ${toHex(c.node.state.appHash)}`,
    );
    await net.stop();
    return hashes;
  };
  expect(await run()).toEqual(await run());
}, 60_000);
