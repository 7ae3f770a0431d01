/** Receiving: proof, replay protection, acknowledgement (ICS-04; ibc-go `04-channel/keeper/packet.go`). */
import { type Context, inContext } from "@tandem-ics/runtime";
import type { Channel, Packet } from "cosmjs-types/ibc/core/channel/v1/channel";
import { selfHeight } from "../02-client/self-height.ts";
import type { HandshakeProof } from "../03-connection/keeper.ts";
import { verifyPacketCommitment } from "../03-connection/verify.ts";
import { commitAcknowledgement } from "../24-host/index.ts";
import type { Acknowledgement } from "./acknowledgement.ts";
import { CHANNEL_STATE, channelStateName, ORDERING } from "./channel.ts";
import { type ChannelDeps, openConnectionOf } from "./deps.ts";
import { channelErrors } from "./errors.ts";
import { emitRecvPacket, emitWriteAcknowledgement } from "./events.ts";
import { assertSource, describeElapsed, isElapsed } from "./packet.ts";
import {
  destinationOf,
  getChannel,
  getPacketEntry,
  getRecvStartSequence,
  getSequence,
  hasPacketEntry,
  setPacketEntry,
  setReceipt,
  setSequence,
} from "./state.ts";

/** What is left to do for the application: `undefined` when the step was taken before, so that nothing is. */
export type PacketStep = { readonly channelVersion: string } | undefined;

/**
 * Verifies a packet and marks it as received. A packet that was received before is a no-op, not an error, but its proof
 * is verified first.
 */
export function recvPacket(
  deps: ChannelDeps,
  ctx: Context,
  { packet, proof, proofHeight }: HandshakeProof & { readonly packet: Packet },
): PacketStep {
  const channel = requireOpen(ctx, packet);
  assertSource(packet, channel);
  const connection = openConnectionOf(deps, ctx, channel);
  const now = { height: selfHeight(ctx), timeNs: ctx.timeNs };
  if (isElapsed(packet, now))
    throw channelErrors.timeoutElapsed(`packet timeout elapsed: ${describeElapsed(packet, now)}`);
  inContext("couldn't verify counterparty packet commitment", () =>
    verifyPacketCommitment(deps, ctx, { proof, proofHeight, connection }, packet),
  );
  if (!markReceived(ctx, packet, channel)) return undefined;
  emitRecvPacket(ctx, packet, channel);
  return { channelVersion: channel.version };
}

/** The part of {@link recvPacket} that a mempool repeats after each block: has somebody else been faster? */
export function recheckRecvPacket(ctx: Context, packet: Packet): PacketStep {
  const channel = requireReceiver(ctx, packet);
  return markReceived(ctx, packet, channel) ? { channelVersion: channel.version } : undefined;
}

function requireReceiver(ctx: Context, { destinationPort, destinationChannel }: Packet): Channel {
  const channel = getChannel(ctx, destinationPort, destinationChannel);
  if (channel === undefined) throw channelErrors.channelNotFound(destinationChannel);
  return channel;
}

function requireOpen(ctx: Context, packet: Packet): Channel {
  const channel = requireReceiver(ctx, packet);
  if (channel.state !== CHANNEL_STATE.open)
    throw channelErrors.invalidChannelState(`channel is not OPEN (got ${channelStateName(channel.state)})`);
  return channel;
}

function assertNotBeforeUpgrade(
  ctx: Context,
  { destinationPort, destinationChannel, sequence }: Packet,
): void {
  if (sequence < getRecvStartSequence(ctx, destinationPort, destinationChannel))
    throw channelErrors.packetReceived("packet already processed in previous channel upgrade");
}

/** False when the packet was received before. Throws `channel/21` for a gap in an ordered channel. */
function markReceived(ctx: Context, packet: Packet, channel: Channel): boolean {
  assertNotBeforeUpgrade(ctx, packet);
  const place = destinationOf(packet);
  if (channel.ordering === ORDERING.unordered) {
    if (getPacketEntry(ctx, "receipts", place) !== undefined) return false;
    setReceipt(ctx, place);
  } else if (channel.ordering === ORDERING.ordered) {
    const next = getSequence(ctx, "recv", place.portId, place.channelId);
    if (next === undefined)
      throw channelErrors.sequenceReceiveNotFound(
        `destination port: ${place.portId}, destination channel: ${place.channelId}`,
      );
    if (packet.sequence < next) return false;
    if (packet.sequence !== next)
      throw channelErrors.packetSequenceOutOfOrder(
        `packet sequence ≠ next receive sequence (${packet.sequence} ≠ ${next})`,
      );
    setSequence(ctx, "recv", { ...place, sequence: next + 1n });
  }
  return true;
}

/** Commits to the answer to a received packet; once only. Throws `channel/17` for a second answer. */
export function writeAcknowledgement(ctx: Context, packet: Packet, acknowledgement: Acknowledgement): void {
  const channel = requireOpen(ctx, packet);
  assertNotBeforeUpgrade(ctx, packet);
  const place = destinationOf(packet);
  if (hasPacketEntry(ctx, "acks", place)) throw channelErrors.acknowledgementExists();
  const { bytes } = acknowledgement;
  if (bytes.length === 0) throw channelErrors.invalidAcknowledgement("acknowledgement cannot be empty");
  setPacketEntry(ctx, "acks", place, commitAcknowledgement(bytes));
  emitWriteAcknowledgement(ctx, packet, channel, bytes);
}
