/** What distribution is given. */
import type { AddressCodecs, Coins, Context, Dec } from "@tandem-ics/runtime";
import type { DistributionState } from "./state.ts";

/** Module account that holds rewards and the community pool. */
export const DISTRIBUTION_ACCOUNT = "distribution";
/** Module account to which fees and new tokens go. */
export const FEE_COLLECTOR = "fee_collector";

/** What distribution needs of accounts. */
export interface DistributionAuth {
  getModuleAddress(name: string): Uint8Array;
  ensureModuleAccount(ctx: Context, name: string): unknown;
}

/** What distribution needs of the bank. */
export interface DistributionBank {
  getAllBalances(ctx: Context, address: Uint8Array): Coins;
  sendFromModuleToModule(ctx: Context, from: string, to: string, coins: Coins): void;
  sendFromModuleToAccount(ctx: Context, module: string, to: Uint8Array, coins: Coins): void;
  sendFromAccountToModule(ctx: Context, from: Uint8Array, module: string, coins: Coins): void;
  isBlocked(address: Uint8Array): boolean;
}

/** A validator as distribution sees it. */
export interface RewardedValidator {
  readonly operator: Uint8Array;
  readonly tokens: bigint;
  readonly shares: Dec;
  readonly commission: { readonly rate: Dec };
}

/** A delegation as distribution sees it. */
export interface RewardedDelegation {
  readonly delegator: Uint8Array;
  readonly validator: Uint8Array;
  readonly shares: Dec;
}

/** What distribution needs of staking. */
export interface DistributionStaking {
  /** Throws `staking/3`. */
  requireValidator(ctx: Context, valAddr: Uint8Array): RewardedValidator;
  validator(ctx: Context, valAddr: Uint8Array): RewardedValidator | undefined;
  validatorByConsAddr(ctx: Context, consAddr: Uint8Array): RewardedValidator | undefined;
  validators(ctx: Context): readonly RewardedValidator[];
  /** Throws `staking/19`. */
  requireDelegation(ctx: Context, delAddr: Uint8Array, valAddr: Uint8Array): RewardedDelegation;
  delegatorDelegations(ctx: Context, delAddr: Uint8Array): readonly RewardedDelegation[];
  delegations(ctx: Context): Iterable<RewardedDelegation>;
}

/** What the parts of the keeper share. */
export interface DistributionParts {
  readonly addresses: AddressCodecs;
  readonly auth: DistributionAuth;
  readonly bank: DistributionBank;
  readonly staking: DistributionStaking;
  readonly feeCollector: string;
  readonly state: DistributionState;
}
