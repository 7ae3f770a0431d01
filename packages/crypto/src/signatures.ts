/** Ed25519 (RFC 8032, verified by ZIP-215) and secp256k1 (RFC 6979, low S), each signature verified once a process. */
import { host } from "#host";

/** Verified tuples remembered: several epochs of a large validator set. */
const VERIFIED_LIMIT = 65_536;
const verified = new Set<string>();

const SECP256K1 = 2;

/** Name of a tuple in {@link verified}. */
function tupleId(kind: number, key: Uint8Array, message: Uint8Array, signature: Uint8Array): string {
  // Keyed by the whole tuple, lengths fixed for key and signature by the caller: nothing else can share an entry.
  const tuple = new Uint8Array(1 + key.length + signature.length + message.length);
  tuple[0] = kind;
  tuple.set(key, 1);
  tuple.set(signature, 1 + key.length);
  tuple.set(message, 1 + key.length + signature.length);
  return host.sha256Binary(tuple);
}

function remember(id: string): void {
  if (verified.size >= VERIFIED_LIMIT) verified.clear();
  verified.add(id);
}

function once(
  kind: number,
  key: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
  verify: () => boolean,
): boolean {
  const id = tupleId(kind, key, message, signature);
  if (verified.has(id)) return true;
  if (!verify()) return false;
  remember(id);
  return true;
}

/** 32-byte Ed25519 public key of a 32-byte seed. */
export const ed25519PublicKey = (seed: Uint8Array): Uint8Array => host.ed25519PublicKey(seed);

/** 64-byte Ed25519 signature. `seed` is the 32-byte seed, not the 64-byte expanded form. */
export const ed25519Sign = (seed: Uint8Array, message: Uint8Array): Uint8Array =>
  host.ed25519Sign(seed, message);

/** ZIP-215 verdict of an Ed25519 signature; malformed keys and signatures give `false`. */
export function ed25519Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  return once(1, publicKey, message, signature, () => host.ed25519Verify(publicKey, message, signature));
}

/** 33-byte compressed secp256k1 public key of a 32-byte private key. */
export const secp256k1PublicKey = (privateKey: Uint8Array): Uint8Array => host.secp256k1PublicKey(privateKey);

/** 64-byte r ‖ s over the SHA-256 of `message`. */
export const secp256k1Sign = (privateKey: Uint8Array, message: Uint8Array): Uint8Array =>
  host.secp256k1Sign(privateKey, host.sha256(message));

/** Whether `signature` (64 bytes, low S) over the SHA-256 of `message` is by the 33-byte key. */
export function secp256k1Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 33 || signature.length !== 64) return false;
  return once(SECP256K1, publicKey, message, signature, () =>
    host.secp256k1Verify(publicKey, host.sha256(message), signature),
  );
}

/**
 * Takes down that {@link secp256k1Verify} would say yes: for those who asked the same library on another thread. Sizes are
 * checked as there.
 */
export function secp256k1VerifiedElsewhere(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): void {
  if (publicKey.length === 33 && signature.length === 64)
    remember(tupleId(SECP256K1, publicKey, message, signature));
}
