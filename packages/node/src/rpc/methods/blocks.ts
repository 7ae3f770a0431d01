/** Blocks and what belongs to heights (CometBFT `rpc/core/blocks.go`, `consensus.go`). */
import {
  blockIdToRpcJson,
  blockMetaToRpcJson,
  blockResultsToRpcJson,
  blockToRpcJson,
  commitToRpcJson,
  consensusParamsToRpcJson,
  headerToRpcJson,
  type JsonObject,
  type JsonValue,
  validatorsPageToRpcJson,
  zeroBlockId,
} from "@tandem-ics/comet";
import type { Header } from "cosmjs-types/tendermint/types/types";
import { parseQuery } from "../../query/query.ts";
import { runInSlices } from "../../search/search.ts";
import { type Endpoints, endpoint, type RpcEnvironment, RpcRefusal } from "../endpoint.ts";
import { lazyJson } from "../lazy-json.ts";
import { heightOf, isDescending, pageOf } from "../paging.ts";

const MAX_METAS = 20n;
/** Milliseconds that a search may hold the process at a time. */
export const SEARCH_SLICE_MS = 4;

/** Methods that read blocks. */
export function blockMethods(env: RpcEnvironment): Endpoints {
  const { blocks } = env;
  const stored = (height: bigint | undefined): bigint => heightOf(height, blocks.height, blocks.base);
  const known = (height: bigint | undefined): bigint => heightOf(height, blocks.height + 1n, blocks.base);

  function blockJson(height: bigint | undefined): JsonObject {
    const block = height === undefined ? undefined : blocks.block(height);
    const meta = height === undefined ? undefined : blocks.meta(height);
    return {
      block_id: blockIdToRpcJson(meta?.blockId ?? zeroBlockId()),
      block: block === undefined ? null : blockToRpcJson(block),
    };
  }

  const headerJson = (header: Header | undefined): JsonObject => ({
    header: header === undefined ? null : headerToRpcJson(header),
  });

  function metas(minHeight: bigint, maxHeight: bigint): JsonValue {
    if (minHeight < 0n || maxHeight < 0n) throw new RpcRefusal("heights must be non-negative");
    const max = maxHeight === 0n || maxHeight > blocks.height ? blocks.height : maxHeight;
    let min = minHeight === 0n ? 1n : minHeight;
    if (min < blocks.base) min = blocks.base;
    if (min < max - MAX_METAS + 1n) min = max - MAX_METAS + 1n;
    if (min > max) throw new RpcRefusal(`min height ${min} can't be greater than max height ${max}`);
    const list: JsonValue[] = [];
    for (let height = max; height >= min; height--) {
      const meta = blocks.meta(height);
      list.push(meta === undefined ? null : blockMetaToRpcJson(meta));
    }
    return { last_height: String(blocks.height), block_metas: list };
  }

  function commitJson(asked: bigint | undefined): JsonValue {
    const height = stored(asked);
    const header = blocks.meta(height)?.header;
    const commit = blocks.commit(height);
    if (header === undefined || commit === undefined) return null;
    return {
      signed_header: { header: headerToRpcJson(header), commit: commitToRpcJson(commit) },
      canonical: height !== blocks.height,
    };
  }

  return {
    blockchain: endpoint(
      { minHeight: "int64", maxHeight: "int64" },
      ({ minHeight, maxHeight }) => metas(minHeight, maxHeight),
      { cacheable: [] },
    ),
    block: endpoint({ height: "height" }, ({ height }) => blockJson(stored(height)), {
      cacheable: ["height"],
    }),
    block_by_hash: endpoint({ hash: "bytes" }, ({ hash }) => blockJson(blocks.heightOfHash(hash)), {
      cacheable: [],
    }),
    header: endpoint({ height: "height" }, ({ height }) => headerJson(blocks.meta(stored(height))?.header), {
      cacheable: ["height"],
    }),
    header_by_hash: endpoint(
      { hash: "hex" },
      ({ hash }) => {
        const height = blocks.heightOfHash(hash);
        return headerJson(height === undefined ? undefined : blocks.meta(height)?.header);
      },
      { cacheable: [] },
    ),
    commit: endpoint({ height: "height" }, ({ height }) => commitJson(height), { cacheable: ["height"] }),
    block_results: endpoint(
      { height: "height" },
      (args) => {
        const height = stored(args.height);
        const response = blocks.response(height);
        if (response === undefined) throw new RpcRefusal(`could not find results for height #${height}`);
        return lazyJson(() => blockResultsToRpcJson(height, response));
      },
      { cacheable: ["height"] },
    ),
    validators: endpoint(
      { height: "height", page: "count", per_page: "count" },
      (args) => {
        const height = known(args.height);
        const set = blocks.validators(height);
        if (set === undefined) throw new RpcRefusal(`could not find validator set for height #${height}`);
        const validators = pageOf(set.validators, args.page, args.per_page);
        return validatorsPageToRpcJson({ height, validators, total: set.validators.length });
      },
      { cacheable: ["height"] },
    ),
    consensus_params: endpoint(
      { height: "height" },
      (args) => {
        const height = known(args.height);
        const params = blocks.consensusParams(height);
        if (params === undefined)
          throw new RpcRefusal(`could not find consensus params for height #${height}`);
        return { block_height: String(height), consensus_params: consensusParamsToRpcJson(params) };
      },
      { cacheable: ["height"] },
    ),
    block_search: endpoint(
      { query: "string", page: "count", per_page: "count", order_by: "string" },
      async ({ query, page, per_page, order_by }) => {
        const search = env.index.searchBlocks(parseQuery(query));
        const heights = await runInSlices(search, SEARCH_SLICE_MS, env.limits.searchTimeoutMs);
        const sign = isDescending(order_by, "desc") ? -1 : 1;
        heights.sort((a, b) => (a < b ? -sign : a > b ? sign : 0));
        return {
          blocks: pageOf(heights, page, per_page).map(blockJson),
          total_count: String(heights.length),
        };
      },
    ),
  };
}
