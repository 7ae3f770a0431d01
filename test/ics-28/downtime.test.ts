/** A slash packet on its way between real chains: the VSC id that it names, its answer, and the acknowledgement that follows. */
import { fromUtf8 } from "@tandem-ics/crypto";
import { type Chain, Localnet } from "@tandem-ics/localnet";

let net: Localnet;
const consumer = (): Chain => net.consumers[0]!;
beforeAll(async () => {
  net = await Localnet.start({
    checkInvariants: true,
    validators: 4,
    consumers: 1,
    provider: { signedBlocksWindow: 10 },
  });
}, 60_000);
afterAll(() => net?.stop());

interface Told {
  readonly height: bigint;
  readonly type: string;
  readonly inTx: boolean;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Every event of these types in a chain's blocks, oldest first. */
async function history(chain: Chain, ...types: readonly string[]): Promise<Told[]> {
  const out: Told[] = [];
  for (let height = 1n; height <= chain.node.height; height++) {
    const { txs, block } = await chain.client.blockEvents(height);
    for (const [events, inTx] of [
      [txs.flat(), true],
      [block, false],
    ] as const)
      for (const { type, attributes } of events)
        if (types.includes(type))
          out.push({
            height,
            type,
            inTx,
            attributes: Object.fromEntries(attributes.map(({ key, value }) => [key, value])),
          });
  }
  return out;
}

test("[slash-1] [slash-3] [slash-14] downtime is reported with the VSC id in force two blocks before, answered, and acknowledged by a later VSC packet", async () => {
  const change = async (): Promise<void> => {
    await net.stake.delegate("alice", "1000000stake");
    await net.epochEnd();
    await net.relay.once();
    await net.blocks(2);
  };
  for (let i = 0; i < 3; i++) await change();
  await net.fault.down("dave", { chain: "consumer-0" });
  const reports = () => history(consumer(), "consumer_slash_request");
  // Changes come all the while, so that ids differ from block to block.
  for (let i = 0; i < 12 && (await reports()).length === 0; i++) await change();
  const [report, ...more] = await reports();
  expect(more).toEqual([]);
  const received = (await history(consumer(), "ccv_packet"))
    .filter(({ attributes }) => attributes["module"] === "CCV")
    .map(({ height, attributes }) => ({ height, id: attributes["valset_update_id"] }));
  // An id holds from the block after the one that brought it; the infraction lies two blocks before the report.
  const inForce = received.filter(({ height }) => height < report!.height - 2n).at(-1);
  expect(new Set(received.map(({ id }) => id)).size).toBeGreaterThan(2);
  expect(report!.attributes["valset_update_id"]).toBe(inForce?.id ?? "0");
  expect(report!.inTx).toBe(false);

  await net.relay.once();
  await net.relay.once();
  const sent = (await history(consumer(), "send_packet")).filter(
    ({ attributes }) => attributes["packet_src_port"] === "consumer",
  );
  expect(sent.map(({ inTx }) => inTx)).toEqual([false]);
  const packet = JSON.parse(fromUtf8(Buffer.from(sent[0]!.attributes["packet_data_hex"]!, "hex")));
  expect(packet.slashPacketData).toMatchObject({
    valset_update_id: report!.attributes["valset_update_id"],
    infraction: "INFRACTION_TYPE_DOWNTIME",
  });
  const answers = (await history(net.provider, "write_acknowledgement")).filter(
    ({ attributes }) => attributes["packet_dst_port"] === "provider",
  );
  expect(
    answers.map(({ attributes }) => fromUtf8(Buffer.from(attributes["packet_ack_hex"]!, "hex"))),
  ).toEqual(['{"result":"Ag=="}']);
  const [slashed] = await history(net.provider, "execute_consumer_chain_slash");
  expect(slashed!.attributes).toMatchObject({
    module: "provider",
    infraction_type: "INFRACTION_DOWNTIME",
    valset_update_id: report!.attributes["valset_update_id"],
  });
  const throttle = async () => consumer().client.query.ccvconsumer.QueryThrottleState({});
  expect((await throttle()).packetDataQueue).toEqual([]);

  await net.epochEnd();
  const packets = (await history(net.provider, "send_packet")).map(({ attributes }) =>
    JSON.parse(fromUtf8(Buffer.from(attributes["packet_data_hex"]!, "hex"))),
  );
  const acks = packets.flatMap(({ slash_acks }) => slash_acks as string[]);
  expect(acks).toHaveLength(1);
  // The provider's prefix, though the address is one of the consumer.
  expect(acks[0]).toMatch(/^cosmosvalcons1/);
}, 120_000);
