/** Transactions of many accounts, several of whom may sign one; sequences are counted here, so that a block holds many. */
import type { EncodeObject } from "@cosmjs/proto-signing";
import { accountFromAny } from "@cosmjs/stargate";
import { type ChainClient, callRpc } from "@tandem-ics/client";
import { secp256k1PublicKey, secp256k1Sign, toBase64 } from "@tandem-ics/crypto";
import { encodeAny } from "@tandem-ics/proto";
import { AuthInfo, SignDoc, TxBody, TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { PermanentLockedAccount } from "cosmjs-types/cosmos/vesting/v1beta1/vesting";
import type { Any } from "cosmjs-types/google/protobuf/any";

/** Who signs: the account of a secp256k1 key. */
export interface Signatory {
  readonly address: string;
  readonly privateKey: Uint8Array;
}

/** A transaction before it is signed. */
export interface Draft {
  /** The first one pays. In the order in which the messages name them, each once. */
  readonly signers: readonly Signatory[];
  readonly messages: readonly EncodeObject[];
  readonly gas: bigint;
  readonly fee: readonly { readonly denom: string; readonly amount: string }[];
  readonly memo?: string;
}

/** What CheckTx said. */
export interface Verdict {
  readonly code: number;
  readonly codespace: string;
  readonly log: string;
}

interface Place {
  readonly accountNumber: bigint;
  sequence: bigint;
}

const DIRECT = 1;
const EXPECTED = /account sequence mismatch, expected (\d+), got \d+/;
/** A dropped transaction of each signer may have been counted. */
const ATTEMPTS = 4;

/** Number and sequence of an account of any kind. */
function placeIn(account: Any): Place {
  if (account.typeUrl === PermanentLockedAccount.typeUrl) {
    const { baseAccount } = PermanentLockedAccount.decode(account.value).baseVestingAccount!;
    return { accountNumber: baseAccount!.accountNumber, sequence: baseAccount!.sequence };
  }
  const { accountNumber, sequence } = accountFromAny(account);
  return { accountNumber: BigInt(accountNumber), sequence: BigInt(sequence) };
}

/** Sends whatever is drafted. */
export interface CrowdSender {
  /** Signs and broadcasts; tells CheckTx's verdict, a refusal as any other. */
  submit(draft: Draft): Promise<Verdict>;
}

/** A sender for all accounts of a chain. */
export function createCrowdSender(chain: ChainClient): CrowdSender {
  const places = new Map<string, Place>();

  async function placeOf(address: string): Promise<Place> {
    const known = places.get(address);
    if (known !== undefined) return known;
    const { account } = await chain.query.auth.Account({ address }).catch((error: unknown) => {
      if (String(error).includes("NotFound")) return { account: undefined };
      throw error;
    });
    // Who is not there yet is refused by the chain.
    if (account === undefined) return { accountNumber: 0n, sequence: 0n };
    const place = placeIn(account);
    places.set(address, place);
    return place;
  }

  function sign({ signers, messages, gas, fee, memo }: Draft, at: readonly Place[]): Uint8Array {
    const bodyBytes = TxBody.encode(
      TxBody.fromPartial({
        messages: messages.map(({ typeUrl, value }) => encodeAny(typeUrl, value)),
        memo: memo ?? "",
      }),
    ).finish();
    const authInfoBytes = AuthInfo.encode(
      AuthInfo.fromPartial({
        signerInfos: signers.map(({ privateKey }, i) => ({
          publicKey: encodeAny("/cosmos.crypto.secp256k1.PubKey", { key: secp256k1PublicKey(privateKey) }),
          modeInfo: { single: { mode: DIRECT } },
          sequence: at[i]!.sequence,
        })),
        fee: { amount: [...fee], gasLimit: gas },
      }),
    ).finish();
    const signatures = signers.map(({ privateKey }, i) =>
      secp256k1Sign(
        privateKey,
        SignDoc.encode({
          bodyBytes,
          authInfoBytes,
          chainId: chain.chainId,
          accountNumber: at[i]!.accountNumber,
        }).finish(),
      ),
    );
    return TxRaw.encode({ bodyBytes, authInfoBytes, signatures }).finish();
  }

  return {
    async submit(draft) {
      const at: Place[] = [];
      for (const { address } of draft.signers) at.push(await placeOf(address));
      for (let attempt = 1; ; attempt++) {
        const { code, codespace, log } = (await callRpc(chain.rpc, "broadcast_tx_sync", {
          tx: toBase64(sign(draft, at)),
        })) as Verdict;
        if (code === 0) for (const place of at) place.sequence++;
        const expected = EXPECTED.exec(log);
        if (expected === null || attempt === ATTEMPTS) return { code, codespace, log };
        // An earlier one was dropped. Whose it was the text does not say; the chain does.
        for (const { address } of draft.signers) places.delete(address);
        at.length = 0;
        for (const { address } of draft.signers) at.push(await placeOf(address));
        if (at.length === 1) at[0]!.sequence = BigInt(expected[1]!);
      }
    },
  };
}
