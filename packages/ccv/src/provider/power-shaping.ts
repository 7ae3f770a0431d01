/** How powers of a consumer's validators follow from those on the provider: pure arithmetic on integers (ICS-28, partial set security). */
import { Dec, plainError, sortAsGo } from "@tandem-ics/runtime";

/**
 * The least power among the strongest validators that make up `topN` percent of the total power; equality counts.
 * @param powers of the active validators, in any order
 * @throws an untyped refusal for `topN` outside 1…100 and for an empty set
 */
export function minPowerInTopN(powers: readonly bigint[], topN: number): bigint {
  if (topN <= 0 || topN > 100)
    throw plainError(
      `trying to compute minimum power with an incorrect topN value (${topN}). topN has to be in (0, 100]`,
    );
  const total = Dec.fromInt(powers.reduce((sum, power) => sum + power, 0n));
  const threshold = Dec.fromInt(BigInt(topN)).quoInt(100n);
  const descending = [...powers].sort((a, b) => (a > b ? -1 : a < b ? 1 : 0));
  let sum = 0n;
  for (const power of descending) {
    sum += power;
    if (Dec.fromInt(sum).quo(total).gte(threshold)) return power;
  }
  throw plainError(`no power reaches the top ${topN} % of a total of ${total}`);
}

/** Sorts by power, highest first; equal powers come as Go leaves them. State-breaking: they share remainders in this order. */
export const byPowerDescending = <T extends { readonly power: bigint }>(list: readonly T[]): T[] =>
  sortAsGo(list, (a, b) => a.power > b.power);

/**
 * Powers such that none is above `percent` of their sum, the sum and the order of powers kept; as near to it as can be
 * where that has no solution (then all are equal and the sum shrinks). No power becomes zero.
 * @returns the validators by power, highest first
 */
export function capPowers<T extends { readonly power: bigint }>(
  validators: readonly T[],
  percent: number,
): T[] {
  const total = validators.reduce((sum, { power }) => sum + power, 0n);
  const share = (total * BigInt(percent)) / 100n;
  const max = share === 0n ? 1n : share;
  const sorted = byPowerDescending(validators);
  let spare = 0n;
  let below = 0n;
  for (const { power } of sorted) {
    if (power >= max) spare += power - max;
    else below += 1n;
  }
  // The spare power goes to those below the cap, strongest first: what a validator cannot take stays for the weaker.
  let gift = below === 0n ? 0n : spare / below;
  return sorted.map((validator) => {
    const { power } = validator;
    let capped = max;
    if (power < max) {
      if (power + gift < max) capped = power + gift;
      spare -= capped - power;
      below -= 1n;
    }
    if (below !== 0n) gift = spare / below;
    return capped === power ? validator : { ...validator, power: capped };
  });
}

/** Sorts by bonded tokens, most first; equals come as Go leaves them. State-breaking. */
export const byTokensDescending = <T extends { readonly bondedTokens: bigint }>(list: readonly T[]): T[] =>
  sortAsGo(list, (a, b) => a.bondedTokens > b.bondedTokens);

/** Rules of one consumer for its next set. */
export interface ShapingRules {
  readonly topN: number;
  /** Least power for automatic membership; only with `topN` > 0. */
  readonly minPower: bigint;
  readonly allowInactive: boolean;
  /** Validators of the provider's own set, counted from the strongest. */
  readonly maxActive: number;
  /** Percent; 0 for none. */
  readonly powerCap: number;
  /** Count; 0 for none, ignored with `topN` > 0. */
  readonly setCap: number;
  /** Least bonded tokens, in base units; 0 for none. */
  readonly minStake: bigint;
  readonly isOptedIn: (key: string) => boolean;
  /** `undefined` for an empty list. */
  readonly allowlist: ReadonlySet<string> | undefined;
  readonly denylist: ReadonlySet<string> | undefined;
  readonly prioritylist: ReadonlySet<string> | undefined;
}

/** A bonded validator as shaping sees it. */
export interface Candidate {
  /** Its provider address as a map key. */
  readonly key: string;
  readonly bondedTokens: bigint;
  readonly power: bigint;
}

/**
 * The next set before powers are capped, in Go's order of steps: active only unless others are allowed, the filters,
 * priority first, then the cap on the number.
 * @param bonded as {@link byTokensDescending} sorts them
 */
export function selectValidators<T extends Candidate>(bonded: readonly T[], rules: ShapingRules): T[] {
  const considered = rules.allowInactive ? bonded : bonded.slice(0, rules.maxActive);
  const eligible = considered.filter(
    ({ key, power, bondedTokens }) =>
      (rules.isOptedIn(key) || (rules.topN > 0 && power >= rules.minPower)) &&
      (rules.allowlist === undefined || rules.allowlist.has(key)) &&
      (rules.denylist === undefined || !rules.denylist.has(key)) &&
      (rules.minStake === 0n || bondedTokens >= rules.minStake),
  );
  const isPriority = (candidate: Candidate): boolean => rules.prioritylist?.has(candidate.key) === true;
  const ordered = [
    ...byPowerDescending(eligible.filter(isPriority)),
    ...byPowerDescending(eligible.filter((candidate) => !isPriority(candidate))),
  ];
  return rules.topN === 0 && rules.setCap !== 0 ? ordered.slice(0, rules.setCap) : ordered;
}
