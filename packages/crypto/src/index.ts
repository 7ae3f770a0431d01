/** Bytes, hashes, signatures and the Merkle tree. */
import { host } from "#host";

export {
  be64,
  concatBytes,
  EMPTY,
  equalBytes,
  fromBase64,
  fromBe64,
  fromBinary,
  fromHex,
  fromUtf8,
  lengthPrefixed,
  prefixEnd,
  toBase64,
  toBinary,
  toHex,
  toHexUpper,
  utf8,
  uvarint,
  zigzag,
} from "./bytes.ts";
export { blake2b512, blake2s256, sha512, sha512Half } from "./hashes.ts";
export {
  type MerkleProof,
  merkleInnerHash,
  merkleLeafHash,
  merkleProofs,
  merkleRoot,
  merkleSplit,
  verifyMerkleProof,
} from "./merkle.ts";
export { isSecp256r1Key, secp256r1Address, secp256r1Verify } from "./secp256r1.ts";
export {
  ed25519PublicKey,
  ed25519Sign,
  ed25519Verify,
  secp256k1PublicKey,
  secp256k1Sign,
  secp256k1VerifiedElsewhere,
  secp256k1Verify,
} from "./signatures.ts";

/** SHA-256, 32 bytes. */
export const sha256 = (data: Uint8Array): Uint8Array => host.sha256(data);

/** SHA-256 as a binary string of 32 characters: cheaper than an array where many hashes are kept. */
export const sha256Binary = (data: Uint8Array): string => host.sha256Binary(data);

/** RIPEMD-160, 20 bytes. */
export const ripemd160 = (data: Uint8Array): Uint8Array => host.ripemd160(data);

/** Bytewise lexicographic order: negative, zero or positive. */
export const compareBytes = (a: Uint8Array, b: Uint8Array): number => host.compareBytes(a, b);

/** 20-byte consensus address of a 32-byte Ed25519 key: the first bytes of its SHA-256 (CometBFT `crypto/ed25519`). */
export const ed25519Address = (publicKey: Uint8Array): Uint8Array => host.sha256(publicKey).slice(0, 20);

/** 20-byte account address of a 33-byte secp256k1 key: RIPEMD-160 of its SHA-256 (CometBFT `crypto/secp256k1`). */
export const secp256k1Address = (publicKey: Uint8Array): Uint8Array => host.ripemd160(host.sha256(publicKey));
