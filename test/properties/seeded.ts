/** Choices from a seed, so that a failing run is told by two numbers. */

/** A source of choices. */
export interface Choices {
  /** A whole number, 0 ≤ n < `limit`. */
  below(limit: number): number;
  /** Whether, `percent` of a hundred times. */
  chance(percent: number): boolean;
  /** One of a list. */
  of<T>(list: readonly T[]): T;
}

/** SplitMix64 from `seed`. */
export function choicesFrom(seed: number): Choices {
  let state = BigInt(seed);
  const next = (): bigint => {
    state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n);
    let z = state;
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    return z ^ (z >> 31n);
  };
  const below = (limit: number): number => Number(next() % BigInt(limit));
  return { below, chance: (percent) => below(100) < percent, of: (list) => list[below(list.length)]! };
}
