/** Hash functions that only ICS-23 proof specs of foreign trees ask for. */
import { blake2b as nobleBlake2b, blake2s as nobleBlake2s } from "@noble/hashes/blake2.js";
import { sha512 as nobleSha512, sha512_256 as nobleSha512Half } from "@noble/hashes/sha2.js";

/** SHA-512, 64 bytes. */
export const sha512 = (data: Uint8Array): Uint8Array => nobleSha512(data);

/** SHA-512/256 (FIPS 180-4), 32 bytes: not a truncated SHA-512. */
export const sha512Half = (data: Uint8Array): Uint8Array => nobleSha512Half(data);

/** BLAKE2b with 64 bytes of output, unkeyed (RFC 7693). */
export const blake2b512 = (data: Uint8Array): Uint8Array => nobleBlake2b(data, { dkLen: 64 });

/** BLAKE2s with 32 bytes of output, unkeyed (RFC 7693). */
export const blake2s256 = (data: Uint8Array): Uint8Array => nobleBlake2s(data, { dkLen: 32 });
