/** What governance is given. */
import type { Account, AddressCodecs, Coins, Context, Dec, MessageRouter } from "@tandem-ics/runtime";
import type { GovHooks } from "./hooks.ts";
import type { ContentKind, LegacyHandler } from "./legacy-content.ts";
import type { GovState } from "./state.ts";

/** Name of the module account that holds deposits and signs what passes. */
export const GOV_ACCOUNT = "gov";

/** What governance needs of accounts. */
export interface GovAuth {
  getModuleAddress(name: string): Uint8Array;
  ensureModuleAccount(ctx: Context, name: string): Account;
}

/** What governance needs of the bank. */
export interface GovBank {
  getAllBalances(ctx: Context, address: Uint8Array): Coins;
  sendFromModuleToAccount(ctx: Context, module: string, to: Uint8Array, coins: Coins): void;
  sendFromAccountToModule(ctx: Context, from: Uint8Array, module: string, coins: Coins): void;
  burnCoins(ctx: Context, module: string, coins: Coins): void;
}

/** A validator whose vote counts for those who delegated to it. */
export interface VotingValidator {
  /** Operator's address bytes. */
  readonly operator: Uint8Array;
  readonly tokens: bigint;
  /** All delegators' shares. */
  readonly shares: Dec;
}

/** What governance needs of stake. On a provider only validators of its own set count. */
export interface GovStaking {
  /** Bonded, strongest first. */
  bondedValidatorsByPower(ctx: Context): readonly VotingValidator[];
  totalBondedTokens(ctx: Context): bigint;
  delegatorDelegations(
    ctx: Context,
    delegator: Uint8Array,
  ): readonly { readonly validator: Uint8Array; readonly shares: Dec }[];
}

/** What governance needs of distribution. */
export interface GovDistribution {
  fundCommunityPool(ctx: Context, amount: Coins, sender: Uint8Array): void;
}

/** What the parts of the keeper share. */
export interface GovParts {
  readonly addresses: AddressCodecs;
  readonly auth: GovAuth;
  readonly bank: GovBank;
  readonly staking: GovStaking;
  readonly distribution: GovDistribution;
  readonly router: MessageRouter;
  /** Kinds of legacy contents beside those of the Go application's own modules, by type URL. */
  readonly legacyKinds: ReadonlyMap<string, ContentKind>;
  /** What legacy contents do, by their route. */
  readonly legacyHandlers: ReadonlyMap<string, LegacyHandler>;
  readonly hooks: Partial<GovHooks>;
  readonly state: GovState;
  /** Longest metadata and title in bytes; a summary may have forty times as many. State-breaking. */
  readonly maxMetadataLength: number;
}
