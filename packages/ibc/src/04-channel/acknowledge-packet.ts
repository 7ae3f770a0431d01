/** The sender learns what became of its packet (ICS-04; ibc-go `04-channel/keeper/packet.go`). */
import type { Context } from "@tandem-ics/runtime";
import type { Packet } from "cosmjs-types/ibc/core/channel/v1/channel";
import type { HandshakeProof } from "../03-connection/keeper.ts";
import { verifyPacketAcknowledgement } from "../03-connection/verify.ts";
import { decodeAcknowledgement } from "./acknowledgement.ts";
import { CHANNEL_STATE, channelStateName, ORDERING } from "./channel.ts";
import { type ChannelDeps, openConnectionOf, requireChannel } from "./deps.ts";
import { channelErrors } from "./errors.ts";
import { emitAcknowledgePacket } from "./events.ts";
import { assertCommitted, assertDestination } from "./packet.ts";
import type { PacketStep } from "./recv-packet.ts";
import { deleteCommitment, getPacketEntry, getSequence, setSequence, sourceOf } from "./state.ts";

/** An acknowledgement as it is brought. */
export interface AcknowledgedPacket extends HandshakeProof {
  readonly packet: Packet;
  readonly acknowledgement: Uint8Array;
}

/**
 * Verifies an acknowledgement and forgets the packet, before the application is called: a callback that comes back here
 * finds nothing to acknowledge. A packet that is forgotten already is a no-op.
 */
export function acknowledgePacket(
  deps: ChannelDeps,
  ctx: Context,
  acknowledged: AcknowledgedPacket,
): PacketStep {
  const { packet, acknowledgement } = acknowledged;
  const channel = requireChannel(ctx, packet.sourcePort, packet.sourceChannel);
  if (channel.state !== CHANNEL_STATE.open)
    throw channelErrors.invalidChannelState(`channel is not OPEN (got ${channelStateName(channel.state)})`);
  assertDestination(packet, channel);
  const connection = openConnectionOf(deps, ctx, channel);
  const place = sourceOf(packet);
  const commitment = getPacketEntry(ctx, "commitments", place);
  if (commitment === undefined) return undefined;
  // standard acknowledgements have one form only; the bytes of others are the application's business
  decodeAcknowledgement(acknowledgement);
  assertCommitted(packet, commitment, "acknowledgement");
  verifyPacketAcknowledgement(deps, ctx, { ...acknowledged, connection }, { packet, acknowledgement });
  if (channel.ordering === ORDERING.ordered) {
    const next = getSequence(ctx, "ack", place.portId, place.channelId);
    if (next === undefined)
      throw channelErrors.sequenceAckNotFound(
        `source port: ${place.portId}, source channel: ${place.channelId}`,
      );
    if (packet.sequence !== next)
      throw channelErrors.packetSequenceOutOfOrder(
        `packet sequence ≠ next ack sequence (${packet.sequence} ≠ ${next})`,
      );
    setSequence(ctx, "ack", { ...place, sequence: next + 1n });
  }
  deleteCommitment(ctx, place);
  emitAcknowledgePacket(ctx, packet, channel);
  return { channelVersion: channel.version };
}
