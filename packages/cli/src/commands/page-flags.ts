/** Flags that turn pages, in the two spellings of the Go binaries: `--limit` and `--page-limit`. */
import { fromBase64 } from "@cosmjs/encoding";
import type { JsonObject } from "@tandem-ics/proto";
import type { Command } from "commander";
import { usageError } from "../exit-codes.ts";
import type { QueryFlags } from "./query-spec.ts";

/** Items of a page that `--page` counts in, as in the Go binaries. */
const DEFAULT_LIMIT = 100n;
const MAX_U64 = (1n << 64n) - 1n;

/** Adds the flags to a command whose answer has pages. */
export const addPageFlags = (command: Command): Command =>
  command
    .option("--limit, --page-limit <count>", "most items of a page")
    .option("--offset, --page-offset <count>", "items to pass over")
    .option("--page <number>", "page of --limit items, counted from 1")
    .option("--page-key <key>", "the next_key of the page before, as it was printed")
    .option("--count-total, --page-count-total", "count all items")
    .option("--reverse, --page-reverse", "last items first");

/** A number of 64 bits as text. Throws `usage`. */
function countOf(flags: QueryFlags, name: string, flag: string): bigint | undefined {
  const text = flags[name];
  if (text === undefined) return undefined;
  if (typeof text !== "string" || !/^\d{1,20}$/.test(text) || BigInt(text) > MAX_U64)
    throw usageError(`${flag} takes a whole number, not "${text}"`);
  return BigInt(text);
}

function keyOf(text: string): string {
  try {
    fromBase64(text);
    return text;
  } catch {
    throw usageError(`--page-key takes the next_key that was printed, not "${text}"`);
  }
}

/**
 * The page request of the flags, as protobuf JSON; nothing where no flag asks for one and the command has no limit of
 * its own. Throws `usage` for what does not go together.
 */
export function pageRequestOf(flags: QueryFlags, ownLimit?: string): JsonObject | undefined {
  const limit =
    countOf(flags, "pageLimit", "--limit") ?? (ownLimit === undefined ? undefined : BigInt(ownLimit));
  const offset = countOf(flags, "pageOffset", "--offset");
  const page = countOf(flags, "page", "--page") ?? 1n;
  const key = flags["pageKey"];
  if (page === 0n) throw usageError("--page counts from 1");
  if (page > 1n && (offset ?? 0n) > 0n)
    throw usageError("--page and --offset are two ways to say one thing", "give one of them");
  const skipped = page > 1n ? BigInt.asUintN(64, (page - 1n) * (limit ?? DEFAULT_LIMIT)) : offset;
  const request: JsonObject = {
    ...(typeof key === "string" ? { key: keyOf(key) } : {}),
    ...(skipped === undefined ? {} : { offset: skipped.toString() }),
    ...(limit === undefined ? {} : { limit: limit.toString() }),
    ...(flags["pageCountTotal"] === true ? { count_total: true } : {}),
    ...(flags["pageReverse"] === true ? { reverse: true } : {}),
  };
  return Object.keys(request).length === 0 ? undefined : request;
}
