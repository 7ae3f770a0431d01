/** Paged answers of queries (SDK `types/query/pagination.go`). */
import { compareBytes, concatBytes, EMPTY } from "@tandem-ics/crypto";
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

interface PlainRequest {
  readonly key: Uint8Array | undefined;
  readonly offset: bigint;
  readonly limit: bigint;
  readonly countTotal: boolean;
  readonly reverse: boolean;
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

/** Takes one page out of `entries`, which start at the requested key if there is one. */
function takePage<T>(
  entries: Iterable<T>,
  { key, offset, limit, countTotal }: PlainRequest,
  keyOf: (item: T) => Uint8Array,
): Page<T> {
  const items: T[] = [];
  let nextKey: Uint8Array = EMPTY;
  let count = 0n;
  for (const item of entries) {
    count++;
    if (count <= offset) continue;
    if (count <= offset + limit) items.push(item);
    else {
      if (nextKey.length === 0) nextKey = keyOf(item);
      // With a start key the total is unknown, so that nothing more is to be counted.
      if (key !== undefined || !countTotal) break;
    }
  }
  return { items, pagination: { nextKey, total: key === undefined && countTotal ? count : 0n } };
}

/**
 * One page of a map. `prefix` narrows it to keys whose encoding starts so (`next_key` is relative to it), `filter` to
 * entries that count at all.
 * @throws GrpcError `InvalidArgument` for a request with both key and offset.
 */
export function paginate<K, V>(
  ctx: Context,
  map: KeyedMap<K, V>,
  request: PageRequest | undefined,
  options: { readonly prefix?: Uint8Array; readonly filter?: (key: K, value: V) => boolean } = {},
): Page<readonly [K, V]> {
  const { prefix, filter } = options;
  const plain = plainRequest(request);
  const { key, reverse } = plain;
  const range: Range = {
    ...(prefix === undefined ? {} : { prefix }),
    ...(key === undefined ? {} : reverse ? { end: concatBytes(key, Uint8Array.of(0)) } : { start: key }),
    reverse,
  };
  const entries = map.entries(ctx, range);
  return takePage(filter === undefined ? entries : only(entries, filter), plain, ([k]) =>
    map.key.encode(k).slice(prefix?.length ?? 0),
  );
}

function* only<K, V>(
  entries: Iterable<readonly [K, V]>,
  filter: (key: K, value: V) => boolean,
): Iterable<readonly [K, V]> {
  for (const entry of entries) if (filter(entry[0], entry[1])) yield entry;
}

/** One page of a list whose items have keys in ascending order. Throws as {@link paginate}. */
export function paginateList<T>(
  items: readonly T[],
  keyOf: (item: T) => Uint8Array,
  request: PageRequest | undefined,
): Page<T> {
  const plain = plainRequest(request);
  const { key, reverse } = plain;
  const ordered = reverse ? items.toReversed() : items;
  const sign = reverse ? -1 : 1;
  return takePage(
    key === undefined ? ordered : ordered.filter((item) => sign * compareBytes(keyOf(item), key) >= 0),
    plain,
    keyOf,
  );
}
