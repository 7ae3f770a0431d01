import { Localnet } from "@tandem-ics/localnet";
import { createEvidenceWatch, findConsumer, judgeEvidence } from "@tandem-ics/relayer";

const ALL = { key: new Uint8Array(), offset: 0n, limit: 100n, countTotal: false, reverse: false };
const TOPOLOGY = { checkInvariants: true, validators: 4, consumers: 1, seed: "watched" } as const;

/** Who is tombstoned on the provider, by name. */
async function tombstoned(net: Localnet): Promise<string[]> {
  const provider = (await net.status()).chains.find(({ role }) => role === "provider")!;
  return provider.validators.filter((v) => v.tombstoned).map(({ name }) => name);
}

const tokens = async (net: Localnet, name: string): Promise<bigint> => {
  const { validators } = await net.provider.client.query.staking.Validators({ status: "", pagination: ALL });
  return BigInt(validators.find((v) => v.description.moniker === name)!.tokens);
};

async function watchOf(net: Localnet, witness?: Localnet) {
  const provider = net.provider.client;
  const consumer = net.chain("consumer-0").client;
  const entry = await findConsumer(provider, { name: "consumer-0" });
  const watch = await createEvidenceWatch({
    ...{ provider, consumer, clientId: entry.clientId },
    ...(witness === undefined ? {} : { witnesses: [witness.chain("consumer-0").client] }),
  });
  return { watch, pair: { provider, consumer, entry, prefix: net.provider.bech32Prefix } };
}

test("a second node whose chain is another one convicts those who signed both", async () => {
  // One seed makes one history, block by block, until somebody does something else.
  const [net, fork] = await Promise.all([Localnet.start(TOPOLOGY), Localnet.start(TOPOLOGY)]);
  try {
    const { watch, pair } = await watchOf(net, fork);
    await Promise.all([net.blocks(2), fork.blocks(2)]);
    expect(await watch.scan()).toEqual({ found: [], uncompared: 0 });
    // On the second chain dave takes no part: a header tells who signed the block before it.
    await fork.fault.down("dave", { chain: "consumer-0" });
    await Promise.all([net.blocks(4), fork.blocks(4)]);
    const { found } = await watch.scan();
    expect(found.map(({ kind, source }) => [kind, source])).toEqual([["light-client-attack", "witness"]]);
    const sender = net.sender("provider", "owner");
    const judged = await judgeEvidence(pair, found[0]!, sender.address);
    expect(judged.report.checks.filter((c) => !c.ok)).toEqual([]);
    await judged.send(sender);
    expect((await tombstoned(net)).sort()).toEqual(["alice", "bob", "carol"]);
    // Once is enough, although every block after it differs too.
    await Promise.all([net.blocks(2), fork.blocks(2)]);
    expect(await watch.scan()).toEqual({ found: [], uncompared: 0 });
  } finally {
    await Promise.all([net.stop(), fork.stop()]);
  }
}, 60_000);

test("a double sign that stands in a block of the consumer is told to the provider", async () => {
  const net = await Localnet.start(TOPOLOGY);
  try {
    const { watch, pair } = await watchOf(net);
    const { engine, node } = net.chain("consumer-0");
    node!.doubleSign(engine.signingKey("dave")!.address, { reportToPool: true });
    await net.blocks(3);
    const { found } = await watch.scan();
    expect(found.map(({ kind, source }) => [kind, source])).toEqual([["double-sign", "consumer block"]]);
    const sender = net.sender("provider", "owner");
    const judged = await judgeEvidence(pair, found[0]!, sender.address);
    expect(judged.report.checks.filter((c) => !c.ok)).toEqual([]);
    const before = await tokens(net, "dave");
    await judged.send(sender);
    expect(await tokens(net, "dave")).toBe(before - before / 20n);
    expect(await tombstoned(net)).toEqual(["dave"]);
  } finally {
    await net.stop();
  }
}, 60_000);
