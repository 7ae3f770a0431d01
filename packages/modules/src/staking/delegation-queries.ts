/** Queries for delegations and stake on its way (SDK x/staking `keeper/grpc_query.go`). */
import {
  CodedError,
  type Context,
  GRPC,
  GrpcError,
  lengthBytesKey,
  paginate,
  type QueryRoute,
  query,
} from "@tandem-ics/runtime";
import type { PageResponse } from "cosmjs-types/cosmos/base/query/v1beta1/pagination";
import {
  QueryDelegationRequest,
  QueryDelegationResponse,
  QueryDelegatorDelegationsRequest,
  QueryDelegatorDelegationsResponse,
  QueryDelegatorUnbondingDelegationsRequest,
  QueryDelegatorUnbondingDelegationsResponse,
  QueryRedelegationsRequest,
  QueryRedelegationsResponse,
  QueryUnbondingDelegationRequest,
  QueryUnbondingDelegationResponse,
  QueryValidatorDelegationsRequest,
  QueryValidatorDelegationsResponse,
  QueryValidatorUnbondingDelegationsRequest,
  QueryValidatorUnbondingDelegationsResponse,
} from "cosmjs-types/cosmos/staking/v1beta1/query";
import type { DelegationResponse, RedelegationResponse } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import { decodeAddress } from "../address-text.ts";
import {
  type Delegation,
  delegationToProto,
  type Redelegation,
  redelegationEntryToProto,
  redelegationToProto,
  unbondingToProto,
} from "./delegation.ts";
import type { StakingParty } from "./keeper.ts";
import { assertGiven } from "./query-arguments.ts";
import { tokensFromShares } from "./validator.ts";

const path = (name: string): string => `/cosmos.staking.v1beta1.Query/${name}`;

function delegationResponse(
  ctx: Context,
  { keeper, parts: { addresses } }: StakingParty,
  delegation: Delegation,
): DelegationResponse {
  const validator = keeper.requireValidator(ctx, delegation.validator);
  const amount = tokensFromShares(validator, delegation.shares).truncateInt();
  return {
    delegation: delegationToProto(delegation, addresses),
    balance: { denom: keeper.bondDenom(ctx), amount: amount.toString() },
  };
}

/** Routes of these queries. */
export function createDelegationQueries(party: StakingParty): QueryRoute[] {
  return [...delegationQueries(party), ...unbondingQueries(party), redelegationsQuery(party)];
}

function delegationQueries(party: StakingParty): QueryRoute[] {
  const { keeper, parts } = party;
  const { addresses, state } = parts;
  return [
    query({
      path: path("Delegation"),
      request: QueryDelegationRequest,
      response: QueryDelegationResponse,
      handle(ctx, { delegatorAddr, validatorAddr }) {
        assertGiven(delegatorAddr, "delegator");
        assertGiven(validatorAddr, "validator");
        const delAddr = decodeAddress(addresses.account, delegatorAddr);
        const delegation = keeper.delegation(ctx, delAddr, decodeAddress(addresses.validator, validatorAddr));
        if (delegation === undefined) {
          throw new GrpcError(
            GRPC.notFound,
            `delegation with delegator ${delegatorAddr} not found for validator ${validatorAddr}`,
          );
        }
        return { delegationResponse: delegationResponse(ctx, party, delegation) };
      },
    }),
    query({
      path: path("ValidatorDelegations"),
      request: QueryValidatorDelegationsRequest,
      response: QueryValidatorDelegationsResponse,
      handle(ctx, { validatorAddr, pagination: page }) {
        assertGiven(validatorAddr, "validator");
        const prefix = lengthBytesKey.encode(decodeAddress(addresses.validator, validatorAddr));
        const { items, pagination } = paginate(ctx, state.delegationsByValidator, page, { prefix });
        const delegationResponses = items.map(([[valAddr, delAddr]]) =>
          delegationResponse(ctx, party, state.delegations.get(ctx, [delAddr, valAddr])!),
        );
        return { delegationResponses, pagination };
      },
    }),
    query({
      path: path("DelegatorDelegations"),
      request: QueryDelegatorDelegationsRequest,
      response: QueryDelegatorDelegationsResponse,
      handle(ctx, { delegatorAddr, pagination: page }) {
        assertGiven(delegatorAddr, "delegator");
        const prefix = lengthBytesKey.encode(decodeAddress(addresses.account, delegatorAddr));
        const { items, pagination } = paginate(ctx, state.delegations, page, { prefix });
        const responses = items.map(([, delegation]) => delegationResponse(ctx, party, delegation));
        return { delegationResponses: responses, pagination };
      },
    }),
  ];
}

function unbondingQueries({ keeper, parts }: StakingParty): QueryRoute[] {
  const { addresses, state } = parts;
  return [
    query({
      path: path("UnbondingDelegation"),
      request: QueryUnbondingDelegationRequest,
      response: QueryUnbondingDelegationResponse,
      handle(ctx, { delegatorAddr, validatorAddr }) {
        assertGiven(delegatorAddr, "delegator");
        assertGiven(validatorAddr, "validator");
        const delAddr = decodeAddress(addresses.account, delegatorAddr);
        const valAddr = decodeAddress(addresses.validator, validatorAddr);
        const unbonding = keeper.unbondingDelegation(ctx, delAddr, valAddr);
        if (unbonding === undefined) {
          throw new GrpcError(
            GRPC.notFound,
            `unbonding delegation with delegator ${delegatorAddr} not found for validator ${validatorAddr}`,
          );
        }
        return { unbond: unbondingToProto(unbonding, addresses) };
      },
    }),
    query({
      path: path("ValidatorUnbondingDelegations"),
      request: QueryValidatorUnbondingDelegationsRequest,
      response: QueryValidatorUnbondingDelegationsResponse,
      handle(ctx, { validatorAddr, pagination: page }) {
        assertGiven(validatorAddr, "validator");
        const prefix = lengthBytesKey.encode(decodeAddress(addresses.validator, validatorAddr));
        const { items, pagination } = paginate(ctx, state.unbondingsByValidator, page, { prefix });
        const unbondingResponses = items.map(([[valAddr, delAddr]]) =>
          unbondingToProto(state.unbondings.get(ctx, [delAddr, valAddr])!, addresses),
        );
        return { unbondingResponses, pagination };
      },
    }),
    query({
      path: path("DelegatorUnbondingDelegations"),
      request: QueryDelegatorUnbondingDelegationsRequest,
      response: QueryDelegatorUnbondingDelegationsResponse,
      handle(ctx, { delegatorAddr, pagination: page }) {
        assertGiven(delegatorAddr, "delegator");
        const prefix = lengthBytesKey.encode(decodeAddress(addresses.account, delegatorAddr));
        const { items, pagination } = paginate(ctx, state.unbondings, page, { prefix });
        return { unbondingResponses: items.map(([, u]) => unbondingToProto(u, addresses)), pagination };
      },
    }),
  ];
}

/** One redelegation, all from a validator, or all of a delegator, by which addresses are given. */
function redelegationsQuery({ keeper, parts }: StakingParty): QueryRoute {
  const { addresses, state } = parts;

  function find(
    ctx: Context,
    request: QueryRedelegationsRequest,
  ): { found: Redelegation[]; pagination: PageResponse | undefined } {
    const { delegatorAddr, srcValidatorAddr, dstValidatorAddr, pagination: page } = request;
    if (delegatorAddr !== "" && srcValidatorAddr !== "" && dstValidatorAddr !== "") {
      const delAddr = decodeAddress(addresses.account, delegatorAddr);
      const source = decodeAddress(addresses.validator, srcValidatorAddr);
      const destination = decodeAddress(addresses.validator, dstValidatorAddr);
      const redelegation = keeper.redelegation(ctx, delAddr, source, destination);
      if (redelegation === undefined) {
        throw new GrpcError(
          GRPC.internal,
          `rpc error: code = NotFound desc = redelegation not found for delegator address ${delegatorAddr} from validator address ${srcValidatorAddr}`,
        );
      }
      return { found: [redelegation], pagination: undefined };
    }
    if (delegatorAddr === "" && srcValidatorAddr !== "" && dstValidatorAddr === "") {
      const prefix = lengthBytesKey.encode(decodeAddress(addresses.validator, srcValidatorAddr));
      const { items, pagination } = paginate(ctx, state.redelegationsBySource, page, { prefix });
      const found = items.map(([[src, del, dst]]) => state.redelegations.get(ctx, [del, src, dst])!);
      return { found, pagination };
    }
    const prefix = lengthBytesKey.encode(decodeAddress(addresses.account, delegatorAddr));
    const { items, pagination } = paginate(ctx, state.redelegations, page, { prefix });
    return { found: items.map(([, redelegation]) => redelegation), pagination };
  }

  function response(ctx: Context, redelegation: Redelegation): RedelegationResponse {
    const validator = keeper.requireValidator(ctx, redelegation.destination);
    return {
      redelegation: { ...redelegationToProto(redelegation, addresses), entries: [] },
      entries: redelegation.entries.map((entry) => ({
        redelegationEntry: redelegationEntryToProto(entry),
        balance: tokensFromShares(validator, entry.sharesDst).truncateInt().toString(),
      })),
    };
  }

  /** Whatever goes wrong while looking is `Internal` to the SDK. */
  function asInternal<T>(look: () => T): T {
    try {
      return look();
    } catch (cause) {
      if (!(cause instanceof CodedError)) throw cause;
      throw new GrpcError(GRPC.internal, cause.message, { cause });
    }
  }

  return query({
    path: path("Redelegations"),
    request: QueryRedelegationsRequest,
    response: QueryRedelegationsResponse,
    handle(ctx, request) {
      const { found, pagination } = asInternal(() => find(ctx, request));
      const redelegationResponses = found.map((redelegation) => response(ctx, redelegation));
      return pagination === undefined ? { redelegationResponses } : { redelegationResponses, pagination };
    },
  });
}
