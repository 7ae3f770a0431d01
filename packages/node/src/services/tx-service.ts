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
import type { DatedTx, EngineCalls } from "./engine-calls.ts";
import type { ServiceMethod } from "./service-method.ts";
import { unknownStatus } from "./unknown-status.ts";

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

function txResponse({ tx, result, height, time }: DatedTx): TxResponse {
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

/** Methods of the service. */
export function txService(engine: EngineCalls): Record<string, ServiceMethod> {
  async function getTx(data: Uint8Array): Promise<Uint8Array> {
    const { hash } = GetTxRequest.decode(data);
    if (hash === "") throw invalid("tx hash cannot be empty");
    const found = await unknownStatus(() => engine.tx(hashOf(hash)));
    if (found === undefined) throw new GrpcError(GRPC.notFound, `tx not found: ${hash}`);
    return GetTxResponse.encode({ tx: decodeTx(found.tx), txResponse: txResponse(found) }).finish();
  }

  async function getTxsEvent(data: Uint8Array): Promise<Uint8Array> {
    const { query: given, events, page, limit, orderBy } = GetTxsEventRequest.decode(data);
    const query = given === "" ? events.join(" AND ") : given;
    if (query === "") throw new GrpcError(GRPC.internal, "query cannot be empty");
    try {
      const { txs, total } = await engine.searchTxs(
        query,
        page <= 0n ? 1 : Number(page),
        limit <= 0n ? DEFAULT_LIMIT : Number(limit),
        orderBy === OrderBy.ORDER_BY_DESC ? "desc" : "asc",
      );
      return GetTxsEventResponse.encode({
        txs: txs.map(({ tx }) => decodeTx(tx)),
        txResponses: txs.map(txResponse),
        total: BigInt(total),
      }).finish();
    } catch (error) {
      throw new GrpcError(GRPC.internal, `failed to search for txs: ${errorText(error)}`, { cause: error });
    }
  }

  async function broadcast(data: Uint8Array): Promise<Uint8Array> {
    const { txBytes, mode } = BroadcastTxRequest.decode(data);
    if (txBytes.length === 0) throw invalid("invalid empty tx");
    if (mode !== BroadcastMode.BROADCAST_MODE_SYNC && mode !== BroadcastMode.BROADCAST_MODE_ASYNC)
      throw new GrpcError(GRPC.unknown, "unsupported return type unspecified; supported types: sync, async");
    const txhash = toHexUpper(sha256(txBytes));
    try {
      const answer = await engine.broadcast(
        txBytes,
        mode === BroadcastMode.BROADCAST_MODE_ASYNC ? "async" : "sync",
      );
      const { code, codespace, log } = answer;
      const response = TxResponse.fromPartial({
        txhash,
        code,
        codespace,
        data: toHexUpper(answer.data),
        rawLog: log,
      });
      return BroadcastTxResponse.encode({ txResponse: response }).finish();
    } catch (error) {
      if (error instanceof GrpcError) throw error;
      const code = error instanceof NodeError ? MEMPOOL_REFUSALS[error.code] : undefined;
      if (code === undefined) throw new GrpcError(GRPC.unknown, errorText(error), { cause: error });
      const response = TxResponse.fromPartial({ txhash, codespace: "sdk", code });
      return BroadcastTxResponse.encode({ txResponse: response }).finish();
    }
  }

  /** `current`: height of the state that the call reads. */
  async function blockWithTxs(data: Uint8Array, current: bigint): Promise<Uint8Array> {
    const { height, pagination } = GetBlockWithTxsRequest.decode(data);
    if (height < 1n || height > current)
      throw new GrpcError(
        GRPC.unknown,
        `codespace sdk code 26: invalid height: requested height ${height} but height must not be less than 1 or greater than the current height ${current}`,
      );
    const { blockId, block } = await unknownStatus(() => engine.block(height));
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
      blockId,
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
