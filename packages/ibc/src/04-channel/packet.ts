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

const isPast = ({ timeoutHeight }: Timeout, { height }: TimeoutPoint): boolean =>
  !isZeroHeight(timeoutHeight) && compareHeights(height, timeoutHeight) >= 0;

/** Whether the timeout is over at a point: at its height or its time, whichever comes first. */
export const isElapsed = (timeout: Timeout, point: TimeoutPoint): boolean =>
  isPast(timeout, point) || (timeout.timeoutTimestamp !== 0n && point.timeNs >= timeout.timeoutTimestamp);

const byHeight = ({ timeoutHeight }: Timeout, { height }: TimeoutPoint): string =>
  `current height: ${formatHeight(height)}, timeout height ${formatHeight(timeoutHeight)}`;

const byTime = ({ timeoutTimestamp }: Timeout, { timeNs }: TimeoutPoint): string =>
  `current timestamp: ${timeNs}, timeout timestamp ${timeoutTimestamp}`;

/** By what a timeout is over, in words. */
export const describeElapsed = (timeout: Timeout, point: TimeoutPoint): string =>
  isPast(timeout, point) ? byHeight(timeout, point) : byTime(timeout, point);

/** What a timeout still waits for, in words. */
export const describeNotReached = (timeout: Timeout, point: TimeoutPoint): string =>
  !isZeroHeight(timeout.timeoutHeight) && !isPast(timeout, point)
    ? byHeight(timeout, point)
    : byTime(timeout, point);

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

/** Throws `channel/13` unless the packet is the one that was committed to; `step` tells who asks, as words differ. */
export function assertCommitted(
  packet: Packet,
  commitment: Uint8Array,
  step: "acknowledgement" | "timeout",
): void {
  const own = commitPacket(packet);
  if (equalBytes(commitment, own)) return;
  const text = (bytes: Uint8Array): string => `([${bytes.join(" ")}])`;
  throw channelErrors.invalidPacket(
    step === "acknowledgement"
      ? `commitment bytes are not equal: got ${text(own)}, expected ${text(commitment)}`
      : `packet commitment bytes are not equal: got ${text(commitment)}, expected ${text(own)}`,
  );
}
