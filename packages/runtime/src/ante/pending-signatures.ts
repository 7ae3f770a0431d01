/** Which signatures the check of a transaction will ask about, for those who verify them ahead on another thread. */
import type { AddressCodecs } from "../address.ts";
import type { Context } from "../context.ts";
import { CodedError } from "../errors.ts";
import type { DecodedTx } from "../tx/decode.ts";
import { parsePublicKey } from "../tx/public-key.ts";
import { signBytes } from "../tx/verify-signature.ts";
import type { AnteAuthKeeper, PendingSignature } from "./dependencies.ts";

/**
 * The secp256k1 signatures of `tx` by single keys, as the state of `ctx` has their signers. A hint: what it misses or
 * gets wrong is verified when the transaction is checked.
 */
export const createPendingSignatures =
  (auth: AnteAuthKeeper, addresses: AddressCodecs) =>
  (ctx: Context, tx: DecodedTx): PendingSignature[] => {
    const pending: PendingSignature[] = [];
    for (const [i, info] of tx.signerInfos.entries()) {
      const { signature } = info;
      const address = tx.signers[i];
      if (address === undefined || signature?.kind !== "single") continue;
      const account = auth.getAccount(ctx, address);
      if (account === undefined || account.sequence > info.sequence) continue;
      const publicKey = account.pubKey === undefined ? info.publicKey : parsePublicKey(account.pubKey);
      if (publicKey?.kind !== "secp256k1") continue;
      try {
        const message = signBytes(signature.mode, tx, {
          chainId: ctx.chainId,
          accountNumber: account.accountNumber,
          sequence: info.sequence,
          address: addresses.account.encode(address),
          publicKey,
        });
        pending.push({ publicKey: publicKey.key, message, signature: signature.signature });
      } catch (error) {
        if (!(error instanceof CodedError)) throw error; // the check says why this cannot be signed
      }
    }
    return pending;
  };
