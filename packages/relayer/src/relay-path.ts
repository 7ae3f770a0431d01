/**
 * Carries packets, acknowledgements and timeouts over one connection, both ways. What is to be done is derived from
 * the chains' commitments, receipts and acknowledgements each time; nothing depends on having seen an event.
 */
import type { EncodeObject } from "@cosmjs/proto-signing";
import { ackPath, commitmentPath, nextSequenceRecvPath, receiptPath } from "@tandem-ics/ibc/24-host";
import { timestampToNs } from "@tandem-ics/proto";
import { State as ChannelState, Order, type Packet } from "cosmjs-types/ibc/core/channel/v1/channel";
import { MsgAcknowledgement, MsgRecvPacket, MsgTimeout } from "cosmjs-types/ibc/core/channel/v1/tx";
import { provableHeight } from "./endpoint.ts";
import { RelayError } from "./errors.ts";
import { clientUpdates } from "./foreign-client.ts";
import { type ConnectionEndpoint, connectionChannels } from "./handshake.ts";
import type { Journal } from "./journal.ts";

/** One side of a path with what was seen of its chain. */
export interface PathEnd extends ConnectionEndpoint {
  readonly journal: Journal;
}

/** What one pass carried. */
export interface RelayedCounts {
  readonly packets: number;
  readonly acknowledgements: number;
  readonly timeouts: number;
}

/** What a pass would carry, without sending. */
export interface PendingWork {
  readonly from: string;
  readonly to: string;
  readonly kind: "packet" | "acknowledgement" | "timeout";
  readonly port: string;
  readonly channel: string;
  readonly sequence: bigint;
}

/** Options of a pass. */
export interface RelayOptions {
  /** Messages in one transaction besides client updates, default 60. */
  readonly maxMessages?: number;
  readonly dryRun?: boolean;
  readonly onWork?: (work: PendingWork) => void;
}

const ALL = { key: new Uint8Array(), offset: 0n, limit: 100_000n, countTotal: false, reverse: false };

interface ChannelWork {
  readonly portId: string;
  readonly channelId: string;
  readonly counterpartyPort: string;
  readonly counterpartyChannel: string;
  readonly ordered: boolean;
  readonly open: boolean;
  /** Packets that the source still holds a commitment of. */
  readonly committed: readonly bigint[];
  /** Of those, the ones that the destination has not received. */
  readonly unreceived: readonly bigint[];
}

/** Channels of the connection on `src` that hold packet commitments. */
async function channelsWithWork(src: PathEnd, dst: PathEnd): Promise<ChannelWork[]> {
  const work: ChannelWork[] = [];
  for (const channel of await connectionChannels(src)) {
    const { portId, channelId, counterparty, state } = channel;
    if (counterparty.channelId === "") continue;
    const { commitments } = await src.chain.query.ibcChannel.PacketCommitments({
      portId,
      channelId,
      pagination: ALL,
    });
    if (commitments.length === 0) continue;
    const committed = commitments.map((c) => c.sequence).sort((a, b) => (a < b ? -1 : 1));
    const { sequences } = await dst.chain.query.ibcChannel.UnreceivedPackets({
      portId: counterparty.portId,
      channelId: counterparty.channelId,
      packetCommitmentSequences: committed,
    });
    work.push({
      portId,
      channelId,
      counterpartyPort: counterparty.portId,
      counterpartyChannel: counterparty.channelId,
      ordered: channel.ordering === Order.ORDER_ORDERED,
      open: state === ChannelState.STATE_OPEN,
      committed,
      unreceived: sequences,
    });
  }
  return work;
}

const elapsed = (packet: Packet, revision: bigint, height: bigint, timeNs: bigint): boolean => {
  const { revisionNumber, revisionHeight } = packet.timeoutHeight;
  const byHeight =
    (revisionNumber !== 0n || revisionHeight !== 0n) &&
    (revision > revisionNumber || (revision === revisionNumber && height >= revisionHeight));
  return byHeight || (packet.timeoutTimestamp !== 0n && timeNs >= packet.timeoutTimestamp);
};

/** A message that needs a proof from `from` at `height`. */
interface ProvenMessage {
  readonly kind: PendingWork["kind"];
  readonly packet: Packet;
  build(height: bigint): Promise<EncodeObject>;
}

/** Sends messages in batches, each after the client update that its proofs need. */
async function deliver(
  to: PathEnd,
  from: PathEnd,
  floor: bigint,
  messages: readonly ProvenMessage[],
  options: RelayOptions,
): Promise<void> {
  for (const { kind, packet } of messages)
    options.onWork?.({
      from: from.chain.chainId,
      to: to.chain.chainId,
      kind,
      port: packet.sourcePort,
      channel: packet.sourceChannel,
      sequence: packet.sequence,
    });
  if (options.dryRun || messages.length === 0) return;
  const height = await provableHeight(from.chain, floor);
  const batch = options.maxMessages ?? 60;
  let updates = await clientUpdates(to.chain, from.chain, to.clientId, height, to.sender.address);
  for (let i = 0; i < messages.length; i += batch) {
    const built = await Promise.all(messages.slice(i, i + batch).map((m) => m.build(height)));
    await to.sender.send([...updates, ...built]);
    updates = [];
  }
}

async function require<T>(found: Promise<T | undefined>, what: string): Promise<T> {
  const value = await found;
  if (value === undefined)
    throw new RelayError("packet-lost", `${what} is committed, but no event on its chain tells its content`, {
      retryable: true,
    });
  return value;
}

/** Packets from `src` to `dst`, or their timeouts back to `src`. */
async function relayPackets(src: PathEnd, dst: PathEnd, work: readonly ChannelWork[], options: RelayOptions) {
  const now = await dst.chain.status();
  const receive: ProvenMessage[] = [];
  const timeout: ProvenMessage[] = [];
  let floor = 0n;
  for (const channel of work) {
    for (const sequence of channel.unreceived) {
      const what = `packet ${channel.portId}/${channel.channelId}/${sequence} of ${src.chain.chainId}`;
      const { packet, height } = await require(src.journal.sent(
        channel.portId,
        channel.channelId,
        sequence,
      ), what);
      if (elapsed(packet, dst.chain.revision, now.height, now.timeNs)) {
        timeout.push(timeoutMessage(src, dst, packet, channel.ordered));
        if (channel.ordered) break; // the channel closes with the first one
        continue;
      }
      if (!channel.open) continue;
      if (height > floor) floor = height;
      receive.push(receiveMessage(src, dst, packet));
    }
  }
  await deliver(dst, src, floor, receive, options);
  if (timeout.length > 0) {
    // The proof must be of a header that is itself past the timeout: the latest one is.
    await deliver(src, dst, now.height - 1n, timeout, options);
  }
  return { packets: receive.length, timeouts: timeout.length };
}

const receiveMessage = (src: PathEnd, dst: PathEnd, packet: Packet): ProvenMessage => ({
  kind: "packet",
  packet,
  async build(height) {
    const { proof, proofHeight } = await src.chain.prove(
      commitmentPath(packet.sourcePort, packet.sourceChannel, packet.sequence),
      height,
    );
    return {
      typeUrl: "/ibc.core.channel.v1.MsgRecvPacket",
      value: MsgRecvPacket.fromPartial({
        packet,
        proofCommitment: proof,
        proofHeight,
        signer: dst.sender.address,
      }),
    };
  },
});

const timeoutMessage = (src: PathEnd, dst: PathEnd, packet: Packet, ordered: boolean): ProvenMessage => ({
  kind: "timeout",
  packet,
  async build(height) {
    const { destinationPort, destinationChannel, sequence } = packet;
    const path = ordered
      ? nextSequenceRecvPath(destinationPort, destinationChannel)
      : receiptPath(destinationPort, destinationChannel, sequence);
    const { value, proof, proofHeight } = await dst.chain.prove(path, height);
    const nextSequenceRecv = ordered ? new DataView(value.buffer, value.byteOffset).getBigUint64(0) : 1n;
    return {
      typeUrl: "/ibc.core.channel.v1.MsgTimeout",
      value: MsgTimeout.fromPartial({
        packet,
        proofUnreceived: proof,
        proofHeight,
        nextSequenceRecv,
        signer: src.sender.address,
      }),
    };
  },
});

/** Acknowledgements that `dst` wrote, back to `src`. */
async function relayAcks(
  src: PathEnd,
  dst: PathEnd,
  work: readonly ChannelWork[],
  options: RelayOptions,
): Promise<number> {
  const messages: ProvenMessage[] = [];
  let floor = 0n;
  for (const channel of work) {
    const unreceived = new Set(channel.unreceived);
    const received = channel.committed.filter((sequence) => !unreceived.has(sequence));
    if (received.length === 0) continue;
    const { acknowledgements } = await dst.chain.query.ibcChannel.PacketAcknowledgements({
      portId: channel.counterpartyPort,
      channelId: channel.counterpartyChannel,
      packetCommitmentSequences: received,
      pagination: ALL,
    });
    const written = acknowledgements.map((a) => a.sequence).sort((a, b) => (a < b ? -1 : 1));
    for (const sequence of written) {
      const what = `acknowledgement ${channel.counterpartyPort}/${channel.counterpartyChannel}/${sequence} of ${dst.chain.chainId}`;
      const ack = await require(dst.journal.ack(
        channel.counterpartyPort,
        channel.counterpartyChannel,
        sequence,
      ), what);
      if (ack.height > floor) floor = ack.height;
      messages.push({
        kind: "acknowledgement",
        packet: ack.packet,
        async build(height) {
          const { proof, proofHeight } = await dst.chain.prove(
            ackPath(channel.counterpartyPort, channel.counterpartyChannel, sequence),
            height,
          );
          return {
            typeUrl: "/ibc.core.channel.v1.MsgAcknowledgement",
            value: MsgAcknowledgement.fromPartial({
              packet: ack.packet,
              acknowledgement: ack.acknowledgement,
              proofAcked: proof,
              proofHeight,
              signer: src.sender.address,
            }),
          };
        },
      });
    }
  }
  await deliver(src, dst, floor, messages, options);
  return messages.length;
}

/** One pass over both directions: packets and timeouts first, then the acknowledgements that are there by then. */
export async function relayOnce(a: PathEnd, b: PathEnd, options: RelayOptions = {}): Promise<RelayedCounts> {
  let packets = 0;
  let timeouts = 0;
  let acknowledgements = 0;
  for (const [src, dst] of [
    [a, b],
    [b, a],
  ] as const) {
    const work = await channelsWithWork(src, dst);
    if (work.length === 0) continue;
    const carried = await relayPackets(src, dst, work, options);
    packets += carried.packets;
    timeouts += carried.timeouts;
    const after = carried.packets > 0 && !options.dryRun ? await channelsWithWork(src, dst) : work;
    acknowledgements += await relayAcks(src, dst, after, options);
  }
  return { packets, acknowledgements, timeouts };
}

/** Whether a client on `host` should be refreshed now: a third of its trusting period has passed. */
export function shouldRefresh(
  consensusTime: { seconds: bigint; nanos: number },
  trustingPeriodNs: bigint,
  nowNs: bigint,
): boolean {
  return nowNs - timestampToNs(consensusTime) > trustingPeriodNs / 3n;
}
