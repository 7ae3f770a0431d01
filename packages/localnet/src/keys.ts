/** Keys of a network: all of them follow from its seed. For test networks only: whoever knows the seed has the keys. */
import { pbkdf2Sync } from "node:crypto";
import { createMultisigThresholdPubkey, encodeSecp256k1Pubkey, pubkeyToRawAddress } from "@cosmjs/amino";
import { Bip39, EnglishMnemonic, Slip10, Slip10Curve, stringToPath } from "@cosmjs/crypto";
import {
  ed25519Address,
  ed25519PublicKey,
  secp256k1Address,
  secp256k1PublicKey,
  sha256,
  utf8,
} from "@tandem-ics/crypto";

/** An account of the network; without a key where only its address is known, or several keys make one signature. */
export interface Account {
  readonly name: string;
  /** 20 bytes; the same on every chain, under each chain's prefix. */
  readonly address: Uint8Array;
  readonly key?: AccountKey;
}

/** An account whose key is here. */
export interface AccountKey {
  readonly name: string;
  readonly mnemonic: string;
  /** Where the key is derived, such as m/44'/118'/0'/0/0. */
  readonly hdPath: string;
  /** 32-byte secp256k1 key. */
  readonly privateKey: Uint8Array;
  readonly address: Uint8Array;
  readonly pubKey: Uint8Array;
}

/** Where wallets derive the first account. */
export const DEFAULT_HD_PATH = "m/44'/118'/0'/0/0";

/** A consensus key. */
export interface ConsensusKey {
  /** 32-byte Ed25519 seed. */
  readonly seed: Uint8Array;
  readonly pubKey: Uint8Array;
  /** 20-byte consensus address. */
  readonly address: Uint8Array;
}

const derive = (seed: string, label: string): Uint8Array =>
  sha256(utf8(`tandem localnet\n${seed}\n${label}`));

/** The account of `name`: a 24-word mnemonic, path m/44'/118'/0'/0/0. */
export function createAccountKey(seed: string, name: string): AccountKey {
  return accountOfMnemonic(name, Bip39.encode(derive(seed, `account ${name}`)).toString());
}

/** BIP-39's stretching: 2048 rounds of PBKDF2. OpenSSL does it a hundred times as fast as JavaScript. */
const BIP39_ROUNDS = 2048;

/** An account of a given mnemonic. Throws when it is none. */
export function accountOfMnemonic(name: string, mnemonic: string, hdPath = DEFAULT_HD_PATH): AccountKey {
  const words = new EnglishMnemonic(mnemonic).toString();
  const bip39 = pbkdf2Sync(words.normalize("NFKD"), "mnemonic", BIP39_ROUNDS, 64, "sha512");
  const { privkey } = Slip10.derivePath(Slip10Curve.Secp256k1, new Uint8Array(bip39), stringToPath(hdPath));
  const pubKey = secp256k1PublicKey(privkey);
  return { name, mnemonic, hdPath, privateKey: privkey, address: secp256k1Address(pubKey), pubKey };
}

/** Address of `threshold` of these 33-byte keys (LegacyAminoPubKey); they are sorted as wallets sort them. */
export const multisigAddress = (pubKeys: readonly Uint8Array[], threshold: number): Uint8Array =>
  pubkeyToRawAddress(createMultisigThresholdPubkey(pubKeys.map(encodeSecp256k1Pubkey), threshold));

/** The consensus key of a validator; `use` tells keys of one validator apart, such as a consumer's name. */
export const createConsensusKey = (seed: string, validator: string, use: string): ConsensusKey =>
  consensusKeyOfSeed(derive(seed, `consensus ${validator} ${use}`));

/** A consensus key of a given 32-byte seed. */
export function consensusKeyOfSeed(seed: Uint8Array): ConsensusKey {
  const pubKey = ed25519PublicKey(seed);
  return { seed, pubKey, address: ed25519Address(pubKey) };
}
