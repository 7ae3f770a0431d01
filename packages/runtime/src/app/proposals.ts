/** Default choice of transactions for a block (SDK `baseapp/abci_utils.go`, with the mempool left to the engine). */
import { txProtoSize } from "@tandem-ics/comet";
import { CodedError } from "../errors.ts";
import type { TxDecoder } from "../tx/decode.ts";

/** What a block can hold. */
export interface BlockLimits {
  readonly maxTxBytes: bigint;
  /** Absent or not positive: unlimited. */
  readonly maxGas: bigint | undefined;
}

/** The first of `txs` that fit, in order; those that cannot be decoded are left out. */
export function selectTxs(txs: readonly Uint8Array[], limits: BlockLimits, decode: TxDecoder): Uint8Array[] {
  const maxGas = limits.maxGas !== undefined && limits.maxGas > 0n ? limits.maxGas : undefined;
  const selected: Uint8Array[] = [];
  let bytes = 0n;
  let gas = 0n;
  for (const tx of txs) {
    const gasLimit = gasLimitOf(tx, decode);
    if (gasLimit === undefined) continue;
    const size = txProtoSize(tx);
    const fits = bytes + size <= limits.maxTxBytes && (maxGas === undefined || gas + gasLimit <= maxGas);
    if (fits) {
      selected.push(tx);
      bytes += size;
      gas += gasLimit;
    }
    if (bytes >= limits.maxTxBytes || (maxGas !== undefined && gas >= maxGas)) break;
  }
  return selected;
}

function gasLimitOf(tx: Uint8Array, decode: TxDecoder): bigint | undefined {
  try {
    return decode(tx).fee.gasLimit;
  } catch (error) {
    if (error instanceof CodedError) return undefined;
    throw error;
  }
}
