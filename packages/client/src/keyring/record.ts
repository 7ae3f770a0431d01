/** What the keyring knows of a key: the SDK's `cosmos.crypto.keyring.v1.Record`. */
import "@tandem-ics/proto/wire";
import { type Pubkey, pubkeyToRawAddress } from "@cosmjs/amino";
import { fromBech32 } from "@cosmjs/encoding";
import { decodePubkey } from "@cosmjs/proto-signing";
import { secp256k1PublicKey } from "@tandem-ics/crypto";
import { Record as RecordCodec } from "cosmjs-types/cosmos/crypto/keyring/v1/record";
import { LegacyAminoPubKey } from "cosmjs-types/cosmos/crypto/multisig/keys";
import { PrivKey, PubKey } from "cosmjs-types/cosmos/crypto/secp256k1/keys";
import type { Any } from "cosmjs-types/google/protobuf/any";
import { KeyringError } from "./errors.ts";
import type { PrivateKey } from "./private-key-armor.ts";

const PUBKEY_URL = "/cosmos.crypto.secp256k1.PubKey";
const PRIVKEY_URL = "/cosmos.crypto.secp256k1.PrivKey";
const MULTISIG_URL = "/cosmos.crypto.multisig.LegacyAminoPubKey";

/** Where the private key is: here, on a device, nowhere, or with several members. */
export type KeyKind = "local" | "ledger" | "multi" | "offline";

/** A public key as the SDK's JSON has it. */
export type PubKeyJson =
  | { readonly "@type": string; readonly key: string }
  | { readonly "@type": string; readonly threshold: number; readonly public_keys: readonly PubKeyJson[] };

/** A key of a keyring. */
export interface KeyRecord {
  readonly name: string;
  readonly kind: KeyKind;
  /** 20 bytes. */
  readonly address: Uint8Array;
  readonly pubKey: PubKeyJson;
  /** The public key as transactions carry it. */
  readonly pubKeyAny: Any;
  /** Only of local keys. */
  readonly privateKey: PrivateKey | undefined;
}

function pubKeyJson({ typeUrl, value }: Any): PubKeyJson {
  if (typeUrl === MULTISIG_URL) {
    const { threshold, publicKeys } = LegacyAminoPubKey.decode(value);
    return { "@type": typeUrl, threshold, public_keys: publicKeys.map(pubKeyJson) };
  }
  // The keys of one algorithm are messages of the same form.
  return { "@type": typeUrl, key: btoa(String.fromCharCode(...PubKey.decode(value).key)) };
}

function addressOf(name: string, any: Any): Uint8Array {
  try {
    // CosmJS types the key as possibly null; of the kinds that keyrings hold it never is.
    return pubkeyToRawAddress(decodePubkey(any) as Pubkey);
  } catch (cause) {
    throw new KeyringError("unsupported-key", `the key ${name} is a ${any.typeUrl}`, { cause });
  }
}

/** The stored form of a local key. */
export function encodeRecord(name: string, { key }: PrivateKey): Uint8Array {
  return RecordCodec.encode(
    RecordCodec.fromPartial({
      name,
      pubKey: { typeUrl: PUBKEY_URL, value: PubKey.encode({ key: secp256k1PublicKey(key) }).finish() },
      local: { privKey: { typeUrl: PRIVKEY_URL, value: PrivKey.encode({ key }).finish() } },
    }),
  ).finish();
}

/** The stored form of a key whose private part is elsewhere: a group's, or one that somebody else has. */
export const encodePublicRecord = (name: string, kind: "multi" | "offline", pubKey: Any): Uint8Array =>
  RecordCodec.encode(
    RecordCodec.fromPartial({ name, pubKey, ...(kind === "multi" ? { multi: {} } : { offline: {} }) }),
  ).finish();

/** A record under another name, all else as it was. */
export const renameRecord = (record: Uint8Array, name: string): Uint8Array =>
  RecordCodec.encode({ ...RecordCodec.decode(record), name }).finish();

/** Reads a record. Throws `damaged`, and `unsupported-key` for algorithms that no keyring makes. */
export function decodeRecord(bytes: Uint8Array): KeyRecord {
  let record: RecordCodec;
  try {
    record = RecordCodec.decode(bytes);
  } catch (cause) {
    throw new KeyringError("damaged", "a record of the keyring cannot be read", { cause });
  }
  const { name, pubKey, local, ledger, multi } = record;
  if (pubKey === undefined) throw new KeyringError("damaged", `the key ${name} has no public key`);
  const kind: KeyKind = local ? "local" : ledger ? "ledger" : multi ? "multi" : "offline";
  const { typeUrl = "", value = new Uint8Array() } = local?.privKey ?? {};
  return {
    name,
    kind,
    address: addressOf(name, pubKey),
    pubKey: pubKeyJson(pubKey),
    pubKeyAny: pubKey,
    privateKey: typeUrl === PRIVKEY_URL ? { algo: "secp256k1", key: PrivKey.decode(value).key } : undefined,
  };
}

/** The bytes of an address under whatever prefix, or nothing when the text is no address. */
export function addressBytes(text: string): Uint8Array | undefined {
  try {
    return fromBech32(text).data;
  } catch {
    return undefined; // a name, then
  }
}
