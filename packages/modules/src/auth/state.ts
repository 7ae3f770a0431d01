/** State of x/auth (SDK `x/auth/types/keys.go`). Key bytes are state-breaking. */
import {
  type Account,
  bytesKey,
  bytesValue,
  type Item,
  item,
  type KeyedMap,
  map,
  proto,
  u64Key,
  u64Value,
} from "@tandem-ics/runtime";
import { Params } from "cosmjs-types/cosmos/auth/v1beta1/auth";
import { remembered } from "../stored-values.ts";
import type { AccountCodec } from "./account-codec.ts";

/** Store of accounts. */
export const AUTH_STORE = "acc";

const NUMBERS = "accountNumber";

/** Layout: `00` params · `01 ‖ address` account · `02` next number · `"accountNumber" ‖ be64` address. */
export interface AuthState {
  readonly params: Item<Params>;
  readonly accounts: KeyedMap<Uint8Array, Account>;
  readonly addressByNumber: KeyedMap<bigint, Uint8Array>;
  readonly nextNumber: Item<bigint>;
}

/** The collections of the store. */
export const createAuthState = (accounts: AccountCodec): AuthState => ({
  params: item(AUTH_STORE, Uint8Array.of(0), remembered(proto<Params>(Params))),
  accounts: map(AUTH_STORE, Uint8Array.of(1), bytesKey, remembered<Account>(accounts)),
  addressByNumber: map(AUTH_STORE, NUMBERS, u64Key, bytesValue),
  nextNumber: item(AUTH_STORE, Uint8Array.of(2), u64Value),
});
