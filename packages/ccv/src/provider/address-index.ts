/** Sets of validator addresses that a consumer's rows index. */
import { toBinary } from "@tandem-ics/crypto";
import type { Context, KeyedMap } from "@tandem-ics/runtime";
import { consumerPrefix } from "./state.ts";

type AddressRows = KeyedMap<readonly [string, Uint8Array], true>;

/** An address as a map key. */
export const addressKey = toBinary;

/** Addresses under a consumer's id, ascending. */
export const addressesOf = (ctx: Context, rows: AddressRows, consumerId: string): Uint8Array[] =>
  rows.keys(ctx, { prefix: consumerPrefix(consumerId) }).map(([, address]) => address);

/** The same as a set of {@link addressKey}. */
export const addressSetOf = (ctx: Context, rows: AddressRows, consumerId: string): ReadonlySet<string> =>
  new Set(addressesOf(ctx, rows, consumerId).map((address) => addressKey(address)));

/** The same; `undefined` for an empty list, which means "no list". */
export function addressListOf(
  ctx: Context,
  rows: AddressRows,
  consumerId: string,
): ReadonlySet<string> | undefined {
  const addresses = addressSetOf(ctx, rows, consumerId);
  return addresses.size === 0 ? undefined : addresses;
}
