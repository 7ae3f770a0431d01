/** Transactions that are only looked at: unsigned as JSON, and on trial. */
import { toBech32 } from "@cosmjs/encoding";
import type { EncodeObject } from "@cosmjs/proto-signing";
import { createProtobufRpcClient } from "@cosmjs/stargate";
import { type ChainClient, ClientError } from "@tandem-ics/client";
import { encodeAny, toProtoJsonText } from "@tandem-ics/proto";
import { BaseAccount } from "cosmjs-types/cosmos/auth/v1beta1/auth";
import { SimulateRequest, SimulateResponse } from "cosmjs-types/cosmos/tx/v1beta1/service";
import { AuthInfo, Fee, Tx, TxBody, TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import type { FeeOptions } from "./fees.ts";
import { isAnswer } from "./remote-chain.ts";

/** Gas of an unsigned transaction for which none was named, as in the Go binaries. */
const DEFAULT_GAS = 200_000n;

function feeOf({ gas, gasPrice, fee }: FeeOptions): Fee {
  const gasLimit = gas.kind === "fixed" ? gas.limit : DEFAULT_GAS;
  if (fee !== undefined || gasPrice === undefined)
    return Fee.fromPartial({ amount: [...(fee ?? [])], gasLimit });
  const scale = 10n ** BigInt(gasPrice.amount.fractionalDigits);
  const amount = (BigInt(gasPrice.amount.atomics) * gasLimit + scale - 1n) / scale;
  return Fee.fromPartial({
    amount: amount === 0n ? [] : [{ denom: gasPrice.denom, amount: amount.toString() }],
    gasLimit,
  });
}

/** The transaction as `--generate-only` of the Go binaries prints it: protobuf JSON without signatures. */
export const unsignedTxJson = ({ typeUrl, value }: EncodeObject, fees: FeeOptions): string =>
  toProtoJsonText(
    "cosmos.tx.v1beta1.Tx",
    Tx.fromPartial({
      body: { messages: [encodeAny(typeUrl, value)], memo: fees.memo ?? "" },
      authInfo: { signerInfos: [], fee: feeOf(fees) },
      signatures: [],
    }),
  );

/** Gas that the message would use on the chain as it is now. Throws the chain's refusal as `tx-rejected`. */
export async function estimateGas(
  chain: ChainClient,
  address: string,
  { typeUrl, value }: EncodeObject,
): Promise<bigint> {
  const rpc = createProtobufRpcClient(chain.query);
  const { account } = await chain.query.auth.Account({ address });
  const sequence = account?.typeUrl === BaseAccount.typeUrl ? BaseAccount.decode(account.value).sequence : 0n;
  const txBytes = TxRaw.encode({
    bodyBytes: TxBody.encode(TxBody.fromPartial({ messages: [encodeAny(typeUrl, value)] })).finish(),
    authInfoBytes: AuthInfo.encode(
      AuthInfo.fromPartial({
        signerInfos: [{ sequence, modeInfo: { single: { mode: 1 } } }],
        fee: Fee.fromPartial({}),
      }),
    ).finish(),
    signatures: [new Uint8Array()],
  }).finish();
  const request = SimulateRequest.encode(SimulateRequest.fromPartial({ txBytes })).finish();
  try {
    const answer = await rpc.request("cosmos.tx.v1beta1.Service", "Simulate", request);
    return SimulateResponse.decode(answer).gasInfo?.gasUsed ?? 0n;
  } catch (cause) {
    if (!isAnswer(cause)) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ClientError("tx-rejected", `${chain.chainId} would refuse the transaction: ${why}`, {
      cause,
      chainId: chain.chainId,
    });
  }
}

/** The operator address of an account's bytes. */
export const operatorOf = ({ prefix, data }: { prefix: string; data: Uint8Array }): string =>
  toBech32(`${prefix}valoper`, data);
