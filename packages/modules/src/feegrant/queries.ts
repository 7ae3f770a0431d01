/** Queries of x/feegrant (`keeper/grpc_query.go`). */
import { equalBytes } from "@tandem-ics/crypto";
import { type AddressCodec, GRPC, GrpcError, paginate, type QueryRoute, query } from "@tandem-ics/runtime";
import {
  QueryAllowanceRequest,
  QueryAllowanceResponse,
  QueryAllowancesByGranterRequest,
  QueryAllowancesByGranterResponse,
  QueryAllowancesRequest,
  QueryAllowancesResponse,
} from "cosmjs-types/cosmos/feegrant/v1beta1/query";
import { decodeAddress } from "../address-text.ts";
import { allowancesOf, type FeegrantState } from "./state.ts";

const path = (method: string): string => `/cosmos.feegrant.v1beta1.Query/${method}`;

/** The routes. */
export const feegrantQueries = (state: FeegrantState, addresses: AddressCodec): QueryRoute[] => [
  query({
    path: path("Allowance"),
    request: QueryAllowanceRequest,
    response: QueryAllowanceResponse,
    handle(ctx, { granter, grantee }) {
      const granterAddress = decodeAddress(addresses, granter);
      const grant = state.allowances.get(ctx, [decodeAddress(addresses, grantee), granterAddress]);
      if (grant === undefined) throw new GrpcError(GRPC.internal, "fee-grant not found: not found");
      return { allowance: { ...grant, granter, grantee } };
    },
  }),
  query({
    path: path("Allowances"),
    request: QueryAllowancesRequest,
    response: QueryAllowancesResponse,
    handle(ctx, { grantee, pagination: request }) {
      const prefix = allowancesOf(decodeAddress(addresses, grantee));
      const { items, pagination } = paginate(ctx, state.allowances, request, { prefix });
      return { allowances: items.map(([, grant]) => grant), pagination };
    },
  }),
  query({
    path: path("AllowancesByGranter"),
    request: QueryAllowancesByGranterRequest,
    response: QueryAllowancesByGranterResponse,
    handle(ctx, { granter, pagination: request }) {
      const address = decodeAddress(addresses, granter);
      const { items, pagination } = paginate(ctx, state.allowances, request, {
        filter: ([, by]) => equalBytes(by, address),
      });
      return { allowances: items.map(([, grant]) => grant), pagination };
    },
  }),
];
