/** Routes of the provider's queries (`interchain_security.ccv.provider.v1.Query`). */

import {
  nsToTimestamp,
  ProviderQueryParamsRequest,
  ProviderQueryParamsResponse,
  ProviderQueryThrottleStateRequest,
  ProviderQueryThrottleStateResponse,
  QueryAllPairsValConsAddrByConsumerRequest,
  QueryAllPairsValConsAddrByConsumerResponse,
  QueryBlocksUntilNextEpochRequest,
  QueryBlocksUntilNextEpochResponse,
  QueryConsumerChainOptedInValidatorsRequest,
  QueryConsumerChainOptedInValidatorsResponse,
  QueryConsumerChainRequest,
  QueryConsumerChainResponse,
  QueryConsumerChainsRequest,
  QueryConsumerChainsResponse,
  QueryConsumerChainsValidatorHasToValidateRequest,
  QueryConsumerChainsValidatorHasToValidateResponse,
  QueryConsumerGenesisRequest,
  QueryConsumerGenesisResponse,
  QueryConsumerGenesisTimeRequest,
  QueryConsumerGenesisTimeResponse,
  QueryConsumerIdFromClientIdRequest,
  QueryConsumerIdFromClientIdResponse,
  QueryConsumerValidatorsRequest,
  QueryConsumerValidatorsResponse,
  QueryRegisteredConsumerRewardDenomsRequest,
  QueryRegisteredConsumerRewardDenomsResponse,
  QueryValidatorConsumerAddrRequest,
  QueryValidatorConsumerAddrResponse,
  QueryValidatorConsumerCommissionRateRequest,
  QueryValidatorConsumerCommissionRateResponse,
  QueryValidatorProviderAddrRequest,
  QueryValidatorProviderAddrResponse,
} from "@tandem-ics/proto";
import { type Context, type ProtoCodec, type QueryRoute, query } from "@tandem-ics/runtime";
import { createConsumerQueries } from "./consumer-queries.ts";
import type { ProviderDeps } from "./expected-keepers.ts";
import { blocksUntilNextEpoch, providerParams } from "./params.ts";
import * as state from "./state.ts";
import type { Throttle } from "./throttle.ts";
import { createValidatorQueries } from "./validator-queries.ts";
import type { ValidatorSets } from "./validator-sets.ts";

const SERVICE = "/interchain_security.ccv.provider.v1.Query/";

const on = <Request, Response>(
  rpc: string,
  request: ProtoCodec<Request>,
  response: ProtoCodec<Response>,
  handle: (ctx: Context, request: Request) => Response,
): QueryRoute => query({ path: SERVICE + rpc, request, response, handle });

type Deps = Pick<ProviderDeps, "addresses" | "staking" | "client">;

/** All routes. */
export function providerQueries(deps: Deps, sets: ValidatorSets, throttle: Throttle): QueryRoute[] {
  const consumers = createConsumerQueries(deps);
  const validators = createValidatorQueries(deps, sets);
  return [
    on("QueryConsumerGenesis", QueryConsumerGenesisRequest, QueryConsumerGenesisResponse, (ctx, r) => ({
      genesisState: consumers.genesis(ctx, r.consumerId),
    })),
    on("QueryConsumerChains", QueryConsumerChainsRequest, QueryConsumerChainsResponse, consumers.chains),
    on("QueryConsumerChain", QueryConsumerChainRequest, QueryConsumerChainResponse, (ctx, r) =>
      consumers.chain(ctx, r.consumerId),
    ),
    on(
      "QueryConsumerGenesisTime",
      QueryConsumerGenesisTimeRequest,
      QueryConsumerGenesisTimeResponse,
      (ctx, r) => consumers.genesisTime(ctx, r.consumerId),
    ),
    on(
      "QueryConsumerIdFromClientId",
      QueryConsumerIdFromClientIdRequest,
      QueryConsumerIdFromClientIdResponse,
      (ctx, r) => ({ consumerId: consumers.idOfClient(ctx, r.clientId) }),
    ),
    on(
      "QueryValidatorConsumerAddr",
      QueryValidatorConsumerAddrRequest,
      QueryValidatorConsumerAddrResponse,
      (ctx, r) => ({ consumerAddress: validators.consumerAddress(ctx, r.consumerId, r.providerAddress) }),
    ),
    on(
      "QueryValidatorProviderAddr",
      QueryValidatorProviderAddrRequest,
      QueryValidatorProviderAddrResponse,
      (ctx, r) => ({ providerAddress: validators.providerAddress(ctx, r.consumerId, r.consumerAddress) }),
    ),
    on(
      "QueryAllPairsValConsAddrByConsumer",
      QueryAllPairsValConsAddrByConsumerRequest,
      QueryAllPairsValConsAddrByConsumerResponse,
      (ctx, r) => ({ pairValConAddr: validators.pairs(ctx, r.consumerId) }),
    ),
    on(
      "QueryConsumerChainOptedInValidators",
      QueryConsumerChainOptedInValidatorsRequest,
      QueryConsumerChainOptedInValidatorsResponse,
      (ctx, r) => ({ validatorsProviderAddresses: validators.optedIn(ctx, r.consumerId) }),
    ),
    on(
      "QueryConsumerChainsValidatorHasToValidate",
      QueryConsumerChainsValidatorHasToValidateRequest,
      QueryConsumerChainsValidatorHasToValidateResponse,
      (ctx, r) => ({ consumerIds: validators.consumersToValidate(ctx, r.providerAddress) }),
    ),
    on(
      "QueryValidatorConsumerCommissionRate",
      QueryValidatorConsumerCommissionRateRequest,
      QueryValidatorConsumerCommissionRateResponse,
      (ctx, r) => ({ rate: validators.commissionRate(ctx, r.consumerId, r.providerAddress) }),
    ),
    on(
      "QueryConsumerValidators",
      QueryConsumerValidatorsRequest,
      QueryConsumerValidatorsResponse,
      (ctx, r) => ({
        validators: validators.validators(ctx, r.consumerId),
      }),
    ),
    on(
      "QueryThrottleState",
      ProviderQueryThrottleStateRequest,
      ProviderQueryThrottleStateResponse,
      (ctx) => ({
        slashMeter: throttle.meter(ctx),
        slashMeterAllowance: throttle.allowance(ctx),
        nextReplenishCandidate: nsToTimestamp(state.replenishCandidate.require(ctx)),
      }),
    ),
    on(
      "QueryRegisteredConsumerRewardDenoms",
      QueryRegisteredConsumerRewardDenomsRequest,
      QueryRegisteredConsumerRewardDenomsResponse,
      (ctx) => ({ denoms: state.rewardDenoms.keys(ctx) }),
    ),
    on("QueryParams", ProviderQueryParamsRequest, ProviderQueryParamsResponse, (ctx) => ({
      params: providerParams(ctx),
    })),
    on(
      "QueryBlocksUntilNextEpoch",
      QueryBlocksUntilNextEpochRequest,
      QueryBlocksUntilNextEpochResponse,
      (ctx) => ({ blocksUntilNextEpoch: blocksUntilNextEpoch(ctx) }),
    ),
  ];
}
