/** Packets as values (ICS-04; ibc-go `04-channel/types/packet.go`, `timeout.go`). */
import { equalBytes } from "@tandem-ics/crypto";
import type { Channel, Packet } from "cosmjs-types/ibc/core/channel/v1/channel";
import { commitPacket, compareHeights, formatHeight, type Height, isZeroHeight } from "../24-host/index.ts";
import { assertIdentifier } from "../24-host/validate.ts";
import { channelErrors } from "./errors.ts";

/** Most bytes of data in one packet. */
export const MAX_PACKET_DATA_BYTES = 262_144;

/** Throws `host/2` or `channel/13`. */
export function validatePacket(packet: Packet): void {
  assertIdentifier("port", packet.sourcePort, "invalid source port ID");
  assertIdentifier("port", packet.destinationPort, "invalid destination port ID");
  assertIdentifier("channel", packet.sourceChannel, "invalid source channel ID");
  assertIdentifier("channel", packet.destinationChannel, "invalid destination channel ID");
  if (packet.sequence === 0n) throw channelErrors.invalidPacket("packet sequence cannot be 0");
  if (isZeroHeight(packet.timeoutHeight) && packet.timeoutTimestamp === 0n)
    throw channelErrors.invalidPacket("packet timeout height and packet timeout timestamp cannot both be 0");
  if (packet.data.length === 0) throw channelErrors.invalidPacket("packet data bytes cannot be empty");
  if (packet.data.length > MAX_PACKET_DATA_BYTES)
    throw channelErrors.invalidPacket(`packet data bytes cannot exceed ${MAX_PACKET_DATA_BYTES} bytes`);
}

/** When a packet may no longer be received; zero parts mean "never". */
export type Timeout = Pick<Packet, "timeoutHeight" | "timeoutTimestamp">;

/** A point in the life of the receiving chain. */
export interface TimeoutPoint {
  readonly height: Height;
  /** Nanoseconds since 1970. */
  readonly timeNs: bigint;
}

/** Whether the timeout is over at a point: at its height or its time, whichever comes first. */
export const isElapsed = (
  { timeoutHeight, timeoutTimestamp }: Timeout,
  { height, timeNs }: TimeoutPoint,
): boolean =>
  (!isZeroHeight(timeoutHeight) && compareHeights(height, timeoutHeight) >= 0) ||
  (timeoutTimestamp !== 0n && timeNs >= timeoutTimestamp);

/** A timeout and a point in words, for refusals. */
export const describeTimeout = (timeout: Timeout, point: TimeoutPoint): string =>
  `at ${formatHeight(point.height)}, ${point.timeNs}; ` +
  `timeout height ${formatHeight(timeout.timeoutHeight)}, timestamp ${timeout.timeoutTimestamp}`;

/** Throws `channel/13` unless the packet goes where this end of the channel sends to. */
export function assertDestination(packet: Packet, { counterparty }: Channel): void {
  if (packet.destinationPort !== counterparty.portId)
    throw channelErrors.invalidPacket(
      `packet destination port doesn't match the counterparty's port (${packet.destinationPort} ≠ ${counterparty.portId})`,
    );
  if (packet.destinationChannel !== counterparty.channelId)
    throw channelErrors.invalidPacket(
      `packet destination channel doesn't match the counterparty's channel (${packet.destinationChannel} ≠ ${counterparty.channelId})`,
    );
}

/** Throws `channel/13` unless the packet comes from where this end of the channel receives from. */
export function assertSource(packet: Packet, { counterparty }: Channel): void {
  if (packet.sourcePort !== counterparty.portId)
    throw channelErrors.invalidPacket(
      `packet source port doesn't match the counterparty's port (${packet.sourcePort} ≠ ${counterparty.portId})`,
    );
  if (packet.sourceChannel !== counterparty.channelId)
    throw channelErrors.invalidPacket(
      `packet source channel doesn't match the counterparty's channel (${packet.sourceChannel} ≠ ${counterparty.channelId})`,
    );
}

/** Throws `channel/13` unless the packet is the one that was committed to. */
export function assertCommitted(packet: Packet, commitment: Uint8Array): void {
  if (!equalBytes(commitment, commitPacket(packet)))
    throw channelErrors.invalidPacket("the packet is not the one that was committed to");
}
