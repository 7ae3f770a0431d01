/** Queries of x/bank (SDK `x/bank/keeper/grpc_query.go`). */

import {
  type AddressCodec,
  amountOf,
  CodedError,
  type Context,
  coinsToProto,
  coinToProto,
  GRPC,
  GrpcError,
  isDenom,
  paginate,
  type QueryRoute,
  query,
} from "@tandem-ics/runtime";
import * as bank from "cosmjs-types/cosmos/bank/v1beta1/query";
import type { PageRequest, PageResponse } from "cosmjs-types/cosmos/base/query/v1beta1/pagination";
import type { BankKeeper } from "./keeper.ts";
import { type BankState, balancesOf, holdersOf } from "./state.ts";

const path = (method: string): string => `/cosmos.bank.v1beta1.Query/${method}`;
const invalid = (message: string): GrpcError => new GrpcError(GRPC.invalidArgument, message);

/** The routes. */
export function bankQueries(state: BankState, keeper: BankKeeper, addresses: AddressCodec): QueryRoute[] {
  const addressOf = (text: string): Uint8Array => {
    try {
      return addresses.decode(text);
    } catch (error) {
      if (error instanceof CodedError) throw invalid(`invalid address: ${error.message}`);
      throw error;
    }
  };
  return [
    ...balanceQueries(state, keeper, addressOf),
    ...denomQueries(state, keeper, addresses),
    query({
      path: path("Params"),
      request: bank.QueryParamsRequest,
      response: bank.QueryParamsResponse,
      handle: (ctx) => ({ params: keeper.getParams(ctx) }),
    }),
    query({
      path: path("SendEnabled"),
      request: bank.QuerySendEnabledRequest,
      response: bank.QuerySendEnabledResponse,
      handle(ctx, { denoms, pagination: request }) {
        if (denoms.length > 0) {
          const sendEnabled = denoms.flatMap((denom) => {
            const enabled = keeper.getSendEnabled(ctx, denom);
            return enabled === undefined ? [] : [{ denom, enabled }];
          });
          return { sendEnabled };
        }
        const { items, pagination } = paginate(ctx, state.sendEnabled, request, { style: "collection" });
        return { sendEnabled: items.map(([denom, enabled]) => ({ denom, enabled })), pagination };
      },
    }),
  ];
}

function requireDenom(denom: string): void {
  if (!isDenom(denom)) throw invalid(`invalid denom: ${denom}`);
}

function balanceQueries(
  state: BankState,
  keeper: BankKeeper,
  addressOf: (text: string) => Uint8Array,
): QueryRoute[] {
  return [
    query({
      path: path("Balance"),
      request: bank.QueryBalanceRequest,
      response: bank.QueryBalanceResponse,
      handle(ctx, { address, denom }) {
        requireDenom(denom);
        const amount = keeper.getBalance(ctx, addressOf(address), denom);
        return { balance: coinToProto({ denom, amount }) };
      },
    }),
    query({
      path: path("AllBalances"),
      request: bank.QueryAllBalancesRequest,
      response: bank.QueryAllBalancesResponse,
      handle(ctx, { address, pagination: request, resolveDenom }) {
        const { items, pagination } = paginate(ctx, state.balances, request, {
          prefix: balancesOf(addressOf(address)),
          style: "collection",
        });
        const balances = items.map(([[, denom], amount]) => {
          const display = resolveDenom ? keeper.getDenomMetadata(ctx, denom)?.display : undefined;
          return coinToProto({ denom: display !== undefined && isDenom(display) ? display : denom, amount });
        });
        return { balances, pagination };
      },
    }),
    query({
      path: path("SpendableBalances"),
      request: bank.QuerySpendableBalancesRequest,
      response: bank.QuerySpendableBalancesResponse,
      handle(ctx, { address, pagination: request }) {
        const owner = addressOf(address);
        const { items, pagination } = paginate(ctx, state.balances, request, {
          prefix: balancesOf(owner),
          style: "collection",
        });
        const spendable = keeper.spendableCoins(ctx, owner);
        return {
          balances: items.map(([[, denom]]) => coinToProto({ denom, amount: amountOf(spendable, denom) })),
          pagination,
        };
      },
    }),
    query({
      path: path("SpendableBalanceByDenom"),
      request: bank.QuerySpendableBalanceByDenomRequest,
      response: bank.QuerySpendableBalanceByDenomResponse,
      handle(ctx, { address, denom }) {
        const owner = addressOf(address);
        requireDenom(denom);
        return { balance: coinToProto({ denom, amount: keeper.spendableCoin(ctx, owner, denom) }) };
      },
    }),
  ];
}

function denomQueries(state: BankState, keeper: BankKeeper, addresses: AddressCodec): QueryRoute[] {
  const metadataOf = (ctx: Context, denom: string) => {
    requireDenom(denom);
    const metadata = keeper.getDenomMetadata(ctx, denom);
    if (metadata === undefined) throw new GrpcError(GRPC.notFound, `client metadata for denom ${denom}`);
    return { metadata };
  };
  const ownersOf = (
    ctx: Context,
    { denom, pagination: request }: { denom: string; pagination?: PageRequest | undefined },
  ): { denomOwners: bank.DenomOwner[]; pagination: PageResponse } => {
    requireDenom(denom);
    const { items, pagination } = paginate(ctx, state.holders, request, {
      prefix: holdersOf(denom),
      style: "collection",
    });
    const denomOwners = items.map(([[, owner]]) => ({
      address: addresses.encode(owner),
      balance: coinToProto({ denom, amount: keeper.getBalance(ctx, owner, denom) }),
    }));
    return { denomOwners, pagination };
  };
  return [
    query({
      path: path("TotalSupply"),
      request: bank.QueryTotalSupplyRequest,
      response: bank.QueryTotalSupplyResponse,
      handle(ctx, request) {
        const { items, pagination } = paginate(ctx, state.supply, request.pagination, {
          style: "collection",
        });
        return { supply: coinsToProto(items.map(([denom, amount]) => ({ denom, amount }))), pagination };
      },
    }),
    query({
      path: path("SupplyOf"),
      request: bank.QuerySupplyOfRequest,
      response: bank.QuerySupplyOfResponse,
      handle(ctx, { denom }) {
        requireDenom(denom);
        return { amount: coinToProto({ denom, amount: keeper.getSupply(ctx, denom) }) };
      },
    }),
    query({
      path: path("DenomMetadata"),
      request: bank.QueryDenomMetadataRequest,
      response: bank.QueryDenomMetadataResponse,
      handle: (ctx, { denom }) => metadataOf(ctx, denom),
    }),
    query({
      path: path("DenomMetadataByQueryString"),
      request: bank.QueryDenomMetadataByQueryStringRequest,
      response: bank.QueryDenomMetadataByQueryStringResponse,
      handle: (ctx, { denom }) => metadataOf(ctx, denom),
    }),
    query({
      path: path("DenomsMetadata"),
      request: bank.QueryDenomsMetadataRequest,
      response: bank.QueryDenomsMetadataResponse,
      handle(ctx, request) {
        const { items, pagination } = paginate(ctx, state.metadata, request.pagination);
        return { metadatas: items.map(([, metadata]) => metadata), pagination };
      },
    }),
    query({
      path: path("DenomOwners"),
      request: bank.QueryDenomOwnersRequest,
      response: bank.QueryDenomOwnersResponse,
      handle: ownersOf,
    }),
    query({
      path: path("DenomOwnersByQuery"),
      request: bank.QueryDenomOwnersByQueryRequest,
      response: bank.QueryDenomOwnersByQueryResponse,
      handle: ownersOf,
    }),
  ];
}
