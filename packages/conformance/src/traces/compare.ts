/** The first difference between what a model says and what real chains show. */
import { Mismatch } from "./errors.ts";
import type { View } from "./view.ts";

type Tree = Readonly<Record<string, unknown>>;

const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null;

/** Where two values differ first, or undefined. Fields of `expected` come in their order, then those that it lacks. */
export function firstDifference(expected: unknown, found: unknown, path = ""): Mismatch | undefined {
  if (Object.is(expected, found)) return undefined;
  if (!isTree(expected) || !isTree(found) || Array.isArray(expected) !== Array.isArray(found))
    return new Mismatch(path, expected, found);
  if (Array.isArray(expected) && expected.length !== (found as unknown as unknown[]).length)
    return new Mismatch(path, expected, found);
  for (const name of new Set([...Object.keys(expected), ...Object.keys(found)])) {
    const difference = firstDifference(expected[name], found[name], path === "" ? name : `${path}.${name}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

/**
 * The first difference of two views. Chains may have jailed validators without power beside those that the model has
 * jailed: it does not jail where nothing could leave the set.
 */
export function compareViews(expected: View, found: View): Mismatch | undefined {
  const jailedUntil = Object.fromEntries(
    Object.entries(found.provider.jailedUntil).filter(
      ([name]) => name in expected.provider.jailedUntil || (expected.provider.powers[name] ?? 0) > 0,
    ),
  );
  return firstDifference(expected, { ...found, provider: { ...found.provider, jailedUntil } });
}
