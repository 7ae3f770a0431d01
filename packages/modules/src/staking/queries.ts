/** Queries of staking (SDK x/staking `keeper/grpc_query.go`). */
import {
  type Context,
  GRPC,
  GrpcError,
  lengthBytesKey,
  paginate,
  type QueryRoute,
  query,
} from "@tandem-ics/runtime";
import {
  QueryDelegatorValidatorRequest,
  QueryDelegatorValidatorResponse,
  QueryDelegatorValidatorsRequest,
  QueryDelegatorValidatorsResponse,
  QueryHistoricalInfoRequest,
  QueryHistoricalInfoResponse,
  QueryParamsRequest,
  QueryParamsResponse,
  QueryPoolRequest,
  QueryPoolResponse,
  QueryValidatorRequest,
  QueryValidatorResponse,
  QueryValidatorsRequest,
  QueryValidatorsResponse,
} from "cosmjs-types/cosmos/staking/v1beta1/query";
import { BondStatus } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import { decodeAddress } from "../address-text.ts";
import { createDelegationQueries } from "./delegation-queries.ts";
import { stakingErrors } from "./errors.ts";
import type { StakingParty } from "./keeper.ts";
import { stakingParamsToProto } from "./params.ts";
import { assertGiven } from "./query-arguments.ts";
import { validatorToProto } from "./validator.ts";

const path = (name: string): string => `/cosmos.staking.v1beta1.Query/${name}`;

/** Routes of all queries. */
export function createStakingQueries(party: StakingParty): QueryRoute[] {
  return [...validatorQueries(party), ...createDelegationQueries(party), ...stateQueries(party)];
}

function validatorQueries({ keeper, parts: { addresses, state } }: StakingParty): QueryRoute[] {
  const statuses: Readonly<Record<string, BondStatus>> = {
    BOND_STATUS_UNBONDED: BondStatus.BOND_STATUS_UNBONDED,
    BOND_STATUS_UNBONDING: BondStatus.BOND_STATUS_UNBONDING,
    BOND_STATUS_BONDED: BondStatus.BOND_STATUS_BONDED,
  };
  return [
    query({
      path: path("Validators"),
      request: QueryValidatorsRequest,
      response: QueryValidatorsResponse,
      handle(ctx, { status, pagination: page }) {
        const wanted = Object.hasOwn(statuses, status) ? statuses[status] : undefined;
        if (status !== "" && wanted === undefined) {
          throw new GrpcError(GRPC.invalidArgument, `invalid validator status ${status}`);
        }
        const { items, pagination } = paginate(ctx, state.validators, page, {
          filter: (_, validator) => wanted === undefined || validator.status === wanted,
        });
        return { validators: items.map(([, v]) => validatorToProto(v, addresses)), pagination };
      },
    }),
    query({
      path: path("Validator"),
      request: QueryValidatorRequest,
      response: QueryValidatorResponse,
      handle(ctx, { validatorAddr }) {
        assertGiven(validatorAddr, "validator");
        const validator = keeper.validator(ctx, decodeAddress(addresses.validator, validatorAddr));
        if (validator === undefined) {
          throw new GrpcError(GRPC.notFound, `validator ${validatorAddr} not found`);
        }
        return { validator: validatorToProto(validator, addresses) };
      },
    }),
    query({
      path: path("DelegatorValidator"),
      request: QueryDelegatorValidatorRequest,
      response: QueryDelegatorValidatorResponse,
      handle(ctx, { delegatorAddr, validatorAddr }) {
        assertGiven(delegatorAddr, "delegator");
        assertGiven(validatorAddr, "validator");
        const delAddr = decodeAddress(addresses.account, delegatorAddr);
        const valAddr = decodeAddress(addresses.validator, validatorAddr);
        const validator = keeper.validator(ctx, valAddr);
        if (keeper.delegation(ctx, delAddr, valAddr) === undefined || validator === undefined) {
          throw new GrpcError(GRPC.internal, stakingErrors.noDelegation.text);
        }
        return { validator: validatorToProto(validator, addresses) };
      },
    }),
    query({
      path: path("DelegatorValidators"),
      request: QueryDelegatorValidatorsRequest,
      response: QueryDelegatorValidatorsResponse,
      handle(ctx, { delegatorAddr, pagination: page }) {
        assertGiven(delegatorAddr, "delegator");
        const prefix = lengthBytesKey.encode(decodeAddress(addresses.account, delegatorAddr));
        const { items, pagination } = paginate(ctx, state.delegations, page, { prefix });
        const validators = items.map(([[, valAddr]]) =>
          validatorToProto(keeper.requireValidator(ctx, valAddr), addresses),
        );
        return { validators, pagination };
      },
    }),
  ];
}

function stateQueries({ keeper, pools }: StakingParty): QueryRoute[] {
  return [
    query({
      path: path("HistoricalInfo"),
      request: QueryHistoricalInfoRequest,
      response: QueryHistoricalInfoResponse,
      handle(ctx: Context, { height }) {
        if (height < 0n) throw new GrpcError(GRPC.invalidArgument, "height cannot be negative");
        const hist = keeper.historicalInfo(ctx, height);
        if (hist === undefined) {
          throw new GrpcError(GRPC.notFound, `historical info for height ${height} not found`);
        }
        return { hist };
      },
    }),
    query({
      path: path("Pool"),
      request: QueryPoolRequest,
      response: QueryPoolResponse,
      handle: (ctx) => ({
        pool: {
          notBondedTokens: pools.notBondedTokens(ctx).toString(),
          bondedTokens: pools.bondedTokens(ctx).toString(),
        },
      }),
    }),
    query({
      path: path("Params"),
      request: QueryParamsRequest,
      response: QueryParamsResponse,
      handle: (ctx) => ({ params: stakingParamsToProto(keeper.params(ctx)) }),
    }),
  ];
}
