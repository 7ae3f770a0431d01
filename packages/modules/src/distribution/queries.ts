/** Queries of distribution (SDK x/distribution `keeper/grpc_query.go`). */
import {
  addDecCoins,
  type DecCoins,
  decCoinsToProto,
  GRPC,
  GrpcError,
  lengthBytesKey,
  paginate,
  type QueryRoute,
  query,
} from "@tandem-ics/runtime";
import {
  QueryCommunityPoolRequest,
  QueryCommunityPoolResponse,
  QueryDelegationRewardsRequest,
  QueryDelegationRewardsResponse,
  QueryDelegationTotalRewardsRequest,
  QueryDelegationTotalRewardsResponse,
  QueryDelegatorValidatorsRequest,
  QueryDelegatorValidatorsResponse,
  QueryDelegatorWithdrawAddressRequest,
  QueryDelegatorWithdrawAddressResponse,
  QueryParamsRequest,
  QueryParamsResponse,
  QueryValidatorCommissionRequest,
  QueryValidatorCommissionResponse,
  QueryValidatorDistributionInfoRequest,
  QueryValidatorDistributionInfoResponse,
  QueryValidatorOutstandingRewardsRequest,
  QueryValidatorOutstandingRewardsResponse,
  QueryValidatorSlashesRequest,
  QueryValidatorSlashesResponse,
} from "cosmjs-types/cosmos/distribution/v1beta1/query";
import { decodeAddress } from "../address-text.ts";
import type { DistributionParty } from "./keeper.ts";
import { distributionParamsToProto } from "./params.ts";

const path = (name: string): string => `/cosmos.distribution.v1beta1.Query/${name}`;

function assertGiven(text: string, what: string): void {
  if (text === "") throw new GrpcError(GRPC.invalidArgument, `empty ${what} address`);
}

/** Routes of all queries. */
export function createDistributionQueries(party: DistributionParty): QueryRoute[] {
  return [
    ...poolQueries(party),
    ...validatorQueries(party),
    slashesQuery(party),
    ...delegationQueries(party),
    ...delegatorQueries(party),
  ];
}

function poolQueries({ keeper }: DistributionParty): QueryRoute[] {
  return [
    query({
      path: path("Params"),
      request: QueryParamsRequest,
      response: QueryParamsResponse,
      handle: (ctx) => ({ params: distributionParamsToProto(keeper.params(ctx)) }),
    }),
    query({
      path: path("CommunityPool"),
      request: QueryCommunityPoolRequest,
      response: QueryCommunityPoolResponse,
      handle: (ctx) => ({ pool: decCoinsToProto(keeper.communityPool(ctx)) }),
    }),
  ];
}

function validatorQueries({ keeper, parts }: DistributionParty): QueryRoute[] {
  const { addresses, staking } = parts;
  return [
    query({
      path: path("ValidatorDistributionInfo"),
      request: QueryValidatorDistributionInfoRequest,
      response: QueryValidatorDistributionInfoResponse,
      handle(ctx, { validatorAddress }) {
        assertGiven(validatorAddress, "validator");
        const valAddr = decodeAddress(addresses.validator, validatorAddress);
        return {
          operatorAddress: addresses.account.encode(valAddr),
          selfBondRewards: decCoinsToProto(keeper.delegationRewards(ctx, valAddr, valAddr)),
          commission: decCoinsToProto(keeper.accumulatedCommission(ctx, valAddr)),
        };
      },
    }),
    query({
      path: path("ValidatorOutstandingRewards"),
      request: QueryValidatorOutstandingRewardsRequest,
      response: QueryValidatorOutstandingRewardsResponse,
      handle(ctx, { validatorAddress }) {
        assertGiven(validatorAddress, "validator");
        const valAddr = decodeAddress(addresses.validator, validatorAddress);
        staking.requireValidator(ctx, valAddr);
        return { rewards: { rewards: decCoinsToProto(keeper.outstandingRewards(ctx, valAddr)) } };
      },
    }),
    query({
      path: path("ValidatorCommission"),
      request: QueryValidatorCommissionRequest,
      response: QueryValidatorCommissionResponse,
      handle(ctx, { validatorAddress }) {
        assertGiven(validatorAddress, "validator");
        const valAddr = decodeAddress(addresses.validator, validatorAddress);
        staking.requireValidator(ctx, valAddr);
        return { commission: { commission: decCoinsToProto(keeper.accumulatedCommission(ctx, valAddr)) } };
      },
    }),
  ];
}

function slashesQuery({ parts }: DistributionParty): QueryRoute {
  const { addresses, state } = parts;
  function slashedValidator(text: string): Uint8Array {
    try {
      return decodeAddress(addresses.validator, text);
    } catch (cause) {
      throw new GrpcError(GRPC.invalidArgument, "invalid validator address", { cause });
    }
  }
  return query({
    path: path("ValidatorSlashes"),
    request: QueryValidatorSlashesRequest,
    response: QueryValidatorSlashesResponse,
    handle(ctx, { validatorAddress, startingHeight, endingHeight, pagination: page }) {
      assertGiven(validatorAddress, "validator");
      if (endingHeight < startingHeight) {
        throw new GrpcError(
          GRPC.invalidArgument,
          `starting height greater than ending height (${startingHeight} > ${endingHeight})`,
        );
      }
      const prefix = lengthBytesKey.encode(slashedValidator(validatorAddress));
      // the SDK compares periods, not heights, with the bounds
      const { items, pagination } = paginate(ctx, state.slashEvents, page, {
        prefix,
        filter: (_, { period }) => period >= startingHeight && period <= endingHeight,
      });
      const slashes = items.map(([, { period, fraction }]) => ({
        validatorPeriod: period,
        fraction: fraction.toWire(),
      }));
      return { slashes, pagination };
    },
  });
}

function delegationQueries({ keeper, parts }: DistributionParty): QueryRoute[] {
  const { addresses, staking } = parts;
  return [
    query({
      path: path("DelegationRewards"),
      request: QueryDelegationRewardsRequest,
      response: QueryDelegationRewardsResponse,
      handle(ctx, { delegatorAddress, validatorAddress }) {
        assertGiven(delegatorAddress, "delegator");
        assertGiven(validatorAddress, "validator");
        const valAddr = decodeAddress(addresses.validator, validatorAddress);
        const delAddr = decodeAddress(addresses.account, delegatorAddress);
        return { rewards: decCoinsToProto(keeper.delegationRewards(ctx, delAddr, valAddr)) };
      },
    }),
    query({
      path: path("DelegationTotalRewards"),
      request: QueryDelegationTotalRewardsRequest,
      response: QueryDelegationTotalRewardsResponse,
      handle(ctx, { delegatorAddress }) {
        assertGiven(delegatorAddress, "delegator");
        const delAddr = decodeAddress(addresses.account, delegatorAddress);
        let total: DecCoins = [];
        const rewards = staking.delegatorDelegations(ctx, delAddr).map(({ validator }) => {
          const reward = keeper.delegationRewards(ctx, delAddr, validator);
          total = addDecCoins(total, reward);
          return {
            validatorAddress: addresses.validator.encode(validator),
            reward: decCoinsToProto(reward),
          };
        });
        return { rewards, total: decCoinsToProto(total) };
      },
    }),
  ];
}

function delegatorQueries({ keeper, parts }: DistributionParty): QueryRoute[] {
  const { addresses, staking } = parts;
  return [
    query({
      path: path("DelegatorValidators"),
      request: QueryDelegatorValidatorsRequest,
      response: QueryDelegatorValidatorsResponse,
      handle(ctx, { delegatorAddress }) {
        assertGiven(delegatorAddress, "delegator");
        const delegations = staking.delegatorDelegations(
          ctx,
          decodeAddress(addresses.account, delegatorAddress),
        );
        return { validators: delegations.map(({ validator }) => addresses.validator.encode(validator)) };
      },
    }),
    query({
      path: path("DelegatorWithdrawAddress"),
      request: QueryDelegatorWithdrawAddressRequest,
      response: QueryDelegatorWithdrawAddressResponse,
      handle(ctx, { delegatorAddress }) {
        assertGiven(delegatorAddress, "delegator");
        const to = keeper.withdrawAddress(ctx, decodeAddress(addresses.account, delegatorAddress));
        return { withdrawAddress: addresses.account.encode(to) };
      },
    }),
  ];
}
