/** Lists that a chain gives out page by page (SDK `types/query`). */
import type { PageRequest, PageResponse } from "cosmjs-types/cosmos/base/query/v1beta1/pagination";

const PAGE_SIZE = 1000n;

/** Reads all pages of a list query. */
export async function allPages<R extends { readonly pagination?: PageResponse | undefined }, T>(
  ask: (pagination: PageRequest) => Promise<R>,
  entriesOf: (page: R) => readonly T[],
): Promise<T[]> {
  const found: T[] = [];
  let key: Uint8Array = new Uint8Array();
  do {
    const page = await ask({ key, offset: 0n, limit: PAGE_SIZE, countTotal: false, reverse: false });
    found.push(...entriesOf(page));
    key = page.pagination?.nextKey ?? new Uint8Array();
  } while (key.length > 0);
  return found;
}
