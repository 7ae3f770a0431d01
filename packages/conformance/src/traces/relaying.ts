/** The relayer of a trace: carries exactly what the model says, with real headers and proofs. */
import type { ChainClient } from "@tandem-ics/client";
import { channelPath } from "@tandem-ics/ibc/24-host";
import { durationToNs } from "@tandem-ics/proto";
import {
  acknowledgementMessage,
  type ClientEnd,
  clientExpiry,
  clientUpdates,
  type ProvenMessage,
  provableHeight,
  readClientState,
  receiveMessage,
  type SentPacket,
  timeoutMessage,
  type WrittenAck,
} from "@tandem-ics/relayer";
import { MsgChannelCloseConfirm } from "cosmjs-types/ibc/core/channel/v1/tx";
import { Mismatch } from "./errors.ts";
import { SECOND_NS } from "./genesis.ts";
import type { TraceChain } from "./trace-chain.ts";
import type { Launched, World } from "./world.ts";

/** One direction of a path. */
interface Lane {
  readonly from: TraceChain;
  readonly to: TraceChain;
  readonly source: ClientEnd;
  readonly target: ClientEnd;
  readonly expiring: boolean;
}

const toConsumer = ({ provider, expiring }: World, { chain, path }: Launched): Lane => ({
  expiring,
  from: provider,
  to: chain,
  source: path.provider,
  target: path.consumer,
});
const toProvider = ({ provider, expiring }: World, { chain, path }: Launched): Lane => ({
  expiring,
  from: chain,
  to: provider,
  source: path.consumer,
  target: path.provider,
});

/**
 * Updates of the client of `source` on `target`, and the messages with their proofs, signed by `signer` of the target. The
 * newest header proves them, so that clients stay alive. Where clients never expire it is the oldest that can: chains may
 * be weeks apart then, and one cannot send packets that would be over at the time its client knows of.
 */
async function proven(
  { source, target, expiring }: Lane,
  signer: string,
  floor: bigint,
  messages: readonly ProvenMessage[],
) {
  const newest = await provableHeight(source.chain, floor);
  const height = expiring ? newest : floor + 1n;
  return [
    ...(await clientUpdates(target.chain, source.chain, target.clientId, height, signer)),
    ...(await Promise.all(messages.map((message) => message.build(height)))),
  ];
}

/** Brings a client on `host` up to date when it would not live through the host's running block. */
async function refresh(host: TraceChain, end: ClientEnd, target: ChainClient): Promise<void> {
  if ((await clientExpiry(end.chain, end.clientId)) > host.runningNs) return;
  const { height } = await target.status();
  const updates = await clientUpdates(end.chain, target, end.clientId, height, host.errands.address);
  if (updates.length > 0) await host.errands.send(updates);
}

/** Keeps both clients of a path alive, as far as the other chain has headers young enough. */
export async function refreshPath({ provider }: World, { chain, path }: Launched): Promise<void> {
  await refresh(chain, path.consumer, provider.client);
  await refresh(provider, path.provider, chain.client);
}

/**
 * Whether a chain's client knows of a time at which packets that it sent in its last block would be over: IBC refuses to
 * send them then (ICS-04).
 */
async function isBehind(chain: TraceChain, end: ClientEnd, lifetimeSeconds: number): Promise<boolean> {
  const { trustingPeriod } = await readClientState(end.chain, end.clientId);
  const known = (await clientExpiry(end.chain, end.clientId)) - durationToNs(trustingPeriod);
  return known >= chain.lastNs + BigInt(lifetimeSeconds) * SECOND_NS;
}

/** {@link isBehind} of a consumer. */
export const consumerIsBehind = (
  { params }: World,
  name: string,
  { chain, path }: Launched,
): Promise<boolean> => isBehind(chain, path.consumer, params.CcvTimeout[name]!);

/** {@link isBehind} of the provider, seen from one consumer. */
export const providerIsBehind = ({ params, provider }: World, { path }: Launched): Promise<boolean> =>
  isBehind(provider, path.provider, params.CcvTimeout["provider"]!);

async function receive(lane: Lane, { packet, height }: SentPacket): Promise<void> {
  const { to, source, target } = lane;
  const message = receiveMessage(source, { ...target, sender: to.carrier }, packet, true);
  await to.carrier.submit(await proven(lane, to.carrier.address, height, [message]));
}

/** Delivers a VSC packet in the consumer's running block. */
export const deliverToConsumer = (world: World, launched: Launched, packet: SentPacket): Promise<void> =>
  receive(toConsumer(world, launched), packet);

/** Delivers a slash packet in the provider's running block. */
export const deliverToProvider = (world: World, launched: Launched, packet: SentPacket): Promise<void> =>
  receive(toProvider(world, launched), packet);

/** Carries acknowledgements that the provider wrote into the consumer's running block. */
export async function acknowledgeToConsumer(
  world: World,
  launched: Launched,
  acks: readonly WrittenAck[],
): Promise<void> {
  await acknowledge(toConsumer(world, launched), acks);
}

/** Carries a consumer's acknowledgements into the provider's running block. */
export async function acknowledgeToProvider(world: World, launched: Launched): Promise<void> {
  const acks = launched.acksForProvider;
  launched.acksForProvider = [];
  await acknowledge(toProvider(world, launched), acks);
}

/** The acknowledgements were written on `from` for packets of `to`. */
async function acknowledge(lane: Lane, acks: readonly WrittenAck[]): Promise<void> {
  if (acks.length === 0) return;
  const { to, source, target } = lane;
  const floor = acks.reduce((most, { height }) => (height > most ? height : most), 0n);
  const messages = acks.map((ack) =>
    acknowledgementMessage({ ...target, sender: to.carrier }, source, ack, true),
  );
  await to.carrier.submit(await proven(lane, to.carrier.address, floor, messages));
}

/** A relayer would try: the receiver refuses a packet whose time is over. Throws Mismatch when it takes it. */
async function assertRefused(lane: Lane, packet: SentPacket): Promise<void> {
  await receive(lane, packet);
  const { txResults } = lane.to.rehearse(() => undefined);
  lane.to.withdraw();
  const result = txResults.at(-1)!;
  if (result.codespace !== "channel" || !result.log.includes("timeout"))
    throw new Mismatch(
      "action",
      "the packet is refused: its timeout is over",
      result.code === 0 ? "the packet is taken" : result.log,
    );
}

/**
 * A VSC packet that the consumer did not get in time. The consumer's running block ends to prove that; its own state no
 * longer matters. The provider is told in its running block.
 */
export async function timeOutAtConsumer(world: World, launched: Launched, sent: SentPacket): Promise<void> {
  const { provider } = world;
  const { chain } = launched;
  await assertRefused(toConsumer(world, launched), sent);
  const { height } = chain.endBlock(chain.runningNs);
  const lane = toProvider(world, launched);
  const message = timeoutMessage(
    { ...lane.target, sender: provider.carrier },
    lane.source,
    sent.packet,
    true,
    false,
  );
  await provider.carrier.submit(await proven(lane, provider.carrier.address, height, [message]));
}

/** A slash packet that the provider refuses because its time is over. Whether that can be proved yet is another matter. */
export const refuseAtProvider = (world: World, launched: Launched, sent: SentPacket): Promise<void> =>
  assertRefused(toProvider(world, launched), sent);

/**
 * Proves to the consumer that its packet came too late, which closes its end of the channel, and closes the provider's end
 * by `closer`, a sender of the provider.
 */
export async function closeAfterTimeout(
  world: World,
  launched: Launched,
  sent: SentPacket,
  closer: "errands" | "carrier",
): Promise<void> {
  const { provider } = world;
  const { chain, path } = launched;
  const down = toConsumer(world, launched);
  const message = timeoutMessage(
    { ...down.target, sender: chain.errands },
    down.source,
    sent.packet,
    true,
    false,
  );
  const { height } = await chain.errands.send(
    await proven(down, chain.errands.address, provider.height, [message]),
  );
  const sender = provider[closer];
  const { portId, channelId } = path.consumerChannel;
  const proof = await chain.client.prove(
    channelPath(portId, channelId),
    await provableHeight(chain.client, height),
  );
  await sender.submit([
    ...(await proven(toProvider(world, launched), sender.address, height, [])),
    {
      typeUrl: MsgChannelCloseConfirm.typeUrl,
      value: MsgChannelCloseConfirm.fromPartial({
        ...path.providerChannel,
        proofInit: proof.proof,
        proofHeight: proof.proofHeight,
        signer: sender.address,
      }),
    },
  ]);
}
