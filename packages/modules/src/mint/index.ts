/** Minting: new tokens for each block, more of them the fewer are bonded (SDK x/mint). */
import { utf8 } from "@tandem-ics/crypto";
import {
  type AddressCodecs,
  type AppModule,
  type Coins,
  type Context,
  type Dec,
  item,
  type MessageRoute,
  message,
  normalizeCoins,
  type QueryRoute,
  query,
} from "@tandem-ics/runtime";
import type { GenesisState } from "cosmjs-types/cosmos/mint/v1beta1/genesis";
import {
  QueryAnnualProvisionsRequest,
  QueryAnnualProvisionsResponse,
  QueryInflationRequest,
  QueryInflationResponse,
  QueryParamsRequest,
  QueryParamsResponse,
} from "cosmjs-types/cosmos/mint/v1beta1/query";
import { MsgUpdateParams, MsgUpdateParamsResponse } from "cosmjs-types/cosmos/mint/v1beta1/tx";
import { assertAuthority } from "../authority.ts";
import { genesisFromJson, genesisToJson } from "../genesis-json.ts";
import {
  assertMinter,
  assertMintParams,
  blockProvision,
  DEFAULT_MINT_PARAMS,
  DEFAULT_MINTER,
  type Minter,
  type MintParams,
  minterFromProto,
  minterToProto,
  minterValue,
  mintParamsFromProto,
  mintParamsToProto,
  mintParamsValue,
  nextMinter,
} from "./minter.ts";

/** Store of the module. */
export const MINT_STORE = "mint";
/** Module account that makes tokens. */
export const MINT_ACCOUNT = "mint";

/** What minting is made with. */
export interface MintModuleOptions {
  readonly addresses: AddressCodecs;
  readonly auth: { ensureModuleAccount(ctx: Context, name: string): unknown };
  readonly bank: {
    mintCoins(ctx: Context, module: string, coins: Coins): void;
    sendFromModuleToModule(ctx: Context, from: string, to: string, coins: Coins): void;
  };
  /** Whose stake counts: all of staking, or a provider's active validators. */
  readonly staking: {
    bondedRatio(ctx: Context): Dec;
    stakingTokenSupply(ctx: Context): bigint;
  };
  /** Account that may change the params, bech32: the gov module's. */
  readonly authority: string;
  /** Module account that gets the new tokens; `fee_collector` by default. */
  readonly feeCollector?: string;
}

/** Minting, as other modules see it. */
export interface MintKeeper {
  params(ctx: Context): MintParams;
  /** Throws `undefined/1` for invalid ones. */
  setParams(ctx: Context, params: MintParams): void;
  minter(ctx: Context): Minter;
  /** Mints for this block. */
  mint(ctx: Context): void;
}

const TYPE = "cosmos.mint.v1beta1.GenesisState";

/** Makes the module and its keeper. */
export function createMintModule(options: MintModuleOptions): { keeper: MintKeeper; module: AppModule } {
  const { auth, bank, staking, authority, feeCollector = "fee_collector" } = options;
  const minter = item(MINT_STORE, Uint8Array.of(0), minterValue);
  const params = item(MINT_STORE, Uint8Array.of(1), mintParamsValue);
  const keeper: MintKeeper = {
    params: (ctx) => params.require(ctx),
    setParams(ctx, changed) {
      assertMintParams(changed);
      params.set(ctx, changed);
    },
    minter: (ctx) => minter.require(ctx),
    mint(ctx) {
      const rules = params.require(ctx);
      const supply = staking.stakingTokenSupply(ctx);
      const bondedRatio = staking.bondedRatio(ctx);
      const next = nextMinter(minter.require(ctx), rules, bondedRatio, supply);
      minter.set(ctx, next);
      const amount = blockProvision(next, rules);
      const coins = normalizeCoins([{ denom: rules.mintDenom, amount }]);
      if (coins.length > 0) bank.mintCoins(ctx, MINT_ACCOUNT, coins);
      bank.sendFromModuleToModule(ctx, MINT_ACCOUNT, feeCollector, coins);
      ctx.emit("mint", {
        bonded_ratio: bondedRatio.toString(),
        inflation: next.inflation.toString(),
        annual_provisions: next.annualProvisions.toString(),
        amount: amount.toString(),
      });
    },
  };
  const read = (json: Parameters<NonNullable<AppModule["validateGenesis"]>>[0]): GenesisState =>
    genesisFromJson<GenesisState>(TYPE, json);
  const module: AppModule = {
    name: "mint",
    stores: { [MINT_STORE]: "iavl" },
    messages: [updateParamsRoute(keeper, authority)],
    queries: mintQueries(keeper),
    beginBlock: keeper.mint,
    defaultGenesis: () =>
      genesisToJson<GenesisState>(TYPE, {
        minter: minterToProto(DEFAULT_MINTER),
        params: mintParamsToProto(DEFAULT_MINT_PARAMS),
      }),
    validateGenesis(json) {
      const state = read(json);
      assertMintParams(mintParamsFromProto(state.params));
      assertMinter(minterFromProto(state.minter));
    },
    initGenesis(ctx, json) {
      const state = read(json);
      minter.set(ctx, minterFromProto(state.minter));
      keeper.setParams(ctx, mintParamsFromProto(state.params));
      auth.ensureModuleAccount(ctx, MINT_ACCOUNT);
      return undefined;
    },
    exportGenesis: (ctx) =>
      genesisToJson<GenesisState>(TYPE, {
        minter: minterToProto(keeper.minter(ctx)),
        params: mintParamsToProto(keeper.params(ctx)),
      }),
  };
  return { keeper, module };
}

function updateParamsRoute(keeper: MintKeeper, authority: string): MessageRoute {
  return message({
    typeUrl: "/cosmos.mint.v1beta1.MsgUpdateParams",
    request: MsgUpdateParams,
    response: MsgUpdateParamsResponse,
    handle(ctx, { authority: given, params }) {
      assertAuthority(authority, given);
      keeper.setParams(ctx, mintParamsFromProto(params));
      return {};
    },
  });
}

function mintQueries(keeper: MintKeeper): QueryRoute[] {
  const path = (name: string): string => `/cosmos.mint.v1beta1.Query/${name}`;
  return [
    query({
      path: path("Params"),
      request: QueryParamsRequest,
      response: QueryParamsResponse,
      handle: (ctx) => ({ params: mintParamsToProto(keeper.params(ctx)) }),
    }),
    query({
      path: path("Inflation"),
      request: QueryInflationRequest,
      response: QueryInflationResponse,
      handle: (ctx) => ({ inflation: utf8(keeper.minter(ctx).inflation.toWire()) }),
    }),
    query({
      path: path("AnnualProvisions"),
      request: QueryAnnualProvisionsRequest,
      response: QueryAnnualProvisionsResponse,
      handle: (ctx) => ({ annualProvisions: utf8(keeper.minter(ctx).annualProvisions.toWire()) }),
    }),
  ];
}

export {
  blockProvision,
  DEFAULT_MINT_PARAMS,
  DEFAULT_MINTER,
  type Minter,
  type MintParams,
  nextMinter,
} from "./minter.ts";
