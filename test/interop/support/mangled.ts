/** Messages with one field changed to something odd. */
import type { EncodeObject } from "@cosmjs/proto-signing";
import { encodeAny } from "@tandem-ics/proto";
import type { Random } from "./random.ts";

const LARGEST = 2n ** 63n - 1n;
const TEXTS = [
  ...["", " ", "0", "1", "-1", "x", "99", "0.5", "1.5", "007", "1000000000000000000", "1000000000000000001"],
  ...["stake", "nothing", "[do-not-modify]", "a".repeat(70), "é".repeat(26), "9".repeat(80)],
];
const NUMBERS = [0, 1, 2, 49, 50, 101, 2 ** 31 - 1];
const INTEGERS = [0n, 1n, 2n, 7n, 1_000n, LARGEST];

type Fields = Record<string, unknown>;
interface Leaf {
  readonly holder: Fields;
  readonly key: string;
}

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !(value instanceof Uint8Array);

function clone<T>(value: T): T {
  if (Array.isArray(value)) return value.map(clone) as T;
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, clone(inner)])) as T;
}

function leavesOf(holder: Fields, found: Leaf[] = []): Leaf[] {
  for (const key of Object.keys(holder)) {
    if (holder[key] === undefined) continue;
    found.push({ holder, key });
    if (isFields(holder[key])) leavesOf(holder[key], found);
  }
  return found;
}

function odd(value: unknown, random: Random, texts: readonly string[]): unknown {
  if (typeof value === "string") return random.pick([...TEXTS, ...texts, `${value}0`, value.toUpperCase()]);
  if (typeof value === "bigint") return random.pick([...INTEGERS, value + 1n, value / 2n]);
  if (typeof value === "number") return random.pick([...NUMBERS, value + 1]);
  if (typeof value === "boolean") return !value;
  if (value instanceof Uint8Array)
    return random.pick([new Uint8Array(), value.slice(1), new Uint8Array(65).fill(7)]);
  if (Array.isArray(value))
    return random.pick([[], value.slice(1), [...value, ...value], [...value].reverse()]);
  // A message within the message that is not there.
  return undefined;
}

/**
 * The message with one field, at any depth, changed; `texts` are what texts may become besides. What cannot be written any
 * more stays as it was.
 */
export function mangled(
  { typeUrl, value }: EncodeObject,
  random: Random,
  texts: readonly string[],
): EncodeObject {
  const copy = clone(value as Fields);
  const { holder, key } = random.pick(leavesOf(copy));
  holder[key] = odd(holder[key], random, texts);
  try {
    encodeAny(typeUrl, copy);
  } catch {
    return { typeUrl, value };
  }
  return { typeUrl, value: copy };
}
