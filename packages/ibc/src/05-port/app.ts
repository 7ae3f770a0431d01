/** What an application gives to IBC: callbacks of channels and packets (ICS-26). */
import type { Context } from "@tandem-ics/runtime";
import type { Counterparty, Order, Packet } from "cosmjs-types/ibc/core/channel/v1/channel";
import type { Acknowledgement } from "../04-channel/acknowledgement.ts";

/** An end of a channel. */
export interface ChannelEnd {
  readonly portId: string;
  readonly channelId: string;
}

/** A channel as it is being opened. */
export interface OpeningChannel extends ChannelEnd {
  readonly ordering: Order;
  readonly connectionHops: readonly string[];
  readonly counterparty: Counterparty;
}

/** A packet with the version of its channel and the address of who brought it. */
export interface PacketArrival {
  readonly channelVersion: string;
  readonly packet: Packet;
  readonly relayer: Uint8Array;
}

/**
 * An application behind a port. It refuses by throwing CodedError; then nothing of the message happens, except that a
 * refusal of a received packet becomes an error acknowledgement.
 */
export interface IbcApp {
  /** Returns the version to store, usually the proposed one or a default for an empty one. */
  onChanOpenInit(ctx: Context, channel: OpeningChannel & { readonly version: string }): string;
  /** Returns the version to store. */
  onChanOpenTry(ctx: Context, channel: OpeningChannel & { readonly counterpartyVersion: string }): string;
  onChanOpenAck(
    ctx: Context,
    channel: ChannelEnd & { readonly counterpartyChannelId: string; readonly counterpartyVersion: string },
  ): void;
  onChanOpenConfirm(ctx: Context, channel: ChannelEnd): void;
  onChanCloseInit(ctx: Context, channel: ChannelEnd): void;
  onChanCloseConfirm(ctx: Context, channel: ChannelEnd): void;
  /**
   * Runs on a cached context, whose writes are kept only for a successful or an absent acknowledgement. `undefined`
   * means that the application acknowledges later by `writeAcknowledgement`.
   */
  onRecvPacket(ctx: Context, arrival: PacketArrival): Acknowledgement | undefined;
  onAcknowledgementPacket(
    ctx: Context,
    arrival: PacketArrival & { readonly acknowledgement: Uint8Array },
  ): void;
  onTimeoutPacket(ctx: Context, arrival: PacketArrival): void;
}
