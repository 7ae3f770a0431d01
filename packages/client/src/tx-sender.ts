/** Sends transactions of one account in order, keeping the sequence itself so that several fit into one block. */
import type { EncodeObject, OfflineSigner } from "@cosmjs/proto-signing";
import { type GasPrice, type SequenceResponse, SigningStargateClient, type StdFee } from "@cosmjs/stargate";
import type { Comet38Client, RpcClient } from "@cosmjs/tendermint-rpc";
import { TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { checkTx, confirmTx, refusalOf, type TxResult, txHashOf } from "./broadcast-tx.ts";
import { ClientError } from "./errors.ts";
import type { Pace } from "./pace.ts";
import { createAminoTypes, createRegistry } from "./registry.ts";

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
      const answer = await checkTx(rpc, bytes);
      if (answer.code === 0) {
        account = { ...current, sequence: current.sequence + 1 };
        return txHashOf(bytes);
      }
      const mismatch = SEQUENCE_MISMATCH.exec(answer.log);
      // Somebody else uses the account, or an earlier transaction was dropped: take the chain's word.
      if (mismatch !== null && attempt < MAX_SEQUENCE_ATTEMPTS) {
        account = { ...current, sequence: Number(mismatch[1]) };
        continue;
      }
      account = undefined;
      throw refusalOf("tx-rejected", chainId, answer);
    }
  }

  const confirm = (hash: string): Promise<TxResult> =>
    confirmTx({ rpc, pace, chainId }, hash, options.timeoutBlocks);

  async function settle(hash: string): Promise<TxResult> {
    const result = await confirm(hash);
    if (result.code !== 0) throw refusalOf("tx-failed", chainId, result);
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

/** Price × limit, rounded up, in the price's denomination. */
function feeAmount(price: GasPrice, limit: bigint): { denom: string; amount: string }[] {
  const scale = 10n ** BigInt(price.amount.fractionalDigits);
  const amount = (BigInt(price.amount.atomics) * limit + scale - 1n) / scale;
  return amount === 0n ? [] : [{ denom: price.denom, amount: amount.toString() }];
}
