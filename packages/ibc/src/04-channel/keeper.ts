/** Channels and packets as other modules use them (ICS-04). */
import { type Context, inContext } from "@tandem-ics/runtime";
import type { Any } from "cosmjs-types/google/protobuf/any";
import type { Channel, IdentifiedChannel, Packet } from "cosmjs-types/ibc/core/channel/v1/channel";
import type { ConnectionEnd } from "cosmjs-types/ibc/core/connection/v1/connection";
import { clientErrors } from "../02-client/errors.ts";
import type { HandshakeProof } from "../03-connection/keeper.ts";
import type { ChannelEnd } from "../05-port/app.ts";
import type { PortRouter } from "../05-port/router.ts";
import { type AcknowledgedPacket, acknowledgePacket } from "./acknowledge-packet.ts";
import type { Acknowledgement } from "./acknowledgement.ts";
import { calledBack } from "./channel.ts";
import { type ChannelDeps, connectionOf, hopOf, requireChannel } from "./deps.ts";
import { checkOpenInit, closeConfirm, closeInit, type NewChannel, writeOpenInit } from "./handshake.ts";
import { type PacketStep, recheckRecvPacket, recvPacket, writeAcknowledgement } from "./recv-packet.ts";
import { type OutgoingPacket, sendPacket } from "./send-packet.ts";
import {
  allChannels,
  getChannel,
  getNextChannelSequence,
  getPacketEntry,
  getSequence,
  setChannel,
  setNextChannelSequence,
} from "./state.ts";
import { timeoutOnClose, timeoutPacket, type UnreceivedPacket } from "./timeout-packet.ts";

/** Keeper of channels. */
export interface ChannelKeeper {
  nextChannelSequence(ctx: Context): bigint;
  setNextChannelSequence(ctx: Context, sequence: bigint): void;
  channel(ctx: Context, portId: string, channelId: string): Channel | undefined;
  setChannel(ctx: Context, portId: string, channelId: string, channel: Channel): void;
  allChannels(ctx: Context): IdentifiedChannel[];
  /** Version that both ends agreed on. */
  appVersion(ctx: Context, portId: string, channelId: string): string | undefined;
  /** The connection under a channel. Throws `channel/3`, `connection/3`. */
  channelConnection(
    ctx: Context,
    portId: string,
    channelId: string,
  ): { readonly connectionId: string; readonly connection: ConnectionEnd };
  /** The client under a channel. Throws `channel/3`, `connection/3`, `client/4`. */
  channelClient(
    ctx: Context,
    portId: string,
    channelId: string,
  ): { readonly clientId: string; readonly state: Any };
  nextSequenceSend(ctx: Context, portId: string, channelId: string): bigint | undefined;
  nextSequenceRecv(ctx: Context, portId: string, channelId: string): bigint | undefined;
  nextSequenceAck(ctx: Context, portId: string, channelId: string): bigint | undefined;
  packetCommitment(ctx: Context, portId: string, channelId: string, sequence: bigint): Uint8Array | undefined;
  packetReceipt(ctx: Context, portId: string, channelId: string, sequence: bigint): boolean;
  packetAcknowledgement(
    ctx: Context,
    portId: string,
    channelId: string,
    sequence: bigint,
  ): Uint8Array | undefined;

  /** Starts a channel with the application's consent, as MsgChannelOpenInit does. */
  openInit(
    ctx: Context,
    opening: NewChannel & { readonly version: string },
  ): { readonly channelId: string; readonly version: string };
  /** Closes this end without asking the application. */
  closeInit(ctx: Context, end: ChannelEnd): void;
  closeConfirm(ctx: Context, end: ChannelEnd & HandshakeProof): void;
  /** Commits to a packet; returns its sequence. */
  sendPacket(ctx: Context, packet: OutgoingPacket): bigint;
  /** For applications that answer later than in `onRecvPacket`. */
  writeAcknowledgement(ctx: Context, packet: Packet, acknowledgement: Acknowledgement): void;

  /** Core parts of the packet messages; the callbacks are the message handlers' business. */
  recvPacket(ctx: Context, received: HandshakeProof & { readonly packet: Packet }): PacketStep;
  recheckRecvPacket(ctx: Context, packet: Packet): PacketStep;
  acknowledgePacket(ctx: Context, acknowledged: AcknowledgedPacket): PacketStep;
  timeoutPacket(ctx: Context, unreceived: UnreceivedPacket): PacketStep;
  timeoutOnClose(
    ctx: Context,
    unreceived: UnreceivedPacket & { readonly proofClose: Uint8Array },
  ): PacketStep;
}

/** Makes the keeper. */
export function createChannelKeeper(deps: ChannelDeps, router: Pick<PortRouter, "route">): ChannelKeeper {
  return {
    nextChannelSequence: getNextChannelSequence,
    setNextChannelSequence,
    channel: getChannel,
    setChannel,
    allChannels: (ctx) =>
      Array.from(allChannels(ctx), ({ portId, channelId, channel }) => ({ ...channel, portId, channelId })),
    appVersion: (ctx, portId, channelId) => getChannel(ctx, portId, channelId)?.version,
    channelConnection(ctx, portId, channelId) {
      const channel = requireChannel(ctx, portId, channelId);
      return { connectionId: hopOf(channel), connection: connectionOf(deps, ctx, channel) };
    },
    channelClient(ctx, portId, channelId) {
      const { clientId } = connectionOf(deps, ctx, requireChannel(ctx, portId, channelId));
      const state = deps.clients.clientState(ctx, clientId);
      if (state === undefined) throw clientErrors.clientNotFound(`client-id: ${clientId}`);
      return { clientId, state };
    },
    nextSequenceSend: (ctx, portId, channelId) => getSequence(ctx, "send", portId, channelId),
    nextSequenceRecv: (ctx, portId, channelId) => getSequence(ctx, "recv", portId, channelId),
    nextSequenceAck: (ctx, portId, channelId) => getSequence(ctx, "ack", portId, channelId),
    packetCommitment: (ctx, portId, channelId, sequence) =>
      getPacketEntry(ctx, "commitments", { portId, channelId, sequence }),
    packetReceipt: (ctx, portId, channelId, sequence) =>
      getPacketEntry(ctx, "receipts", { portId, channelId, sequence }) !== undefined,
    packetAcknowledgement: (ctx, portId, channelId, sequence) =>
      getPacketEntry(ctx, "acks", { portId, channelId, sequence }),
    openInit(ctx, { version: proposed, ...opening }) {
      const app = router.route(opening.portId);
      const channelId = inContext("channel handshake open init failed", () =>
        checkOpenInit(deps, ctx, opening),
      );
      const channel = { ...opening, channelId };
      const version = calledBack("open init", channel, () =>
        app.onChanOpenInit(ctx, { ...channel, version: proposed }),
      );
      writeOpenInit(ctx, channel, version);
      return { channelId: channel.channelId, version };
    },
    closeInit: (ctx, end) => closeInit(deps, ctx, end),
    closeConfirm: (ctx, end) => closeConfirm(deps, ctx, end),
    sendPacket: (ctx, packet) => sendPacket(deps, ctx, packet),
    writeAcknowledgement,
    recvPacket: (ctx, received) => recvPacket(deps, ctx, received),
    recheckRecvPacket,
    acknowledgePacket: (ctx, acknowledged) => acknowledgePacket(deps, ctx, acknowledged),
    timeoutPacket: (ctx, unreceived) => timeoutPacket(deps, ctx, unreceived),
    timeoutOnClose: (ctx, unreceived) => timeoutOnClose(deps, ctx, unreceived),
  };
}
