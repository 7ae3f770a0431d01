/** Packets and acknowledgements as events tell them (ibc-go v10: `packet_data_hex`, `packet_ack_hex`). */
import type { BlockEvents, TxEvent } from "@tandem-ics/client";
import { fromHex, utf8 } from "@tandem-ics/crypto";
import { Packet } from "cosmjs-types/ibc/core/channel/v1/channel";

/** A packet and the block that sent it. */
export interface SentPacket {
  readonly packet: Packet;
  readonly height: bigint;
}

/** An acknowledgement and the block that wrote it. */
export interface WrittenAck {
  readonly packet: Packet;
  readonly acknowledgement: Uint8Array;
  readonly height: bigint;
}

/** What happened in a block that a relayer must know. */
export interface PacketEvents {
  readonly sent: readonly SentPacket[];
  readonly acks: readonly WrittenAck[];
  /** A channel or connection handshake moved. */
  readonly handshake: boolean;
}

const bytesOf = (event: ReadonlyMap<string, string>, name: string): Uint8Array => {
  const hex = event.get(`${name}_hex`);
  // Chains of ibc-go before v10 give text.
  return hex === undefined ? utf8(event.get(name) ?? "") : fromHex(hex);
};

function packetOf(event: ReadonlyMap<string, string>): Packet {
  const [revision = "0", height = "0"] = (event.get("packet_timeout_height") ?? "0-0").split("-");
  return Packet.fromPartial({
    sequence: BigInt(event.get("packet_sequence") ?? "0"),
    sourcePort: event.get("packet_src_port") ?? "",
    sourceChannel: event.get("packet_src_channel") ?? "",
    destinationPort: event.get("packet_dst_port") ?? "",
    destinationChannel: event.get("packet_dst_channel") ?? "",
    data: bytesOf(event, "packet_data"),
    timeoutHeight: { revisionNumber: BigInt(revision), revisionHeight: BigInt(height) },
    timeoutTimestamp: BigInt(event.get("packet_timeout_timestamp") ?? "0"),
  });
}

const HANDSHAKE = /^(channel|connection)_(open|close)/;

/** Packet events of a whole block: transactions first, then begin and end block, where CCV packets leave. */
export function packetEvents({ height, txs, block }: BlockEvents): PacketEvents {
  const sent: SentPacket[] = [];
  const acks: WrittenAck[] = [];
  let handshake = false;
  const read = (event: TxEvent): void => {
    if (HANDSHAKE.test(event.type)) handshake = true;
    if (event.type !== "send_packet" && event.type !== "write_acknowledgement") return;
    const attributes = new Map(event.attributes.map(({ key, value }) => [key, value]));
    const packet = packetOf(attributes);
    if (event.type === "send_packet") sent.push({ packet, height });
    else acks.push({ packet, acknowledgement: bytesOf(attributes, "packet_ack"), height });
  };
  for (const events of txs) events.forEach(read);
  block.forEach(read);
  return { sent, acks, handshake };
}
