/** Addresses and ids of ICS-28 that share a shape but not a meaning. */
import { ed25519Address, secp256k1Address, toBinary } from "@tandem-ics/crypto";
import { isBlank } from "@tandem-ics/ibc/24-host";
import { type AddressCodec, decodeBech32, plainError, sdkErrors } from "@tandem-ics/runtime";
import type { PublicKey } from "cosmjs-types/tendermint/crypto/keys";
import { ccvErrors } from "./errors.ts";

declare const brand: unique symbol;

/** Consensus address of a validator's key on the provider, 20 bytes. */
export type ProviderConsAddress = Uint8Array & { readonly [brand]?: "provider" };
/** Consensus address of the key that a validator uses on one consumer, 20 bytes. */
export type ConsumerConsAddress = Uint8Array & { readonly [brand]?: "consumer" };

/**
 * Id that the provider gives to a consumer: decimal text of a uint64, unique for ever, unlike chain ids. Leading zeros
 * parse and stay part of the id, as in interchain-security.
 */
export type ConsumerId = string;

const MAX_UINT64 = (1n << 64n) - 1n;

/** Whether `text` is the decimal text of a uint64. */
export const isConsumerId = (text: string): boolean => /^\d+$/.test(text) && BigInt(text) <= MAX_UINT64;

/** Throws `CCV/19` for anything but a consumer id. */
export function assertConsumerId(text: string): asserts text is ConsumerId {
  if (isBlank(text)) throw ccvErrors.invalidConsumerId("consumer id cannot be blank");
  if (!isConsumerId(text)) {
    const reason = /^\d+$/.test(text) ? "value out of range" : "invalid syntax";
    throw ccvErrors.invalidConsumerId(
      `consumer id (${text}) cannot be parsed: strconv.ParseUint: parsing ${JSON.stringify(text)}: ${reason}`,
    );
  }
}

/** Consensus address of a key: ed25519 or secp256k1 of the right length, else `sdk/8`. */
export function consAddressOfKey(key: PublicKey): Uint8Array {
  if (key.ed25519?.length === 32) return ed25519Address(key.ed25519);
  if (key.secp256k1?.length === 33) return secp256k1Address(key.secp256k1);
  throw sdkErrors.invalidPubKey("cannot take the address of this public key");
}

/**
 * Address bytes of a text, as `sdk.ValAddressFromBech32` and `sdk.ConsAddressFromBech32` read them: the wrong prefix is
 * an untyped refusal. Throws what the codec throws otherwise.
 */
export function addressFromBech32(codec: AddressCodec, text: string): Uint8Array {
  const prefix = isBlank(text) ? codec.prefix : decodeBech32(text)?.prefix;
  if (prefix !== undefined && prefix !== codec.prefix)
    throw plainError(`invalid Bech32 prefix; expected ${codec.prefix}, got ${prefix}`);
  return codec.decode(text);
}

/** A key as text, different for different keys: for maps. */
export const keyText = (key: PublicKey): string =>
  key.ed25519 !== undefined
    ? `e${toBinary(key.ed25519)}`
    : `s${toBinary(key.secp256k1 ?? new Uint8Array(0))}`;

/** Bytes of a bech32 text of any prefix; `undefined` when it is none. Consumers read slash acks so. */
export function bytesOfBech32(text: string): Uint8Array | undefined {
  const trimmed = text.trim();
  return trimmed === "" ? undefined : decodeBech32(trimmed)?.bytes;
}
