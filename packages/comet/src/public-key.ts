/** Keys of validators: Ed25519, and secp256k1 where consensus parameters allow it (CometBFT `crypto`). */
import {
  ed25519Address,
  ed25519Verify,
  equalBytes,
  secp256k1Address,
  secp256k1Verify,
} from "@tandem-ics/crypto";
import type { PublicKey } from "cosmjs-types/tendermint/crypto/keys";
import { CometError } from "./errors.ts";
import { messageField } from "./proto-bytes.ts";

/** Length of a validator's address. */
export const ADDRESS_LENGTH = 20;

/** Names of key types in `validator.pub_key_types`. */
export type PublicKeyType = "ed25519" | "secp256k1";

/** The key made of 32 bytes. */
export const ed25519Key = (bytes: Uint8Array): PublicKey => ({ ed25519: bytes });

/** The key made of 33 bytes, a compressed point. */
export const secp256k1Key = (bytes: Uint8Array): PublicKey => ({ secp256k1: bytes });

/** The one kind and its bytes. @throws CometError `invalidPublicKey` unless there is exactly one key of the right length. */
export function splitPublicKey(key: PublicKey): { type: PublicKeyType; bytes: Uint8Array } {
  const { ed25519, secp256k1 } = key;
  if (ed25519 !== undefined && secp256k1 === undefined) {
    if (ed25519.length === 32) return { type: "ed25519", bytes: ed25519 };
    throw badLength("ed25519", 32, ed25519);
  }
  if (secp256k1 !== undefined && ed25519 === undefined) {
    if (secp256k1.length === 33) return { type: "secp256k1", bytes: secp256k1 };
    throw badLength("secp256k1", 33, secp256k1);
  }
  throw new CometError("invalidPublicKey", "a public key must be either ed25519 or secp256k1");
}

const badLength = (type: PublicKeyType, expected: number, bytes: Uint8Array): CometError =>
  new CometError("invalidPublicKey", `${type} key has ${bytes.length} bytes instead of ${expected}`, {
    type,
    length: bytes.length,
  });

/** Kind of key. @throws CometError `invalidPublicKey`. */
export const publicKeyType = (key: PublicKey): PublicKeyType => splitPublicKey(key).type;

/** Raw bytes of the key. @throws CometError `invalidPublicKey`. */
export const publicKeyBytes = (key: PublicKey): Uint8Array => splitPublicKey(key).bytes;

/** 20-byte consensus address. @throws CometError `invalidPublicKey`. */
export function publicKeyAddress(key: PublicKey): Uint8Array {
  const { type, bytes } = splitPublicKey(key);
  return type === "ed25519" ? ed25519Address(bytes) : secp256k1Address(bytes);
}

/** `PublicKey` protobuf bytes. @throws CometError `invalidPublicKey`. */
export function encodePublicKey(key: PublicKey): Uint8Array {
  const { type, bytes } = splitPublicKey(key);
  return messageField(type === "ed25519" ? 1 : 2, bytes);
}

/** Whether `signature` over `message` is by `key`: ZIP-215 for Ed25519, low S for secp256k1. */
export function verifySignature(key: PublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  const { type, bytes } = splitPublicKey(key);
  return type === "ed25519"
    ? ed25519Verify(bytes, message, signature)
    : secp256k1Verify(bytes, message, signature);
}

/** Same kind and same bytes. @throws CometError `invalidPublicKey`. */
export function samePublicKey(a: PublicKey, b: PublicKey): boolean {
  const x = splitPublicKey(a);
  const y = splitPublicKey(b);
  return x.type === y.type && equalBytes(x.bytes, y.bytes);
}
