/** Lines of the protocol's checklist that hang on real clients, channels, proofs and blocks: a provider and a consumer in one process. */
import { validatorSetHash } from "@tandem-ics/comet";
import { fromUtf8, toHex, utf8 } from "@tandem-ics/crypto";
import { type Chain, Localnet } from "@tandem-ics/localnet";
import { HandshakeMetadata } from "@tandem-ics/proto";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { State } from "cosmjs-types/ibc/core/channel/v1/channel";
import { MsgChannelCloseConfirm, MsgChannelCloseInit } from "cosmjs-types/ibc/core/channel/v1/tx";
import type { Height } from "cosmjs-types/ibc/core/client/v1/client";
import { MsgUpdateClient } from "cosmjs-types/ibc/core/client/v1/tx";
import { ClientState, ConsensusState, Header } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";

const DAY_NS = 86_400n * 1_000_000_000n;
const POOL = "cosmos1ap0mh6xzfn8943urr84q6ae7zfnar48am2erhd";

let net: Localnet;
const consumer = (): Chain => net.consumers[0]!;
beforeAll(async () => {
  net = await Localnet.start({
    checkInvariants: true,
    validators: 3,
    consumers: [{ name: "consumer-0", initialHeight: 5 }],
  });
}, 60_000);
afterAll(() => net?.stop());

async function consensusStateOf(host: Chain, clientId: string, height: Height): Promise<ConsensusState> {
  const { consensusState } = await host.client.query.ibcClient.ConsensusState({
    clientId,
    ...height,
    latestHeight: false,
  });
  return ConsensusState.decode(consensusState!.value);
}
const channelOf = async (chain: Chain, portId: string) =>
  (await chain.client.query.ibcChannel.Channel({ portId, channelId: "channel-0" })).channel!;

/** Brings the host's client of a chain from `trusted` to `height`. */
async function updateClient(host: Chain, clientId: string, target: Chain, height: bigint, trusted: Height) {
  const header = await target.client.clientHeader(height, trusted);
  const sender = net.sender(host.name, "owner");
  await sender.send([
    {
      typeUrl: MsgUpdateClient.typeUrl,
      value: MsgUpdateClient.fromPartial({
        clientId,
        clientMessage: {
          typeUrl: "/ibc.lightclients.tendermint.v1.Header",
          value: Header.encode(header).finish(),
        },
        signer: sender.address,
      }),
    },
  ]);
}

test("[handshake-9] the provider's client of the consumer takes the header after the initial height by the set of the genesis", async () => {
  const { clientId } = await net.provider.client.query.provider.QueryConsumerChain({ consumerId: "0" });
  const initial = { revisionNumber: 0n, revisionHeight: 5n };
  const first = await consensusStateOf(net.provider, clientId, initial);
  expect(fromUtf8(first.root.hash)).toBe("sentinel_root");
  const { header } = await consumer().client.signedHeader(5n);
  expect(toHex(first.nextValidatorsHash)).toBe(toHex(header!.validatorsHash));
  await updateClient(net.provider, clientId, consumer(), 6n, initial);
  const second = await consensusStateOf(net.provider, clientId, { ...initial, revisionHeight: 6n });
  const { header: next } = await consumer().client.signedHeader(6n);
  expect(toHex(second.root.hash)).toBe(toHex(next!.appHash));
}, 60_000);

test("[handshake-5] both ends of the channel show the provider's metadata as their version, byte for byte", async () => {
  const expected = HandshakeMetadata.encode({ providerFeePoolAddr: POOL, version: "1" }).finish();
  expect(toHex(expected)).toBe(`0a2d${toHex(utf8(POOL))}120131`);
  for (const [chain, port] of [
    [net.provider, "provider"],
    [consumer(), "consumer"],
  ] as const) {
    const { version, state } = await channelOf(chain, port);
    expect([port, toHex(utf8(version)), state]).toEqual([port, toHex(expected), State.STATE_OPEN]);
  }
});

test("[handshake-13] nobody closes the channel by a message, on neither side", async () => {
  for (const [chain, portId] of [
    [net.provider, "provider"],
    [consumer(), "consumer"],
  ] as const) {
    const sender = net.sender(chain.name, "owner");
    const value = MsgChannelCloseInit.fromPartial({ portId, channelId: "channel-0", signer: sender.address });
    await expect(sender.send([{ typeUrl: MsgChannelCloseInit.typeUrl, value }])).rejects.toThrow(
      /user cannot close channel/,
    );
    expect((await channelOf(chain, portId)).state).toBe(State.STATE_OPEN);
  }
}, 60_000);

test("[vsc-14] [vsc-15] a VSC packet leaves in the block of an epoch's end, outside its transactions, with a time-out by time", async () => {
  const before = net.provider.node.height;
  await net.stake.delegate("bob", "5000000stake");
  await net.epochEnd();
  const { params } = await net.provider.client.query.provider.QueryParams({});
  const { blocksPerEpoch, ccvTimeoutPeriod } = params;
  const sent = [];
  for (let height = before + 1n; height <= net.provider.node.height; height++) {
    const { block, txs } = await net.provider.client.blockEvents(height);
    expect(txs.flat().filter(({ type }) => type === "send_packet")).toEqual([]);
    for (const event of block.filter(({ type }) => type === "send_packet")) sent.push({ height, event });
  }
  expect(sent).toHaveLength(1);
  const [{ height, event }] = sent as [(typeof sent)[number]];
  expect(height % blocksPerEpoch).toBe(0n);
  const attributes = Object.fromEntries(event.attributes.map(({ key, value }) => [key, value]));
  const { header } = await net.provider.client.signedHeader(height);
  const timeNs = header!.time.seconds * 1_000_000_000n + BigInt(header!.time.nanos);
  expect(attributes).toMatchObject({
    packet_src_port: "provider",
    packet_dst_port: "consumer",
    packet_timeout_height: "0-0",
    packet_timeout_timestamp: (timeNs + ccvTimeoutPeriod.seconds * 1_000_000_000n).toString(),
  });
  const data = JSON.parse(fromUtf8(Buffer.from(attributes["packet_data_hex"]!, "hex")));
  expect(data.validator_updates).toHaveLength(1);
  await net.relay.once();
}, 60_000);

test("[vsc-11] a secured consumer takes ordinary transactions", async () => {
  const sender = net.sender("consumer-0", "owner");
  const amount = [{ denom: "stake", amount: "1" }];
  const value = MsgSend.fromPartial({ fromAddress: sender.address, toAddress: sender.address, amount });
  expect(await sender.send([{ typeUrl: MsgSend.typeUrl, value }])).toMatchObject({ code: 0 });
});

test("[life-18] [vsc-16] a removed consumer's channel is closed by the provider, and the consumer goes on with its last set", async () => {
  await net.consumer.remove("consumer-0");
  await net.clock.advance(22n * DAY_NS);
  await net.blocks(2);
  expect((await channelOf(net.provider, "provider")).state).toBe(State.STATE_CLOSED);
  const clientId = "07-tendermint-0";
  const { clientState } = await consumer().client.query.ibcClient.ClientState({ clientId });
  const { latestHeight } = ClientState.decode(clientState!.value);
  const provable = net.provider.node.height;
  await updateClient(consumer(), clientId, net.provider, provable, latestHeight);
  const { proof, proofHeight } = await net.provider.client.prove(
    "channelEnds/ports/provider/channels/channel-0",
    provable,
  );
  const sender = net.sender("consumer-0", "owner");
  await sender.send([
    {
      typeUrl: MsgChannelCloseConfirm.typeUrl,
      value: MsgChannelCloseConfirm.fromPartial({
        portId: "consumer",
        channelId: "channel-0",
        proofInit: proof,
        proofHeight,
        signer: sender.address,
      }),
    },
  ]);
  expect((await channelOf(consumer(), "consumer")).state).toBe(State.STATE_CLOSED);
  const { height, state } = consumer().node;
  await net.blocks(5);
  expect(consumer().node.height).toBeGreaterThanOrEqual(height + 5n);
  expect(toHex(validatorSetHash(consumer().node.state.validators))).toBe(
    toHex(validatorSetHash(state.validators)),
  );
}, 120_000);
