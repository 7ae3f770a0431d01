/** The calls of an engine in this process, out of the node's own record. */
import { EMPTY } from "@tandem-ics/crypto";
import { BLOCK_PROTOCOL_VERSION, COMETBFT_VERSION, P2P_PROTOCOL_VERSION } from "../engine/handshake.ts";
import { parseQuery } from "../query/query.ts";
import { type RpcEnvironment, RpcRefusal } from "../rpc/endpoint.ts";
import { SEARCH_SLICE_MS } from "../rpc/methods/blocks.ts";
import { P2P_CHANNELS } from "../rpc/methods/info.ts";
import { MAX_QUERY_BYTES } from "../rpc/methods/txs.ts";
import { heightOf, pageOf } from "../rpc/paging.ts";
import { type IndexedTx, runInSlices } from "../search/search.ts";
import type { BroadcastAnswer, DatedTx, EngineCalls, TxPage } from "./engine-calls.ts";

const TAKEN: BroadcastAnswer = { code: 0, codespace: "", data: EMPTY, log: "" };

/** The calls over a node's environment. */
export function localCalls(env: Omit<RpcEnvironment, "query">): EngineCalls {
  const { blocks, identity, index, limits, mempool } = env;
  const dated = (found: IndexedTx): DatedTx => ({ ...found, time: blocks.meta(found.height)?.header.time });

  async function searchTxs(
    query: string,
    page: number,
    perPage: number,
    order: "asc" | "desc",
  ): Promise<TxPage> {
    if (Buffer.byteLength(query) > MAX_QUERY_BYTES) throw new RpcRefusal("maximum query length exceeded");
    const search = index.searchTxs(parseQuery(query));
    const found = await runInSlices(search, SEARCH_SLICE_MS, limits.searchTimeoutMs);
    const sign = order === "desc" ? -1 : 1;
    found.sort((a, b) =>
      a.height === b.height ? sign * (a.index - b.index) : a.height < b.height ? -sign : sign,
    );
    const txs = pageOf(found, page, perPage).flatMap((position) => index.txAt(position) ?? []);
    return { txs: txs.map(dated), total: found.length };
  }

  return {
    status: () => ({
      nodeInfo: {
        protocolVersion: {
          p2p: P2P_PROTOCOL_VERSION,
          block: BLOCK_PROTOCOL_VERSION,
          app: env.state().appVersion,
        },
        defaultNodeId: identity.id,
        listenAddr: identity.listenAddress,
        network: identity.chainId,
        version: COMETBFT_VERSION,
        channels: Buffer.from(P2P_CHANNELS, "hex"),
        moniker: identity.moniker,
        other: { txIndex: "on", rpcAddress: identity.rpcAddress() },
      },
      height: blocks.height,
      catchingUp: false,
    }),
    block(asked) {
      const height = heightOf(asked, blocks.height, blocks.base);
      const block = blocks.block(height);
      const meta = blocks.meta(height);
      if (block === undefined || meta === undefined) throw new RpcRefusal(`block ${height} is not available`);
      return { blockId: meta.blockId, block };
    },
    validators(asked, page, perPage) {
      const height = heightOf(asked, blocks.height + 1n, blocks.base);
      const set = blocks.validators(height)?.validators ?? [];
      return { height, validators: pageOf(set, page, perPage), total: set.length };
    },
    tx(hash) {
      const found = index.tx(hash);
      return found === undefined ? undefined : dated(found);
    },
    searchTxs,
    broadcast(tx, mode) {
      const answer = mempool.checkTx(tx);
      return mode === "async" ? TAKEN : answer;
    },
  };
}
