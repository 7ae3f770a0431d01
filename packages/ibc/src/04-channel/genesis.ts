/** Channels and packets in genesis files (ibc-go `04-channel/genesis.go`, `types/genesis.go`). */
import { type Context, plainError } from "@tandem-ics/runtime";
import type { GenesisState } from "cosmjs-types/ibc/core/channel/v1/genesis";
import { parseChannelSequence } from "../24-host/index.ts";
import { assertIdentifier, hostErrors } from "../24-host/validate.ts";
import { ibcErrors } from "../errors.ts";
import { validateChannel } from "./channel.ts";
import { channelErrors } from "./errors.ts";
import {
  allChannels,
  allPacketEntries,
  allSequences,
  getNextChannelSequence,
  type PacketPlace,
  setChannel,
  setNextChannelSequence,
  setPacketEntry,
  setReceipt,
  setSequence,
} from "./state.ts";

/** No channels. */
export const defaultChannelGenesis = (): GenesisState => ({
  channels: [],
  acknowledgements: [],
  commitments: [],
  receipts: [],
  sendSequences: [],
  recvSequences: [],
  ackSequences: [],
  nextChannelSequence: 0n,
});

function validatePlace({ portId, channelId, sequence }: PacketPlace): void {
  assertIdentifier("port", portId, "invalid port Id");
  assertIdentifier("channel", channelId, "invalid channel Id");
  if (sequence === 0n) throw plainError("sequence cannot be 0");
}

/** Throws CodedError with the reason. */
export function validateChannelGenesis(genesis: GenesisState): void {
  let maxSequence = 0n;
  for (const channel of genesis.channels) {
    const sequence = parseChannelSequence(channel.channelId);
    if (sequence === undefined) throw hostErrors.invalidId(`channel ${channel.channelId} in genesis`);
    if (sequence > maxSequence) maxSequence = sequence;
    assertIdentifier("channel", channel.channelId, "invalid channel ID");
    assertIdentifier("port", channel.portId, "invalid port ID");
    validateChannel(channel);
  }
  if (maxSequence !== 0n && maxSequence >= genesis.nextChannelSequence)
    throw ibcErrors.invalidSequence(
      `next channel sequence ${genesis.nextChannelSequence} must be greater than ${maxSequence}`,
    );
  for (const entry of [...genesis.acknowledgements, ...genesis.commitments]) {
    validatePlace(entry);
    if (entry.data.length === 0) throw channelErrors.invalidAcknowledgement("data bytes cannot be empty");
  }
  genesis.receipts.forEach(validatePlace);
  for (const sequences of [genesis.sendSequences, genesis.recvSequences, genesis.ackSequences])
    sequences.forEach(validatePlace);
}

/** Writes everything that {@link exportChannels} reads. */
export function initChannels(ctx: Context, genesis: GenesisState): void {
  for (const { portId, channelId, ...channel } of genesis.channels)
    setChannel(ctx, portId, channelId, {
      state: channel.state,
      ordering: channel.ordering,
      counterparty: channel.counterparty,
      connectionHops: channel.connectionHops,
      version: channel.version,
    });
  for (const entry of genesis.acknowledgements) setPacketEntry(ctx, "acks", entry, entry.data);
  for (const entry of genesis.commitments) setPacketEntry(ctx, "commitments", entry, entry.data);
  for (const entry of genesis.receipts) setReceipt(ctx, entry);
  for (const place of genesis.sendSequences) setSequence(ctx, "send", place);
  for (const place of genesis.recvSequences) setSequence(ctx, "recv", place);
  for (const place of genesis.ackSequences) setSequence(ctx, "ack", place);
  setNextChannelSequence(ctx, genesis.nextChannelSequence);
}

/** All channels with their counters and packets. */
export const exportChannels = (ctx: Context): GenesisState => ({
  channels: Array.from(allChannels(ctx), ({ portId, channelId, channel }) => ({
    ...channel,
    portId,
    channelId,
  })),
  acknowledgements: allPacketEntries(ctx, "acks"),
  commitments: allPacketEntries(ctx, "commitments"),
  receipts: allPacketEntries(ctx, "receipts"),
  sendSequences: allSequences(ctx, "send"),
  recvSequences: allSequences(ctx, "recv"),
  ackSequences: allSequences(ctx, "ack"),
  nextChannelSequence: getNextChannelSequence(ctx),
});
