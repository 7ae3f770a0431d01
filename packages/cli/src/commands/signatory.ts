/** Who signs: a key of the keyring, of the environment or of the running network, or an address whose key is elsewhere. */
import { toBech32 } from "@cosmjs/encoding";
import { deriveKey } from "@tandem-ics/client/keyring";
import { secp256k1Address, secp256k1PublicKey } from "@tandem-ics/crypto";
import { secp256k1KeyAny } from "@tandem-ics/runtime";
import type { Any } from "cosmjs-types/google/protobuf/any";
import { CliError, usageError } from "../exit-codes.ts";
import { findKey, type KeyringFlags } from "../keyring-store.ts";
import type { Settings } from "../settings.ts";
import { keyOutsideKeyring } from "./chain-door.ts";
import { type EndName, mnemonicFromEnv, noMnemonic, type SigningKey } from "./remote-chain.ts";
import { isAddress } from "./tx-flags.ts";

/** An account, with its keys where they are here. */
export interface Signatory {
  readonly address: string;
  /** Unknown of a bare address. */
  readonly publicKey: Any | undefined;
  /** 32 bytes, secp256k1; absent of groups, and of keys that lie elsewhere. */
  readonly privateKey: Uint8Array | undefined;
  /** Why there is no private key. */
  readonly why?: string;
}

async function privateKeyOf(key: SigningKey): Promise<Uint8Array> {
  if ("privateKey" in key) return key.privateKey;
  try {
    return (await deriveKey(key.mnemonic, key.hdPath)).key;
  } catch (cause) {
    // The words stay out of the message.
    throw new CliError({ code: "bad-input", message: "the mnemonic is not one of BIP-39" }, { cause });
  }
}

function ofPrivateKey(privateKey: Uint8Array, prefix: string): Signatory {
  const key = secp256k1PublicKey(privateKey);
  return {
    address: toBech32(prefix, secp256k1Address(key)),
    publicKey: secp256k1KeyAny(key),
    privateKey,
  };
}

/** Where a signatory is looked for. */
export interface SignatorySource {
  readonly settings: Settings;
  readonly flags: KeyringFlags;
  /** Prefix of the chain's accounts. */
  readonly prefix: string;
  /** The end whose mnemonic may be in the environment, and the network's chain whose accounts are meant. */
  readonly end: EndName;
  readonly chainName?: string | undefined;
  /** Whether the network that runs here may be asked. */
  readonly online: boolean;
}

/** The account of `--from`. Throws when `--from` is an address and its key is another one's. */
export async function signatoryOf(source: SignatorySource): Promise<Signatory> {
  const { settings, flags, prefix, end, chainName, online } = source;
  const { from } = settings;
  const kept = from === undefined ? undefined : await findKey(settings, flags, from);
  if (kept !== undefined) {
    if (kept.privateKey !== undefined) return ofPrivateKey(kept.privateKey.key, prefix);
    return {
      address: toBech32(prefix, kept.address),
      publicKey: kept.pubKeyAny,
      privateKey: undefined,
      why:
        kept.kind === "multi"
          ? `${kept.name} is a group: its members sign, each with tx sign --multisig ${kept.name}`
          : `the private key of ${kept.name} is not in the keyring: it is a ${kept.kind} key`,
    };
  }
  const mnemonic = mnemonicFromEnv(end);
  if (!online && mnemonic === undefined) throw noMnemonic(end);
  const key = online ? await keyOutsideKeyring(settings, end, chainName) : { mnemonic: mnemonic! };
  const signatory = ofPrivateKey(await privateKeyOf(key), prefix);
  if (isAddress(from) && from !== signatory.address)
    throw usageError(
      `--from is ${from}, and the mnemonic in the environment is of ${signatory.address}`,
      "leave --from out, or set TANDEM_MNEMONIC to that account's",
    );
  return signatory;
}

/** An account that signs nothing here. */
export const bareSignatory = (address: string): Signatory => ({
  address,
  publicKey: undefined,
  privateKey: undefined,
  why: "the private key is not here",
});
