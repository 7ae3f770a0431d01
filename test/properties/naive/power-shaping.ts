/** Partial set security as ccv.md §4.1 and §5 tell it, step by step in plain loops. */

import { halfEven, ONE } from "./fractions.ts";

/** A bonded validator, as staking knows it. Lists of them stand in staking's own order: by power, then operator address. */
export interface Bonded {
  /** Provider consensus address, hexadecimal. */
  readonly address: string;
  /** Bonded tokens, base denomination. */
  readonly tokens: bigint;
  /** Staking's last validator power. */
  readonly power: bigint;
  /** Key used on this consumer: the assigned one, else the provider's. Hexadecimal. */
  readonly key: string;
  readonly optedIn: boolean;
}

/** Power-shaping parameters; lists hold provider consensus addresses. */
export interface Shape {
  readonly topN: number;
  readonly powerCap: number;
  readonly setCap: number;
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  readonly priority: readonly string[];
  readonly minStake: bigint;
  readonly allowInactive: boolean;
}

/** A row of a consumer's set. */
export interface Member {
  readonly address: string;
  readonly key: string;
  readonly power: bigint;
  readonly joinHeight: bigint;
}

/** Sorts, the strongest first. Where equals end up is left open by ccv.md §5.3. */
export type Sort = <T>(list: readonly T[], strength: (item: T) => bigint) => T[];

/** Sorts so that equals keep the order they came in. */
export function strongestFirst<T>(list: readonly T[], strength: (item: T) => bigint): T[] {
  const sorted: T[] = [];
  for (const item of list) {
    let place = sorted.length;
    while (place > 0 && strength(sorted[place - 1]!) < strength(item)) place--;
    sorted.splice(place, 0, item);
  }
  return sorted;
}

/**
 * §5.2: the smallest power within the strongest `topN` percent of all power; undefined for an empty set. The part is an
 * 18-decimal fraction, a half rounded to even.
 */
export function minimumPower(powers: readonly bigint[], topN: number): bigint | undefined {
  let total = 0n;
  for (const power of powers) total += power;
  let sum = 0n;
  for (const power of strongestFirst(powers, (p) => p)) {
    sum += power;
    if (halfEven(sum * ONE, total) >= (BigInt(topN) * ONE) / 100n) return power;
  }
  return undefined;
}

/** §5.4: the same powers, none above `cap` percent of their sum where that can be; sorted, strongest first. */
export function capPowers(powers: readonly bigint[], cap: number): bigint[] {
  const sorted = strongestFirst(powers, (p) => p);
  let total = 0n;
  for (const power of sorted) total += power;
  let most = (total * BigInt(cap)) / 100n;
  if (most === 0n) most = 1n;
  let spare = 0n;
  let takers = 0n;
  for (const power of sorted)
    if (power >= most) spare += power - most;
    else takers += 1n;
  let share = takers > 0n ? spare / takers : 0n;
  const capped: bigint[] = [];
  for (const power of sorted) {
    if (power >= most) capped.push(most);
    else if (power + share >= most) {
      capped.push(most);
      spare -= most - power;
      takers -= 1n;
    } else {
      capped.push(power + share);
      spare -= share;
      takers -= 1n;
    }
    if (takers !== 0n) share = spare / takers;
  }
  return capped;
}

/** What a consumer's next set is made of. */
export interface NextSet {
  readonly bonded: readonly Bonded[];
  readonly shape: Shape;
  /** `max_provider_consensus_validators`. */
  readonly maxActive: number;
  readonly previous: readonly Member[];
  readonly height: bigint;
  /** How equals are put in order. */
  readonly sort: Sort;
}

/** Validators that a boundary opts in by itself: active ones at or above the minimum power of a Top N chain (§5.1). */
export function automaticOptIns({ bonded, shape, maxActive }: NextSet): string[] {
  if (shape.topN === 0) return [];
  const active = bonded.slice(0, maxActive);
  const minimum = minimumPower(
    active.map((v) => v.power),
    shape.topN,
  );
  return active.filter((v) => minimum !== undefined && v.power >= minimum).map((v) => v.address);
}

/** §5.3, steps 1 to 7. */
export function nextSet(input: NextSet): Member[] {
  const { bonded, shape, maxActive, previous, height, sort } = input;
  const minimum = minimumPower(
    bonded.slice(0, maxActive).map((v) => v.power),
    shape.topN,
  );
  const byTokens = sort(bonded, (v) => v.tokens);
  const considered = shape.allowInactive ? byTokens : byTokens.slice(0, maxActive);
  const first: Member[] = [];
  const rest: Member[] = [];
  for (const validator of considered) {
    const inTopN = shape.topN > 0 && minimum !== undefined && validator.power >= minimum;
    if (!validator.optedIn && !inTopN) continue;
    if (shape.allow.length > 0 && !shape.allow.includes(validator.address)) continue;
    if (shape.deny.includes(validator.address)) continue;
    if (shape.minStake !== 0n && validator.tokens < shape.minStake) continue;
    const before = previous.find((member) => member.address === validator.address);
    const member = {
      address: validator.address,
      key: validator.key,
      power: validator.power,
      joinHeight: before === undefined ? height : before.joinHeight,
    };
    if (shape.priority.includes(validator.address)) first.push(member);
    else rest.push(member);
  }
  let set = [...sort(first, (m) => m.power), ...sort(rest, (m) => m.power)];
  if (shape.topN === 0 && shape.setCap !== 0) set = set.slice(0, shape.setCap);
  if (shape.powerCap === 0) return set;
  const sorted = sort(set, (m) => m.power);
  const capped = capPowers(
    sorted.map((m) => m.power),
    shape.powerCap,
  );
  return sorted.map((member, i) => ({ ...member, power: capped[i]! }));
}

/** §4.1 step 3: updates by consumer key that lead from one set to the other, 0 for a key that goes. */
export function difference(previous: readonly Member[], next: readonly Member[]): Map<string, bigint> {
  const updates = new Map<string, bigint>();
  for (const member of previous) if (!next.some((m) => m.key === member.key)) updates.set(member.key, 0n);
  for (const member of next) {
    const before = previous.find((m) => m.key === member.key);
    if (before === undefined || before.power !== member.power) updates.set(member.key, member.power);
  }
  return updates;
}
