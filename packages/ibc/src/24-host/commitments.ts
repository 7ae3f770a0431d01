/** What is stored, and proven, in place of packets and acknowledgements (ICS-04; ibc-go `04-channel/types/packet.go`). */
import { be64, concatBytes, sha256 } from "@tandem-ics/crypto";
import type { Height } from "./height.ts";

/** The committed fields of a packet; ports, channels and sequence are in the path. */
export interface PacketCommitmentFields {
  readonly timeoutHeight: Height;
  /** Nanoseconds since 1970. */
  readonly timeoutTimestamp: bigint;
  readonly data: Uint8Array;
}

/**
 * `SHA-256( be64(timeout timestamp) | be64(timeout revision) | be64(timeout height) | SHA-256(data) )`. State-breaking.
 */
export const commitPacket = ({ timeoutHeight, timeoutTimestamp, data }: PacketCommitmentFields): Uint8Array =>
  sha256(
    concatBytes(
      be64(timeoutTimestamp),
      be64(timeoutHeight.revisionNumber),
      be64(timeoutHeight.revisionHeight),
      sha256(data),
    ),
  );

/** SHA-256 of the acknowledgement's bytes. State-breaking. */
export const commitAcknowledgement = (acknowledgement: Uint8Array): Uint8Array => sha256(acknowledgement);
