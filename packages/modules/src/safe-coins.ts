/** Subtraction of coins that nobody has checked yet (SDK `types/coin.go`, `SafeSub`). */
import { type Coin, type Coins, subCoins } from "@tandem-ics/runtime";

const isSorted = (coins: readonly Coin[]): boolean =>
  coins.every(({ denom }, i) => i === 0 || coins[i - 1]!.denom <= denom);

/**
 * `coins − less`, or `undefined` when some amount would be negative.
 * @throws RangeError for unsorted lists, where Go panics.
 */
export function safeSub(coins: readonly Coin[], less: readonly Coin[]): Coins | undefined {
  if (!isSorted(coins)) throw new RangeError("Coins (self) must be sorted");
  if (!isSorted(less)) throw new RangeError("Wrong argument: coins must be sorted");
  return subCoins(coins, less);
}
