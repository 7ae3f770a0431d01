/** Public keys of accounts (SDK `crypto/keys`). */
import {
  concatBytes,
  ed25519Address,
  equalBytes,
  isSecp256r1Key,
  secp256k1Address,
  secp256r1Address,
  sha256,
  toBinary,
  uvarint,
} from "@tandem-ics/crypto";
import { codecOf, type MessageCodec } from "@tandem-ics/proto";
import { PubKey as Ed25519PubKey } from "cosmjs-types/cosmos/crypto/ed25519/keys";
import { LegacyAminoPubKey } from "cosmjs-types/cosmos/crypto/multisig/keys";
import { PubKey as Secp256k1PubKey } from "cosmjs-types/cosmos/crypto/secp256k1/keys";
import type { Any } from "cosmjs-types/google/protobuf/any";
import { sdkErrors } from "../sdk-errors.ts";

/** One key. */
export interface SinglePublicKey {
  readonly kind: "secp256k1" | "secp256r1" | "ed25519";
  /** 33 bytes of secp256k1 and secp256r1, 32 of Ed25519. */
  readonly key: Uint8Array;
  /** Address of the account that the key controls: 20 bytes, 32 of secp256r1. */
  readonly address: Uint8Array;
  readonly any: Any;
}

/** `threshold` of `keys` have to sign. Keys may be such groups again. */
export interface MultisigPublicKey {
  readonly kind: "multisig";
  readonly threshold: number;
  readonly keys: readonly PublicKey[];
  readonly address: Uint8Array;
  readonly any: Any;
}

/** Key of an account. */
export type PublicKey = SinglePublicKey | MultisigPublicKey;

/** Groups inside groups allowed; deeper ones are an attack on the decoder. */
const MAX_DEPTH = 5;
const SECP256K1_URL = "/cosmos.crypto.secp256k1.PubKey";
const SECP256R1_URL = "/cosmos.crypto.secp256r1.PubKey";
const ED25519_URL = "/cosmos.crypto.ed25519.PubKey";
const MULTISIG_URL = "/cosmos.crypto.multisig.LegacyAminoPubKey";
/** Amino prefixes: registered names hashed, then the length of the key. */
const SECP256K1_AMINO = Uint8Array.of(0xeb, 0x5a, 0xe9, 0x87, 33);
const ED25519_AMINO = Uint8Array.of(0x16, 0x24, 0xde, 0x64, 32);
const MULTISIG_AMINO = Uint8Array.of(0x22, 0xc1, 0xf7, 0xe2);

/** Keys remembered: accounts sign again and again, and addresses cost two hashes. */
const CACHE_LIMIT = 16_384;
/** Longest key remembered, in bytes: seven keys of a group fit. */
const CACHED_KEY_BYTES = 512;
const cache = new Map<string, PublicKey>();
/** Keys of accounts come as the same objects again and again. */
const parsed = new WeakMap<Any, PublicKey>();

/** Reads a key. Throws `sdk/8` for an unknown type or a malformed key. `any` is not to be changed afterwards. */
export function parsePublicKey(any: Any): PublicKey {
  let key = parsed.get(any);
  if (key === undefined) {
    key = lookUpKey(any);
    parsed.set(any, key);
  }
  return key;
}

function lookUpKey(any: Any): PublicKey {
  if (any.value.length > CACHED_KEY_BYTES) return decodeKey(any, 0);
  const id = `${any.typeUrl} ${toBinary(any.value)}`;
  let key = cache.get(id);
  if (key === undefined) {
    key = decodeKey(any, 0);
    if (cache.size >= CACHE_LIMIT) cache.clear();
    cache.set(id, key);
  }
  return key;
}

function decodeKey(any: Any, depth: number): PublicKey {
  if (depth > MAX_DEPTH) throw sdkErrors.invalidPubKey("keys are nested too deeply");
  try {
    switch (any.typeUrl) {
      case SECP256K1_URL:
        return single("secp256k1", Secp256k1PubKey.decode(any.value).key, 33, any);
      case SECP256R1_URL:
        return enclaveKey(any);
      case ED25519_URL:
        return single("ed25519", Ed25519PubKey.decode(any.value).key, 32, any);
      case MULTISIG_URL:
        return multisig(LegacyAminoPubKey.decode(any.value), any, depth);
    }
  } catch (cause) {
    if (sdkErrors.invalidPubKey.is(cause)) throw cause;
    throw sdkErrors.invalidPubKey(`malformed ${any.typeUrl}`, { cause });
  }
  throw sdkErrors.invalidPubKey(`unable to resolve type URL ${any.typeUrl.slice(0, 100)}`);
}

function single(kind: SinglePublicKey["kind"], key: Uint8Array, length: number, any: Any): SinglePublicKey {
  if (key.length !== length)
    throw sdkErrors.invalidPubKey(`${kind} key has ${key.length} bytes, not ${length}`);
  const address = kind === "secp256k1" ? secp256k1Address(key) : ed25519Address(key);
  return { kind, key, address, any };
}

const secp256r1 = codecOf("cosmos.crypto.secp256r1.PubKey") as MessageCodec<{ key: Uint8Array }>;

/** A secp256r1 key. Go looks for the point while it decodes. */
function enclaveKey(any: Any): SinglePublicKey {
  const { key } = secp256r1.decode(any.value);
  if (!isSecp256r1Key(key)) throw sdkErrors.invalidPubKey("secp256r1 key is no point on the curve");
  return { kind: "secp256r1", key, address: secp256r1Address(key), any };
}

function multisig(message: LegacyAminoPubKey, any: Any, depth: number): MultisigPublicKey {
  const keys = message.publicKeys.map((key) => decodeKey(key, depth + 1));
  const { threshold } = message;
  if (threshold <= 0 || keys.length < threshold)
    throw sdkErrors.invalidPubKey(`threshold ${threshold} does not fit ${keys.length} keys`);
  return {
    kind: "multisig",
    threshold,
    keys,
    address: sha256(aminoMultisig(threshold, keys)).slice(0, 20),
    any,
  };
}

const aminoMultisig = (threshold: number, keys: readonly PublicKey[]): Uint8Array =>
  concatBytes(
    MULTISIG_AMINO,
    Uint8Array.of(0x08),
    uvarint(threshold),
    ...keys.flatMap((key) => {
      const bytes = aminoKey(key);
      return [Uint8Array.of(0x12), uvarint(bytes.length), bytes];
    }),
  );

function aminoKey(key: PublicKey): Uint8Array {
  if (key.kind === "multisig") return aminoMultisig(key.threshold, key.keys);
  // Amino does not know this kind: groups, whose address is made of amino bytes, cannot have it.
  if (key.kind === "secp256r1") throw sdkErrors.invalidPubKey("secp256r1 keys have no amino form");
  return concatBytes(key.kind === "secp256k1" ? SECP256K1_AMINO : ED25519_AMINO, key.key);
}

/** Length of the key's amino form: what a transaction that carries it will grow by. */
export const aminoKeyLength = (key: PublicKey): number =>
  key.kind === "secp256r1" ? SECP256K1_AMINO.length + key.key.length : aminoKey(key).length;

/** How many single keys it consists of. */
export const countSubKeys = (key: PublicKey): number =>
  key.kind === "multisig" ? key.keys.reduce((sum, sub) => sum + countSubKeys(sub), 0) : 1;

/** Same key, byte for byte. */
export const samePublicKey = (a: PublicKey, b: PublicKey): boolean =>
  a === b || (a.any.typeUrl === b.any.typeUrl && equalBytes(a.any.value, b.any.value));

/** Wire form of a secp256k1 key. */
export const secp256k1KeyAny = (key: Uint8Array): Any => ({
  typeUrl: SECP256K1_URL,
  value: Secp256k1PubKey.encode({ key }).finish(),
});
