/** Packets that can never be received any more (ICS-04; ibc-go `04-channel/keeper/timeout.go`). */
import { type Context, InvariantError } from "@tandem-ics/runtime";
import type { Channel, Packet } from "cosmjs-types/ibc/core/channel/v1/channel";
import type { HandshakeProof } from "../03-connection/keeper.ts";
import {
  type ProofOnConnection,
  verifyChannel,
  verifyNextSequenceRecv,
  verifyPacketReceiptAbsence,
} from "../03-connection/verify.ts";
import { CHANNEL_STATE, ORDERING } from "./channel.ts";
import { type ChannelDeps, connectionOf, requireChannel } from "./deps.ts";
import { channelErrors } from "./errors.ts";
import { emitChannelClosed, emitTimeoutPacket } from "./events.ts";
import { assertCommitted, assertDestination, describeNotReached, isElapsed } from "./packet.ts";
import type { PacketStep } from "./recv-packet.ts";
import { deleteCommitment, getPacketEntry, setChannel, sourceOf } from "./state.ts";

/** A packet with proof that it was not received. */
export interface UnreceivedPacket extends HandshakeProof {
  readonly packet: Packet;
  /** Sequence that the receiver waits for; matters in ordered channels. */
  readonly nextSequenceRecv: bigint;
}

/**
 * Verifies that the timeout was over at the proof's height and the packet not received by then, and forgets the packet.
 * The channel may be closed already. A packet that is forgotten already is a no-op.
 */
export function timeoutPacket(deps: ChannelDeps, ctx: Context, unreceived: UnreceivedPacket): PacketStep {
  const { packet, proofHeight } = unreceived;
  const channel = requireChannel(ctx, packet.sourcePort, packet.sourceChannel);
  assertDestination(packet, channel);
  const connection = connectionOf(deps, ctx, channel);
  const point = {
    height: proofHeight,
    timeNs: deps.clients.timestampAt(ctx, connection.clientId, proofHeight),
  };
  if (!isElapsed(packet, point))
    throw channelErrors.timeoutNotReached(`packet timeout not reached: ${describeNotReached(packet, point)}`);
  const commitment = getPacketEntry(ctx, "commitments", sourceOf(packet));
  if (commitment === undefined) return undefined;
  assertCommitted(packet, commitment, "timeout");
  // a packet that the receiver has passed is `channel/19` here, `channel/13` below, as in ibc-go
  verifyUnreceived(deps, ctx, channel, { ...unreceived, connection, passed: channelErrors.packetReceived });
  return finish(ctx, packet, channel);
}

/** As {@link timeoutPacket} when the other end is closed, whatever the timeout. */
export function timeoutOnClose(
  deps: ChannelDeps,
  ctx: Context,
  unreceived: UnreceivedPacket & { readonly proofClose: Uint8Array },
): PacketStep {
  const { packet, proofHeight } = unreceived;
  const channel = requireChannel(ctx, packet.sourcePort, packet.sourceChannel);
  assertDestination(packet, channel);
  const connection = connectionOf(deps, ctx, channel);
  const commitment = getPacketEntry(ctx, "commitments", sourceOf(packet));
  if (commitment === undefined) return undefined;
  assertCommitted(packet, commitment, "timeout");
  const expected: Channel = {
    state: CHANNEL_STATE.closed,
    ordering: channel.ordering,
    counterparty: { portId: packet.sourcePort, channelId: packet.sourceChannel },
    connectionHops: [connection.counterparty.connectionId],
    version: channel.version,
  };
  const closed = { proof: unreceived.proofClose, proofHeight, connection };
  verifyChannel(deps, ctx, closed, { ...channel.counterparty, expected });
  verifyUnreceived(deps, ctx, channel, { ...unreceived, connection, passed: channelErrors.invalidPacket });
  return finish(ctx, packet, channel);
}

function verifyUnreceived(
  deps: ChannelDeps,
  ctx: Context,
  channel: Channel,
  unreceived: UnreceivedPacket & ProofOnConnection & { readonly passed: (detail: string) => Error },
): void {
  const { packet, nextSequenceRecv } = unreceived;
  switch (channel.ordering) {
    case ORDERING.ordered:
      if (nextSequenceRecv > packet.sequence)
        throw unreceived.passed(
          `packet already received, next sequence receive > packet sequence (${nextSequenceRecv} > ${packet.sequence})`,
        );
      verifyNextSequenceRecv(deps, ctx, unreceived, { packet, nextSequenceRecv });
      break;
    case ORDERING.unordered:
      verifyPacketReceiptAbsence(deps, ctx, unreceived, packet);
      break;
    default:
      throw new InvariantError(`a stored channel has ordering ${channel.ordering}`);
  }
}

/** Forgets the packet before the application hears of it; an ordered channel cannot go on after a gap. */
function finish(ctx: Context, packet: Packet, channel: Channel): PacketStep {
  deleteCommitment(ctx, sourceOf(packet));
  if (channel.ordering === ORDERING.ordered) {
    const closed: Channel = { ...channel, state: CHANNEL_STATE.closed };
    setChannel(ctx, packet.sourcePort, packet.sourceChannel, closed);
    emitChannelClosed(ctx, packet, closed);
  }
  emitTimeoutPacket(ctx, packet, channel);
  return { channelVersion: channel.version };
}
