/** A pass of the relayer that is held to one channel of a path, as scenarios relay. */
import { Localnet } from "@tandem-ics/localnet";
import { connectionChannels, listConsumers } from "@tandem-ics/relayer";
import { MsgTransfer } from "cosmjs-types/ibc/applications/transfer/v1/tx";

let net: Localnet;
beforeAll(async () => {
  net = await Localnet.start({ checkInvariants: true, validators: 2, consumers: 1 });
}, 120_000);
afterAll(() => net?.stop());

test("carries what is pending there, and leaves the rest", async () => {
  const [consumer] = net.consumers;
  const sender = net.sender(consumer!.name, "owner");
  const connectionId = "connection-0";
  const channels = await connectionChannels({
    chain: net.provider.client,
    sender: net.sender("provider", "owner"),
    clientId: "07-tendermint-0",
    connectionId,
  });
  const [ccv] = channels.filter(({ portId }) => portId === "provider");
  const [transfer] = channels.filter(({ portId }) => portId === "transfer");
  const { timeNs } = await consumer!.client.status();
  const value = MsgTransfer.fromPartial({
    sourcePort: "transfer",
    sourceChannel: transfer!.counterparty.channelId,
    token: { denom: consumer!.denom, amount: "5" },
    sender: sender.address,
    receiver: net.sender("provider", "owner").address,
    timeoutTimestamp: timeNs + 3_600_000_000_000n,
  });
  await sender.send([{ typeUrl: MsgTransfer.typeUrl, value }]);
  const only = ({ portId, channelId }: { portId: string; channelId: string }) =>
    net.relay.once(undefined, { channel: { portId, channelId } });
  expect(await only(ccv!)).toMatchObject({ packets: 0, acknowledgements: 0 });
  expect(await only(transfer!)).toMatchObject({
    packets: 1,
    acknowledgements: 1,
    items: [{ port: "transfer" }, { port: "transfer" }],
  });
  expect(await only(transfer!)).toMatchObject({ packets: 0, acknowledgements: 0 });
});

test("a provider's consumers are listed with their phases", async () => {
  expect(await listConsumers(net.provider.client)).toMatchObject([
    { consumerId: "0", phase: "CONSUMER_PHASE_LAUNCHED", launched: true },
  ]);
});
