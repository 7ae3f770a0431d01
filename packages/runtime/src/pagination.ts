/**
 * Paged answers of queries. Go turns pages in three ways, which differ in what counts and where the next page begins:
 * over the rows of a store, all of them or those that match (SDK `types/query/pagination.go`, `filtered_pagination.go`),
 * and over a collection (`collections_pagination.go`).
 */
import { EMPTY, prefixEnd } from "@tandem-ics/crypto";
import type { PageRequest, PageResponse } from "cosmjs-types/cosmos/base/query/v1beta1/pagination";
import type { KeyedMap, Range } from "./collections.ts";
import type { Context } from "./context.ts";
import { GRPC, GrpcError } from "./grpc-error.ts";

/** Items of a page when the request names no limit. */
export const DEFAULT_PAGE_LIMIT = 100n;

/** One page of a collection. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly pagination: PageResponse;
}

/** Whether the module's Go code walks the rows of a store, or a collection of `cosmossdk.io/collections`. */
export type PageStyle = "store" | "collection";

/** Which rows there are pages of, and how they are turned. */
export interface PageOptions<K, V> {
  /** Narrows the map to keys whose encoding starts so; `next_key` is relative to it. */
  readonly prefix?: Uint8Array;
  /** The entries that count at all. */
  readonly filter?: (key: K, value: V) => boolean;
  /** Default: the rows of a store. */
  readonly style?: PageStyle;
  /** Gives every matching row that was looked at, those before and behind the page too, as ibc-go's queries do. */
  readonly everyMatch?: boolean;
}

interface PlainRequest {
  readonly key: Uint8Array | undefined;
  readonly offset: bigint;
  readonly limit: bigint;
  readonly countTotal: boolean;
  readonly reverse: boolean;
}

/** A walk through a map: its rows, the bytes of a row's key, and whether a row counts. */
interface Walk<K, V> {
  readonly rows: Iterable<readonly [K, V]>;
  keyOf(row: readonly [K, V]): Uint8Array;
  counts(row: readonly [K, V]): boolean;
}

function plainRequest(request: PageRequest | undefined): PlainRequest {
  const key = request !== undefined && request.key.length > 0 ? request.key : undefined;
  const offset = request?.offset ?? 0n;
  if (key !== undefined && offset > 0n)
    throw new GrpcError(GRPC.invalidArgument, "invalid request, either offset or key is expected, got both");
  const limit = request?.limit ?? 0n;
  return {
    key,
    offset,
    limit: limit === 0n ? DEFAULT_PAGE_LIMIT : limit,
    countTotal: limit === 0n || request?.countTotal === true,
    reverse: request?.reverse ?? false,
  };
}

const page = <T>(items: readonly T[], nextKey: Uint8Array = EMPTY, total = 0n): Page<T> => ({
  items,
  pagination: { nextKey, total },
});

/** Sums of requests wrap as Go's unsigned integers do. */
const u64 = (value: bigint): bigint => BigInt.asUintN(64, value);

/**
 * Rows of a store from the requested key on. Backwards the walk starts at the first row that is not below the key; its
 * bound is the row above that one.
 */
function storeRange<K, V>(
  ctx: Context,
  map: KeyedMap<K, V>,
  { key, reverse }: PlainRequest,
  within: Range,
  keyOf: (row: readonly [K, V]) => Uint8Array,
): Range {
  if (key === undefined) return { ...within, reverse };
  if (!reverse) return { ...within, start: key, reverse };
  let found = false;
  for (const row of map.entries(ctx, { ...within, start: key })) {
    if (found) return { ...within, end: keyOf(row), reverse };
    found = true;
  }
  // Go asks an iterator that has ended for its key.
  if (found) throw new RangeError("prefixIterator invalid, cannot call Key()");
  return { ...within, reverse };
}

function collectionRange({ key, reverse }: PlainRequest, within: Range): Range {
  if (key === undefined) return { ...within, reverse };
  if (!reverse) return { ...within, start: key, reverse };
  const end = prefixEnd(key);
  return end === undefined ? { ...within, reverse } : { ...within, end, reverse };
}

/** Rows from a key on; with `limitRows` the limit is one of rows looked at, not of rows that count. */
function fromKey<K, V>(
  { rows, keyOf, counts }: Walk<K, V>,
  limit: bigint,
  limitRows: boolean,
): Page<readonly [K, V]> {
  const items: (readonly [K, V])[] = [];
  let seen = 0n;
  for (const row of rows) {
    if (seen === limit) return page(items, keyOf(row));
    const counted = counts(row);
    if (counted) items.push(row);
    if (counted || limitRows) seen++;
  }
  return page(items);
}

function storePage<K, V>(
  { rows, keyOf }: Walk<K, V>,
  { offset, limit, countTotal }: PlainRequest,
): Page<readonly [K, V]> {
  const items: (readonly [K, V])[] = [];
  const end = u64(offset + limit);
  let nextKey: Uint8Array | undefined;
  let count = 0n;
  for (const row of rows) {
    count++;
    if (count <= offset) continue;
    if (count <= end) items.push(row);
    else if (count === u64(end + 1n)) {
      nextKey = keyOf(row);
      if (!countTotal) break;
    }
  }
  return page(items, nextKey, countTotal ? count : 0n);
}

function filteredStorePage<K, V>(
  { rows, keyOf, counts }: Walk<K, V>,
  { offset, limit, countTotal }: PlainRequest,
  everyMatch: boolean,
): Page<readonly [K, V]> {
  const items: (readonly [K, V])[] = [];
  const end = u64(offset + limit);
  let nextKey: Uint8Array | undefined;
  let hits = 0n;
  for (const row of rows) {
    if (counts(row)) {
      if (everyMatch || (hits >= offset && hits < end)) items.push(row);
      hits++;
    }
    if (hits !== u64(end + 1n)) continue;
    nextKey ??= keyOf(row);
    if (!countTotal) break;
  }
  return page(items, nextKey, countTotal ? hits : 0n);
}

/** Here the offset is one of all rows, whether they count or not, and one beyond the end gives no total. */
function collectionPage<K, V>(
  { rows, keyOf, counts }: Walk<K, V>,
  { offset, limit, countTotal }: PlainRequest,
): Page<readonly [K, V]> {
  const items: (readonly [K, V])[] = [];
  let nextKey: Uint8Array | undefined;
  let skipped = 0n;
  let count = 0n;
  for (const row of rows) {
    if (skipped < offset) {
      skipped++;
      continue;
    }
    if (count === limit) {
      nextKey = keyOf(row);
      if (!countTotal) return page(items, nextKey);
    }
    if (!counts(row)) continue;
    if (count < limit) items.push(row);
    count++;
  }
  if (skipped < offset) return page(items);
  return page(items, nextKey, countTotal ? u64(count + offset) : 0n);
}

/**
 * One page of a map.
 * @throws GrpcError `InvalidArgument` for a request with both key and offset.
 */
export function paginate<K, V>(
  ctx: Context,
  map: KeyedMap<K, V>,
  request: PageRequest | undefined,
  options: PageOptions<K, V> = {},
): Page<readonly [K, V]> {
  const { prefix, filter, style = "store" } = options;
  const plain = plainRequest(request);
  const within: Range = prefix === undefined ? {} : { prefix };
  const keyOf = ([key]: readonly [K, V]): Uint8Array => map.key.encode(key).slice(prefix?.length ?? 0);
  const range =
    style === "store" ? storeRange(ctx, map, plain, within, keyOf) : collectionRange(plain, within);
  const walk: Walk<K, V> = {
    rows: map.entries(ctx, range),
    keyOf,
    counts: ([key, value]) => filter === undefined || filter(key, value),
  };
  if (plain.key !== undefined) return fromKey(walk, plain.limit, style === "collection");
  if (style === "collection") return collectionPage(walk, plain);
  return filter === undefined
    ? storePage(walk, plain)
    : filteredStorePage(walk, plain, options.everyMatch === true);
}
