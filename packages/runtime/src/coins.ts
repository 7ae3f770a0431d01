/** Coins and decimal coins: lists sorted by denomination without zero amounts (SDK `types/coin.go`, `dec_coin.go`). */
import type { Coin as ProtoCoin, DecCoin as ProtoDecCoin } from "cosmjs-types/cosmos/base/v1beta1/coin";
import { Dec } from "./dec.ts";
import { parseGoInt } from "./go-int.ts";
import { sdkErrors } from "./sdk-errors.ts";

/** An amount of one denomination, in its base unit. */
export interface Coin {
  readonly denom: string;
  readonly amount: bigint;
}

/** Sorted by denom, amounts positive, denoms unique. */
export type Coins = readonly Coin[];

const DENOM = /^[a-zA-Z][a-zA-Z0-9/:._-]{2,127}$/;
const MAX_INT = 1n << 256n;

/** Whether `denom` is a valid denomination. */
export const isDenom = (denom: string): boolean => DENOM.test(denom);

const byDenom = (a: { denom: string }, b: { denom: string }): number =>
  a.denom < b.denom ? -1 : a.denom > b.denom ? 1 : 0;

/** Sorts, merges equal denoms, drops zeros. Throws `sdk/10` when an amount would be negative. */
export function normalizeCoins(coins: readonly Coin[]): Coins {
  const sums = new Map<string, bigint>();
  for (const { denom, amount } of coins) sums.set(denom, (sums.get(denom) ?? 0n) + amount);
  const out: Coin[] = [];
  for (const [denom, amount] of sums) {
    if (amount < 0n) throw sdkErrors.invalidCoins(`negative amount of ${denom}`);
    if (amount > 0n) out.push({ denom, amount });
  }
  return out.sort(byDenom);
}

/** Whether they are sorted by valid denomination without repetition and all positive (SDK `Coins.IsValid`). */
export const areValidCoins = (coins: readonly Coin[]): boolean =>
  coins.every(
    ({ denom, amount }, i) => amount > 0n && isDenom(denom) && (i === 0 || coins[i - 1]!.denom < denom),
  );

/** `value`, unless it needs more than 256 bits, where the SDK's `math.Int` panics: then RangeError. */
export function checkedInt(value: bigint): bigint {
  if (value >= MAX_INT || value <= -MAX_INT) throw new RangeError("Int overflow");
  return value;
}

/** Sum of both. */
export const addCoins = (a: Coins, b: Coins): Coins => normalizeCoins([...a, ...b]);

/** `a − b`, or `undefined` when some amount would be negative. */
export function subCoins(a: Coins, b: Coins): Coins | undefined {
  const sums = new Map(a.map(({ denom, amount }) => [denom, amount]));
  for (const { denom, amount } of b) {
    const left = (sums.get(denom) ?? 0n) - amount;
    if (left < 0n) return undefined;
    sums.set(denom, left);
  }
  return [...sums]
    .filter(([, amount]) => amount > 0n)
    .map(([denom, amount]) => ({ denom, amount }))
    .sort(byDenom);
}

/** Amount of `denom`, zero when absent. */
export const amountOf = (coins: Coins, denom: string): bigint =>
  coins.find((coin) => coin.denom === denom)?.amount ?? 0n;

/** `100stake,5uatom`; empty text for none. */
export const formatCoins = (coins: Coins): string => coins.map((c) => `${c.amount}${c.denom}`).join(",");

/** Parses `100stake,5uatom`; throws `sdk/10`. */
export function parseCoins(text: string): Coins {
  if (text.trim() === "") return [];
  const coins = text.split(",").map((part) => {
    const match = /^\s*(\d+)\s*([a-zA-Z][a-zA-Z0-9/:._-]{2,127})\s*$/.exec(part);
    if (match === null) throw sdkErrors.invalidCoins(`invalid coin expression: ${part}`);
    return { denom: match[2]!, amount: BigInt(match[1]!) };
  });
  return normalizeCoins(coins);
}

/**
 * Coins of a message: strictly sorted, positive, valid denoms and amounts.
 * @throws `sdk/10` otherwise, `allowZero` and `allowEmpty` relax it.
 */
export function coinsFromProto(
  coins: readonly ProtoCoin[],
  { allowEmpty = false }: { allowEmpty?: boolean } = {},
): Coins {
  const out = coins.map(coinFromProto);
  if (out.length === 0 && !allowEmpty) throw sdkErrors.invalidCoins("no coins");
  out.forEach((coin, i) => {
    if (coin.amount <= 0n) throw sdkErrors.invalidCoins(`${coin.amount}${coin.denom}`);
    if (i > 0 && out[i - 1]!.denom >= coin.denom)
      throw sdkErrors.invalidCoins(`denominations are not sorted: ${formatCoins(out)}`);
  });
  return out;
}

/** One coin of a message, zero allowed. Throws `sdk/10` for a bad denom or amount. */
export function coinFromProto(coin: ProtoCoin | undefined): Coin {
  if (coin === undefined || !isDenom(coin.denom))
    throw sdkErrors.invalidCoins(`invalid denom: ${coin?.denom ?? ""}`);
  return { denom: coin.denom, amount: intFromWire(coin.amount) };
}

/** A `math.Int` of the wire: an integer of at most 256 bits in Go's notation. Throws `sdk/10`. */
export function intFromWire(text: string): bigint {
  const value = parseGoInt(text);
  if (value === undefined) throw sdkErrors.invalidCoins(`invalid integer: ${text.slice(0, 100)}`);
  return value;
}

/** Wire form of a coin. */
export const coinToProto = ({ denom, amount }: Coin): ProtoCoin => ({ denom, amount: amount.toString() });

/** Wire form of coins. */
export const coinsToProto = (coins: Coins): ProtoCoin[] => coins.map(coinToProto);

/** A decimal amount of one denomination. */
export interface DecCoin {
  readonly denom: string;
  readonly amount: Dec;
}

/** Sorted by denom, no zero amounts. */
export type DecCoins = readonly DecCoin[];

function normalizeDecCoins(coins: readonly DecCoin[]): DecCoins {
  const sums = new Map<string, Dec>();
  for (const { denom, amount } of coins) sums.set(denom, (sums.get(denom) ?? Dec.ZERO).add(amount));
  return [...sums]
    .filter(([, amount]) => !amount.isZero())
    .map(([denom, amount]) => ({ denom, amount }))
    .sort(byDenom);
}

/** Whole coins as decimals. */
export const toDecCoins = (coins: Coins): DecCoins =>
  coins.map(({ denom, amount }) => ({ denom, amount: Dec.fromInt(amount) }));

/** Sum of both. */
export const addDecCoins = (a: DecCoins, b: DecCoins): DecCoins => normalizeDecCoins([...a, ...b]);

/** `a − b`; may hold negative amounts, which callers must refuse. */
export const subDecCoins = (a: DecCoins, b: DecCoins): DecCoins =>
  normalizeDecCoins([...a, ...b.map(({ denom, amount }) => ({ denom, amount: amount.neg() }))]);

/** Each amount through `change`; zeros are dropped. */
export const mapDecCoins = (coins: DecCoins, change: (amount: Dec) => Dec): DecCoins =>
  coins
    .map(({ denom, amount }) => ({ denom, amount: change(amount) }))
    .filter(({ amount }) => !amount.isZero());

/** Whole coins and the decimals that are left (SDK `TruncateDecimal`). */
export function truncateDecCoins(coins: DecCoins): { whole: Coins; change: DecCoins } {
  const whole: Coin[] = [];
  const change: DecCoin[] = [];
  for (const { denom, amount } of coins) {
    const truncated = amount.truncateInt();
    const rest = amount.sub(Dec.fromInt(truncated));
    if (truncated !== 0n) whole.push({ denom, amount: truncated });
    if (!rest.isZero()) change.push({ denom, amount: rest });
  }
  return { whole, change };
}

/** The smaller amount of each denom that both have (SDK `DecCoins.Intersect`). */
export const intersectDecCoins = (a: DecCoins, b: DecCoins): DecCoins =>
  a.flatMap(({ denom, amount }) => {
    const other = b.find((coin) => coin.denom === denom)?.amount ?? Dec.ZERO;
    const least = other.lt(amount) ? other : amount;
    return least.isZero() ? [] : [{ denom, amount: least }];
  });

/** Amount of `denom`, zero when absent. */
export const decAmountOf = (coins: DecCoins, denom: string): Dec =>
  coins.find((coin) => coin.denom === denom)?.amount ?? Dec.ZERO;

/** Wire form: amounts scaled by 10^18. */
export const decCoinsToProto = (coins: DecCoins): ProtoDecCoin[] =>
  coins.map(({ denom, amount }) => ({ denom, amount: amount.toWire() }));

/** From the wire form. */
export const decCoinsFromProto = (coins: readonly ProtoDecCoin[]): DecCoins =>
  coins.map(({ denom, amount }) => ({ denom, amount: Dec.fromWire(amount) }));

/** `1.500000000000000000stake,…`, as events print rewards. */
export const formatDecCoins = (coins: DecCoins): string =>
  coins.map((c) => `${c.amount}${c.denom}`).join(",");
