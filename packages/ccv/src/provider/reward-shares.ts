/** Arithmetic of consumers' rewards (interchain-security `distribution.go`): pure functions, for the module and for who checks it. */
import { Dec, type DecCoins, mapDecCoins, subDecCoins, truncateDecCoins } from "@tandem-ics/runtime";

/** Coins in whole units, and what is left of them. */
export type Truncated = ReturnType<typeof truncateDecCoins>;

/**
 * What of a consumer's rewards goes to its validators and what to the community pool; both are paid in whole units, the
 * rest waits.
 */
export function splitRewards(
  rewards: DecCoins,
  communityTax: Dec,
): { readonly toValidators: Truncated; readonly toCommunity: Truncated } {
  const multiplier = Dec.ONE.sub(communityTax);
  const forValidators = mapDecCoins(rewards, (amount) => amount.mulTruncate(multiplier));
  return {
    toValidators: truncateDecCoins(forValidators),
    toCommunity: truncateDecCoins(subDecCoins(rewards, forValidators)),
  };
}

/** Shares by power, in the order of `powers`, cut down; the dust belongs to nobody. Throws when nobody has power. */
export function rewardShares(tokens: DecCoins, powers: readonly bigint[]): DecCoins[] {
  const total = Dec.fromInt(powers.reduce((sum, power) => sum + power, 0n));
  return powers.map((power) => {
    const fraction = Dec.fromInt(power).quoTruncate(total);
    return mapDecCoins(tokens, (amount) => amount.mulTruncate(fraction));
  });
}
