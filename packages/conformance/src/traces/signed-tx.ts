/** Signed transactions of one chain's accounts, with the sequences kept here. */
import { type EncodeObject, makeAuthInfoBytes, makeSignBytes, type Registry } from "@cosmjs/proto-signing";
import { createRegistry } from "@tandem-ics/client";
import { secp256k1Sign } from "@tandem-ics/crypto";
import { PubKey } from "cosmjs-types/cosmos/crypto/secp256k1/keys";
import { SignMode } from "cosmjs-types/cosmos/tx/signing/v1beta1/signing";
import { TxBody, TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import type { Account } from "./names.ts";

/** Nothing is paid for gas, and blocks have no limit. */
const GAS_LIMIT = 100_000_000;

/** Signs for the accounts of a chain. */
export interface TxSigner {
  /** Bytes of the account's next transaction. */
  sign(account: Account, messages: readonly EncodeObject[]): Uint8Array;
  /** Takes the account's last transaction back: it was never sent. */
  withdraw(account: Account): void;
}

let registry: Registry | undefined;

/** Makes a signer; accounts have the numbers of their places in genesis. */
export function createTxSigner(chainId: string, accounts: readonly Account[]): TxSigner {
  registry ??= createRegistry();
  const types = registry;
  const sequences = new Map<string, number>();
  const next = (account: Account): number => sequences.get(account.name) ?? 0;
  return {
    sign(account, messages) {
      const accountNumber = BigInt(accounts.findIndex(({ name }) => name === account.name));
      const sequence = next(account);
      sequences.set(account.name, sequence + 1);
      const bodyBytes = TxBody.encode(
        TxBody.fromPartial({ messages: messages.map((message) => types.encodeAsAny(message)) }),
      ).finish();
      const pubkey = {
        typeUrl: PubKey.typeUrl,
        value: PubKey.encode({ key: account.publicKey }).finish(),
      };
      const authInfoBytes = makeAuthInfoBytes(
        [{ pubkey, sequence }],
        [],
        GAS_LIMIT,
        undefined,
        undefined,
        SignMode.SIGN_MODE_DIRECT,
      );
      const signature = secp256k1Sign(
        account.privateKey,
        makeSignBytes({ bodyBytes, authInfoBytes, chainId, accountNumber }),
      );
      return TxRaw.encode({ bodyBytes, authInfoBytes, signatures: [signature] }).finish();
    },
    withdraw: (account) => void sequences.set(account.name, next(account) - 1),
  };
}
