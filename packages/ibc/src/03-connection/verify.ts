/** Claims about the other end of a connection, verified by the client under it (ibc-go `03-connection/keeper/verify.go`). */
import { be64 } from "@tandem-ics/crypto";
import { type Context, inContext } from "@tandem-ics/runtime";
import { Channel, type Packet } from "cosmjs-types/ibc/core/channel/v1/channel";
import type { ConnectionEnd } from "cosmjs-types/ibc/core/connection/v1/connection";
import type { ClientKeeper } from "../02-client/keeper.ts";
import type { StateProof } from "../02-client/light-client.ts";
import { prefixedPath } from "../23-commitment/merkle.ts";
import {
  ackPath,
  channelPath,
  commitAcknowledgement,
  commitmentPath,
  commitPacket,
  nextSequenceRecvPath,
  receiptPath,
} from "../24-host/index.ts";
import type { ConnectionKeeper, HandshakeProof } from "./keeper.ts";

/** What the claims need. */
export interface VerifierDeps {
  readonly clients: Pick<ClientKeeper, "verifyMembership" | "verifyNonMembership">;
  readonly connections: Pick<ConnectionKeeper, "params">;
}

/** A proof of one step, and the connection whose client judges it. */
export interface ProofOnConnection extends HandshakeProof {
  readonly connection: ConnectionEnd;
}

const claim = (
  proof: ProofOnConnection,
  path: string,
  delay: Pick<StateProof, "delayTimeNs" | "delayBlocks">,
) => ({
  height: proof.proofHeight,
  proof: proof.proof,
  path: prefixedPath(proof.connection.counterparty.prefix.keyPrefix, path),
  ...delay,
});

const judged = (what: string, { clientId }: ConnectionEnd, verify: () => void): void =>
  inContext(`failed ${what} verification for client (${clientId})`, verify);

const NO_DELAY = { delayTimeNs: 0n, delayBlocks: 0n };

/** Packets wait for the connection's delay: `ceil(delay / expected time per block)` blocks as well. */
function packetDelay({ connections }: VerifierDeps, ctx: Context, { delayPeriod }: ConnectionEnd) {
  const { maxExpectedTimePerBlock: perBlock } = connections.params(ctx);
  return {
    delayTimeNs: delayPeriod,
    delayBlocks: perBlock === 0n ? 0n : (delayPeriod + perBlock - 1n) / perBlock,
  };
}

/** The counterparty stored `expected` as its end of the channel. */
export function verifyChannel(
  { clients }: VerifierDeps,
  ctx: Context,
  proof: ProofOnConnection,
  end: { readonly portId: string; readonly channelId: string; readonly expected: Channel },
): void {
  judged("channel state", proof.connection, () =>
    clients.verifyMembership(
      ctx,
      proof.connection.clientId,
      claim(proof, channelPath(end.portId, end.channelId), NO_DELAY),
      Channel.encode(end.expected).finish(),
    ),
  );
}

/** What packets leave stands at `path`, proved after the connection's delay. */
function verifyPacketEntry(
  deps: VerifierDeps,
  ctx: Context,
  proof: ProofOnConnection,
  { what, path, value }: { readonly what: string; readonly path: string; readonly value: Uint8Array },
): void {
  const { connection } = proof;
  judged(what, connection, () =>
    deps.clients.verifyMembership(
      ctx,
      connection.clientId,
      claim(proof, path, packetDelay(deps, ctx, connection)),
      value,
    ),
  );
}

/** The sender committed to exactly this packet. */
export function verifyPacketCommitment(
  deps: VerifierDeps,
  ctx: Context,
  proof: ProofOnConnection,
  packet: Packet,
): void {
  const path = commitmentPath(packet.sourcePort, packet.sourceChannel, packet.sequence);
  verifyPacketEntry(deps, ctx, proof, { what: "packet commitment", path, value: commitPacket(packet) });
}

/** The receiver committed to exactly this acknowledgement. */
export function verifyPacketAcknowledgement(
  deps: VerifierDeps,
  ctx: Context,
  proof: ProofOnConnection,
  { packet, acknowledgement }: { readonly packet: Packet; readonly acknowledgement: Uint8Array },
): void {
  const path = ackPath(packet.destinationPort, packet.destinationChannel, packet.sequence);
  const value = commitAcknowledgement(acknowledgement);
  verifyPacketEntry(deps, ctx, proof, { what: "packet acknowledgement", path, value });
}

/** The receiver has no receipt of the packet (unordered channels). */
export function verifyPacketReceiptAbsence(
  deps: VerifierDeps,
  ctx: Context,
  proof: ProofOnConnection,
  packet: Packet,
): void {
  const path = receiptPath(packet.destinationPort, packet.destinationChannel, packet.sequence);
  judged("packet receipt absence", proof.connection, () =>
    deps.clients.verifyNonMembership(
      ctx,
      proof.connection.clientId,
      claim(proof, path, packetDelay(deps, ctx, proof.connection)),
    ),
  );
}

/** The receiver waits for packet `nextSequenceRecv` (ordered channels). */
export function verifyNextSequenceRecv(
  deps: VerifierDeps,
  ctx: Context,
  proof: ProofOnConnection,
  { packet, nextSequenceRecv }: { readonly packet: Packet; readonly nextSequenceRecv: bigint },
): void {
  const path = nextSequenceRecvPath(packet.destinationPort, packet.destinationChannel);
  verifyPacketEntry(deps, ctx, proof, { what: "next sequence receive", path, value: be64(nextSequenceRecv) });
}
