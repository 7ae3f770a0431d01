/** secp256r1 (NIST P-256), the curve of secure enclaves: rare on chains, so that one implementation does for all hosts. */
import { p256 } from "@noble/curves/nist.js";
import { host } from "#host";
import { utf8 } from "./bytes.ts";

/** Bytes of a compressed key. */
const KEY_LENGTH = 33;
const SIGNATURE_LENGTH = 64;
/** Addresses of such keys are made of the key's type and the key (SDK ADR-028). */
const TYPE_HASH = host.sha256(utf8("cosmos.crypto.secp256r1.PubKey"));

/** Whether 33 bytes are a point on the curve, compressed. */
export function isSecp256r1Key(publicKey: Uint8Array): boolean {
  return publicKey.length === KEY_LENGTH && p256.utils.isValidPublicKey(publicKey, true);
}

/** 32-byte address of a compressed key. */
export function secp256r1Address(publicKey: Uint8Array): Uint8Array {
  const preimage = new Uint8Array(TYPE_HASH.length + publicKey.length);
  preimage.set(TYPE_HASH);
  preimage.set(publicKey, TYPE_HASH.length);
  return host.sha256(preimage);
}

/** Whether `signature` (r ‖ s, 64 bytes, low S) over the SHA-256 of `message` is by the 33-byte key. */
export function secp256r1Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== KEY_LENGTH || signature.length !== SIGNATURE_LENGTH) return false;
  try {
    return p256.verify(signature, host.sha256(message), publicKey, { prehash: false, lowS: true });
  } catch {
    return false; // points off the curve throw; a bad key verifies nothing
  }
}
