/** The two pools of staked tokens (SDK x/staking `keeper/pool.go`). */
import { type Coins, type Context, Dec, normalizeCoins } from "@tandem-ics/runtime";
import { BONDED_POOL, NOT_BONDED_POOL, type StakingParts } from "./dependencies.ts";

/** Moves and counts staked tokens. */
export interface Pools {
  /** `amount` of the bond denomination as coins, none for zero. */
  bondCoins(ctx: Context, amount: bigint): Coins;
  toBonded(ctx: Context, amount: bigint): void;
  toNotBonded(ctx: Context, amount: bigint): void;
  /** Nothing for zero. */
  burnBonded(ctx: Context, amount: bigint): void;
  /** Nothing for zero. */
  burnNotBonded(ctx: Context, amount: bigint): void;
  bondedTokens(ctx: Context): bigint;
  notBondedTokens(ctx: Context): bigint;
  /** All tokens of the bond denomination. */
  supply(ctx: Context): bigint;
  /** Bonded tokens over supply; zero when there are none. */
  bondedRatio(ctx: Context): Dec;
}

/** Makes the pools' part of the keeper. */
export function createPools({ state, bank, auth }: StakingParts): Pools {
  const denom = (ctx: Context): string => state.params.require(ctx).bondDenom;
  const bondCoins = (ctx: Context, amount: bigint): Coins => normalizeCoins([{ denom: denom(ctx), amount }]);
  const balance = (ctx: Context, pool: string): bigint =>
    bank.getBalance(ctx, auth.getModuleAddress(pool), denom(ctx));
  const burn = (ctx: Context, pool: string, amount: bigint): void => {
    if (amount > 0n) bank.burnCoins(ctx, pool, bondCoins(ctx, amount));
  };
  const pools: Pools = {
    bondCoins,
    toBonded: (ctx, amount) =>
      bank.sendFromModuleToModule(ctx, NOT_BONDED_POOL, BONDED_POOL, bondCoins(ctx, amount)),
    toNotBonded: (ctx, amount) =>
      bank.sendFromModuleToModule(ctx, BONDED_POOL, NOT_BONDED_POOL, bondCoins(ctx, amount)),
    burnBonded: (ctx, amount) => burn(ctx, BONDED_POOL, amount),
    burnNotBonded: (ctx, amount) => burn(ctx, NOT_BONDED_POOL, amount),
    bondedTokens: (ctx) => balance(ctx, BONDED_POOL),
    notBondedTokens: (ctx) => balance(ctx, NOT_BONDED_POOL),
    supply: (ctx) => bank.getSupply(ctx, denom(ctx)),
    bondedRatio(ctx) {
      const supply = pools.supply(ctx);
      return supply > 0n ? Dec.fromInt(pools.bondedTokens(ctx)).quoInt(supply) : Dec.ZERO;
    },
  };
  return pools;
}
