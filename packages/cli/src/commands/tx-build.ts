/** Transactions before anybody signs: made of messages and flags, as JSON, and on trial. */
import "@tandem-ics/proto/wire";
import { fromBech32, toBech32 } from "@cosmjs/encoding";
import type { EncodeObject } from "@cosmjs/proto-signing";
import { accountFromAny, createProtobufRpcClient } from "@cosmjs/stargate";
import { type ChainClient, ClientError } from "@tandem-ics/client";
import { encodeAny, fromProtoJsonText, ProtoError, toProtoJsonText } from "@tandem-ics/proto";
import { SIGN_MODE } from "@tandem-ics/runtime";
import { SimulateRequest, SimulateResponse } from "cosmjs-types/cosmos/tx/v1beta1/service";
import { AuthInfo, Fee, SignerInfo, Tx, TxBody, TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import type { Any } from "cosmjs-types/google/protobuf/any";
import { CliError } from "../exit-codes.ts";
import { isAnswer } from "./remote-chain.ts";
import type { AccountState, TxOptions } from "./tx-flags.ts";

const TX = "cosmos.tx.v1beta1.Tx";
/** Gas of a transaction for which none was named, as in the Go binaries. */
const DEFAULT_GAS = 200_000n;

/** Gas that the flags name, or the Go binaries' default. */
export const namedGas = ({ fees: { gas } }: TxOptions): bigint =>
  gas.kind === "fixed" ? gas.limit : DEFAULT_GAS;

function feeOf({ fees: { gasPrice, fee }, feePayer, feeGranter }: TxOptions, gasLimit: bigint): Fee {
  const others = { payer: feePayer ?? "", granter: feeGranter ?? "", gasLimit };
  if (fee !== undefined || gasPrice === undefined)
    return Fee.fromPartial({ amount: [...(fee ?? [])], ...others });
  const scale = 10n ** BigInt(gasPrice.amount.fractionalDigits);
  const amount = (BigInt(gasPrice.amount.atomics) * gasLimit + scale - 1n) / scale;
  return Fee.fromPartial({
    amount: amount === 0n ? [] : [{ denom: gasPrice.denom, amount: amount.toString() }],
    ...others,
  });
}

/** A transaction without signatures. */
export const buildTx = (messages: readonly EncodeObject[], options: TxOptions, gasLimit: bigint): Tx =>
  Tx.fromPartial({
    body: {
      messages: messages.map(({ typeUrl, value }) => encodeAny(typeUrl, value)),
      memo: options.fees.memo ?? "",
      timeoutHeight: options.timeoutHeight,
    },
    authInfo: { signerInfos: [], fee: feeOf(options, gasLimit) },
    signatures: [],
  });

/** The transaction as the Go binaries print it: protobuf JSON. */
export const txJson = (tx: Tx): string => toProtoJsonText(TX, tx);

/** Reads a transaction's JSON. Throws `bad-input`, naming `where` it came from. */
export function txFromJson(text: string, where: string): Tx {
  try {
    const tx = fromProtoJsonText(TX, text) as Tx;
    if (tx.body === undefined) throw new ProtoError("bad-value", "body is missing");
    return tx;
  } catch (cause) {
    if (!(cause instanceof ProtoError)) throw cause;
    throw new CliError(
      {
        code: "bad-input",
        message: `${where} is no transaction: ${cause.message.replace(/^cosmos\.tx\.v1beta1\.Tx\.?/, "")}`,
        hint: "one that --generate-only or tx sign printed is",
      },
      { cause },
    );
  }
}

/** The bytes that a chain takes. */
export const encodeTx = ({ body, authInfo, signatures }: Tx): Uint8Array =>
  TxRaw.encode({
    bodyBytes: TxBody.encode(TxBody.fromPartial(body ?? {})).finish(),
    authInfoBytes: AuthInfo.encode(AuthInfo.fromPartial(authInfo ?? {})).finish(),
    signatures,
  }).finish();

/** Reads the bytes. Throws `bad-input`. */
export function decodeTx(bytes: Uint8Array): Tx {
  try {
    const { bodyBytes, authInfoBytes, signatures } = TxRaw.decode(bytes);
    return { body: TxBody.decode(bodyBytes), authInfo: AuthInfo.decode(authInfoBytes), signatures };
  } catch (cause) {
    throw new CliError({ code: "bad-input", message: "these bytes are no transaction" }, { cause });
  }
}

/** Number and sequence of an account, of whatever kind. Throws `not-found` for one that the chain does not know. */
export async function accountStateOf(chain: ChainClient, address: string): Promise<AccountState> {
  try {
    const { account } = await chain.query.auth.Account({ address });
    const { accountNumber, sequence } = accountFromAny(account!);
    return { accountNumber: BigInt(accountNumber), sequence: BigInt(sequence) };
  } catch (cause) {
    if (!isAnswer(cause)) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ClientError("not-found", `account ${address} on ${chain.chainId}: ${why}`, {
      cause,
      chainId: chain.chainId,
    });
  }
}

/**
 * Lets the chain try an unsigned transaction as it is now, its one signer at `sequence`. Throws the chain's refusal as
 * `tx-rejected`.
 */
export async function simulateTx(
  chain: ChainClient,
  tx: Tx,
  { sequence, publicKey, signMode }: { sequence: bigint; publicKey?: Any | undefined; signMode?: number },
): Promise<SimulateResponse> {
  const rpc = createProtobufRpcClient(chain.query);
  const signerInfo = SignerInfo.fromPartial({
    ...(publicKey === undefined ? {} : { publicKey }),
    modeInfo: { single: { mode: signMode ?? SIGN_MODE.direct } },
    sequence,
  });
  const txBytes = encodeTx({
    ...tx,
    authInfo: AuthInfo.fromPartial({ ...tx.authInfo, signerInfos: [signerInfo] }),
    signatures: [new Uint8Array()],
  });
  const request = SimulateRequest.encode(SimulateRequest.fromPartial({ txBytes })).finish();
  try {
    return SimulateResponse.decode(await rpc.request("cosmos.tx.v1beta1.Service", "Simulate", request));
  } catch (cause) {
    if (!isAnswer(cause)) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ClientError("tx-rejected", `${chain.chainId} would refuse the transaction: ${why}`, {
      cause,
      chainId: chain.chainId,
    });
  }
}

/** The operator address of an account. */
export const operatorOf = (address: string): string => {
  const { prefix, data } = fromBech32(address);
  return toBech32(`${prefix}valoper`, data);
};
