/** The relayer: clients, connections, channels, packets. */
import { CCV_VERSION } from "@tandem-ics/ccv";
import { createClient, type Endpoint, finishChannel, openChannel, openConnection } from "@tandem-ics/relayer";
import type { ActionFields } from "../action-fields.ts";
import { stepFailed } from "../errors.ts";
import type { RunningChain, ScenarioNetwork } from "../network.ts";

/** Trusting period of clients that a scenario makes: 1 200 000 s, as the recorded runs have it. */
const TRUSTING_PERIOD_NS = 1_200_000n * 1_000_000_000n;
const TRANSFER_VERSION = "ics20-1";
const TRANSFER_PORT = "transfer";
/** Blocks of an epoch: after as many, what was changed is in a packet. */
const EPOCH_BLOCKS = 3;
/** A change of validators is in force two blocks after its packet. */
const IN_FORCE_BLOCKS = 2;

const endpoint = (net: ScenarioNetwork, running: RunningChain): Endpoint => ({
  chain: running.chain.client,
  sender: net.sender(running, net.relayer),
});

/** `CreateIbcClient`: a client of B on A. */
export async function createIbcClient(
  net: ScenarioNetwork,
  { ChainA, ChainB }: ActionFields<"CreateIbcClient">,
): Promise<void> {
  const target = net.chain(ChainB).chain.client;
  const host = endpoint(net, net.chain(ChainA));
  await createClient(host, target, { trustingPeriodNs: TRUSTING_PERIOD_NS });
}

/** `AddIbcConnection`. */
export async function addConnection(
  net: ScenarioNetwork,
  { ChainA, ChainB, ClientA, ClientB }: ActionFields<"AddIbcConnection">,
): Promise<void> {
  const { a, b } = await openConnection(
    { ...endpoint(net, net.chain(ChainA)), clientId: `07-tendermint-${ClientA}` },
    { ...endpoint(net, net.chain(ChainB)), clientId: `07-tendermint-${ClientB}` },
  );
  net.paths.add([ChainA, ChainB], [a, b]);
}

/** `AddIbcChannel`. */
export async function addChannel(
  net: ScenarioNetwork,
  { ChainA, ChainB, ConnectionA, PortA, PortB, Order, Version }: ActionFields<"AddIbcChannel">,
): Promise<void> {
  const [a, b] = net.paths.byConnection(ChainA, ChainB, `connection-${ConnectionA}`);
  const usual = PortA === TRANSFER_PORT ? TRANSFER_VERSION : CCV_VERSION;
  await openChannel(a, b, {
    portA: PortA,
    portB: PortB,
    ordering: Order,
    version: Version === "" ? usual : Version,
  });
}

/** `TransferChannelComplete`: the rest of a handshake that a consumer began by itself. */
export async function completeChannel(
  net: ScenarioNetwork,
  fields: ActionFields<"TransferChannelComplete">,
): Promise<void> {
  const { ChainA, ChainB, ConnectionA, PortA, PortB, ChannelA, ChannelB } = fields;
  const [a, b] = net.paths.byConnection(ChainA, ChainB, `connection-${ConnectionA}`);
  const channel = await finishChannel(a, b, { portId: PortA, channelId: `channel-${ChannelA}` });
  const { portId, channelId } = channel.b;
  if (portId !== PortB || channelId !== `channel-${ChannelB}`)
    throw stepFailed(`the channel is ${portId}/${channelId} on ${ChainB}, not ${PortB}/channel-${ChannelB}`);
}

/** `RelayPackets`: an epoch first, so that what was changed before is in a packet. */
export async function relayPackets(
  net: ScenarioNetwork,
  { ChainA, ChainB, Port, Channel }: ActionFields<"RelayPackets">,
): Promise<void> {
  await net.blocks(EPOCH_BLOCKS);
  await net.paths.relayChannel(ChainA, ChainB, Port, `channel-${Channel}`);
  await net.blocks(IN_FORCE_BLOCKS);
}

/** `RelayRewardPacketsToProvider`: once the consumer has sent its next rewards. */
export async function relayRewards(
  net: ScenarioNetwork,
  { ConsumerChain, ProviderChain, Port, Channel }: ActionFields<"RelayRewardPacketsToProvider">,
): Promise<void> {
  const { client } = net.chain(ConsumerChain).chain;
  const { data } = await client.query.ccvconsumer.QueryNextFeeDistribution({});
  const due = data?.nextHeight ?? 0n;
  while ((await client.status()).height <= due) await net.blocks(1);
  await relayPackets(net, { ChainA: ConsumerChain, ChainB: ProviderChain, Port, Channel });
}
