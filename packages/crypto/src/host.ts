/** What this package asks of its host. Node answers natively, browsers with @noble; the verdicts are the same. */
export interface Host {
  /** SHA-256, 32 bytes. */
  sha256(data: Uint8Array): Uint8Array;
  /** SHA-256 as a binary string of 32 characters. */
  sha256Binary(data: Uint8Array): string;
  /** One character (0 to 255) for each byte of [start, end). */
  toBinary(bytes: Uint8Array, start: number, end: number): string;
  /** Lower-case hex. */
  toHex(bytes: Uint8Array): string;
  /** Padded standard base64. */
  toBase64(bytes: Uint8Array): string;
  /** RIPEMD-160, 20 bytes. */
  ripemd160(data: Uint8Array): Uint8Array;
  /** Bytewise lexicographic order: negative, zero or positive. */
  compareBytes(a: Uint8Array, b: Uint8Array): number;
  /** 32-byte public key of a 32-byte seed. */
  ed25519PublicKey(seed: Uint8Array): Uint8Array;
  /** 64-byte deterministic signature (RFC 8032). */
  ed25519Sign(seed: Uint8Array, message: Uint8Array): Uint8Array;
  /** ZIP-215 verdict. Malformed keys or signatures give `false`. */
  ed25519Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
  /** 33-byte compressed public key of a 32-byte private key. */
  secp256k1PublicKey(privateKey: Uint8Array): Uint8Array;
  /** 64-byte low-S signature r ‖ s over a 32-byte digest (RFC 6979). */
  secp256k1Sign(privateKey: Uint8Array, digest: Uint8Array): Uint8Array;
  /** Refuses high-S signatures, as the SDK does. Malformed input gives `false`. */
  secp256k1Verify(publicKey: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean;
}
