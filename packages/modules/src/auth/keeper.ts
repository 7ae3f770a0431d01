/** Accounts, their numbers and sequences, and the accounts of modules (SDK `x/auth/keeper`). */

import { toBinary } from "@tandem-ics/crypto";
import {
  type Account,
  type AddressCodecs,
  assert,
  type Context,
  KV_GAS,
  moduleAddress,
} from "@tandem-ics/runtime";
import type { AuthParams } from "./params.ts";
import type { AuthState } from "./state.ts";

/** What a module's account may do. */
export type ModulePermission = "minter" | "burner" | "staking";

/** Rules over accounts. */
export interface AuthKeeper {
  readonly addresses: AddressCodecs;
  getParams(ctx: Context): AuthParams;
  setParams(ctx: Context, params: AuthParams): void;
  getAccount(ctx: Context, address: Uint8Array): Account | undefined;
  hasAccount(ctx: Context, address: Uint8Array): boolean;
  setAccount(ctx: Context, account: Account): void;
  removeAccount(ctx: Context, account: Account): void;
  /** A fresh account with the next account number. Not stored yet: see {@link setAccount}. */
  newAccount(ctx: Context, address: Uint8Array): Account;
  /** All accounts by address. */
  accounts(ctx: Context): Iterable<Account>;
  /** Address of the account with this number. */
  addressOfNumber(ctx: Context, accountNumber: bigint): Uint8Array | undefined;
  /** Throws InvariantError for a module that has no account in this application. */
  getModuleAddress(name: string): Uint8Array;
  /** Address by name of every module that has an account. */
  moduleAddresses(): ReadonlyMap<string, Uint8Array>;
  /** A module's account, made when it is first asked for. */
  ensureModuleAccount(ctx: Context, name: string): Account;
  /** Throws InvariantError unless the module's account has `permission`. */
  assertPermission(name: string, permission: ModulePermission): void;
}

/** Makes the keeper. `permissions` lists every module with an account. */
export function createAuthKeeper(
  state: AuthState,
  addresses: AddressCodecs,
  permissions: Readonly<Record<string, readonly ModulePermission[]>>,
): AuthKeeper {
  const modules = new Map(
    Object.keys(permissions)
      .sort()
      .map((name) => [name, moduleAddress(name)]),
  );

  function getModuleAddress(name: string): Uint8Array {
    const address = modules.get(name);
    assert(address !== undefined, `module account ${name} does not exist`);
    return address;
  }

  function takeNumber(ctx: Context): bigint {
    const number = state.nextNumber.get(ctx) ?? 0n;
    state.nextNumber.set(ctx, number + 1n);
    return number;
  }

  function setAccount(ctx: Context, account: Account): void {
    const { address, accountNumber } = account;
    const before = state.accounts.get(ctx, address);
    if (before?.accountNumber === accountNumber) {
      // The SDK takes the entry of the number out and looks that nobody has it. It is written below, as there: the
      // version in a leaf is that of the last writing.
      ctx.gas.consume(KV_GAS.delete, "Delete");
      ctx.gas.consume(KV_GAS.has, "Has");
    } else {
      if (before !== undefined) state.addressByNumber.remove(ctx, before.accountNumber);
      const taken = state.addressByNumber.has(ctx, accountNumber);
      assert(!taken, `account number ${accountNumber} belongs to another account`);
    }
    state.addressByNumber.set(ctx, accountNumber, address);
    state.accounts.set(ctx, address, account);
  }

  return {
    addresses,
    getParams: state.params.require,
    setParams: state.params.set,
    getAccount: state.accounts.get,
    hasAccount: state.accounts.has,
    setAccount,
    removeAccount(ctx, { address, accountNumber }) {
      state.accounts.remove(ctx, address);
      state.addressByNumber.remove(ctx, accountNumber);
    },
    newAccount: (ctx, address) => ({
      address,
      pubKey: undefined,
      accountNumber: takeNumber(ctx),
      sequence: 0n,
    }),
    accounts: (ctx) => state.accounts.values(ctx),
    addressOfNumber: state.addressByNumber.get,
    getModuleAddress,
    moduleAddresses: () => modules,
    ensureModuleAccount(ctx, name) {
      const address = getModuleAddress(name);
      const known = state.accounts.get(ctx, address);
      if (known?.module !== undefined) return known;
      // Somebody may have sent coins here before the module existed: nobody holds a key for this address.
      const base = known ?? { address, pubKey: undefined, accountNumber: takeNumber(ctx), sequence: 0n };
      assert(
        base.pubKey === undefined && base.vesting === undefined,
        `account of ${name} is not a module account`,
      );
      const account: Account = { ...base, module: { name, permissions: [...permissions[name]!] } };
      setAccount(ctx, account);
      return account;
    },
    assertPermission(name, permission) {
      assert(
        permissions[name]?.includes(permission) === true,
        `module account ${name} does not have the permission ${permission}`,
      );
    },
  };
}

/** A set of addresses. */
export function createAddressSet(addresses: Iterable<Uint8Array>): (address: Uint8Array) => boolean {
  const set = new Set(Array.from(addresses, (address) => toBinary(address)));
  return (address) => set.has(toBinary(address));
}
