/** Sends transactions of one account in order, keeping the sequence itself so that several fit into one block. */
import type { EncodeObject, OfflineSigner } from "@cosmjs/proto-signing";
import { type GasPrice, type SequenceResponse, SigningStargateClient, type StdFee } from "@cosmjs/stargate";
import type { Comet38Client, RpcClient } from "@cosmjs/tendermint-rpc";
import { fromBase64, fromHex, sha256, toBase64, toHexUpper } from "@tandem-ics/crypto";
import { TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { ClientError } from "./errors.ts";
import type { Pace } from "./pace.ts";
import { createAminoTypes, createRegistry } from "./registry.ts";
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

/** How much gas to allow. */
export type GasPolicy =
  | { readonly kind: "fixed"; readonly limit: bigint }
  /** Simulated, then multiplied. */
  | { readonly kind: "simulate"; readonly factor: number };

/** Options of {@link createTxSender}. */
export interface TxSenderOptions {
  readonly chainId: string;
  readonly rpc: RpcClient;
  readonly comet: Comet38Client;
  readonly signer: OfflineSigner;
  readonly address: string;
  readonly pace: Pace;
  /** Default: simulate × 1.4. */
  readonly gas?: GasPolicy;
  /** Default: none, fees are empty. */
  readonly gasPrice?: GasPrice;
  /** The whole fee of each transaction, whatever its gas; goes before `gasPrice`. */
  readonly fee?: readonly { readonly denom: string; readonly amount: string }[];
  /** Blocks to wait for inclusion, default 30. */
  readonly timeoutBlocks?: bigint;
}

/** Sends transactions for one account. */
export interface TxSender {
  readonly address: string;
  /** Broadcasts; resolves with the hash once CheckTx has passed. */
  submit(messages: readonly EncodeObject[], memo?: string): Promise<string>;
  /** Waits for a submitted transaction; throws `tx-timeout` when no block holds it in time. */
  confirm(hash: string): Promise<TxResult>;
  /** {@link confirm}; throws `tx-failed` when the block's result has a code. */
  settle(hash: string): Promise<TxResult>;
  /** Submits and settles. */
  send(messages: readonly EncodeObject[], memo?: string): Promise<TxResult>;
}

/** Programs that share an account can be faster a few times running. */
const MAX_SEQUENCE_ATTEMPTS = 4;
const SEQUENCE_MISMATCH = /account sequence mismatch, expected (\d+), got (\d+)/;

/** Makes a sender. The first use reads account number and sequence from the chain. */
export function createTxSender(options: TxSenderOptions): TxSender {
  const { chainId, rpc, comet, signer, address, pace, gasPrice } = options;
  const gas = options.gas ?? { kind: "simulate", factor: 1.4 };
  const timeoutBlocks = options.timeoutBlocks ?? 30n;
  const client = SigningStargateClient.createWithSigner(comet, signer, {
    registry: createRegistry(),
    aminoTypes: createAminoTypes(),
  });
  let account: SequenceResponse | undefined;
  // One at a time: a sequence is used by exactly one transaction.
  let queue: Promise<unknown> = Promise.resolve();

  const inOrder = <T>(work: () => Promise<T>): Promise<T> => {
    const next = queue.then(work, work);
    queue = next.catch(() => undefined);
    return next;
  };

  async function simulate(messages: readonly EncodeObject[], memo: string): Promise<number> {
    try {
      return await client.simulate(address, messages, memo);
    } catch (cause) {
      throw new ClientError("tx-rejected", `${chainId} refused the simulation: ${textOf(cause)}`, {
        cause,
        chainId,
      });
    }
  }

  async function readAccount(): Promise<SequenceResponse> {
    try {
      return await client.getSequence(address);
    } catch (cause) {
      throw new ClientError("not-found", `account ${address} on ${chainId}: ${textOf(cause)}`, {
        cause,
        chainId,
      });
    }
  }

  async function feeFor(messages: readonly EncodeObject[], memo: string): Promise<StdFee> {
    const limit =
      gas.kind === "fixed" ? gas.limit : BigInt(Math.ceil((await simulate(messages, memo)) * gas.factor));
    const amount = options.fee ?? (gasPrice === undefined ? [] : feeAmount(gasPrice, limit));
    return { amount, gas: limit.toString() };
  }

  async function broadcast(messages: readonly EncodeObject[], memo: string): Promise<string> {
    for (let attempt = 0; ; attempt++) {
      const current = account ?? (await readAccount());
      const fee = await feeFor(messages, memo);
      const raw = await client.sign(address, messages, fee, memo, { ...current, chainId });
      const bytes = TxRaw.encode(raw).finish();
      const answer = (await callRpc(rpc, "broadcast_tx_sync", { tx: toBase64(bytes) })) as CheckResult;
      if (answer.code === 0) {
        account = { ...current, sequence: current.sequence + 1 };
        return toHexUpper(sha256(bytes));
      }
      const mismatch = SEQUENCE_MISMATCH.exec(answer.log);
      // Somebody else uses the account, or an earlier transaction was dropped: take the chain's word.
      if (mismatch !== null && attempt < MAX_SEQUENCE_ATTEMPTS) {
        account = { ...current, sequence: Number(mismatch[1]) };
        continue;
      }
      account = undefined;
      throw rejected("tx-rejected", chainId, answer);
    }
  }

  async function confirm(hash: string): Promise<TxResult> {
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

  async function settle(hash: string): Promise<TxResult> {
    const result = await confirm(hash);
    if (result.code !== 0) throw rejected("tx-failed", chainId, result);
    return result;
  }

  return {
    address,
    submit: (messages, memo = "") => inOrder(() => broadcast(messages, memo)),
    confirm,
    settle,
    send: async (messages, memo = "") => settle(await inOrder(() => broadcast(messages, memo))),
  };
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

interface CheckResult {
  readonly code: number;
  readonly codespace: string;
  readonly log: string;
}

const rejected = (kind: "tx-rejected" | "tx-failed", chainId: string, answer: CheckResult): ClientError =>
  new ClientError(
    kind,
    `${chainId} refused the transaction (${answer.codespace}/${answer.code}): ${answer.log}`,
    {
      chainId,
      abci: { codespace: answer.codespace, code: answer.code },
    },
  );

/** Price × limit, rounded up, in the price's denomination. */
function feeAmount(price: GasPrice, limit: bigint): { denom: string; amount: string }[] {
  const scale = 10n ** BigInt(price.amount.fractionalDigits);
  const amount = (BigInt(price.amount.atomics) * limit + scale - 1n) / scale;
  return amount === 0n ? [] : [{ denom: price.denom, amount: amount.toString() }];
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
