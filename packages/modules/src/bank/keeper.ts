/** Coins: who has them, who may send them, and how many there are (SDK `x/bank/keeper`). */
import {
  type AddressCodec,
  type AddressCodecs,
  areValidCoins,
  type Coin,
  type Coins,
  type Context,
  checkedInt,
  formatCoins,
  normalizeCoins,
  sdkErrors,
} from "@tandem-ics/runtime";
import type { Metadata } from "cosmjs-types/cosmos/bank/v1beta1/bank";
import { type AuthKeeper, createAddressSet } from "../auth/keeper.ts";
import { trackDelegation, trackUndelegation } from "../auth/vesting.ts";
import { assertValid, type Balances, createBalances } from "./balances.ts";
import { bankErrors } from "./errors.ts";
import { createBankEvents } from "./events.ts";
import { createSendEnabled, type SendEnabledKeeper } from "./send-enabled.ts";
import type { BankState } from "./state.ts";

/** One side of a multi-send. */
export interface CoinsOf {
  readonly address: Uint8Array;
  readonly coins: Coins;
}

/**
 * Rules over coins. Coins given must be valid: sorted by denomination, positive, none twice; else `sdk/10`. A module
 * that has no account, or whose account lacks the permission for what is asked, is an InvariantError.
 */
export interface BankKeeper
  extends Omit<Balances, "setBalance" | "subtractUnlocked" | "add">,
    SendEnabledKeeper {
  hasBalance(ctx: Context, address: Uint8Array, coin: Coin): boolean;
  getSupply(ctx: Context, denom: string): bigint;
  hasSupply(ctx: Context, denom: string): boolean;
  totalSupply(ctx: Context): Coins;
  /** Throws `sdk/5` when `from` has too little that is free. Makes the account of `to` if there is none. */
  sendCoins(ctx: Context, from: Uint8Array, to: Uint8Array, coins: Coins): void;
  /** Throws `bank/4` when the sums differ. */
  inputOutputCoins(ctx: Context, input: CoinsOf, outputs: readonly CoinsOf[]): void;
  /** Throws `sdk/4` when `to` may not receive. */
  sendFromModuleToAccount(ctx: Context, module: string, to: Uint8Array, coins: Coins): void;
  sendFromModuleToModule(ctx: Context, from: string, to: string, coins: Coins): void;
  sendFromAccountToModule(ctx: Context, from: Uint8Array, module: string, coins: Coins): void;
  /** Moves coins into a staking pool; locked coins may be delegated. Throws `sdk/5`. */
  delegateCoinsFromAccountToModule(ctx: Context, delegator: Uint8Array, module: string, coins: Coins): void;
  undelegateCoinsFromModuleToAccount(ctx: Context, module: string, delegator: Uint8Array, coins: Coins): void;
  /** Makes coins in the account of `module`, which must be a minter. */
  mintCoins(ctx: Context, module: string, coins: Coins): void;
  /** Destroys coins in the account of `module`, which must be a burner. */
  burnCoins(ctx: Context, module: string, coins: Coins): void;
  /** Whether messages may not send to this address. */
  isBlocked(address: Uint8Array): boolean;
  getDenomMetadata(ctx: Context, denom: string): Metadata | undefined;
  hasDenomMetadata(ctx: Context, denom: string): boolean;
  setDenomMetadata(ctx: Context, metadata: Metadata): void;
}

/** What the bank needs of x/auth. */
export type BankAuthKeeper = Pick<
  AuthKeeper,
  | "getAccount"
  | "hasAccount"
  | "setAccount"
  | "newAccount"
  | "ensureModuleAccount"
  | "getModuleAddress"
  | "assertPermission"
>;

/** What the keeper is made of. */
export interface BankKeeperOptions {
  readonly state: BankState;
  readonly addresses: AddressCodecs;
  readonly auth: BankAuthKeeper;
  /** Addresses that may not receive by message, usually those of modules. */
  readonly blocked: Iterable<Uint8Array>;
}

/** Makes the keeper. */
export function createBankKeeper({ state, addresses, auth, blocked }: BankKeeperOptions): BankKeeper {
  const events = createBankEvents(addresses.account);
  const { setBalance: _, subtractUnlocked, add, ...reads } = createBalances(state, events, auth.getAccount);
  const isBlocked = createAddressSet(blocked);

  function ensureAccount(ctx: Context, address: Uint8Array): void {
    if (!auth.hasAccount(ctx, address)) auth.setAccount(ctx, auth.newAccount(ctx, address));
  }

  function sendCoins(ctx: Context, from: Uint8Array, to: Uint8Array, coins: Coins): void {
    subtractUnlocked(ctx, from, coins);
    add(ctx, to, coins);
    ensureAccount(ctx, to);
    events.transfer(ctx, from, to, coins);
    events.sender(ctx, from);
  }

  const getSupply = (ctx: Context, denom: string): bigint => state.supply.get(ctx, denom) ?? 0n;

  const supplyKeeper = createSupply({ state, auth, events, subtractUnlocked, add, getSupply });
  const delegationKeeper = createDelegation({
    state,
    auth,
    events,
    subtractUnlocked,
    add,
    reads,
    addresses: addresses.account,
  });

  return {
    ...reads,
    ...createSendEnabled(state),
    ...supplyKeeper,
    ...delegationKeeper,
    hasBalance: (ctx, address, { denom, amount }) => reads.getBalance(ctx, address, denom) >= amount,
    getSupply,
    hasSupply: state.supply.has,
    totalSupply: (ctx) => Array.from(state.supply.entries(ctx), ([denom, amount]) => ({ denom, amount })),
    sendCoins,
    inputOutputCoins(ctx, input, outputs) {
      assertBalanced(input, outputs);
      subtractUnlocked(ctx, input.address, input.coins);
      events.sender(ctx, input.address);
      for (const { address, coins } of outputs) {
        add(ctx, address, coins);
        events.transfer(ctx, input.address, address, coins);
        ensureAccount(ctx, address);
      }
    },
    sendFromModuleToAccount(ctx, module, to, coins) {
      const from = auth.getModuleAddress(module);
      if (isBlocked(to))
        throw sdkErrors.unauthorized(`${addresses.account.encode(to)} is not allowed to receive funds`);
      sendCoins(ctx, from, to, coins);
    },
    sendFromModuleToModule: (ctx, from, to, coins) =>
      sendCoins(ctx, auth.getModuleAddress(from), auth.ensureModuleAccount(ctx, to).address, coins),
    sendFromAccountToModule: (ctx, from, module, coins) =>
      sendCoins(ctx, from, auth.ensureModuleAccount(ctx, module).address, coins),
    isBlocked,
    getDenomMetadata: state.metadata.get,
    hasDenomMetadata: state.metadata.has,
    setDenomMetadata: (ctx, metadata) => state.metadata.set(ctx, metadata.base, metadata),
  };
}

/** What both parts below share. */
interface Parts {
  readonly state: BankState;
  readonly auth: BankAuthKeeper;
  readonly events: ReturnType<typeof createBankEvents>;
  readonly subtractUnlocked: Balances["subtractUnlocked"];
  readonly add: Balances["add"];
}

function createSupply({
  state,
  auth,
  events,
  subtractUnlocked,
  add,
  getSupply,
}: Parts & Pick<BankKeeper, "getSupply">): Pick<BankKeeper, "mintCoins" | "burnCoins"> {
  const setSupply = (ctx: Context, denom: string, amount: bigint): void => {
    if (amount === 0n) state.supply.remove(ctx, denom);
    else state.supply.set(ctx, denom, checkedInt(amount));
  };
  return {
    mintCoins(ctx, module, coins) {
      auth.assertPermission(module, "minter");
      const { address } = auth.ensureModuleAccount(ctx, module);
      add(ctx, address, coins);
      for (const { denom, amount } of coins) setSupply(ctx, denom, getSupply(ctx, denom) + amount);
      events.coinbase(ctx, address, coins);
    },
    burnCoins(ctx, module, coins) {
      auth.assertPermission(module, "burner");
      const { address } = auth.ensureModuleAccount(ctx, module);
      subtractUnlocked(ctx, address, coins);
      for (const { denom, amount } of coins) setSupply(ctx, denom, getSupply(ctx, denom) - amount);
      events.burn(ctx, address, coins);
    },
  };
}

function createDelegation({
  state,
  auth,
  events,
  subtractUnlocked,
  add,
  reads,
  addresses,
}: Parts & { readonly reads: Pick<Balances, "getBalance">; readonly addresses: AddressCodec }): Pick<
  BankKeeper,
  "delegateCoinsFromAccountToModule" | "undelegateCoinsFromModuleToAccount"
> {
  const accountOf = (ctx: Context, address: Uint8Array) => {
    const account = auth.getAccount(ctx, address);
    if (account === undefined)
      throw sdkErrors.unknownAddress(`account ${addresses.encode(address)} does not exist`);
    return account;
  };
  const { setBalance } = createBalances(state, events, auth.getAccount);
  // The SDK looks the pool up by name and again by address: that is gas.
  const poolAddress = (ctx: Context, module: string): Uint8Array => {
    auth.assertPermission(module, "staking");
    return accountOf(ctx, auth.ensureModuleAccount(ctx, module).address).address;
  };
  return {
    delegateCoinsFromAccountToModule(ctx, delegator, module, coins) {
      const pool = poolAddress(ctx, module);
      assertValid(coins);
      for (const { denom, amount } of coins) {
        const balance = reads.getBalance(ctx, delegator, denom);
        if (balance < amount)
          throw sdkErrors.insufficientFunds(
            `failed to delegate; ${balance}${denom} is smaller than ${formatCoins(coins)}`,
          );
        setBalance(ctx, delegator, denom, balance - amount);
      }
      const account = accountOf(ctx, delegator);
      if (account.vesting !== undefined)
        auth.setAccount(ctx, { ...account, vesting: trackDelegation(account.vesting, ctx.timeNs, coins) });
      events.coinSpent(ctx, delegator, coins);
      add(ctx, pool, coins);
    },
    undelegateCoinsFromModuleToAccount(ctx, module, delegator, coins) {
      const pool = poolAddress(ctx, module);
      subtractUnlocked(ctx, pool, coins);
      const account = accountOf(ctx, delegator);
      if (account.vesting !== undefined)
        auth.setAccount(ctx, { ...account, vesting: trackUndelegation(account.vesting, coins) });
      add(ctx, delegator, coins);
    },
  };
}

/** Throws `sdk/10` for invalid coins and `bank/4` when more or less comes out than goes in. */
export function assertBalanced(input: CoinsOf, outputs: readonly CoinsOf[]): void {
  for (const { coins } of [input, ...outputs])
    if (coins.length === 0 || !areValidCoins(coins)) throw sdkErrors.invalidCoins(formatCoins(coins));
  const sum = normalizeCoins(outputs.flatMap(({ coins }) => coins));
  if (formatCoins(sum) !== formatCoins(input.coins)) throw bankErrors.inputOutputMismatch();
}
