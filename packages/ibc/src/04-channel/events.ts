/**
 * Events of channels and packets (ibc-go v10 `04-channel/keeper/events.go`): relayers live on them. Each is followed by
 * `message{module: ibc_channel}`.
 */
import { toHex } from "@tandem-ics/crypto";
import type { Context } from "@tandem-ics/runtime";
import type { Channel, Packet } from "cosmjs-types/ibc/core/channel/v1/channel";
import { formatHeight } from "../24-host/index.ts";
import { orderingName } from "./channel.ts";

type Attribute = readonly [string, string];

function emit(ctx: Context, type: string, attributes: readonly Attribute[]): void {
  ctx.emit(type, attributes);
  ctx.emit("message", { module: "ibc_channel" });
}

const hopOf = ({ connectionHops }: Channel): string => connectionHops[0] ?? "";

/** Steps of a channel's life that have an event of the same shape. */
export type ChannelStep =
  | "channel_open_init"
  | "channel_open_try"
  | "channel_open_ack"
  | "channel_open_confirm"
  | "channel_close_init"
  | "channel_close_confirm";

/** The event of a handshake or closing step. The first two tell the version as well. */
export function emitChannel(
  ctx: Context,
  type: ChannelStep,
  { portId, channelId }: { readonly portId: string; readonly channelId: string },
  channel: Channel,
): void {
  emit(ctx, type, [
    ["port_id", portId],
    ["channel_id", channelId],
    ["counterparty_port_id", channel.counterparty.portId],
    ...(type === "channel_open_init"
      ? []
      : [["counterparty_channel_id", channel.counterparty.channelId] as const]),
    ["connection_id", hopOf(channel)],
    ...(type === "channel_open_init" || type === "channel_open_try"
      ? [["version", channel.version] as const]
      : []),
  ]);
}

/** `channel_close`: an ordered channel that a timeout has closed. */
export const emitChannelClosed = (ctx: Context, packet: Packet, channel: Channel): void =>
  emit(ctx, "channel_close", [
    ["port_id", packet.sourcePort],
    ["channel_id", packet.sourceChannel],
    ["counterparty_port_id", channel.counterparty.portId],
    ["counterparty_channel_id", channel.counterparty.channelId],
    ["connection_id", hopOf(channel)],
    ["packet_channel_ordering", orderingName(channel.ordering)],
  ]);

const dataOf = (packet: Packet): Attribute => ["packet_data_hex", toHex(packet.data)];

const routeOf = (packet: Packet): readonly Attribute[] => [
  ["packet_timeout_height", formatHeight(packet.timeoutHeight)],
  ["packet_timeout_timestamp", packet.timeoutTimestamp.toString()],
  ["packet_sequence", packet.sequence.toString()],
  ["packet_src_port", packet.sourcePort],
  ["packet_src_channel", packet.sourceChannel],
  ["packet_dst_port", packet.destinationPort],
  ["packet_dst_channel", packet.destinationChannel],
];

const channelOf = (channel: Channel): readonly Attribute[] => [
  ["packet_channel_ordering", orderingName(channel.ordering)],
  ["packet_connection", hopOf(channel)],
  ["connection_id", hopOf(channel)],
];

/** `send_packet` */
export const emitSendPacket = (ctx: Context, packet: Packet, channel: Channel): void =>
  emit(ctx, "send_packet", [dataOf(packet), ...routeOf(packet), ...channelOf(channel)]);

/** `recv_packet` */
export const emitRecvPacket = (ctx: Context, packet: Packet, channel: Channel): void =>
  emit(ctx, "recv_packet", [dataOf(packet), ...routeOf(packet), ...channelOf(channel)]);

/** `write_acknowledgement` */
export const emitWriteAcknowledgement = (
  ctx: Context,
  packet: Packet,
  channel: Channel,
  acknowledgement: Uint8Array,
): void =>
  emit(ctx, "write_acknowledgement", [
    dataOf(packet),
    ...routeOf(packet),
    ["packet_ack_hex", toHex(acknowledgement)],
    ...channelOf(channel),
  ]);

/** `acknowledge_packet` */
export const emitAcknowledgePacket = (ctx: Context, packet: Packet, channel: Channel): void =>
  emit(ctx, "acknowledge_packet", [...routeOf(packet), ...channelOf(channel)]);

/** `timeout_packet` */
export const emitTimeoutPacket = (ctx: Context, packet: Packet, channel: Channel): void =>
  emit(ctx, "timeout_packet", [
    ...routeOf(packet),
    ["connection_id", hopOf(channel)],
    ["packet_channel_ordering", orderingName(channel.ordering)],
  ]);
