/** Trial runs of messages on Go chains and ours: what would come of them, without signatures. */
import type { EncodeObject } from "@cosmjs/proto-signing";
import type { ChainClient } from "@tandem-ics/client";
import { encodeAny } from "@tandem-ics/proto";
import { BaseAccount } from "cosmjs-types/cosmos/auth/v1beta1/auth";
import { SimulateRequest } from "cosmjs-types/cosmos/tx/v1beta1/service";
import { AuthInfo, Fee, TxBody, TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";

/** Sequence of an account; 0 for one that is of another kind than people's. */
export async function sequenceOf(chain: ChainClient, address: string): Promise<bigint> {
  const { account } = await chain.query.auth.Account({ address });
  if (account?.typeUrl !== BaseAccount.typeUrl) return 0n;
  return BaseAccount.decode(account.value).sequence;
}

/** The request of `cosmos.tx.v1beta1.Service/Simulate` for one message; without a public key, as wallets do not need one. */
export function trialRequest({ typeUrl, value }: EncodeObject, sequence: bigint): Uint8Array {
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
  return SimulateRequest.encode(SimulateRequest.fromPartial({ txBytes })).finish();
}

/** What a key's text is refused with when it cannot be read: each program has its own words for JSON and base64. */
const UNREADABLE =
  /(ConsumerKey|message index: 0): (consumer key\b.*?|json: .*?|unexpected end of JSON input|invalid character .*?|illegal base64 data .*?)(?=: invalid| with gas)/;

/** A log without the places in Go's files that it names, without the stack of a panic, and without texts that are each program's own. */
export const plainText = (log: string): string =>
  log
    .replace(/ ?\[[^\]\s]*\.go:\d+\]/g, "")
    .replace(/recovered: ([^\n]*?)(\nstack:[\s\S]*?)?: panic/, "recovered: $1: panic")
    .replace(UNREADABLE, "$1: unreadable");
