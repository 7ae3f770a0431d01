/** The messages that carry a packet, its acknowledgement or its timeout, with their proofs (ICS-04). */
import {
  ackPath,
  channelPath,
  commitmentPath,
  nextSequenceRecvPath,
  receiptPath,
} from "@tandem-ics/ibc/24-host";
import type { Packet } from "cosmjs-types/ibc/core/channel/v1/channel";
import {
  MsgAcknowledgement,
  MsgRecvPacket,
  MsgTimeout,
  MsgTimeoutOnClose,
} from "cosmjs-types/ibc/core/channel/v1/tx";
import type { ProvenMessage } from "./deliver.ts";
import type { Endpoint } from "./endpoint.ts";
import type { WrittenAck } from "./packet-events.ts";

/** `MsgRecvPacket` for `dst`. */
export const receiveMessage = (
  src: Endpoint,
  dst: Endpoint,
  packet: Packet,
  ordered: boolean,
): ProvenMessage => ({
  kind: "packet",
  packet,
  ordered,
  async build(height) {
    const { proof, proofHeight } = await src.chain.prove(
      commitmentPath(packet.sourcePort, packet.sourceChannel, packet.sequence),
      height,
    );
    return {
      typeUrl: MsgRecvPacket.typeUrl,
      value: MsgRecvPacket.fromPartial({
        packet,
        proofCommitment: proof,
        proofHeight,
        signer: dst.sender.address,
      }),
    };
  },
});

/** `MsgTimeout` for `src`, or `MsgTimeoutOnClose` when the channel's other end is `closed`. */
export const timeoutMessage = (
  src: Endpoint,
  dst: Endpoint,
  packet: Packet,
  ordered: boolean,
  closed: boolean,
): ProvenMessage => ({
  kind: "timeout",
  packet,
  ordered,
  async build(height) {
    const { destinationPort, destinationChannel, sequence } = packet;
    const path = ordered
      ? nextSequenceRecvPath(destinationPort, destinationChannel)
      : receiptPath(destinationPort, destinationChannel, sequence);
    const [unreceived, channel] = await Promise.all([
      dst.chain.prove(path, height),
      closed ? dst.chain.prove(channelPath(destinationPort, destinationChannel), height) : undefined,
    ]);
    const { value, proof, proofHeight } = unreceived;
    const common = {
      packet,
      proofUnreceived: proof,
      proofHeight,
      nextSequenceRecv: ordered ? new DataView(value.buffer, value.byteOffset).getBigUint64(0) : 1n,
      signer: src.sender.address,
    };
    return channel === undefined
      ? { typeUrl: MsgTimeout.typeUrl, value: MsgTimeout.fromPartial(common) }
      : {
          typeUrl: MsgTimeoutOnClose.typeUrl,
          value: MsgTimeoutOnClose.fromPartial({ ...common, proofClose: channel.proof }),
        };
  },
});

/** `MsgAcknowledgement` for `src`. */
export const acknowledgementMessage = (
  src: Endpoint,
  dst: Endpoint,
  { packet, acknowledgement }: WrittenAck,
  ordered: boolean,
): ProvenMessage => ({
  kind: "acknowledgement",
  packet,
  ordered,
  async build(height) {
    const { proof, proofHeight } = await dst.chain.prove(
      ackPath(packet.destinationPort, packet.destinationChannel, packet.sequence),
      height,
    );
    return {
      typeUrl: MsgAcknowledgement.typeUrl,
      value: MsgAcknowledgement.fromPartial({
        packet,
        acknowledgement,
        proofAcked: proof,
        proofHeight,
        signer: src.sender.address,
      }),
    };
  },
});
