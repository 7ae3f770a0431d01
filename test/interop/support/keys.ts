/** Keys that follow from names, for accounts and validators that there are many of. */
import { createDirectSigner } from "@tandem-ics/client";
import {
  ed25519Address,
  ed25519PublicKey,
  secp256k1Address,
  secp256k1PublicKey,
  sha256,
  utf8,
} from "@tandem-ics/crypto";
import { createAddressCodecs } from "@tandem-ics/runtime";
import { PROVIDER_PREFIX } from "../harness/accounts.ts";

const codecs = createAddressCodecs(PROVIDER_PREFIX);

/** An account and the validator that it operates. */
export interface Keys {
  readonly name: string;
  /** 20 bytes. */
  readonly account: Uint8Array;
  /** `cosmos1…` */
  readonly address: string;
  /** `cosmosvaloper1…` */
  readonly operator: string;
  /** Of the account. */
  readonly privateKey: Uint8Array;
  /** Signs for the account. */
  readonly signer: ReturnType<typeof createDirectSigner>;
  /** 32-byte seed of the consensus key. */
  readonly seed: Uint8Array;
  readonly consensusKey: Uint8Array;
  /** 20-byte consensus address. */
  readonly consensusAddress: Uint8Array;
}

/** All keys that belong to `name`. */
export function keysOf(name: string): Keys {
  const privateKey = sha256(utf8(`tandem interop account ${name}`));
  const account = secp256k1Address(secp256k1PublicKey(privateKey));
  const seed = sha256(utf8(`tandem interop consensus ${name}`));
  const consensusKey = ed25519PublicKey(seed);
  return {
    name,
    account,
    address: codecs.account.encode(account),
    operator: codecs.validator.encode(account),
    privateKey,
    signer: createDirectSigner(privateKey, PROVIDER_PREFIX),
    seed,
    consensusKey,
    consensusAddress: ed25519Address(consensusKey),
  };
}
