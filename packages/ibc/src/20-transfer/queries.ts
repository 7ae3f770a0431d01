/** Queries of ICS-20 (ibc-go v10 `transfer/keeper/grpc_query.go`). */
import { toHexUpper } from "@tandem-ics/crypto";
import {
  type AddressCodec,
  CodedError,
  fromGoHex,
  isDenom,
  paginate,
  type QueryRoute,
} from "@tandem-ics/runtime";
import {
  QueryDenomHashRequest,
  QueryDenomHashResponse,
  QueryDenomRequest,
  QueryDenomResponse,
  QueryDenomsRequest,
  QueryDenomsResponse,
  QueryEscrowAddressRequest,
  QueryEscrowAddressResponse,
  QueryParamsRequest,
  QueryParamsResponse,
  QueryTotalEscrowForDenomRequest,
  QueryTotalEscrowForDenomResponse,
} from "cosmjs-types/ibc/applications/transfer/v1/query";
import { channelErrors } from "../04-channel/errors.ts";
import type { ChannelKeeper } from "../04-channel/keeper.ts";
import { assertQueryId, invalidArgument, notFound } from "../queries.ts";
import { ibcQuery } from "../route.ts";
import { compareDenoms, denomHash, parseDenom, validateDenom } from "./denom.ts";
import { transferErrors } from "./errors.ts";
import { parseDenomHash, type TransferKeeper } from "./keeper.ts";
import { denoms, escrowAddress } from "./state.ts";

/** What the queries need. */
export interface TransferQueryDeps {
  readonly keeper: TransferKeeper;
  readonly address: AddressCodec;
  readonly channels: Pick<ChannelKeeper, "channel">;
}

const path = (method: string): string => `/ibc.applications.transfer.v1.Query/${method}`;

/** What Go's parser says to a text that is no hash. */
function hexProblem(text: string): string {
  try {
    const { length } = fromGoHex(text);
    return `expected size to be 32 bytes, got ${length} bytes`;
  } catch (error) {
    if (error instanceof CodedError) return error.message;
    throw error;
  }
}

const denom = ({ keeper }: TransferQueryDeps): QueryRoute =>
  ibcQuery({
    path: path("Denom"),
    request: QueryDenomRequest,
    response: QueryDenomResponse,
    handle(ctx, { hash: text }) {
      const hash = parseDenomHash(text.replace(/^ibc\//, ""));
      if (hash === undefined)
        throw invalidArgument(`invalid denom trace hash: , error: ${hexProblem(text.replace(/^ibc\//, ""))}`);
      const found = keeper.denom(ctx, hash);
      if (found === undefined) throw notFound(transferErrors.denomNotFound(text));
      return { denom: found };
    },
  });

const allDenoms = (): QueryRoute =>
  ibcQuery({
    path: path("Denoms"),
    request: QueryDenomsRequest,
    response: QueryDenomsResponse,
    handle(ctx, request) {
      const { items, pagination } = paginate(ctx, denoms, request.pagination);
      return { denoms: items.map(([, value]) => value).sort(compareDenoms), pagination };
    },
  });

const params = ({ keeper }: TransferQueryDeps): QueryRoute =>
  ibcQuery({
    path: path("Params"),
    request: QueryParamsRequest,
    response: QueryParamsResponse,
    handle: (ctx) => ({ params: keeper.params(ctx) }),
  });

const hashOfDenom = ({ keeper }: TransferQueryDeps): QueryRoute =>
  ibcQuery({
    path: path("DenomHash"),
    request: QueryDenomHashRequest,
    response: QueryDenomHashResponse,
    handle(ctx, { trace }) {
      const parsed = parseDenom(trace);
      try {
        validateDenom(parsed);
      } catch (error) {
        if (!(error instanceof CodedError)) throw error;
        throw invalidArgument(error.message);
      }
      const hash = denomHash(parsed);
      if (keeper.denom(ctx, hash) === undefined) throw notFound(transferErrors.denomNotFound(trace));
      return { hash: toHexUpper(hash) };
    },
  });

const escrow = ({ address, channels }: TransferQueryDeps): QueryRoute =>
  ibcQuery({
    path: path("EscrowAddress"),
    request: QueryEscrowAddressRequest,
    response: QueryEscrowAddressResponse,
    handle(ctx, { portId, channelId }) {
      assertQueryId("port", portId);
      assertQueryId("channel", channelId);
      if (channels.channel(ctx, portId, channelId) === undefined)
        throw notFound(channelErrors.channelNotFound(`port ID (${portId}) channel ID (${channelId})`));
      return { escrowAddress: address.encode(escrowAddress(portId, channelId)) };
    },
  });

const totalEscrow = ({ keeper }: TransferQueryDeps): QueryRoute =>
  ibcQuery({
    path: path("TotalEscrowForDenom"),
    request: QueryTotalEscrowForDenomRequest,
    response: QueryTotalEscrowForDenomResponse,
    handle(ctx, { denom: name }) {
      if (!isDenom(name)) throw invalidArgument(`invalid denom: ${name}`);
      return { amount: { denom: name, amount: keeper.totalEscrow(ctx, name).toString() } };
    },
  });

/** All queries of ICS-20. */
export const transferQueries = (deps: TransferQueryDeps): readonly QueryRoute[] => [
  denom(deps),
  allDenoms(),
  params(deps),
  hashOfDenom(deps),
  escrow(deps),
  totalEscrow(deps),
];
