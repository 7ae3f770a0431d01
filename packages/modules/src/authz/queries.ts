/** Queries of x/authz (`keeper/grpc_query.go`). */
import { equalBytes } from "@tandem-ics/crypto";
import { type AddressCodec, paginate, type QueryRoute, query } from "@tandem-ics/runtime";
import type { Grant, GrantAuthorization } from "cosmjs-types/cosmos/authz/v1beta1/authz";
import {
  QueryGranteeGrantsRequest,
  QueryGranteeGrantsResponse,
  QueryGranterGrantsRequest,
  QueryGranterGrantsResponse,
  QueryGrantsRequest,
  QueryGrantsResponse,
} from "cosmjs-types/cosmos/authz/v1beta1/query";
import { decodeAddress } from "../address-text.ts";
import { authzErrors } from "./errors.ts";
import { type AuthzState, type GrantKey, grantsOf } from "./state.ts";

const path = (method: string): string => `/cosmos.authz.v1beta1.Query/${method}`;

/** The routes. */
export function authzQueries({ grants }: AuthzState, addresses: AddressCodec): QueryRoute[] {
  const withParties = ([[granter, grantee], grant]: readonly [GrantKey, Grant]): GrantAuthorization => ({
    granter: addresses.encode(granter),
    grantee: addresses.encode(grantee),
    ...grant,
  });
  return [
    query({
      path: path("Grants"),
      request: QueryGrantsRequest,
      response: QueryGrantsResponse,
      handle(ctx, request) {
        const granter = decodeAddress(addresses, request.granter);
        const grantee = decodeAddress(addresses, request.grantee);
        const { msgTypeUrl } = request;
        if (msgTypeUrl === "") {
          const { items, pagination } = paginate(ctx, grants, request.pagination, {
            prefix: grantsOf(granter, grantee),
          });
          return { grants: items.map(([, grant]) => grant), pagination };
        }
        const grant = grants.get(ctx, [granter, grantee, msgTypeUrl]);
        if (grant === undefined)
          throw authzErrors.noAuthorizationFound(`authorization not found for ${msgTypeUrl} type`);
        return { grants: [grant] };
      },
    }),
    query({
      path: path("GranterGrants"),
      request: QueryGranterGrantsRequest,
      response: QueryGranterGrantsResponse,
      handle(ctx, { granter, pagination: request }) {
        const prefix = grantsOf(decodeAddress(addresses, granter));
        const { items, pagination } = paginate(ctx, grants, request, { prefix });
        return { grants: items.map(withParties), pagination };
      },
    }),
    query({
      path: path("GranteeGrants"),
      request: QueryGranteeGrantsRequest,
      response: QueryGranteeGrantsResponse,
      handle(ctx, { grantee, pagination: request }) {
        const address = decodeAddress(addresses, grantee);
        const { items, pagination } = paginate(ctx, grants, request, {
          filter: ([, to]) => equalBytes(to, address),
        });
        return { grants: items.map(withParties), pagination };
      },
    }),
  ];
}
