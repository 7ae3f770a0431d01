/** Transactions: offered, waiting, found again (CometBFT `rpc/core/mempool.go`, `tx.go`). */
import {
  evidenceIdHash,
  execTxResultToRpcJson,
  type JsonObject,
  rememberedTxHash,
  validateEvidenceBasic,
} from "@tandem-ics/comet";
import { merkleProofs, merkleRoot, sha256, toBase64, toHexUpper } from "@tandem-ics/crypto";
import { CheckTxType, ExecTxResult, type ResponseCheckTx } from "cosmjs-types/tendermint/abci/types";
import { errorText } from "../../errors.ts";
import { parseQuery } from "../../query/query.ts";
import { type IndexedTx, runInSlices, type TxPosition } from "../../search/search.ts";
import { type Endpoints, endpoint, type RpcEnvironment, RpcRefusal } from "../endpoint.ts";
import { lazyJson } from "../lazy-json.ts";
import { isDescending, pageOf, perPageOf } from "../paging.ts";
import { SEARCH_SLICE_MS } from "./blocks.ts";

/** Longest query that is accepted, in bytes. */
export const MAX_QUERY_BYTES = 512;

const broadcastJson = (tx: Uint8Array, answer?: ResponseCheckTx): JsonObject => ({
  code: answer?.code ?? 0,
  data: answer === undefined ? "" : toHexUpper(answer.data),
  log: answer?.log ?? "",
  codespace: answer?.codespace ?? "",
  hash: toHexUpper(rememberedTxHash(tx)),
});

/** CheckTx answers have the same fields as execution results. */
const checkTxJson = (answer: ResponseCheckTx): JsonObject => execTxResultToRpcJson(answer);

/** Methods about transactions. */
export function txMethods(env: RpcEnvironment): Endpoints {
  const { mempool, index, blocks, bus, limits } = env;

  function proofJson({ height, index: at }: TxPosition): JsonObject {
    const block = blocks.block(height);
    if (block === undefined) throw new RpcRefusal(`block ${height} is not available`);
    const hashes = block.data.txs.map(sha256);
    const proof = merkleProofs(hashes)[at]!;
    return {
      root_hash: toHexUpper(merkleRoot(hashes)),
      data: toBase64(block.data.txs[at]!),
      proof: {
        total: String(proof.total),
        index: String(proof.index),
        leaf_hash: toBase64(proof.leafHash),
        aunts: proof.aunts.map(toBase64),
      },
    };
  }

  const txJson = (found: IndexedTx, prove: boolean): JsonObject => ({
    hash: toHexUpper(sha256(found.tx)),
    height: String(found.height),
    index: found.index,
    tx_result: execTxResultToRpcJson(found.result),
    tx: toBase64(found.tx),
    ...(prove ? { proof: proofJson(found) } : {}),
  });

  async function commitTx(tx: Uint8Array): Promise<JsonObject> {
    if (bus.clientCount >= limits.maxWebSocketClients)
      throw new RpcRefusal(`max_subscription_clients ${limits.maxWebSocketClients} reached`);
    let answer: ResponseCheckTx;
    try {
      answer = mempool.checkTx(tx);
    } catch (error) {
      throw new RpcRefusal(`error on broadcastTxCommit: ${errorText(error)}`);
    }
    const hash = sha256(tx);
    const json = (result: ExecTxResult, height: bigint): JsonObject => ({
      check_tx: checkTxJson(answer),
      tx_result: execTxResultToRpcJson(result),
      hash: toHexUpper(hash),
      height: String(height),
    });
    if (answer.code !== 0) return json(ExecTxResult.fromPartial({}), 0n);
    // The same transaction may have failed in an earlier block: only one above today's height counts.
    const since = blocks.height;
    const find = (): IndexedTx | undefined => {
      const found = index.tx(hash);
      return found !== undefined && found.height > since ? found : undefined;
    };
    await env.waitForBlock(() => find() !== undefined, limits.broadcastCommitTimeoutMs);
    const found = find();
    if (found === undefined) throw new RpcRefusal("timed out waiting for tx to be included in a block");
    return json(found.result, found.height);
  }

  return {
    tx: endpoint(
      { hash: "bytes", prove: "bool" },
      ({ hash, prove }) => {
        if (hash.length === 0) throw new RpcRefusal("transaction hash cannot be empty");
        const found = index.tx(hash);
        if (found === undefined) throw new RpcRefusal(`tx (${toHexUpper(hash)}) not found`);
        return txJson(found, prove);
      },
      { cacheable: [] },
    ),
    tx_search: endpoint(
      { query: "string", prove: "bool", page: "count", per_page: "count", order_by: "string" },
      async ({ query, prove, page, per_page, order_by }) => {
        if (Buffer.byteLength(query) > MAX_QUERY_BYTES) throw new RpcRefusal("maximum query length exceeded");
        const search = index.searchTxs(parseQuery(query));
        const found = await runInSlices(search, SEARCH_SLICE_MS, limits.searchTimeoutMs);
        const sign = isDescending(order_by, "asc") ? -1 : 1;
        found.sort((a, b) =>
          a.height === b.height ? sign * (a.index - b.index) : a.height < b.height ? -sign : sign,
        );
        const txs = pageOf(found, page, per_page).flatMap((position) => index.txAt(position) ?? []);
        return lazyJson(() => ({
          txs: txs.map((tx) => txJson(tx, prove)),
          total_count: String(found.length),
        }));
      },
    ),
    broadcast_tx_sync: endpoint({ tx: "tx" }, async ({ tx }) => {
      await env.verifyAhead(tx);
      return broadcastJson(tx, mempool.checkTx(tx));
    }),
    broadcast_tx_async: endpoint({ tx: "tx" }, ({ tx }) => {
      mempool.checkTx(tx);
      return broadcastJson(tx);
    }),
    broadcast_tx_commit: endpoint({ tx: "tx" }, ({ tx }) => commitTx(tx)),
    check_tx: endpoint({ tx: "tx" }, ({ tx }) => checkTxJson(env.app.checkTx({ tx, type: CheckTxType.NEW }))),
    num_unconfirmed_txs: endpoint({}, () => ({
      n_txs: String(mempool.size),
      total: String(mempool.size),
      total_bytes: String(mempool.sizeBytes),
      txs: null,
    })),
    unconfirmed_txs: endpoint({ limit: "count" }, ({ limit }) => {
      const txs = mempool.txs(perPageOf(limit));
      return {
        n_txs: String(txs.length),
        total: String(mempool.size),
        total_bytes: String(mempool.sizeBytes),
        txs: txs.map(toBase64),
      };
    }),
    broadcast_evidence: endpoint({ evidence: "evidence" }, ({ evidence }) => {
      if (evidence === undefined) throw new RpcRefusal("no evidence was provided");
      try {
        validateEvidenceBasic(evidence);
      } catch (error) {
        throw new RpcRefusal(`evidence.ValidateBasic failed: ${errorText(error)}`);
      }
      try {
        env.evidence.add(evidence);
      } catch (error) {
        throw new RpcRefusal(`failed to add evidence: ${errorText(error)}`);
      }
      return { hash: toBase64(evidenceIdHash(evidence)) };
    }),
  };
}
