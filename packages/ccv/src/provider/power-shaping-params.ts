/** Power-shaping parameters of a consumer and the lists that are indexed from them. */
import type { PowerShapingParameters } from "@tandem-ics/proto";
import type { AddressCodecs, Context, KeyedMap } from "@tandem-ics/runtime";
import { refusalOf } from "../types/refusals.ts";
import * as state from "./state.ts";
import type { ValidatorSets } from "./validator-sets.ts";

type AddressRows = KeyedMap<readonly [string, Uint8Array], true>;

const LISTS: readonly (readonly ["allowlist" | "denylist" | "prioritylist", AddressRows])[] = [
  ["allowlist", state.allowlist],
  ["denylist", state.denylist],
  ["prioritylist", state.prioritylist],
];

const sameTexts = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((text, i) => text === b[i]);

/** Replaces the parameters as a whole and rebuilds the indexes of lists that changed. */
export function setPowerShaping(
  ctx: Context,
  addresses: AddressCodecs,
  consumerId: string,
  next: PowerShapingParameters,
): void {
  const old = state.powerShaping.get(ctx, consumerId);
  state.powerShaping.set(ctx, consumerId, next);
  for (const [name, rows] of LISTS) {
    if (sameTexts(old?.[name] ?? [], next[name])) continue;
    rows.clear(ctx, { prefix: state.consumerPrefix(consumerId) });
    for (const text of next[name])
      refusalOf(() => rows.set(ctx, [consumerId, addresses.consensus.decode(text)], true));
  }
}

/** Brings the stored minimum power in line with a new Top N. Throws an untyped refusal when there is no active validator. */
export function updateMinimumPower(
  ctx: Context,
  sets: ValidatorSets,
  consumerId: string,
  oldTopN: number,
  newTopN: number,
): void {
  if (newTopN === oldTopN) return;
  if (newTopN === 0) state.minimumPower.remove(ctx, consumerId);
  else state.minimumPower.set(ctx, consumerId, sets.minPower(sets.bondedSets(ctx).active, newTopN));
}
