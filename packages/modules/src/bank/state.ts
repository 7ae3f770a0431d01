/** State of x/bank (SDK `x/bank/types/keys.go`). Key bytes are state-breaking. */
import { concatBytes, EMPTY, fromUtf8, utf8 } from "@tandem-ics/crypto";
import {
  assert,
  boolValue,
  type Item,
  intValue,
  item,
  type KeyCodec,
  type KeyedMap,
  lengthBytesKey,
  map,
  pairKey,
  proto,
  textKey,
  type ValueCodec,
} from "@tandem-ics/runtime";
import { Metadata, Params } from "cosmjs-types/cosmos/bank/v1beta1/bank";
import { remembered } from "../stored-values.ts";

/** Store of balances. */
export const BANK_STORE = "bank";

/** UTF-8 text and a zero byte, so that something may follow. */
const terminatedTextKey: KeyCodec<string> = {
  encode: (text) => concatBytes(utf8(text), Uint8Array.of(0)),
  decode(bytes, offset) {
    const end = bytes.indexOf(0, offset);
    assert(end >= 0, "a key text has no end");
    return { key: fromUtf8(bytes.subarray(offset, end)), next: end + 1 };
  },
};

/** Nothing: only the key counts. */
const emptyValue: ValueCodec<true> = { encode: () => EMPTY, decode: () => true };

/**
 * Layout: `00 ‖ denom` supply · `01 ‖ denom` metadata · `02 ‖ length ‖ address ‖ denom` balance ·
 * `03 ‖ denom ‖ 00 ‖ length ‖ address` holders of a denomination · `04 ‖ denom` whether it may be sent · `05` params.
 */
export interface BankState {
  readonly supply: KeyedMap<string, bigint>;
  readonly metadata: KeyedMap<string, Metadata>;
  readonly balances: KeyedMap<readonly [Uint8Array, string], bigint>;
  readonly holders: KeyedMap<readonly [string, Uint8Array], true>;
  readonly sendEnabled: KeyedMap<string, boolean>;
  readonly params: Item<Params>;
}

/** Encoded beginning of all balance keys of an account. */
export const balancesOf = (address: Uint8Array): Uint8Array => lengthBytesKey.encode(address);

/** Encoded beginning of all holder keys of a denomination. */
export const holdersOf = (denom: string): Uint8Array => terminatedTextKey.encode(denom);

/** The collections of the store. */
export const createBankState = (): BankState => ({
  supply: map(BANK_STORE, Uint8Array.of(0), textKey, intValue),
  metadata: map(BANK_STORE, Uint8Array.of(1), textKey, proto<Metadata>(Metadata)),
  balances: map(BANK_STORE, Uint8Array.of(2), pairKey(lengthBytesKey, textKey), intValue),
  holders: map(BANK_STORE, Uint8Array.of(3), pairKey(terminatedTextKey, lengthBytesKey), emptyValue),
  sendEnabled: map(BANK_STORE, Uint8Array.of(4), textKey, boolValue),
  params: item(BANK_STORE, Uint8Array.of(5), remembered(proto<Params>(Params))),
});
