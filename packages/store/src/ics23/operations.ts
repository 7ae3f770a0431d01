/** The steps of a proof: hashing a leaf and climbing from child to parent (ICS-23, Go `ops.go`). */
import {
  blake2b512,
  blake2s256,
  concatBytes,
  ripemd160,
  sha256,
  sha512,
  sha512Half,
  uvarint,
} from "@tandem-ics/crypto";
import type { InnerOp, LeafOp } from "cosmjs-types/cosmos/ics23/v1/proofs";
import { createScratch } from "../scratch.ts";

/** `cosmos.ics23.v1.HashOp`, also the values that the generated enum lacks. */
export const HASH = {
  NO_HASH: 0,
  SHA256: 1,
  SHA512: 2,
  KECCAK256: 3,
  RIPEMD160: 4,
  /** RIPEMD-160 of the SHA-256. */
  BITCOIN: 5,
  SHA512_256: 6,
  BLAKE2B_512: 7,
  BLAKE2S_256: 8,
  BLAKE3: 9,
} as const;

/** `cosmos.ics23.v1.LengthOp`. */
export const LENGTH = {
  NO_PREFIX: 0,
  VAR_PROTO: 1,
  VAR_RLP: 2,
  FIXED32_BIG: 3,
  FIXED32_LITTLE: 4,
  FIXED64_BIG: 5,
  FIXED64_LITTLE: 6,
  REQUIRE_32_BYTES: 7,
  REQUIRE_64_BYTES: 8,
} as const;

/** A proof is malformed, does not fit its spec or proves something else. The message says which check failed. */
export class ProofError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ProofError";
  }
}

/** Keccak and BLAKE3 are refused, as in Go, and so is hashing with `NO_HASH`. Throws {@link ProofError}. */
export function doHash(hash: number, preimage: Uint8Array): Uint8Array {
  switch (hash) {
    case HASH.SHA256:
      return sha256(preimage);
    case HASH.SHA512:
      return sha512(preimage);
    case HASH.RIPEMD160:
      return ripemd160(preimage);
    case HASH.BITCOIN:
      return ripemd160(sha256(preimage));
    case HASH.SHA512_256:
      return sha512Half(preimage);
    case HASH.BLAKE2B_512:
      return blake2b512(preimage);
    case HASH.BLAKE2S_256:
      return blake2s256(preimage);
    default:
      throw new ProofError(`unsupported hash operation ${hash}`);
  }
}

/** The preimage itself for `NO_HASH`, else as {@link doHash}. */
export const doHashOrNothing = (hash: number, preimage: Uint8Array): Uint8Array =>
  hash === HASH.NO_HASH ? preimage : doHash(hash, preimage);

/** `data` behind its length in the given form. Throws {@link ProofError} for RLP and for lengths not as required. */
export function doLength(length: number, data: Uint8Array): Uint8Array {
  switch (length) {
    case LENGTH.NO_PREFIX:
      return data;
    case LENGTH.VAR_PROTO:
      return concatBytes(uvarint(data.length), data);
    case LENGTH.REQUIRE_32_BYTES:
      return requireLength(32, data);
    case LENGTH.REQUIRE_64_BYTES:
      return requireLength(64, data);
    case LENGTH.FIXED32_BIG:
      return concatBytes(fixedLength(4, data.length, false), data);
    case LENGTH.FIXED32_LITTLE:
      return concatBytes(fixedLength(4, data.length, true), data);
    case LENGTH.FIXED64_BIG:
      return concatBytes(fixedLength(8, data.length, false), data);
    case LENGTH.FIXED64_LITTLE:
      return concatBytes(fixedLength(8, data.length, true), data);
    default:
      throw new ProofError(`unsupported length operation ${length}`);
  }
}

function requireLength(length: number, data: Uint8Array): Uint8Array {
  if (data.length !== length) throw new ProofError(`data has ${data.length} bytes, not ${length}`);
  return data;
}

function fixedLength(bytes: number, length: number, littleEndian: boolean): Uint8Array {
  const out = new Uint8Array(bytes);
  new DataView(out.buffer).setUint32(littleEndian ? 0 : bytes - 4, length, littleEndian);
  return out;
}

/**
 * Hash of a leaf: `hash(prefix ‖ length(prehash(key)) ‖ length(prehash(value)))`. Throws {@link ProofError} for an
 * empty key or value.
 */
export function applyLeaf(op: LeafOp, key: Uint8Array, value: Uint8Array): Uint8Array {
  if (key.length === 0) throw new ProofError("leaf operation needs a key");
  if (value.length === 0) throw new ProofError("leaf operation needs a value");
  const preparedKey = doLength(op.length, doHashOrNothing(op.prehashKey, key));
  const preparedValue = doLength(op.length, doHashOrNothing(op.prehashValue, value));
  return doHash(op.hash, concatBytes(op.prefix, preparedKey, preparedValue));
}

/** Two children and the prefix of any tree in use. */
const scratch = createScratch(256);

/** Hash of a parent: `hash(prefix ‖ child ‖ suffix)`. Throws {@link ProofError} for an empty child. */
export function applyInner(op: InnerOp, child: Uint8Array): Uint8Array {
  if (child.length === 0) throw new ProofError("inner operation needs a child");
  const { prefix, suffix } = op;
  const length = prefix.length + child.length + suffix.length;
  const preimage = length <= scratch.bytes.length ? scratch.to(length) : new Uint8Array(length);
  preimage.set(prefix);
  preimage.set(child, prefix.length);
  preimage.set(suffix, prefix.length + child.length);
  return doHash(op.hash, preimage);
}
