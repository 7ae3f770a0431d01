/** State of channels and packets in the IBC store; paths are those of ICS-24. */
import { toBinary, utf8 } from "@tandem-ics/crypto";
import { assert, bytesValue, type Context, proto, u64Value } from "@tandem-ics/runtime";
import { Channel, type PacketState } from "cosmjs-types/ibc/core/channel/v1/channel";
import type { PacketSequence } from "cosmjs-types/ibc/core/channel/v1/genesis";
import {
  ackPath,
  channelPath,
  commitmentPath,
  formatChannelId,
  IBC_STORE,
  nextSequenceAckPath,
  nextSequenceRecvPath,
  nextSequenceSendPath,
  receiptPath,
} from "../24-host/index.ts";
import { prefixStore, stored } from "../store.ts";

const channels = stored(proto(Channel));
const sequences = stored(u64Value);
const hashes = stored(bytesValue);
const NEXT_CHANNEL_SEQUENCE = "nextChannelSequence";
const RECEIPT = Uint8Array.of(1);

/** Kinds of counters that a channel has. */
export type SequenceKind = "send" | "recv" | "ack";
/** Kinds of entries that packets leave behind. */
export type PacketEntryKind = "commitments" | "receipts" | "acks";

const SEQUENCE_PATHS = { send: nextSequenceSendPath, recv: nextSequenceRecvPath, ack: nextSequenceAckPath };
const SEQUENCE_PREFIXES = { send: "nextSequenceSend", recv: "nextSequenceRecv", ack: "nextSequenceAck" };
const ENTRY_PATHS = { commitments: commitmentPath, receipts: receiptPath, acks: ackPath };

/** A packet's place on one side of its channel. */
export interface PacketPlace {
  readonly portId: string;
  readonly channelId: string;
  readonly sequence: bigint;
}

/** Where a packet is on the sending side. */
export const sourceOf = (packet: {
  readonly sourcePort: string;
  readonly sourceChannel: string;
  readonly sequence: bigint;
}): PacketPlace => ({
  portId: packet.sourcePort,
  channelId: packet.sourceChannel,
  sequence: packet.sequence,
});

/** Where a packet is on the receiving side. */
export const destinationOf = (packet: {
  readonly destinationPort: string;
  readonly destinationChannel: string;
  readonly sequence: bigint;
}): PacketPlace => ({
  portId: packet.destinationPort,
  channelId: packet.destinationChannel,
  sequence: packet.sequence,
});

/** The channel at this end. */
export const getChannel = (ctx: Context, portId: string, channelId: string): Channel | undefined =>
  channels.get(ctx, channelPath(portId, channelId));
/** Stores a channel end. */
export const setChannel = (ctx: Context, portId: string, channelId: string, channel: Channel): void =>
  channels.set(ctx, channelPath(portId, channelId), channel);

/** The number that the next channel gets. */
export function getNextChannelSequence(ctx: Context): bigint {
  const value = sequences.get(ctx, NEXT_CHANNEL_SEQUENCE);
  assert(value !== undefined, "next channel sequence is not set");
  return value;
}
/** Sets the channel counter. */
export const setNextChannelSequence = (ctx: Context, sequence: bigint): void =>
  sequences.set(ctx, NEXT_CHANNEL_SEQUENCE, sequence);

/** Takes the next `channel-{n}`. */
export function generateChannelId(ctx: Context): string {
  const sequence = getNextChannelSequence(ctx);
  setNextChannelSequence(ctx, sequence + 1n);
  return formatChannelId(sequence);
}

/** Next packet to send, to receive or to be acknowledged. */
export const getSequence = (
  ctx: Context,
  kind: SequenceKind,
  portId: string,
  channelId: string,
): bigint | undefined => sequences.get(ctx, SEQUENCE_PATHS[kind](portId, channelId));
/** Sets a counter of a channel. */
export const setSequence = (
  ctx: Context,
  kind: SequenceKind,
  { portId, channelId, sequence }: PacketPlace,
): void => sequences.set(ctx, SEQUENCE_PATHS[kind](portId, channelId), sequence);

/** Starts all counters of a new channel at 1. */
export function startSequences(ctx: Context, portId: string, channelId: string): void {
  for (const kind of ["send", "recv", "ack"] as const)
    setSequence(ctx, kind, { portId, channelId, sequence: 1n });
}

/** Commitment of a packet, receipt or commitment of an acknowledgement. */
export const getPacketEntry = (
  ctx: Context,
  kind: PacketEntryKind,
  place: PacketPlace,
): Uint8Array | undefined =>
  hashes.get(ctx, ENTRY_PATHS[kind](place.portId, place.channelId, place.sequence));
/** Whether there is one, for less gas than reading it. */
export const hasPacketEntry = (ctx: Context, kind: PacketEntryKind, place: PacketPlace): boolean =>
  hashes.has(ctx, ENTRY_PATHS[kind](place.portId, place.channelId, place.sequence));
/** Stores a packet entry. */
export const setPacketEntry = (
  ctx: Context,
  kind: PacketEntryKind,
  place: PacketPlace,
  value: Uint8Array,
): void => hashes.set(ctx, ENTRY_PATHS[kind](place.portId, place.channelId, place.sequence), value);
/** Marks a packet of an unordered channel as received. */
export const setReceipt = (ctx: Context, place: PacketPlace): void =>
  setPacketEntry(ctx, "receipts", place, RECEIPT);
/** Forgets a packet that was acknowledged or timed out. */
export const deleteCommitment = (ctx: Context, { portId, channelId, sequence }: PacketPlace): void =>
  hashes.remove(ctx, commitmentPath(portId, channelId, sequence));

/**
 * Sequence below which packets were received before a channel upgrade; only in state of chains that once had upgrades
 * (ibc-go v8). 0 otherwise.
 */
export const getRecvStartSequence = (ctx: Context, portId: string, channelId: string): bigint =>
  sequences.get(ctx, `recvStartSequence/ports/${portId}/channels/${channelId}`) ?? 0n;

/** Splits `…/ports/{port}/channels/{channel}[/sequences/{n}]`. */
function* below(
  ctx: Context,
  prefix: string,
): Iterable<readonly [parts: readonly string[], value: Uint8Array]> {
  for (const [key, value] of prefixStore(ctx.kv(IBC_STORE), utf8(`${prefix}/ports/`)).iterate())
    yield [toBinary(key).split("/"), value] as const;
}

/** All channel ends with their place, by key. */
export function* allChannels(ctx: Context): Iterable<PacketPlace & { readonly channel: Channel }> {
  for (const [[portId, , channelId], value] of below(ctx, "channelEnds"))
    yield { portId: portId!, channelId: channelId!, sequence: 0n, channel: Channel.decode(value) };
}

/** All counters of a kind, by key. */
export const allSequences = (ctx: Context, kind: SequenceKind): PacketSequence[] =>
  Array.from(below(ctx, SEQUENCE_PREFIXES[kind]), ([[portId, , channelId], value]) => ({
    portId: portId!,
    channelId: channelId!,
    sequence: u64Value.decode(value),
  }));

/** All packet entries of a kind, by key. */
export const allPacketEntries = (ctx: Context, kind: PacketEntryKind): PacketState[] =>
  Array.from(below(ctx, kind), ([[portId, , channelId, , sequence], data]) => ({
    portId: portId!,
    channelId: channelId!,
    sequence: BigInt(sequence!),
    data,
  }));
