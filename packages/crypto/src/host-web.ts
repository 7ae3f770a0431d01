/** The host of browsers: pure JavaScript from @noble. */
import { ed25519 } from "@noble/curves/ed25519.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { ripemd160 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { Host } from "./host.ts";

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function encodeBase64(bytes: Uint8Array): string {
  let out = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const n = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    out += BASE64[n >> 18]! + BASE64[(n >> 12) & 63]!;
    out += i + 1 < bytes.length ? BASE64[(n >> 6) & 63]! : "=";
    out += i + 2 < bytes.length ? BASE64[n & 63]! : "=";
  }
  return out;
}

/** Arguments of one call: engines limit them. */
const BINARY_STEP = 4096;

function toBinary(bytes: Uint8Array, start: number, end: number): string {
  let out = "";
  for (let at = start; at < end; at += BINARY_STEP) {
    const part = bytes.subarray(at, Math.min(end, at + BINARY_STEP));
    out += String.fromCharCode.apply(null, part as unknown as number[]);
  }
  return out;
}

/** Host functions for environments without `node:crypto`. */
export const host: Host = {
  sha256: (data) => sha256(data),
  sha256Binary: (data) => toBinary(sha256(data), 0, 32),
  toBinary,
  toHex: (bytes) => bytesToHex(bytes),
  toBase64: encodeBase64,
  ripemd160: (data) => ripemd160(data),
  compareBytes(a, b) {
    const n = Math.min(a.length, b.length);
    for (let i = 0; i < n; i++) {
      const d = a[i]! - b[i]!;
      if (d !== 0) return d;
    }
    return a.length - b.length;
  },
  ed25519PublicKey: (seed) => ed25519.getPublicKey(seed),
  ed25519Sign: (seed, message) => ed25519.sign(message, seed),
  ed25519Verify: verifyEd25519Zip215,
  secp256k1PublicKey: (privateKey) => secp256k1.getPublicKey(privateKey, true),
  secp256k1Sign: (privateKey, digest) => secp256k1.sign(digest, privateKey, { prehash: false, lowS: true }),
  secp256k1Verify(publicKey, digest, signature) {
    if (publicKey.length !== 33 || signature.length !== 64 || digest.length !== 32) return false;
    try {
      return secp256k1.verify(signature, digest, publicKey, { prehash: false, lowS: true });
    } catch {
      return false; // points off the curve throw; a bad key verifies nothing
    }
  },
};

/** Ed25519 by the ZIP-215 rules that CometBFT follows. */
export function verifyEd25519Zip215(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  try {
    return ed25519.verify(signature, message, publicKey, { zip215: true });
  } catch {
    return false; // undecodable points throw; a bad key verifies nothing
  }
}
