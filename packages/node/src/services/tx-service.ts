/** `cosmos.tx.v1beta1.Service` without Simulate, which is the application's (SDK `x/auth/tx/service.go`). */
import { sha256, toHexUpper } from "@tandem-ics/crypto";
import { formatTimestamp, timestampToNs } from "@tandem-ics/proto";
import { fromGoHex, GRPC, GrpcError } from "@tandem-ics/runtime";
import { TxResponse } from "cosmjs-types/cosmos/base/abci/v1beta1/abci";
import {
  BroadcastMode,
  BroadcastTxRequest,
  BroadcastTxResponse,
  GetBlockWithTxsRequest,
  GetBlockWithTxsResponse,
  GetTxRequest,
  GetTxResponse,
  GetTxsEventRequest,
  GetTxsEventResponse,
  OrderBy,
} from "cosmjs-types/cosmos/tx/v1beta1/service";
import { Tx, TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { errorText, NodeError, type NodeErrorCode } from "../errors.ts";
import { parseQuery } from "../query/query.ts";
import type { RpcEnvironment } from "../rpc/endpoint.ts";
import { SEARCH_SLICE_MS } from "../rpc/methods/blocks.ts";
import { pageOf } from "../rpc/paging.ts";
import { type IndexedTx, runInSlices } from "../search/search.ts";
import type { ServiceMethod } from "./service-method.ts";

const SERVICE = "/cosmos.tx.v1beta1.Service";
const DEFAULT_LIMIT = 100;
/** What the mempool refuses is an answer, not an error (SDK `client/broadcast.go`, `CheckCometError`). */
const MEMPOOL_REFUSALS: Partial<Record<NodeErrorCode, number>> = {
  txInCache: 19,
  mempoolFull: 20,
  txTooLarge: 21,
};

const invalid = (message: string): GrpcError => new GrpcError(GRPC.invalidArgument, message);

/** Bytes of a hash in hex; what is wrong with it has no status of its own. */
function hashOf(hex: string): Uint8Array {
  try {
    return fromGoHex(hex);
  } catch (cause) {
    throw new GrpcError(GRPC.unknown, errorText(cause), { cause });
  }
}

/** `TxRaw` keeps body and auth info as bytes; field numbers are those of `Tx`. */
function decodeTx(bytes: Uint8Array): Tx {
  try {
    TxRaw.decode(bytes);
    return Tx.decode(bytes);
  } catch (cause) {
    throw new GrpcError(GRPC.unknown, "tx parse error", { cause });
  }
}

/** Methods of the service. */
export function txService(env: Omit<RpcEnvironment, "query">): Record<string, ServiceMethod> {
  const { blocks, index, mempool, limits } = env;

  function txResponse({ tx, result, height }: IndexedTx): TxResponse {
    const time = blocks.meta(height)?.header.time;
    return {
      ...TxResponse.fromPartial({}),
      height,
      txhash: toHexUpper(sha256(tx)),
      codespace: result.codespace,
      code: result.code,
      data: toHexUpper(result.data),
      rawLog: result.log,
      info: result.info,
      gasWanted: result.gasWanted,
      gasUsed: result.gasUsed,
      tx: { typeUrl: "/cosmos.tx.v1beta1.Tx", value: tx },
      // seconds only, as the SDK prints it
      timestamp: time === undefined ? "" : formatTimestamp(timestampToNs({ ...time, nanos: 0 })),
      events: result.events,
    };
  }

  function getTx(data: Uint8Array): Uint8Array {
    const { hash } = GetTxRequest.decode(data);
    if (hash === "") throw invalid("tx hash cannot be empty");
    const found = index.tx(hashOf(hash));
    if (found === undefined) throw new GrpcError(GRPC.notFound, `tx not found: ${hash}`);
    return GetTxResponse.encode({ tx: decodeTx(found.tx), txResponse: txResponse(found) }).finish();
  }

  async function getTxsEvent(data: Uint8Array): Promise<Uint8Array> {
    const request = GetTxsEventRequest.decode(data);
    const query = request.events.length > 0 ? request.events.join(" AND ") : request.query;
    if (query === "") throw new GrpcError(GRPC.internal, "query cannot be empty");
    try {
      const found = await runInSlices(
        index.searchTxs(parseQuery(query)),
        SEARCH_SLICE_MS,
        limits.searchTimeoutMs,
      );
      const sign = request.orderBy === OrderBy.ORDER_BY_DESC ? -1 : 1;
      found.sort((a, b) =>
        a.height === b.height ? sign * (a.index - b.index) : a.height < b.height ? -sign : sign,
      );
      const page = request.page <= 0n ? 1 : Number(request.page);
      const limit = request.limit <= 0n ? DEFAULT_LIMIT : Number(request.limit);
      const txs = pageOf(found, page, limit).flatMap((position) => index.txAt(position) ?? []);
      return GetTxsEventResponse.encode({
        txs: txs.map(({ tx }) => decodeTx(tx)),
        txResponses: txs.map(txResponse),
        total: BigInt(found.length),
      }).finish();
    } catch (error) {
      throw new GrpcError(GRPC.internal, `failed to search for txs: ${errorText(error)}`, { cause: error });
    }
  }

  function broadcast(data: Uint8Array): Uint8Array {
    const { txBytes, mode } = BroadcastTxRequest.decode(data);
    if (txBytes.length === 0) throw invalid("invalid empty tx");
    if (mode !== BroadcastMode.BROADCAST_MODE_SYNC && mode !== BroadcastMode.BROADCAST_MODE_ASYNC)
      throw new GrpcError(GRPC.unknown, "unsupported return type unspecified; supported types: sync, async");
    const txhash = toHexUpper(sha256(txBytes));
    try {
      const { code, codespace, data: result, log } = mempool.checkTx(txBytes);
      const shown =
        mode === BroadcastMode.BROADCAST_MODE_ASYNC
          ? {}
          : { code, codespace, data: toHexUpper(result), rawLog: log };
      const response = TxResponse.fromPartial({ txhash, ...shown });
      return BroadcastTxResponse.encode({ txResponse: response }).finish();
    } catch (error) {
      const code = error instanceof NodeError ? MEMPOOL_REFUSALS[error.code] : undefined;
      if (code === undefined) throw new GrpcError(GRPC.unknown, errorText(error), { cause: error });
      const response = TxResponse.fromPartial({ txhash, codespace: "sdk", code });
      return BroadcastTxResponse.encode({ txResponse: response }).finish();
    }
  }

  function blockWithTxs(data: Uint8Array): Uint8Array {
    const { height, pagination } = GetBlockWithTxsRequest.decode(data);
    const block = blocks.block(height);
    const meta = blocks.meta(height);
    if (height < 1n || block === undefined || meta === undefined)
      throw new GrpcError(
        GRPC.unknown,
        `codespace sdk code 26: invalid height: requested height ${height} but height must not be less than 1 or greater than the current height ${blocks.height}`,
      );
    const { txs } = block.data;
    const offset = Number(pagination?.offset ?? 0n);
    const limit =
      pagination === undefined || pagination.limit === 0n ? DEFAULT_LIMIT : Number(pagination.limit);
    if (offset >= txs.length && txs.length > 0)
      throw invalid(
        `out of range: cannot paginate ${txs.length} txs with offset ${offset} and limit ${limit}`,
      );
    return GetBlockWithTxsResponse.encode({
      txs: txs.slice(offset, offset + limit).map(decodeTx),
      blockId: meta.blockId,
      block,
      pagination: { nextKey: new Uint8Array(0), total: BigInt(txs.length) },
    }).finish();
  }

  return {
    [`${SERVICE}/GetTx`]: getTx,
    [`${SERVICE}/GetTxsEvent`]: getTxsEvent,
    [`${SERVICE}/BroadcastTx`]: broadcast,
    [`${SERVICE}/GetBlockWithTxs`]: blockWithTxs,
  };
}
