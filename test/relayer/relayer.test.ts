import { Localnet } from "@tandem-ics/localnet";
import { createJournal, createRelayer, openCcvPath, packetEvents } from "@tandem-ics/relayer";
import { MsgTransfer } from "cosmjs-types/ibc/applications/transfer/v1/tx";
import { Order, State } from "cosmjs-types/ibc/core/channel/v1/channel";
import { MsgChannelOpenInit } from "cosmjs-types/ibc/core/channel/v1/tx";

const ALL = { key: new Uint8Array(), offset: 0n, limit: 1000n, countTotal: false, reverse: false };

describe("relaying between consumer and provider", () => {
  let net: Localnet;
  beforeAll(async () => {
    net = await Localnet.start({ checkInvariants: true, validators: 3, consumers: 1 });
  }, 60_000);
  afterAll(() => net?.stop());

  const consumer = () => net.consumers[0]!;
  const chainOf = (name: "provider" | "consumer") => (name === "provider" ? net.provider : consumer());
  const addressOn = (name: "provider" | "consumer") => net.sender(chainOf(name).name, "owner").address;

  async function transferChannel(name: "provider" | "consumer"): Promise<string> {
    const { channels } = await chainOf(name).client.query.ibcChannel.Channels({ pagination: ALL });
    return channels.find((c) => c.portId === "transfer")!.channelId;
  }

  async function transfer(
    from: "provider" | "consumer",
    denom: string,
    options: { lifetimeNs?: bigint; receiver?: string } = {},
  ) {
    const to = from === "provider" ? "consumer" : "provider";
    const chain = chainOf(from);
    const { timeNs } = await chain.client.status();
    return net.sender(chain.name, "owner").send([
      {
        typeUrl: "/ibc.applications.transfer.v1.MsgTransfer",
        value: MsgTransfer.fromPartial({
          sourcePort: "transfer",
          sourceChannel: await transferChannel(from),
          token: { denom, amount: "1000" },
          sender: addressOn(from),
          receiver: options.receiver ?? addressOn(to),
          timeoutTimestamp: timeNs + (options.lifetimeNs ?? 3_600_000_000_000n),
        }),
      },
    ]);
  }

  const balances = async (name: "provider" | "consumer") => {
    const answer = await chainOf(name).client.query.bank.AllBalances({
      address: addressOn(name),
      resolveDenom: false,
    });
    return new Map(answer.balances.map((c) => [c.denom, BigInt(c.amount)]));
  };
  const voucher = async (name: "provider" | "consumer") =>
    [...(await balances(name)).entries()].find(([denom]) => denom.startsWith("ibc/"));
  const commitments = async (name: "provider" | "consumer") =>
    (
      await chainOf(name).client.query.ibcChannel.PacketCommitments({
        portId: "transfer",
        channelId: await transferChannel(name),
        pagination: ALL,
      })
    ).commitments.length;
  /** The path as a relayer that has seen nothing finds it. */
  const freshPath = () =>
    openCcvPath(
      { chain: net.provider.client, sender: net.sender("provider", "relayer") },
      { chain: consumer().client, sender: net.sender(consumer().name, "relayer") },
      "0",
    );
  const settle = async () => {
    await net.relay.once();
    await net.relay.once();
  };

  test("tokens go to the provider as vouchers and come back as themselves", async () => {
    const before = (await balances("consumer")).get("stake")!;
    await transfer("consumer", "stake");
    expect((await balances("consumer")).get("stake")).toBe(before - 1000n);
    await settle();
    const [denom, amount] = (await voucher("provider"))!;
    expect(amount).toBe(1000n);
    expect(await commitments("consumer")).toBe(0);
    await transfer("provider", denom);
    await settle();
    expect(await voucher("provider")).toBeUndefined();
    expect((await balances("consumer")).get("stake")).toBe(before);
    expect(await commitments("provider")).toBe(0);
  });

  test("a receiver that does not exist gives an error acknowledgement, and the tokens come back", async () => {
    const before = (await balances("consumer")).get("stake")!;
    await transfer("consumer", "stake", { receiver: "nobody" });
    await settle();
    expect((await balances("consumer")).get("stake")).toBe(before);
    expect(await commitments("consumer")).toBe(0);
  });

  test("a packet whose time is over times out, and the tokens come back", async () => {
    const before = (await balances("consumer")).get("stake")!;
    await transfer("consumer", "stake", { lifetimeNs: 5_000_000_000n });
    await net.blocks(10);
    await settle();
    expect((await balances("consumer")).get("stake")).toBe(before);
    expect(await commitments("consumer")).toBe(0);
  });

  test("a relayer that has seen nothing finds the packets of transactions and of blocks", async () => {
    await transfer("consumer", "stake");
    await net.stake.delegate("alice", "3000000stake");
    await net.epochEnd();
    await net.blocks(2);
    const path = await freshPath();
    const relayer = await createRelayer(path.provider, path.consumer);
    const counts = await relayer.drain();
    expect(counts.packets).toBe(2);
    expect(counts.acknowledgements).toBe(2);
    await relayer.stop();
    expect((await net.relay.once()).packets).toBe(0);
  });

  test("two relayers on one path carry each packet once and do not disturb each other", async () => {
    const before = (await voucher("provider"))?.[1] ?? 0n;
    const path = await freshPath();
    const second = await createRelayer(path.provider, path.consumer);
    for (let i = 0; i < 3; i++) await transfer("consumer", "stake");
    await Promise.allSettled([net.relay.once(), second.once()]);
    await settle();
    await second.drain();
    await second.stop();
    expect((await voucher("provider"))![1]).toBe(before + 3000n);
    expect(await commitments("consumer")).toBe(0);
  });

  test("a dry run tells what is pending and carries nothing", async () => {
    await transfer("consumer", "stake");
    const told: string[] = [];
    await net.relay.once(undefined, {
      dryRun: true,
      onWork: ({ kind, from, sequence }) => told.push(`${kind} ${sequence > 0n} of ${from}`),
    });
    expect(told).toEqual(["packet true of consumer-0"]);
    expect(await commitments("consumer")).toBe(1);
    await settle();
    expect(await commitments("consumer")).toBe(0);
  });

  test("VSC packets are found among the events of blocks, where no transaction tells of them", async () => {
    await net.stake.delegate("bob", "2000000stake");
    const height = await net.epochEnd();
    const events = await net.provider.client.blockEvents(height);
    expect(packetEvents({ ...events, block: [] }).sent).toEqual([]);
    const [sent] = packetEvents(events).sent;
    expect(sent!.packet.sourcePort).toBe("provider");
    const journal = createJournal(net.provider.client, net.provider.node.height);
    const found = await journal.sent("provider", sent!.packet.sourceChannel, sent!.packet.sequence);
    expect(found?.height).toBe(height);
    await settle();
  });

  test("clients are refreshed once a third of their trusting period has passed", async () => {
    const path = await freshPath();
    const relayer = await createRelayer(path.provider, path.consumer);
    expect(await relayer.refresh()).toBe(0);
    const before = await relayer.expiries();
    await net.clock.advance(6n * 86_400_000_000_000n);
    const after = await relayer.expiries();
    expect(after.a).toBeGreaterThan(before.a);
    expect(after.b).toBeGreaterThan(before.b);
    await relayer.stop();
  });

  test("a channel that the last block began is opened, though no header proves it yet", async () => {
    const path = await freshPath();
    const begun = await net.sender("provider", "owner").send([
      {
        typeUrl: "/ibc.core.channel.v1.MsgChannelOpenInit",
        value: MsgChannelOpenInit.fromPartial({
          portId: "transfer",
          channel: {
            state: State.STATE_INIT,
            ordering: Order.ORDER_UNORDERED,
            counterparty: { portId: "transfer", channelId: "" },
            connectionHops: [path.provider.connectionId],
            version: "ics20-1",
          },
          signer: addressOn("provider"),
        }),
      },
    ]);
    expect(net.provider.node.height).toBe(begun.height);
    await net.relay.once();
    const { channels } = await net.provider.client.query.ibcChannel.Channels({ pagination: ALL });
    const transfers = channels.filter(({ portId }) => portId === "transfer");
    expect(transfers.map(({ state }) => state)).toEqual([State.STATE_OPEN, State.STATE_OPEN]);
    expect(net.relay.status().paths[0]).toMatchObject({ errors: 0 });
  });
});
