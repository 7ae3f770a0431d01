/** Queries of slashing (SDK x/slashing `keeper/grpc_query.go`). */
import { GRPC, GrpcError, paginate, type QueryRoute, query } from "@tandem-ics/runtime";
import {
  QueryParamsRequest,
  QueryParamsResponse,
  QuerySigningInfoRequest,
  QuerySigningInfoResponse,
  QuerySigningInfosRequest,
  QuerySigningInfosResponse,
} from "cosmjs-types/cosmos/slashing/v1beta1/query";
import { decodeAddress } from "../address-text.ts";
import type { SlashingParty } from "./keeper.ts";
import { slashingParamsToProto } from "./params.ts";
import { signingInfoToProto } from "./state.ts";

const path = (name: string): string => `/cosmos.slashing.v1beta1.Query/${name}`;

/** Routes of all queries. */
export function createSlashingQueries({ keeper, parts }: SlashingParty): QueryRoute[] {
  return [
    query({
      path: path("Params"),
      request: QueryParamsRequest,
      response: QueryParamsResponse,
      handle: (ctx) => ({ params: slashingParamsToProto(keeper.params(ctx)) }),
    }),
    query({
      path: path("SigningInfo"),
      request: QuerySigningInfoRequest,
      response: QuerySigningInfoResponse,
      handle(ctx, { consAddress }) {
        if (consAddress === "") throw new GrpcError(GRPC.invalidArgument, "invalid request");
        const info = keeper.signingInfo(ctx, decodeAddress(parts.addresses.consensus, consAddress));
        if (info === undefined) {
          throw new GrpcError(GRPC.notFound, `SigningInfo not found for validator ${consAddress}`);
        }
        return { valSigningInfo: signingInfoToProto(info) };
      },
    }),
    query({
      path: path("SigningInfos"),
      request: QuerySigningInfosRequest,
      response: QuerySigningInfosResponse,
      handle(ctx, { pagination: page }) {
        const { items, pagination } = paginate(ctx, parts.state.signingInfos, page);
        return { info: items.map(([, info]) => signingInfoToProto(info)), pagination };
      },
    }),
  ];
}
