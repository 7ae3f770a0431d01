/**
 * A CosmJS signer over a private key that hashes and signs natively where the host can: for programs that sign much,
 * such as relayers and faucets. Signatures equal those of CosmJS's own wallets (RFC 6979).
 */
import { encodeSecp256k1Signature } from "@cosmjs/amino";
import { toBech32 } from "@cosmjs/encoding";
import { type DirectSignResponse, makeSignBytes, type OfflineDirectSigner } from "@cosmjs/proto-signing";
import { secp256k1Address, secp256k1PublicKey, secp256k1Sign } from "@tandem-ics/crypto";
import type { SignDoc } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { ClientError } from "./errors.ts";

/** Makes a signer for one account. `privateKey`: 32 bytes, secp256k1. */
export function createDirectSigner(privateKey: Uint8Array, prefix: string): OfflineDirectSigner {
  const pubkey = secp256k1PublicKey(privateKey);
  const address = toBech32(prefix, secp256k1Address(pubkey));
  return {
    getAccounts: async () => [{ address, algo: "secp256k1", pubkey }],
    async signDirect(signerAddress: string, signed: SignDoc): Promise<DirectSignResponse> {
      if (signerAddress !== address)
        throw new ClientError("bad-input", `this signer is ${address}, not ${signerAddress}`);
      const signature = secp256k1Sign(privateKey, makeSignBytes(signed));
      return { signed, signature: encodeSecp256k1Signature(pubkey, signature) };
    },
  };
}
