/**
 * Rewards on a democracy consumer: what the chain keeps of its fees goes to its representatives and their delegators
 * (interchain-security `x/ccv/democracy/distribution`).
 */
import { allocateWhatFits, type DistributionKeeper } from "@tandem-ics/modules";
import {
  type AppModule,
  type Coins,
  type Context,
  Dec,
  type DecCoins,
  mapDecCoins,
  subDecCoins,
  toDecCoins,
} from "@tandem-ics/runtime";
import { CONSUMER_REDISTRIBUTE_ACCOUNT } from "../types/constants.ts";

const DISTRIBUTION = "distribution";

/** What it needs of others. */
export interface RepresentativeRewardsDeps {
  readonly auth: { ensureModuleAccount(ctx: Context, name: string): { readonly address: Uint8Array } };
  readonly bank: {
    getAllBalances(ctx: Context, address: Uint8Array): Coins;
    sendFromModuleToModule(ctx: Context, from: string, to: string, coins: Coins): void;
  };
  readonly distribution: Pick<
    DistributionKeeper,
    "communityTax" | "allocateTokensToValidator" | "allocateTokensToCommunity"
  >;
  /** The chain's own staking, of which only governance and these rewards take notice. */
  readonly staking: {
    totalBondedTokens(ctx: Context): bigint;
    /** Strongest first. */
    bondedValidatorsByPower(
      ctx: Context,
    ): readonly Parameters<DistributionKeeper["allocateTokensToValidator"]>[1][];
  };
}

/**
 * Shares the chain's part of the fees among its bonded representatives by their tokens, after the community tax. What
 * rounding leaves, and all of it while nobody is bonded, is the community's. State-breaking.
 */
export function allocateToRepresentatives(ctx: Context, deps: RepresentativeRewardsDeps): void {
  const { auth, bank } = deps;
  const { address } = auth.ensureModuleAccount(ctx, CONSUMER_REDISTRIBUTE_ACCOUNT);
  allocateWhatFits(ctx, bank.getAllBalances(ctx, address), (on, coins) => share(on, deps, coins));
}

function share(
  ctx: Context,
  { bank, distribution, staking }: RepresentativeRewardsDeps,
  collected: Coins,
): void {
  bank.sendFromModuleToModule(ctx, CONSUMER_REDISTRIBUTE_ACCOUNT, DISTRIBUTION, collected);
  const fees = toDecCoins(collected);
  const bonded = staking.totalBondedTokens(ctx);
  if (bonded === 0n) {
    distribution.allocateTokensToCommunity(ctx, fees);
    return;
  }
  const forRepresentatives = Dec.ONE.sub(distribution.communityTax(ctx));
  const total = Dec.fromInt(bonded);
  let remaining = fees;
  for (const representative of staking.bondedValidatorsByPower(ctx)) {
    const fraction = Dec.fromInt(representative.tokens).quoTruncate(total);
    const reward = truncatedShare(truncatedShare(fees, forRepresentatives), fraction);
    distribution.allocateTokensToValidator(ctx, representative, reward);
    remaining = subDecCoins(remaining, reward);
  }
  distribution.allocateTokensToCommunity(ctx, remaining);
}

const truncatedShare = (coins: DecCoins, share: Dec): DecCoins =>
  mapDecCoins(coins, (amount) => amount.mulTruncate(share));

/** The distribution module with representatives in the place of voters and proposers; nothing is shared in the first block. */
export const withRepresentatives = (module: AppModule, deps: RepresentativeRewardsDeps): AppModule => ({
  ...module,
  beginBlock(ctx) {
    if (ctx.height > 1n) allocateToRepresentatives(ctx, deps);
  },
});
