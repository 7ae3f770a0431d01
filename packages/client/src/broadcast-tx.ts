/** Signed transactions on their way into a block: handed to a node, and waited for. */
import type { RpcClient } from "@cosmjs/tendermint-rpc";
import { fromBase64, fromHex, sha256, toBase64, toHexUpper } from "@tandem-ics/crypto";
import { ClientError } from "./errors.ts";
import type { Pace } from "./pace.ts";
import { callRpc } from "./rpc.ts";

/** An event as CometBFT's JSON has it. */
export interface TxEvent {
  readonly type: string;
  readonly attributes: readonly { readonly key: string; readonly value: string }[];
}

/** A transaction in a block. */
export interface TxResult {
  /** Upper-case hex. */
  readonly hash: string;
  readonly height: bigint;
  readonly code: number;
  readonly codespace: string;
  readonly log: string;
  readonly gasUsed: bigint;
  readonly gasWanted: bigint;
  readonly events: readonly TxEvent[];
  /** Encoded `TxMsgData`. */
  readonly data: Uint8Array;
}

/** What a node says of a transaction that it was given. */
export interface CheckResult {
  /** 0 once CheckTx has passed. */
  readonly code: number;
  readonly codespace: string;
  readonly log: string;
}

/** Blocks in which a transaction is waited for when nothing else is said. */
export const DEFAULT_TIMEOUT_BLOCKS = 30n;

/** Upper-case hex by which nodes know the transaction. */
export const txHashOf = (bytes: Uint8Array): string => toHexUpper(sha256(bytes));

/** What a node's mempool says by itself, and the SDK's codes for it (client `CheckCometError`). */
const BY_MEMPOOL: readonly (readonly [text: RegExp, code: number])[] = [
  [/tx already exists in cache/i, 19],
  [/mempool is full/i, 20],
  [/tx too large/i, 21],
];

/**
 * Gives a node an encoded `TxRaw`; resolves with what CheckTx says, or the mempool before it. Throws `query-failed`
 * where the node takes none.
 */
export async function checkTx(rpc: RpcClient, bytes: Uint8Array): Promise<CheckResult> {
  try {
    const { code, codespace, log } = (await callRpc(rpc, "broadcast_tx_sync", {
      tx: toBase64(bytes),
    })) as Partial<CheckResult>;
    return { code: code ?? 0, codespace: codespace ?? "", log: log ?? "" };
  } catch (error) {
    if (!(error instanceof ClientError) || error.code !== "query-failed") throw error;
    const known = BY_MEMPOOL.find(([text]) => text.test(error.message));
    if (known === undefined) throw error;
    return { code: known[1], codespace: "sdk", log: known[0].exec(error.message)![0] };
  }
}

/** A chain's refusal. `tx-rejected`: by CheckTx, or on trial. `tx-failed`: in a block. */
export const refusalOf = (
  kind: "tx-rejected" | "tx-failed",
  chainId: string,
  { code, codespace, log }: CheckResult,
): ClientError =>
  new ClientError(kind, `${chainId} refused the transaction (${codespace}/${code}): ${log}`, {
    chainId,
    abci: { codespace, code },
  });

/** Waits for the block that holds a transaction, whatever its code. Throws `tx-timeout` when none does in time. */
export async function confirmTx(
  { rpc, pace, chainId }: { readonly rpc: RpcClient; readonly pace: Pace; readonly chainId: string },
  hash: string,
  timeoutBlocks: bigint = DEFAULT_TIMEOUT_BLOCKS,
): Promise<TxResult> {
  let height = 0n;
  let first: bigint | undefined;
  for (;;) {
    const found = await findTx(rpc, hash);
    if (found !== undefined) return found;
    height = await pace.after(height);
    first ??= height;
    if (height > first + timeoutBlocks)
      throw new ClientError("tx-timeout", `transaction ${hash} is in no block up to height ${height}`, {
        chainId,
        retryable: true,
      });
  }
}

/** A transaction by its upper-case hex hash; `undefined` while no block holds it. */
export async function findTx(rpc: RpcClient, hash: string): Promise<TxResult | undefined> {
  let answer: unknown;
  try {
    answer = await callRpc(rpc, "tx", { hash: toBase64(fromHex(hash)), prove: false });
  } catch (error) {
    if (error instanceof ClientError && error.code === "query-failed") return undefined;
    throw error;
  }
  const { height, tx_result } = answer as {
    height: string;
    tx_result: {
      code: number;
      codespace: string;
      log: string;
      data: string | null;
      gas_used: string;
      gas_wanted: string;
      events: TxEvent[] | null;
    };
  };
  return {
    hash,
    height: BigInt(height),
    code: tx_result.code ?? 0,
    codespace: tx_result.codespace ?? "",
    log: tx_result.log ?? "",
    gasUsed: BigInt(tx_result.gas_used ?? "0"),
    gasWanted: BigInt(tx_result.gas_wanted ?? "0"),
    events: tx_result.events ?? [],
    data: tx_result.data ? fromBase64(tx_result.data) : new Uint8Array(),
  };
}
