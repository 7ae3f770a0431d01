/** Validators' public keys: the SDK's `Any` form and CometBFT's form (SDK `crypto/codec/tm.go`). */
import { ed25519Address, secp256k1Address } from "@tandem-ics/crypto";
import { sdkErrors } from "@tandem-ics/runtime";
import { PubKey } from "cosmjs-types/cosmos/crypto/ed25519/keys";
import { PubKey as Secp256k1PubKey } from "cosmjs-types/cosmos/crypto/secp256k1/keys";
import type { Any } from "cosmjs-types/google/protobuf/any";
import type { PublicKey } from "cosmjs-types/tendermint/crypto/keys";

const ED25519 = "/cosmos.crypto.ed25519.PubKey";
const SECP256K1 = "/cosmos.crypto.secp256k1.PubKey";

/** CometBFT's form of a packed key. Throws `sdk/8` for other types; lengths are not checked. */
export function anyToPublicKey(any: Any): PublicKey {
  if (any.typeUrl === ED25519) return { ed25519: PubKey.decode(any.value).key };
  if (any.typeUrl === SECP256K1) return { secp256k1: Secp256k1PubKey.decode(any.value).key };
  throw sdkErrors.invalidPubKey(`cannot convert ${any.typeUrl} to a consensus key`);
}

/** Packs a key. Throws `sdk/8` for an empty one. */
export function publicKeyToAny(key: PublicKey): Any {
  if (key.ed25519 !== undefined) {
    return { typeUrl: ED25519, value: PubKey.encode({ key: key.ed25519 }).finish() };
  }
  if (key.secp256k1 !== undefined) {
    return { typeUrl: SECP256K1, value: Secp256k1PubKey.encode({ key: key.secp256k1 }).finish() };
  }
  throw sdkErrors.invalidPubKey("empty consensus key");
}

/** Name of the key's type in the consensus params, and its bytes. Throws `sdk/8` for an empty key. */
export function describePublicKey(key: PublicKey): { type: "ed25519" | "secp256k1"; bytes: Uint8Array } {
  if (key.ed25519 !== undefined) return { type: "ed25519", bytes: key.ed25519 };
  if (key.secp256k1 !== undefined) return { type: "secp256k1", bytes: key.secp256k1 };
  throw sdkErrors.invalidPubKey("empty consensus key");
}

/** 20-byte consensus address of a key. */
export function consensusAddress(key: PublicKey): Uint8Array {
  const { type, bytes } = describePublicKey(key);
  return type === "ed25519" ? ed25519Address(bytes) : secp256k1Address(bytes);
}
