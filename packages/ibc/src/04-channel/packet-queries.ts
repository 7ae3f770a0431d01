/** Queries about packets: what a relayer asks to learn what is left to do (ibc-go `04-channel/keeper/grpc_query.go`). */
import { EMPTY, fromUtf8 } from "@tandem-ics/crypto";
import type { Context, QueryRoute } from "@tandem-ics/runtime";
import type { PacketState } from "cosmjs-types/ibc/core/channel/v1/channel";
import {
  QueryNextSequenceReceiveRequest,
  QueryNextSequenceReceiveResponse,
  QueryNextSequenceSendRequest,
  QueryNextSequenceSendResponse,
  QueryPacketAcknowledgementRequest,
  QueryPacketAcknowledgementResponse,
  QueryPacketAcknowledgementsRequest,
  QueryPacketAcknowledgementsResponse,
  QueryPacketCommitmentRequest,
  QueryPacketCommitmentResponse,
  QueryPacketCommitmentsRequest,
  QueryPacketCommitmentsResponse,
  QueryPacketReceiptRequest,
  QueryPacketReceiptResponse,
  QueryUnreceivedAcksRequest,
  QueryUnreceivedAcksResponse,
  QueryUnreceivedPacketsRequest,
  QueryUnreceivedPacketsResponse,
} from "cosmjs-types/ibc/core/channel/v1/query";
import { acksPrefix, commitmentsPrefix } from "../24-host/index.ts";
import { invalidArgument, notFound, pageOf } from "../queries.ts";
import { ibcQuery } from "../route.ts";
import { ORDERING, orderingName } from "./channel.ts";
import { channelErrors } from "./errors.ts";
import {
  assertChannelIds,
  type ChannelQueryDeps,
  type ChannelRequest,
  channelQueryPath,
  findChannel,
  findPacketChannel,
} from "./queries.ts";

type PacketRequest = ChannelRequest & { readonly sequence: bigint };

/** Throws unless sequence and channel are in order. */
function assertPacket(ctx: Context, request: PacketRequest): void {
  assertChannelIds(request);
  if (request.sequence === 0n) throw invalidArgument("packet sequence cannot be 0");
  findPacketChannel(ctx, request);
}

/** From a key without the prefix of the channel: `/{sequence}`. */
const packetState =
  ({ portId, channelId }: ChannelRequest) =>
  ([key, data]: readonly [Uint8Array, Uint8Array]): PacketState => ({
    portId,
    channelId,
    sequence: BigInt(fromUtf8(key).slice(1)),
    data,
  });

const packetCommitment = ({ clients, channels }: ChannelQueryDeps): QueryRoute =>
  ibcQuery({
    path: channelQueryPath("PacketCommitment"),
    request: QueryPacketCommitmentRequest,
    response: QueryPacketCommitmentResponse,
    handle(ctx, request) {
      assertPacket(ctx, request);
      const commitment = channels.packetCommitment(ctx, request.portId, request.channelId, request.sequence);
      if (commitment === undefined) throw notFound("packet commitment hash not found");
      return { commitment, proof: EMPTY, proofHeight: clients.selfHeight(ctx) };
    },
  });

const packetCommitments = ({ clients }: ChannelQueryDeps): QueryRoute =>
  ibcQuery({
    path: channelQueryPath("PacketCommitments"),
    request: QueryPacketCommitmentsRequest,
    response: QueryPacketCommitmentsResponse,
    handle(ctx, request) {
      findPacketChannel(ctx, request);
      const prefix = commitmentsPrefix(request.portId, request.channelId);
      const { items, pagination } = pageOf(ctx, prefix, request.pagination);
      return { commitments: items.map(packetState(request)), pagination, height: clients.selfHeight(ctx) };
    },
  });

const packetReceipt = ({ clients, channels }: ChannelQueryDeps): QueryRoute =>
  ibcQuery({
    path: channelQueryPath("PacketReceipt"),
    request: QueryPacketReceiptRequest,
    response: QueryPacketReceiptResponse,
    handle(ctx, request) {
      assertPacket(ctx, request);
      const received = channels.packetReceipt(ctx, request.portId, request.channelId, request.sequence);
      return { received, proof: EMPTY, proofHeight: clients.selfHeight(ctx) };
    },
  });

const packetAcknowledgement = ({ clients, channels }: ChannelQueryDeps): QueryRoute =>
  ibcQuery({
    path: channelQueryPath("PacketAcknowledgement"),
    request: QueryPacketAcknowledgementRequest,
    response: QueryPacketAcknowledgementResponse,
    handle(ctx, request) {
      assertPacket(ctx, request);
      const { portId, channelId, sequence } = request;
      const acknowledgement = channels.packetAcknowledgement(ctx, portId, channelId, sequence);
      if (acknowledgement === undefined) throw notFound("packet acknowledgement hash not found");
      return { acknowledgement, proof: EMPTY, proofHeight: clients.selfHeight(ctx) };
    },
  });

const packetAcknowledgements = ({ clients, channels }: ChannelQueryDeps): QueryRoute =>
  ibcQuery({
    path: channelQueryPath("PacketAcknowledgements"),
    request: QueryPacketAcknowledgementsRequest,
    response: QueryPacketAcknowledgementsResponse,
    handle(ctx, request) {
      findPacketChannel(ctx, request);
      const { portId, channelId, packetCommitmentSequences: sequences } = request;
      const height = clients.selfHeight(ctx);
      if (sequences.length > 0) {
        const acknowledgements = sequences.flatMap((sequence) => {
          const data = channels.packetAcknowledgement(ctx, portId, channelId, sequence);
          return data === undefined ? [] : [{ portId, channelId, sequence, data }];
        });
        return { acknowledgements, height };
      }
      const { items, pagination } = pageOf(ctx, acksPrefix(portId, channelId), request.pagination);
      return { acknowledgements: items.map(packetState(request)), pagination, height };
    },
  });

function assertSequences(sequences: readonly bigint[]): void {
  const zero = sequences.indexOf(0n);
  if (zero >= 0) throw invalidArgument(`packet sequence ${zero} cannot be 0`);
}

const unreceivedPackets = ({ clients, channels }: ChannelQueryDeps): QueryRoute =>
  ibcQuery({
    path: channelQueryPath("UnreceivedPackets"),
    request: QueryUnreceivedPacketsRequest,
    response: QueryUnreceivedPacketsResponse,
    handle(ctx, request) {
      const { ordering } = findChannel(ctx, request);
      const { portId, channelId, packetCommitmentSequences: sequences } = request;
      if (ordering !== ORDERING.ordered && ordering !== ORDERING.unordered)
        throw invalidArgument(`channel order ${orderingName(ordering)} is not supported`);
      const next = channels.nextSequenceRecv(ctx, portId, channelId);
      if (ordering === ORDERING.ordered && next === undefined)
        throw notFound(channelErrors.sequenceReceiveNotFound(`port: ${portId}, channel: ${channelId}`));
      assertSequences(sequences);
      const isUnreceived = (sequence: bigint): boolean =>
        ordering === ORDERING.ordered
          ? sequence >= next!
          : !channels.packetReceipt(ctx, portId, channelId, sequence);
      return { sequences: sequences.filter(isUnreceived), height: clients.selfHeight(ctx) };
    },
  });

const unreceivedAcks = ({ clients, channels }: ChannelQueryDeps): QueryRoute =>
  ibcQuery({
    path: channelQueryPath("UnreceivedAcks"),
    request: QueryUnreceivedAcksRequest,
    response: QueryUnreceivedAcksResponse,
    handle(ctx, request) {
      findPacketChannel(ctx, request);
      const { portId, channelId, packetAckSequences: sequences } = request;
      assertSequences(sequences);
      const isOpen = (sequence: bigint): boolean =>
        channels.packetCommitment(ctx, portId, channelId, sequence) !== undefined;
      return { sequences: sequences.filter(isOpen), height: clients.selfHeight(ctx) };
    },
  });

const nextSequenceReceive = ({ clients, channels }: ChannelQueryDeps): QueryRoute =>
  ibcQuery({
    path: channelQueryPath("NextSequenceReceive"),
    request: QueryNextSequenceReceiveRequest,
    response: QueryNextSequenceReceiveResponse,
    handle(ctx, request) {
      const { ordering } = findChannel(ctx, request);
      const { portId, channelId } = request;
      // packets of an unordered channel have no next one
      const next = ordering === ORDERING.unordered ? 0n : channels.nextSequenceRecv(ctx, portId, channelId);
      if (next === undefined)
        throw notFound(channelErrors.sequenceReceiveNotFound(`port-id: ${portId}, channel-id ${channelId}`));
      return { nextSequenceReceive: next, proof: EMPTY, proofHeight: clients.selfHeight(ctx) };
    },
  });

const nextSequenceSend = ({ clients, channels }: ChannelQueryDeps): QueryRoute =>
  ibcQuery({
    path: channelQueryPath("NextSequenceSend"),
    request: QueryNextSequenceSendRequest,
    response: QueryNextSequenceSendResponse,
    handle(ctx, request) {
      assertChannelIds(request);
      const { portId, channelId } = request;
      const next = channels.nextSequenceSend(ctx, portId, channelId);
      if (next === undefined)
        throw notFound(channelErrors.sequenceSendNotFound(`port-id: ${portId}, channel-id ${channelId}`));
      return { nextSequenceSend: next, proof: EMPTY, proofHeight: clients.selfHeight(ctx) };
    },
  });

/** All queries about packets. */
export const packetQueries = (deps: ChannelQueryDeps): readonly QueryRoute[] => [
  packetCommitment(deps),
  packetCommitments(deps),
  packetReceipt(deps),
  packetAcknowledgement(deps),
  packetAcknowledgements(deps),
  unreceivedPackets(deps),
  unreceivedAcks(deps),
  nextSequenceReceive(deps),
  nextSequenceSend(deps),
];
