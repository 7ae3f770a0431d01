/** Sending: a module commits to a packet (ICS-04; ibc-go `04-channel/keeper/packet.go`). */
import { type Context, inContext } from "@tandem-ics/runtime";
import type { Packet } from "cosmjs-types/ibc/core/channel/v1/channel";
import { clientErrors } from "../02-client/errors.ts";
import { commitPacket, type Height, isZeroHeight } from "../24-host/index.ts";
import { CHANNEL_STATE, channelStateName } from "./channel.ts";
import { type ChannelDeps, connectionOf } from "./deps.ts";
import { channelErrors } from "./errors.ts";
import { emitSendPacket } from "./events.ts";
import { describeElapsed, isElapsed, validatePacket } from "./packet.ts";
import { getChannel, getSequence, setPacketEntry, setSequence, sourceOf } from "./state.ts";

/** A packet before it has a sequence. */
export interface OutgoingPacket {
  readonly sourcePort: string;
  readonly sourceChannel: string;
  /** 0-0: no timeout by height. */
  readonly timeoutHeight: Height;
  /** Nanoseconds since 1970 on the receiving chain; 0: no timeout by time. One of both must be given. */
  readonly timeoutTimestamp: bigint;
  readonly data: Uint8Array;
}

/**
 * Commits to a packet and returns its sequence. Refused unless channel and client are in order and the timeout is still
 * ahead of what the client knows of the receiver.
 */
export function sendPacket(deps: ChannelDeps, ctx: Context, outgoing: OutgoingPacket): bigint {
  const { sourcePort, sourceChannel } = outgoing;
  const channel = getChannel(ctx, sourcePort, sourceChannel);
  if (channel === undefined) throw channelErrors.channelNotFound(sourceChannel);
  if (channel.state !== CHANNEL_STATE.open)
    throw channelErrors.invalidChannelState(`channel is not OPEN (got ${channelStateName(channel.state)})`);
  const sequence = getSequence(ctx, "send", sourcePort, sourceChannel);
  if (sequence === undefined)
    throw channelErrors.sequenceSendNotFound(`source port: ${sourcePort}, source channel: ${sourceChannel}`);
  const packet: Packet = {
    ...outgoing,
    sequence,
    destinationPort: channel.counterparty.portId,
    destinationChannel: channel.counterparty.channelId,
  };
  inContext("constructed packet failed basic validation", () => validatePacket(packet));
  const { clientId } = connectionOf(deps, ctx, channel);
  const status = deps.clients.status(ctx, clientId);
  if (status !== "Active")
    throw clientErrors.clientNotActive(`cannot send packet using client (${clientId}) with status ${status}`);
  const height = deps.clients.latestHeight(ctx, clientId);
  if (isZeroHeight(height))
    throw clientErrors.invalidHeight(`cannot send packet using client (${clientId}) with zero height`);
  const point = { height, timeNs: deps.clients.timestampAt(ctx, clientId, height) };
  if (isElapsed(packet, point))
    throw channelErrors.timeoutElapsed(`invalid packet timeout: ${describeElapsed(packet, point)}`);
  setSequence(ctx, "send", { portId: sourcePort, channelId: sourceChannel, sequence: sequence + 1n });
  setPacketEntry(ctx, "commitments", sourceOf(packet), commitPacket(packet));
  emitSendPacket(ctx, packet, channel);
  return sequence;
}
