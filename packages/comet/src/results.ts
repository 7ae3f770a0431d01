/** Hashes over transactions and their results (CometBFT `types/tx.go`, `types/results.go`). */
import { concatBytes, merkleRoot, sha256 } from "@tandem-ics/crypto";
import type { ExecTxResult } from "cosmjs-types/tendermint/abci/types";
import { bytesField, varintField } from "./proto-bytes.ts";

/** SHA-256 of a transaction's bytes: its id. */
export const txHash = (tx: Uint8Array): Uint8Array => sha256(tx);

const txHashes = new WeakMap<Uint8Array, Uint8Array>();

/**
 * {@link txHash}, remembered with the array: for transactions of a node's own, which nobody changes on their way from the
 * mempool to the index. Not for what is to be verified.
 */
export function rememberedTxHash(tx: Uint8Array): Uint8Array {
  let hash = txHashes.get(tx);
  if (hash === undefined) {
    hash = txHash(tx);
    txHashes.set(tx, hash);
  }
  return hash;
}

/** Root over the transactions of a block; each leaf is the hash of one. */
export const dataHash = (txs: readonly Uint8Array[]): Uint8Array => merkleRoot(txs.map(txHash));

/**
 * The part of a result that all nodes must agree on: `ExecTxResult{1 code, 2 data, 5 gas_wanted, 6 gas_used}`. Log, info,
 * events and codespace are left out.
 */
export const deterministicResult = (
  result: Pick<ExecTxResult, "code" | "data" | "gasWanted" | "gasUsed">,
): Uint8Array =>
  concatBytes(
    varintField(1, result.code),
    bytesField(2, result.data),
    varintField(5, result.gasWanted),
    varintField(6, result.gasUsed),
  );

/** Root over the results of a block's transactions: `last_results_hash` of the next header. */
export const resultsHash = (
  results: readonly Pick<ExecTxResult, "code" | "data" | "gasWanted" | "gasUsed">[],
): Uint8Array => merkleRoot(results.map(deterministicResult));
