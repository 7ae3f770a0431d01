/** The host of Node: OpenSSL for hashes and Ed25519, native libsecp256k1 where its prebuilt binary loads. */
import {
  createPrivateKey,
  createPublicKey,
  hash,
  type KeyObject,
  sign as opensslSign,
  verify as opensslVerify,
} from "node:crypto";
import { createRequire } from "node:module";
import type { Host } from "./host.ts";
import { verifyEd25519Zip215, host as web } from "./host-web.ts";

type Secp256k1 = typeof import("secp256k1");

/** Key objects kept per process; a validator set has a few hundred keys. */
const KEY_CACHE_LIMIT = 8192;
const ED25519_SPKI = Buffer.from("302a300506032b6570032100", "hex");
const ED25519_PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

const publicKeys = new Map<string, KeyObject>();
const privateKeys = new Map<string, KeyObject>();

function cached(cache: Map<string, KeyObject>, raw: Uint8Array, make: () => KeyObject): KeyObject {
  const id = latin1Slice.call(raw, 0, raw.length);
  let key = cache.get(id);
  if (key === undefined) {
    key = make();
    if (cache.size >= KEY_CACHE_LIMIT) cache.clear();
    cache.set(id, key);
  }
  return key;
}

const publicKeyObject = (raw: Uint8Array): KeyObject =>
  cached(publicKeys, raw, () =>
    createPublicKey({ key: Buffer.concat([ED25519_SPKI, raw]), format: "der", type: "spki" }),
  );

const privateKeyObject = (seed: Uint8Array): KeyObject =>
  cached(privateKeys, seed, () =>
    createPrivateKey({ key: Buffer.concat([ED25519_PKCS8, seed]), format: "der", type: "pkcs8" }),
  );

/** The binding only: the package's own JavaScript fallback is slower than @noble and less reviewed. */
function loadSecp256k1(): Secp256k1 | undefined {
  try {
    return createRequire(import.meta.url)("secp256k1/bindings") as Secp256k1;
  } catch {
    return undefined; // no prebuilt binary for this platform
  }
}
const native = loadSecp256k1();

/** Three times as fast as asking for a Buffer, and callers get a plain array: a Buffer's `slice` shares memory. */
function hashBytes(binary: string): Uint8Array {
  const out = new Uint8Array(32);
  for (let i = 0; i < 32; i++) out[i] = binary.charCodeAt(i);
  return out;
}

const view = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);

/** Works on any byte array; called so, it makes no Buffer for each key. */
const latin1Slice = (
  Buffer.prototype as Buffer & { latin1Slice(this: Uint8Array, start: number, end: number): string }
).latin1Slice;

/** Host functions backed by OpenSSL and libsecp256k1. */
export const host: Host = {
  sha256: (data) => hashBytes(hash("sha256", data, "binary")),
  sha256Binary: (data) => hash("sha256", data, "binary"),
  toBinary: (bytes, start, end) => latin1Slice.call(bytes, start, end),
  toHex: (bytes) => view(bytes).toString("hex"),
  toBase64: (bytes) => view(bytes).toString("base64"),
  ripemd160: web.ripemd160,
  compareBytes: (a, b) => Buffer.compare(a, b),
  ed25519PublicKey(seed) {
    const der = createPublicKey(privateKeyObject(seed)).export({ format: "der", type: "spki" });
    return new Uint8Array(der.subarray(der.length - 32));
  },
  ed25519Sign: (seed, message) => new Uint8Array(opensslSign(null, message, privateKeyObject(seed))),
  ed25519Verify(publicKey, message, signature) {
    if (publicKey.length !== 32 || signature.length !== 64) return false;
    try {
      if (opensslVerify(null, message, publicKeyObject(publicKey), signature)) return true;
    } catch {
      // OpenSSL refuses some encodings that ZIP-215 accepts: the pure verifier decides
    }
    return verifyEd25519Zip215(publicKey, message, signature);
  },
  secp256k1PublicKey: (privateKey) =>
    native === undefined ? web.secp256k1PublicKey(privateKey) : native.publicKeyCreate(privateKey, true),
  secp256k1Sign: (privateKey, digest) =>
    native === undefined
      ? web.secp256k1Sign(privateKey, digest)
      : native.ecdsaSign(digest, privateKey).signature,
  secp256k1Verify(publicKey, digest, signature) {
    if (native === undefined) return web.secp256k1Verify(publicKey, digest, signature);
    if (publicKey.length !== 33 || signature.length !== 64 || digest.length !== 32) return false;
    try {
      return native.ecdsaVerify(signature, digest, publicKey);
    } catch {
      return false; // points off the curve throw; a bad key verifies nothing
    }
  },
};
