/** Transactions waiting for a block, first in first out (CometBFT `mempool/clist_mempool.go`). */
import { rememberedTxHash } from "@tandem-ics/comet";
import { toBinary } from "@tandem-ics/crypto";
import type { Application } from "@tandem-ics/runtime";
import type { ExecTxResult, ResponseCheckTx } from "cosmjs-types/tendermint/abci/types";
import { CheckTxType } from "cosmjs-types/tendermint/abci/types";
import { NodeError } from "./errors.ts";

/** How much may wait. */
export interface MempoolLimits {
  /** Transactions. */
  readonly size: number;
  /** Bytes of all transactions together. */
  readonly maxTxsBytes: number;
  /** Transactions remembered so that they are not checked again. */
  readonly cacheSize: number;
  /** Bytes of one transaction. */
  readonly maxTxBytes: number;
}

/** CometBFT's defaults. */
export const DEFAULT_MEMPOOL_LIMITS: MempoolLimits = {
  size: 5_000,
  maxTxsBytes: 1024 ** 3,
  cacheSize: 10_000,
  maxTxBytes: 1024 ** 2,
};

/** What blocks allow a single transaction, from the consensus parameters. */
export interface TxBounds {
  /** Largest protobuf size of a transaction in a block's data. */
  readonly maxBytes: bigint;
  /** Gas of a block; −1 for no limit. */
  readonly maxGas: bigint;
}

/** Reading and offering, as everybody may. */
export interface Mempool {
  readonly size: number;
  readonly sizeBytes: number;
  /**
   * Checks a transaction and keeps it when the application accepts it. The answer is the application's, whatever its
   * code. Throws NodeError `txInCache`, `mempoolFull`, `txTooLarge`, `preCheckFailed`.
   */
  checkTx(tx: Uint8Array): ResponseCheckTx;
  /** The oldest transactions, at most `limit`. */
  txs(limit: number): Uint8Array[];
  /** Forgets all transactions and everything seen. */
  flush(): void;
}

/** The engine's part. */
export interface EngineMempool extends Mempool {
  /** Transactions for a block of at most `maxBytes` protobuf bytes and `maxGas` gas; −1 for no limit. */
  reap(maxBytes: bigint, maxGas: bigint): Uint8Array[];
  /** Takes a block's transactions out and checks the remaining ones again. */
  update(txs: readonly Uint8Array[], results: readonly ExecTxResult[], bounds: TxBounds): void;
  /** Sets the bounds without a block, at start. */
  setBounds(bounds: TxBounds): void;
  /** Called when the pool holds transactions, at most once a block. */
  onAvailable(callback: () => void): void;
}

interface Entry {
  readonly tx: Uint8Array;
  readonly gasWanted: bigint;
}

/** Bytes of a transaction as an element of `Data.txs`: tag, length and content. */
export function txProtoSize(length: number): number {
  let lengthBytes = 1;
  for (let rest = length >>> 7; rest > 0; rest >>>= 7) lengthBytes++;
  return 1 + lengthBytes + length;
}

/** What the pool knows a transaction by. */
const keyOf = (tx: Uint8Array): string => toBinary(rememberedTxHash(tx));

/** The most recently seen keys; the oldest is forgotten first. */
function createSeen(limit: number) {
  const keys = new Set<string>();
  return {
    /** False when the key was there; it counts as seen just now either way. */
    push(key: string): boolean {
      if (keys.delete(key)) {
        keys.add(key);
        return false;
      }
      if (keys.size >= limit)
        for (const oldest of keys) {
          keys.delete(oldest);
          break;
        }
      if (limit > 0) keys.add(key);
      return true;
    },
    remove: (key: string) => keys.delete(key),
    clear: () => keys.clear(),
  };
}

/** An empty pool in front of an application. */
export function createMempool(app: Pick<Application, "checkTx">, limits: MempoolLimits): EngineMempool {
  const entries = new Map<string, Entry>();
  const seen = createSeen(limits.cacheSize);
  let bytes = 0;
  let bounds: TxBounds = { maxBytes: -1n, maxGas: -1n };
  let available: (() => void) | undefined;
  let notified = false;

  function assertRoom(length: number): void {
    if (entries.size >= limits.size || bytes + length > limits.maxTxsBytes)
      throw new NodeError(
        "mempoolFull",
        `mempool is full: number of txs ${entries.size} (max: ${limits.size}), total txs bytes ${bytes} (max: ${limits.maxTxsBytes})`,
      );
  }

  function remove(key: string): void {
    const entry = entries.get(key);
    if (entry === undefined) return;
    entries.delete(key);
    bytes -= entry.tx.length;
  }

  // A block could never take a transaction that wants more gas than a block has.
  const fitsBlock = ({ code, gasWanted }: ResponseCheckTx): boolean =>
    code === 0 && (bounds.maxGas === -1n || (gasWanted >= 0n && gasWanted <= bounds.maxGas));

  function notify(): void {
    if (notified || entries.size === 0) return;
    notified = true;
    available?.();
  }

  return {
    get size() {
      return entries.size;
    },
    get sizeBytes() {
      return bytes;
    },
    checkTx(tx) {
      assertRoom(tx.length);
      if (tx.length > limits.maxTxBytes)
        throw new NodeError(
          "txTooLarge",
          `Tx too large. Max size is ${limits.maxTxBytes}, but got ${tx.length}`,
        );
      const protoSize = txProtoSize(tx.length);
      if (bounds.maxBytes >= 0n && BigInt(protoSize) > bounds.maxBytes)
        throw new NodeError(
          "preCheckFailed",
          `tx pre check: tx size is too big: ${protoSize}, max: ${bounds.maxBytes}`,
        );
      const key = keyOf(tx);
      if (!seen.push(key)) throw new NodeError("txInCache", "tx already exists in cache");
      const response = app.checkTx({ tx, type: CheckTxType.NEW });
      if (!fitsBlock(response)) {
        seen.remove(key);
      } else if (!entries.has(key)) {
        entries.set(key, { tx, gasWanted: response.gasWanted });
        bytes += tx.length;
        notify();
      }
      return response;
    },
    txs(limit) {
      const out: Uint8Array[] = [];
      for (const { tx } of entries.values()) {
        if (out.length >= limit) break;
        out.push(tx);
      }
      return out;
    },
    flush() {
      entries.clear();
      seen.clear();
      bytes = 0;
    },
    reap(maxBytes, maxGas) {
      const out: Uint8Array[] = [];
      let size = 0;
      let gas = 0n;
      for (const { tx, gasWanted } of entries.values()) {
        size += txProtoSize(tx.length);
        gas += gasWanted;
        if ((maxBytes >= 0n && BigInt(size) > maxBytes) || (maxGas >= 0n && gas > maxGas)) break;
        out.push(tx);
      }
      return out;
    },
    update(txs, results, next) {
      bounds = next;
      notified = false;
      for (let i = 0; i < txs.length; i++) {
        const key = keyOf(txs[i]!);
        // A failed transaction may be tried again; a successful one would only fail.
        if (results[i]!.code === 0) seen.push(key);
        else seen.remove(key);
        remove(key);
      }
      for (const [key, { tx }] of [...entries])
        if (!fitsBlock(app.checkTx({ tx, type: CheckTxType.RECHECK }))) {
          remove(key);
          seen.remove(key);
        }
      notify();
    },
    setBounds(next) {
      bounds = next;
    },
    onAvailable(callback) {
      available = callback;
    },
  };
}
