/**
 * Carries packets, acknowledgements and timeouts over one connection, both ways. What is to be done is derived from
 * the chains' commitments, receipts and acknowledgements each time; nothing depends on having seen an event.
 */
import { timestampToNs } from "@tandem-ics/proto";
import { State as ChannelState, Order, type Packet } from "cosmjs-types/ibc/core/channel/v1/channel";
import { type Delivery, deliver, type ProvenMessage } from "./deliver.ts";
import { RelayError } from "./errors.ts";
import { type ChannelId, type ConnectionEndpoint, connectionChannels } from "./handshake.ts";
import type { Journal } from "./journal.ts";
import { acknowledgementMessage, receiveMessage, timeoutMessage } from "./packet-messages.ts";
import { allPages } from "./pages.ts";

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
  /** Only this channel, named by its end on the first side of the path; all channels by default. */
  readonly channel?: ChannelId;
  readonly onWork?: (work: PendingWork) => void;
}

/** A pass: what it carried, and what it could not. */
export interface RelayPass {
  readonly counts: RelayedCounts;
  readonly failures: readonly unknown[];
}

const DEFAULT_MAX_MESSAGES = 60;

type IdentifiedChannel = Awaited<ReturnType<typeof connectionChannels>>[number];

interface ChannelWork {
  readonly portId: string;
  readonly channelId: string;
  readonly counterpartyPort: string;
  readonly counterpartyChannel: string;
  readonly ordered: boolean;
  /** State of the destination's end; `undefined` when it has none. */
  readonly destination: ChannelState | undefined;
  /** Packets that the source still holds a commitment of. */
  readonly committed: readonly bigint[];
  /** Of those, the ones that the destination has not received. */
  readonly unreceived: readonly bigint[];
}

const ascending = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

/** Work of one channel that leaves from `src`; `undefined` when the source holds no commitment. */
async function channelWork(
  src: PathEnd,
  dst: PathEnd,
  channel: IdentifiedChannel,
  others: readonly IdentifiedChannel[],
): Promise<ChannelWork | undefined> {
  const { portId, channelId, counterparty } = channel;
  if (counterparty.channelId === "") return undefined;
  const commitments = await allPages(
    (pagination) => src.chain.query.ibcChannel.PacketCommitments({ portId, channelId, pagination }),
    (page) => page.commitments,
  );
  if (commitments.length === 0) return undefined;
  const committed = commitments.map((c) => c.sequence).sort(ascending);
  const { sequences } = await dst.chain.query.ibcChannel.UnreceivedPackets({
    portId: counterparty.portId,
    channelId: counterparty.channelId,
    packetCommitmentSequences: committed,
  });
  const other = others.find(
    (c) => c.portId === counterparty.portId && c.channelId === counterparty.channelId,
  );
  return {
    portId,
    channelId,
    counterpartyPort: counterparty.portId,
    counterpartyChannel: counterparty.channelId,
    ordered: channel.ordering === Order.ORDER_ORDERED,
    destination: other?.state,
    committed,
    unreceived: [...sequences].sort(ascending),
  };
}

/** Channels of the connection on `src` that hold packet commitments, as far as they are `wanted`. */
async function channelsWithWork(
  src: PathEnd,
  dst: PathEnd,
  wanted: (channel: IdentifiedChannel) => boolean,
): Promise<ChannelWork[]> {
  const [own, others] = await Promise.all([connectionChannels(src), connectionChannels(dst)]);
  const work = await Promise.all(own.filter(wanted).map((channel) => channelWork(src, dst, channel, others)));
  return work.filter((entry) => entry !== undefined);
}

/** Whether `packet` can no longer be received in a block after the one at `height` and `timeNs`. */
export function hasTimedOut(packet: Packet, revision: bigint, height: bigint, timeNs: bigint): boolean {
  const { revisionNumber, revisionHeight } = packet.timeoutHeight;
  const byHeight =
    (revisionNumber !== 0n || revisionHeight !== 0n) &&
    (revision > revisionNumber || (revision === revisionNumber && height >= revisionHeight));
  return byHeight || (packet.timeoutTimestamp !== 0n && timeNs >= packet.timeoutTimestamp);
}

const lost = (what: string): RelayError =>
  new RelayError("packet-lost", `${what} is committed, but no event on its chain tells its content`, {
    retryable: true,
  });

/** Messages found, a height that all they prove was written at or before, and what could not be found. */
interface Found {
  readonly messages: ProvenMessage[];
  readonly failures: unknown[];
  floor: bigint;
}

const nothingFound = (): Found => ({ messages: [], failures: [], floor: 0n });

/** Tells of the work and, except in a dry run, does it. */
async function carry(to: PathEnd, from: PathEnd, found: Found, options: RelayOptions): Promise<Delivery> {
  for (const { kind, packet } of found.messages)
    options.onWork?.({
      from: from.chain.chainId,
      to: to.chain.chainId,
      kind,
      port: packet.sourcePort,
      channel: packet.sourceChannel,
      sequence: packet.sequence,
    });
  if (options.dryRun) return { delivered: found.messages.length, failures: found.failures };
  const { delivered, failures } = await deliver(
    to,
    from,
    found.floor,
    found.messages,
    options.maxMessages ?? DEFAULT_MAX_MESSAGES,
  );
  return { delivered, failures: [...found.failures, ...failures] };
}

/** Packets from `src` to `dst`, or their timeouts back to `src`. */
async function relayPackets(
  src: PathEnd,
  dst: PathEnd,
  work: readonly ChannelWork[],
  options: RelayOptions,
): Promise<{ packets: Delivery; timeouts: Delivery }> {
  const now = await dst.chain.status();
  const receive = nothingFound();
  // The proof must be of a header that is itself past the timeout: the latest one is.
  const timeout = { ...nothingFound(), floor: now.height - 1n };
  for (const channel of work) {
    const { portId, channelId, ordered, destination } = channel;
    const closed = destination === ChannelState.STATE_CLOSED;
    for (const sequence of channel.unreceived) {
      const sent = await src.journal.sent(portId, channelId, sequence);
      if (sent === undefined) {
        receive.failures.push(lost(`packet ${portId}/${channelId}/${sequence} of ${src.chain.chainId}`));
        if (ordered) break;
        continue;
      }
      const { packet, height } = sent;
      if (closed || hasTimedOut(packet, dst.chain.revision, now.height, now.timeNs)) {
        timeout.messages.push(timeoutMessage(src, dst, packet, ordered, closed));
        if (ordered) break; // the source's end closes with the first one
        continue;
      }
      if (destination !== ChannelState.STATE_OPEN) break;
      if (height > receive.floor) receive.floor = height;
      receive.messages.push(receiveMessage(src, dst, packet, ordered));
    }
  }
  return {
    packets: await carry(dst, src, receive, options),
    timeouts: await carry(src, dst, timeout, options),
  };
}

/** Acknowledgements that `dst` wrote, back to `src`. */
async function relayAcks(
  src: PathEnd,
  dst: PathEnd,
  work: readonly ChannelWork[],
  options: RelayOptions,
): Promise<Delivery> {
  const found = nothingFound();
  for (const channel of work) {
    const { counterpartyPort: portId, counterpartyChannel: channelId, ordered } = channel;
    const unreceived = new Set(channel.unreceived);
    const received = channel.committed.filter((sequence) => !unreceived.has(sequence));
    if (received.length === 0) continue;
    const acknowledgements = await allPages(
      (pagination) =>
        dst.chain.query.ibcChannel.PacketAcknowledgements({
          portId,
          channelId,
          packetCommitmentSequences: received,
          pagination,
        }),
      (page) => page.acknowledgements,
    );
    for (const sequence of acknowledgements.map((a) => a.sequence).sort(ascending)) {
      const ack = await dst.journal.ack(portId, channelId, sequence);
      if (ack === undefined) {
        found.failures.push(
          lost(`acknowledgement ${portId}/${channelId}/${sequence} of ${dst.chain.chainId}`),
        );
        if (ordered) break;
        continue;
      }
      if (ack.height > found.floor) found.floor = ack.height;
      found.messages.push(acknowledgementMessage(src, dst, ack, ordered));
    }
  }
  return carry(src, dst, found, options);
}

/**
 * One pass over both directions: packets and timeouts first, then the acknowledgements that are there by then. What a
 * chain refuses is told in `failures`; the rest is carried. Throws when a chain cannot be reached.
 */
export async function relayOnce(a: PathEnd, b: PathEnd, options: RelayOptions = {}): Promise<RelayPass> {
  let packets = 0;
  let timeouts = 0;
  let acknowledgements = 0;
  const failures: unknown[] = [];
  const only = options.channel;
  const isOnly = ({ portId, channelId }: ChannelId): boolean =>
    only === undefined || (portId === only.portId && channelId === only.channelId);
  for (const [src, dst] of [
    [a, b],
    [b, a],
  ] as const) {
    const wanted = (channel: IdentifiedChannel): boolean =>
      isOnly(src === a ? channel : channel.counterparty);
    const work = await channelsWithWork(src, dst, wanted);
    if (work.length === 0) continue;
    const carried = await relayPackets(src, dst, work, options);
    packets += carried.packets.delivered;
    timeouts += carried.timeouts.delivered;
    const moved = carried.packets.delivered + carried.timeouts.delivered > 0 && !options.dryRun;
    if (moved) await dst.journal.follow((await dst.chain.status()).height);
    const acks = await relayAcks(src, dst, moved ? await channelsWithWork(src, dst, wanted) : work, options);
    acknowledgements += acks.delivered;
    failures.push(...carried.packets.failures, ...carried.timeouts.failures, ...acks.failures);
  }
  return { counts: { packets, acknowledgements, timeouts }, failures };
}

/** Whether a client on `host` should be refreshed now: a third of its trusting period has passed. */
export function shouldRefresh(
  consensusTime: { seconds: bigint; nanos: number },
  trustingPeriodNs: bigint,
  nowNs: bigint,
): boolean {
  return nowNs - timestampToNs(consensusTime) > trustingPeriodNs / 3n;
}
