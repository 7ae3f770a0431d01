/** The calls of a real CometBFT, over its JSON-RPC. */
import type { RpcClient } from "@cosmjs/tendermint-rpc";
import {
  blockFromRpcJson,
  blockIdFromRpcJson,
  execTxResultFromRpcJson,
  headerFromRpcJson,
  type JsonObject,
  type JsonReader,
  type JsonValue,
  readJson,
  validatorsPageFromRpcJson,
} from "@tandem-ics/comet";
import { toBase64 } from "@tandem-ics/crypto";
import { GRPC, GrpcError } from "@tandem-ics/runtime";
import type { Timestamp } from "cosmjs-types/google/protobuf/timestamp";
import type { DefaultNodeInfo } from "cosmjs-types/tendermint/p2p/types";
import { errorText, NodeError, type NodeErrorCode } from "../errors.ts";
import { RpcRefusal } from "../rpc/endpoint.ts";
import type { IndexedTx } from "../search/search.ts";
import type { DatedTx, EngineCalls } from "./engine-calls.ts";

/** What the mempool's refusals say; CometBFT gives them no codes (SDK `client/broadcast.go`, `CheckCometError`). */
const MEMPOOL_TEXTS: readonly (readonly [text: string, code: NodeErrorCode])[] = [
  ["tx already exists in cache", "txInCache"],
  ["mempool is full", "mempoolFull"],
  ["tx too large", "txTooLarge"],
  ["request body too large", "txTooLarge"],
];

/** The text that a method of CometBFT refused with; undefined when none answered. */
function refusalOf(error: unknown): string | undefined {
  try {
    const answer = JSON.parse(errorText(error)) as { message?: unknown; data?: unknown } | null;
    const text = answer?.data ?? answer?.message;
    return typeof text === "string" ? text : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the request was more than CometBFT reads (`rpc.max_body_bytes`): its HTTP server says so, not a method. */
const isTooLong = (error: unknown): boolean =>
  error instanceof Error && /request body too large/.test(JSON.stringify(error.cause) ?? "");

function nodeInfoOf(json: JsonReader): DefaultNodeInfo {
  const protocol = json.object("protocol_version");
  const other = json.object("other");
  return {
    protocolVersion: {
      p2p: protocol.int64("p2p"),
      block: protocol.int64("block"),
      app: protocol.int64("app"),
    },
    defaultNodeId: json.text("id"),
    listenAddr: json.text("listen_addr"),
    network: json.text("network"),
    version: json.text("version"),
    channels: json.hex("channels"),
    moniker: json.text("moniker"),
    other: { txIndex: other.text("tx_index"), rpcAddress: other.text("rpc_address") },
  };
}

const txOf = (json: JsonReader): IndexedTx => ({
  height: json.int64("height"),
  index: json.int32("index"),
  tx: json.bytes("tx"),
  result: execTxResultFromRpcJson(json.object("tx_result")),
});

/**
 * The calls over a client of CometBFT's RPC. What a method refuses is thrown as {@link RpcRefusal} with its text, as if it
 * had been called in one process; when nobody answers, GrpcError `Unavailable`.
 */
export function cometCalls(rpc: RpcClient): EngineCalls {
  let nextId = 1;

  async function call(method: string, params: JsonObject = {}): Promise<JsonReader> {
    let result: JsonValue;
    try {
      ({ result } = await rpc.execute({ jsonrpc: "2.0", id: nextId++, method, params }));
    } catch (cause) {
      const refusal = refusalOf(cause);
      if (refusal !== undefined) throw new RpcRefusal(refusal);
      if (isTooLong(cause)) throw new RpcRefusal("request body too large");
      throw new GrpcError(GRPC.unavailable, `CometBFT does not answer: ${errorText(cause)}`, { cause });
    }
    return readJson(result, method);
  }

  const heightParam = (height: bigint | undefined): JsonObject =>
    height === undefined ? {} : { height: String(height) };

  /** Transactions with the times of their blocks, each of which is asked for once. */
  async function dated(found: readonly IndexedTx[]): Promise<DatedTx[]> {
    const times = new Map<bigint, Timestamp>();
    for (const { height } of found)
      if (!times.has(height)) {
        const header = (await call("header", heightParam(height))).object("header");
        times.set(height, headerFromRpcJson(header).time);
      }
    return found.map((tx) => ({ ...tx, time: times.get(tx.height) }));
  }

  return {
    async status() {
      const json = await call("status");
      const sync = json.object("sync_info");
      return {
        nodeInfo: nodeInfoOf(json.object("node_info")),
        height: sync.int64("latest_block_height"),
        catchingUp: sync.flag("catching_up"),
      };
    },
    async block(height) {
      const json = await call("block", heightParam(height));
      const block = json.optional("block", blockFromRpcJson);
      if (block === undefined) throw new RpcRefusal(`block ${height ?? ""} is not available`);
      return { blockId: blockIdFromRpcJson(json.object("block_id")), block };
    },
    async validators(height, page, perPage) {
      const paging = { page: String(page), per_page: String(perPage) };
      return validatorsPageFromRpcJson(await call("validators", { ...heightParam(height), ...paging }));
    },
    async tx(hash) {
      try {
        return (await dated([txOf(await call("tx", { hash: toBase64(hash), prove: false }))]))[0];
      } catch (error) {
        // The SDK knows this, too, by nothing but the text.
        if (error instanceof RpcRefusal && error.message.includes("not found")) return undefined;
        throw error;
      }
    },
    async searchTxs(query, page, perPage, order) {
      const json = await call("tx_search", {
        query,
        prove: false,
        page: String(page),
        per_page: String(perPage),
        order_by: order,
      });
      return { txs: await dated(json.list("txs", txOf)), total: Number(json.int64("total_count")) };
    },
    async broadcast(tx, mode) {
      try {
        const json = await call(`broadcast_tx_${mode}`, { tx: toBase64(tx) });
        return {
          code: json.int32("code"),
          codespace: json.text("codespace"),
          data: json.hex("data"),
          log: json.text("log"),
        };
      } catch (error) {
        if (!(error instanceof RpcRefusal)) throw error;
        const text = error.message.toLowerCase();
        const known = MEMPOOL_TEXTS.find(([part]) => text.includes(part));
        throw known === undefined ? error : new NodeError(known[1], error.message, { cause: error });
      }
    },
  };
}
