/** Pages and heights as CometBFT checks them (`rpc/core/env.go`). */
import { RpcRefusal } from "./endpoint.ts";

const DEFAULT_PER_PAGE = 30;
const MAX_PER_PAGE = 100;

/** Entries on a page: 30 if absent or below 1, at most 100. */
export const perPageOf = (asked: number | bigint | undefined): number =>
  asked === undefined || asked < 1 ? DEFAULT_PER_PAGE : Math.min(Number(asked), MAX_PER_PAGE);

/** One page of a list. Throws {@link RpcRefusal} outside of the pages; an empty list has one. */
export function pageOf<T>(
  list: readonly T[],
  page: number | bigint | undefined,
  perPage: number | bigint | undefined,
): T[] {
  const size = perPageOf(perPage);
  const pages = Math.max(1, Math.ceil(list.length / size));
  const asked = page ?? 1;
  if (asked <= 0 || asked > pages)
    throw new RpcRefusal(`page should be within [1, ${pages}] range, given ${asked}`);
  const number = Number(asked);
  return list.slice((number - 1) * size, number * size);
}

/** A height that is there. Throws {@link RpcRefusal}. */
export function heightOf(asked: bigint | undefined, latest: bigint, base: bigint): bigint {
  if (asked === undefined) return latest;
  if (asked <= 0n) throw new RpcRefusal(`height must be greater than 0, but got ${asked}`);
  if (asked > latest)
    throw new RpcRefusal(
      `height ${asked} must be less than or equal to the current blockchain height ${latest}`,
    );
  if (asked < base) throw new RpcRefusal(`height ${asked} is not available, lowest height is ${base}`);
  return asked;
}

/** Orders `asc` and `desc`; `preferred` when none is named. Throws {@link RpcRefusal} for others. */
export function isDescending(orderBy: string, preferred: "asc" | "desc"): boolean {
  const order = orderBy === "" ? preferred : orderBy;
  if (order === "asc") return false;
  if (order === "desc") return true;
  throw new RpcRefusal("expected order_by to be either `asc` or `desc` or empty");
}
