/** Arithmetic of a consumer's fees (ICS-28; interchain-security `distribution.go`). */
import { assert, type Coins, Dec, normalizeCoins, subCoins } from "@tandem-ics/runtime";

/**
 * The part that stays, cut to whole units, and the rest, which goes to the provider. Reckoned in integers: decimals would
 * be too short for coins that somebody mints without limit, and a consumer must not halt for those.
 * @param fraction decimal text of what stays, 0 to 1. Throws a refusal when it is none
 */
export function splitFees(
  total: Coins,
  fraction: string,
): { readonly kept: Coins; readonly provider: Coins } {
  const share = Dec.parse(fraction).scaled;
  const kept = normalizeCoins(
    total.map(({ denom, amount }) => ({ denom, amount: (amount * share) / Dec.ONE.scaled })),
  );
  const provider = subCoins(total, kept);
  assert(provider !== undefined, "a share of the fees is more than the fees");
  return { kept, provider };
}
