/** Sending CCV packets: they time out by time only. */
import { channelErrors, type OutgoingPacket } from "@tandem-ics/ibc";
import { ZERO_HEIGHT } from "@tandem-ics/ibc/24-host";
import type { Context } from "@tandem-ics/runtime";
import type { Channel } from "cosmjs-types/ibc/core/channel/v1/channel";

/** What sending needs of the channel keeper. */
export interface PacketSender {
  channel(ctx: Context, portId: string, channelId: string): Channel | undefined;
  /** Returns the packet's sequence. */
  sendPacket(ctx: Context, packet: OutgoingPacket): bigint;
}

/** Sends `data` with a lifetime of `timeoutNs` from the block's time. Throws what core IBC refuses with, `channel/3` for no channel. */
export function sendCcvPacket(
  ctx: Context,
  channel: PacketSender,
  {
    portId,
    channelId,
    data,
    timeoutNs,
  }: { portId: string; channelId: string; data: Uint8Array; timeoutNs: bigint },
): void {
  if (channel.channel(ctx, portId, channelId) === undefined)
    throw channelErrors.channelNotFound(`channel not found for channel ID: ${channelId}`);
  channel.sendPacket(ctx, {
    sourcePort: portId,
    sourceChannel: channelId,
    timeoutHeight: ZERO_HEIGHT,
    timeoutTimestamp: ctx.timeNs + timeoutNs,
    data,
  });
}
