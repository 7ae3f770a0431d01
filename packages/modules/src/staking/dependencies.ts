/** What staking is given. */
import type { AddressCodecs, Coins, Context } from "@tandem-ics/runtime";
import type { StakingHooks } from "./hooks.ts";
import type { StakingState } from "./state.ts";

/** Module account that holds the tokens of bonded validators. */
export const BONDED_POOL = "bonded_tokens_pool";
/** Module account that holds all other staked and unbonding tokens. */
export const NOT_BONDED_POOL = "not_bonded_tokens_pool";

/** What staking needs of accounts. */
export interface StakingAuth {
  getModuleAddress(name: string): Uint8Array;
  ensureModuleAccount(ctx: Context, name: string): unknown;
}

/** What staking needs of the bank. */
export interface StakingBank {
  getBalance(ctx: Context, address: Uint8Array, denom: string): bigint;
  getAllBalances(ctx: Context, address: Uint8Array): Coins;
  getSupply(ctx: Context, denom: string): bigint;
  sendFromModuleToModule(ctx: Context, from: string, to: string, coins: Coins): void;
  delegateCoinsFromAccountToModule(ctx: Context, delegator: Uint8Array, module: string, coins: Coins): void;
  undelegateCoinsFromModuleToAccount(ctx: Context, module: string, delegator: Uint8Array, coins: Coins): void;
  burnCoins(ctx: Context, module: string, coins: Coins): void;
}

/** What the parts of the keeper share. */
export interface StakingParts {
  readonly addresses: AddressCodecs;
  readonly auth: StakingAuth;
  readonly bank: StakingBank;
  readonly state: StakingState;
  readonly hooks: StakingHooks;
  /** Tokens that make one unit of consensus power. */
  readonly powerReduction: bigint;
}
