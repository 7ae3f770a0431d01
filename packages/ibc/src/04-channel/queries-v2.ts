/**
 * Queries about the packets of IBC v2, which go from client to client (ibc-go `04-channel/v2/keeper/grpc_query.go`). No
 * message sends or receives such packets here, so nothing is found; what is asked wrongly is refused as in ibc-go.
 */
import { be64, concatBytes, EMPTY, fromBe64, utf8 } from "@tandem-ics/crypto";
import { type Context, type QueryRoute, u64Value } from "@tandem-ics/runtime";
import type { PageRequest } from "cosmjs-types/cosmos/base/query/v1beta1/pagination";
import {
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
} from "cosmjs-types/ibc/core/channel/v2/query";
import { IBC_STORE } from "../24-host/index.ts";
import { assertQueryId, invalidArgument, notFound, pageOf } from "../queries.ts";
import { ibcQuery } from "../route.ts";
import { stored } from "../store.ts";
import { channelErrors } from "./errors.ts";
import type { ChannelQueryDeps } from "./queries.ts";

type Deps = Pick<ChannelQueryDeps, "clients">;

/** What packets leave behind: the byte between the client's id and the sequence in a key (`24-host/v2`). */
const KINDS = { commitment: 1, receipt: 2, acknowledgement: 3 } as const;
type Kind = keyof typeof KINDS;

const path = (method: string): string => `/ibc.core.channel.v2.Query/${method}`;
const sequences = stored(u64Value);
const prefixOf = (clientId: string, kind: Kind): string => clientId + String.fromCharCode(KINDS[kind]);

const entry = (ctx: Context, clientId: string, kind: Kind, sequence: bigint): Uint8Array | undefined =>
  ctx.kv(IBC_STORE).get(concatBytes(utf8(prefixOf(clientId, kind)), be64(sequence)));

/** Entries of one kind, in order of their sequences. */
function entries(ctx: Context, clientId: string, kind: Kind, page: PageRequest | undefined) {
  const { items, pagination } = pageOf(ctx, prefixOf(clientId, kind), page);
  return { items: items.map(([key, data]) => ({ clientId, sequence: fromBe64(key), data })), pagination };
}

const NO_SEQUENCE = "packet sequence cannot be 0";

function assertPacket({
  clientId,
  sequence,
}: {
  readonly clientId: string;
  readonly sequence: bigint;
}): void {
  assertQueryId("client", clientId);
  if (sequence === 0n) throw invalidArgument(NO_SEQUENCE);
}

const nextSequenceSend = ({ clients }: Deps): QueryRoute =>
  ibcQuery({
    path: path("NextSequenceSend"),
    request: QueryNextSequenceSendRequest,
    response: QueryNextSequenceSendResponse,
    handle(ctx, { clientId }) {
      assertQueryId("client", clientId);
      const next = sequences.get(ctx, `nextSequenceSend/${clientId}`);
      if (next === undefined) throw notFound(channelErrors.sequenceSendNotFound(`client-id ${clientId}`));
      return { nextSequenceSend: next, proof: EMPTY, proofHeight: clients.selfHeight(ctx) };
    },
  });

const packetCommitment = ({ clients }: Deps): QueryRoute =>
  ibcQuery({
    path: path("PacketCommitment"),
    request: QueryPacketCommitmentRequest,
    response: QueryPacketCommitmentResponse,
    handle(ctx, request) {
      assertPacket(request);
      const commitment = entry(ctx, request.clientId, "commitment", request.sequence);
      if (commitment === undefined) throw notFound("packet commitment hash not found");
      return { commitment, proof: EMPTY, proofHeight: clients.selfHeight(ctx) };
    },
  });

const packetCommitments = ({ clients }: Deps): QueryRoute =>
  ibcQuery({
    path: path("PacketCommitments"),
    request: QueryPacketCommitmentsRequest,
    response: QueryPacketCommitmentsResponse,
    handle(ctx, { clientId, pagination: page }) {
      assertQueryId("client", clientId);
      const { items, pagination } = entries(ctx, clientId, "commitment", page);
      return { commitments: items, pagination, height: clients.selfHeight(ctx) };
    },
  });

const packetAcknowledgement = ({ clients }: Deps): QueryRoute =>
  ibcQuery({
    path: path("PacketAcknowledgement"),
    request: QueryPacketAcknowledgementRequest,
    response: QueryPacketAcknowledgementResponse,
    handle(ctx, request) {
      assertPacket(request);
      const acknowledgement = entry(ctx, request.clientId, "acknowledgement", request.sequence);
      if (acknowledgement === undefined) throw notFound("packet acknowledgement hash not found");
      return { acknowledgement, proof: EMPTY, proofHeight: clients.selfHeight(ctx) };
    },
  });

const packetAcknowledgements = ({ clients }: Deps): QueryRoute =>
  ibcQuery({
    path: path("PacketAcknowledgements"),
    request: QueryPacketAcknowledgementsRequest,
    response: QueryPacketAcknowledgementsResponse,
    handle(ctx, { clientId, packetCommitmentSequences: wanted, pagination: page }) {
      assertQueryId("client", clientId);
      const height = clients.selfHeight(ctx);
      if (wanted.length > 0) {
        const acknowledgements = wanted.flatMap((sequence) => {
          const data = entry(ctx, clientId, "acknowledgement", sequence);
          return data === undefined ? [] : [{ clientId, sequence, data }];
        });
        return { acknowledgements, height };
      }
      const { items, pagination } = entries(ctx, clientId, "acknowledgement", page);
      return { acknowledgements: items, pagination, height };
    },
  });

const packetReceipt = ({ clients }: Deps): QueryRoute =>
  ibcQuery({
    path: path("PacketReceipt"),
    request: QueryPacketReceiptRequest,
    response: QueryPacketReceiptResponse,
    handle(ctx, request) {
      assertPacket(request);
      const received = entry(ctx, request.clientId, "receipt", request.sequence) !== undefined;
      return { received, proof: EMPTY, proofHeight: clients.selfHeight(ctx) };
    },
  });

const unreceivedPackets = ({ clients }: Deps): QueryRoute =>
  ibcQuery({
    path: path("UnreceivedPackets"),
    request: QueryUnreceivedPacketsRequest,
    response: QueryUnreceivedPacketsResponse,
    handle(ctx, { clientId, sequences: asked }) {
      assertQueryId("client", clientId);
      const zero = asked.indexOf(0n);
      if (zero >= 0) throw invalidArgument(`packet sequence ${zero} cannot be 0`);
      const missing = asked.filter((sequence) => entry(ctx, clientId, "receipt", sequence) === undefined);
      return { sequences: missing, height: clients.selfHeight(ctx) };
    },
  });

const unreceivedAcks = ({ clients }: Deps): QueryRoute =>
  ibcQuery({
    path: path("UnreceivedAcks"),
    request: QueryUnreceivedAcksRequest,
    response: QueryUnreceivedAcksResponse,
    handle(ctx, { clientId, packetAckSequences: asked }) {
      assertQueryId("client", clientId);
      if (asked.includes(0n)) throw invalidArgument(NO_SEQUENCE);
      const open = asked.filter((sequence) => entry(ctx, clientId, "commitment", sequence) !== undefined);
      return { sequences: open, height: clients.selfHeight(ctx) };
    },
  });

/** All of them. */
export const channelV2Queries = (deps: Deps): readonly QueryRoute[] => [
  nextSequenceSend(deps),
  packetCommitment(deps),
  packetCommitments(deps),
  packetAcknowledgement(deps),
  packetAcknowledgements(deps),
  packetReceipt(deps),
  unreceivedPackets(deps),
  unreceivedAcks(deps),
];
