/** Balances and what of them may be spent (SDK `x/bank/keeper/{view,send}.go`). */
import {
  type Account,
  amountOf,
  areValidCoins,
  type Coin,
  type Coins,
  type Context,
  checkedInt,
  formatCoins,
  sdkErrors,
} from "@tandem-ics/runtime";
import { lockedCoins } from "../auth/vesting.ts";
import type { BankEvents } from "./events.ts";
import { type BankState, balancesOf } from "./state.ts";

/** Coins of one account and denomination. */
export interface Balance extends Coin {
  readonly address: Uint8Array;
}

/** Reads balances, and moves coins in and out of single accounts. */
export interface Balances {
  getBalance(ctx: Context, address: Uint8Array, denom: string): bigint;
  getAllBalances(ctx: Context, address: Uint8Array): Coins;
  /** Every balance, by address, then denomination. */
  balances(ctx: Context): Iterable<Balance>;
  /** Coins that have not vested yet. */
  lockedCoins(ctx: Context, address: Uint8Array): Coins;
  spendableCoins(ctx: Context, address: Uint8Array): Coins;
  spendableCoin(ctx: Context, address: Uint8Array, denom: string): bigint;
  setBalance(ctx: Context, address: Uint8Array, denom: string, amount: bigint): void;
  /** Takes coins that are free. Throws `sdk/5`; emits `coin_spent`. */
  subtractUnlocked(ctx: Context, address: Uint8Array, coins: Coins): void;
  /** Adds coins; emits `coin_received`. */
  add(ctx: Context, address: Uint8Array, coins: Coins): void;
}

/** Makes the part of the keeper that knows single accounts. */
export function createBalances(
  state: BankState,
  events: BankEvents,
  getAccount: (ctx: Context, address: Uint8Array) => Account | undefined,
): Balances {
  const getBalance = (ctx: Context, address: Uint8Array, denom: string): bigint =>
    state.balances.get(ctx, [address, denom]) ?? 0n;

  function setBalance(ctx: Context, address: Uint8Array, denom: string, amount: bigint): void {
    if (amount === 0n) {
      state.holders.remove(ctx, [denom, address]);
      state.balances.remove(ctx, [address, denom]);
      return;
    }
    state.holders.set(ctx, [denom, address], true);
    state.balances.set(ctx, [address, denom], checkedInt(amount));
  }

  const getAllBalances = (ctx: Context, address: Uint8Array): Coins =>
    Array.from(state.balances.entries(ctx, { prefix: balancesOf(address) }), ([[, denom], amount]) => ({
      denom,
      amount,
    }));

  function locked(ctx: Context, address: Uint8Array): Coins {
    const schedule = getAccount(ctx, address)?.vesting;
    return schedule === undefined ? [] : lockedCoins(schedule, ctx.timeNs);
  }

  const free = (balance: bigint, lockedAmount: bigint): bigint =>
    balance > lockedAmount ? balance - lockedAmount : 0n;

  return {
    getBalance,
    getAllBalances,
    setBalance,
    lockedCoins: locked,
    *balances(ctx) {
      for (const [[address, denom], amount] of state.balances.entries(ctx)) yield { address, denom, amount };
    },
    spendableCoins(ctx, address) {
      const lockedNow = locked(ctx, address);
      return getAllBalances(ctx, address)
        .map(({ denom, amount }) => ({ denom, amount: free(amount, amountOf(lockedNow, denom)) }))
        .filter(({ amount }) => amount > 0n);
    },
    spendableCoin: (ctx, address, denom) =>
      free(getBalance(ctx, address, denom), amountOf(locked(ctx, address), denom)),
    subtractUnlocked(ctx, address, coins) {
      assertValid(coins);
      const lockedNow = locked(ctx, address);
      for (const coin of coins) {
        const { denom, amount } = coin;
        const balance = getBalance(ctx, address, denom);
        const lockedAmount = amountOf(lockedNow, denom);
        if (balance < lockedAmount)
          throw sdkErrors.insufficientFunds(
            `locked amount exceeds account balance funds: ${lockedAmount}${denom} > ${balance}${denom}`,
          );
        const spendable = balance - lockedAmount;
        if (spendable < amount)
          throw sdkErrors.insufficientFunds(
            `spendable balance ${spendable}${denom} is smaller than ${amount}${denom}`,
          );
        setBalance(ctx, address, denom, balance - amount);
      }
      events.coinSpent(ctx, address, coins);
    },
    add(ctx, address, coins) {
      assertValid(coins);
      for (const { denom, amount } of coins)
        setBalance(ctx, address, denom, getBalance(ctx, address, denom) + amount);
      events.coinReceived(ctx, address, coins);
    },
  };
}

/** Throws `sdk/10` for coins that are unsorted, repeated or not positive. */
export function assertValid(coins: Coins): void {
  if (!areValidCoins(coins)) throw sdkErrors.invalidCoins(formatCoins(coins));
}
