/** What a search looks for, out of a query's conditions (CometBFT `state/txindex/kv`, `state/indexer`). */
import {
  compareDecimals,
  type Decimal,
  parseDecimal,
  truncateDecimal,
  wholeDecimal,
} from "../query/decimal.ts";
import type { Condition } from "../query/query.ts";

/** A bound, and whether the bound itself is inside. */
export interface Bound {
  readonly value: Decimal;
  readonly inclusive: boolean;
}

/** Bounds on the number that a value is. */
export interface NumberRange {
  readonly tag: string;
  low?: Bound;
  high?: Bound;
  /** A bound is a time: nothing indexed compares with times. */
  impossible: boolean;
}

/** A query, cut into what narrows the heights and what every event must have. */
export interface SearchPlan {
  /** The only height to look at. */
  readonly height: bigint | undefined;
  /** How that height is written. */
  readonly heightText: string | undefined;
  /** Bounds on the height; they overrule {@link height}. */
  readonly heights: NumberRange | undefined;
  /** Ranges over other tags, one for each tag. */
  readonly ranges: readonly NumberRange[];
  /** All other conditions. */
  readonly conditions: readonly Condition[];
}

const isRange = ({ operator }: Condition): boolean =>
  operator === "<" || operator === "<=" || operator === ">" || operator === ">=";

function addBound(range: NumberRange, { operator, argument }: Condition): void {
  if (argument?.kind !== "number") {
    range.impossible = true;
    return;
  }
  const bound = { value: argument.value, inclusive: operator === "<=" || operator === ">=" };
  if (operator === ">" || operator === ">=") range.low = bound;
  else range.high = bound;
}

/** Whether a number lies in a range. */
export function inRange(range: NumberRange, number: Decimal): boolean {
  const { low, high } = range;
  if (range.impossible) return false;
  if (low !== undefined) {
    const order = compareDecimals(number, low.value);
    if (order < 0 || (order === 0 && !low.inclusive)) return false;
  }
  if (high !== undefined) {
    const order = compareDecimals(number, high.value);
    if (order > 0 || (order === 0 && !high.inclusive)) return false;
  }
  return true;
}

/** Whether an attribute value is a number in a range. */
export function valueInRange(range: NumberRange, value: string): boolean {
  const number = wholeDecimal(value);
  return number !== undefined && inRange(range, number);
}

/** Whether a height satisfies a plan. */
export const heightFits = ({ heights, height }: SearchPlan, candidate: bigint): boolean =>
  heights !== undefined
    ? inRange(heights, { digits: candidate, scale: 0 })
    : height === undefined || candidate === height;

/**
 * Cuts a query. Of several equalities on the height the first counts, and none beside bounds on it. Bounds on one tag are
 * one range that a single value must lie in.
 */
export function planSearch(conditions: readonly Condition[], heightTag: string): SearchPlan {
  const ranges = new Map<string, NumberRange>();
  const rest: Condition[] = [];
  let height: bigint | undefined;
  let heightText: string | undefined;
  let bounded = false;
  for (const condition of conditions) {
    const { tag, operator, argument } = condition;
    if (tag === heightTag && operator === "=") {
      const number = parseDecimal(argument?.text ?? "");
      if (number !== undefined && height === undefined) {
        height = truncateDecimal(number);
        heightText = argument?.text;
      }
      continue;
    }
    if (tag === heightTag) bounded = true;
    if (!isRange(condition)) {
      rest.push(condition);
      continue;
    }
    const range = ranges.get(tag) ?? { tag, impossible: false };
    ranges.set(tag, range);
    addBound(range, condition);
  }
  const heights = ranges.get(heightTag);
  ranges.delete(heightTag);
  return {
    height: bounded ? undefined : height,
    heightText,
    heights,
    ranges: [...ranges.values()],
    conditions: rest,
  };
}
