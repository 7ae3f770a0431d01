/**
 * Files of the Go keyring: compact JWE (RFC 7516) whose key follows from a passphrase by PBES2-HS256+A128KW
 * (RFC 7518 §4.8) and whose content is under A256GCM. No other algorithm occurs there.
 */
import { aeskw, gcm } from "@noble/ciphers/aes.js";
import { pbkdf2 } from "@noble/hashes/pbkdf2.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { randomBytes } from "@noble/hashes/utils.js";
import { concatBytes, fromBase64, fromUtf8, toBase64, utf8 } from "@tandem-ics/crypto";
import { KeyringError } from "./errors.ts";

const ALG = "PBES2-HS256+A128KW";
const ENC = "A256GCM";
/** What jose2go takes, which Go's keyring uses. */
const ITERATIONS = 8192;
/** A file is no reason to compute for minutes; jose2go has the same bounds. */
const MIN_ITERATIONS = 1000;
const MAX_ITERATIONS = 1_300_000;
const TAG_LENGTH = 16;

const toBase64Url = (data: Uint8Array): string =>
  toBase64(data).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

function fromBase64Url(text: string): Uint8Array {
  const base64 = text.replaceAll("-", "+").replaceAll("_", "/");
  return fromBase64(base64 + "=".repeat((4 - (base64.length % 4)) % 4));
}

function keyEncryptionKey(passphrase: string, input: Uint8Array, iterations: number): Uint8Array {
  const salt = concatBytes(utf8(ALG), Uint8Array.of(0), input);
  return pbkdf2(sha256, utf8(passphrase), salt, { c: iterations, dkLen: 16 });
}

/** Encrypts `payload`. `created` is a time in words that is kept in the header. */
export function encryptJwe(payload: Uint8Array, passphrase: string, created: string): string {
  const salt = randomBytes(12);
  const header = { alg: ALG, created, enc: ENC, p2c: ITERATIONS, p2s: toBase64Url(salt) };
  const protectedHeader = toBase64Url(utf8(JSON.stringify(header)));
  const contentKey = randomBytes(32);
  const wrapped = aeskw(keyEncryptionKey(passphrase, salt, ITERATIONS)).encrypt(contentKey);
  const nonce = randomBytes(12);
  const sealed = gcm(contentKey, nonce, utf8(protectedHeader)).encrypt(payload);
  const text = sealed.subarray(0, -TAG_LENGTH);
  const tag = sealed.subarray(-TAG_LENGTH);
  return [protectedHeader, ...[wrapped, nonce, text, tag].map(toBase64Url)].join(".");
}

interface Header {
  readonly alg?: unknown;
  readonly enc?: unknown;
  readonly p2c?: unknown;
  readonly p2s?: unknown;
}

/** Decrypts a file. Throws `damaged` for what is no such JWE, `wrong-passphrase` when the key does not open. */
export function decryptJwe(token: string, passphrase: string): Uint8Array {
  let parts: Uint8Array[];
  let header: Header;
  const [protectedHeader = ""] = token.split(".", 1);
  try {
    parts = token.trim().split(".").map(fromBase64Url);
    header = JSON.parse(fromUtf8(parts[0]!)) as Header;
  } catch (cause) {
    throw new KeyringError("damaged", "a file of the keyring is no JWE", { cause });
  }
  const [, wrapped, nonce, text, tag] = parts;
  const { alg, enc, p2c, p2s } = header;
  if (tag === undefined || alg !== ALG || enc !== ENC || typeof p2s !== "string")
    throw new KeyringError(
      "damaged",
      "a file of the keyring is encrypted in a way that Go's keyring does not use",
    );
  if (typeof p2c !== "number" || !(p2c >= MIN_ITERATIONS && p2c <= MAX_ITERATIONS))
    throw new KeyringError("damaged", `a file of the keyring wants ${String(p2c)} rounds of PBKDF2`);
  let contentKey: Uint8Array;
  try {
    contentKey = aeskw(keyEncryptionKey(passphrase, fromBase64Url(p2s), p2c)).decrypt(wrapped!);
  } catch (cause) {
    throw new KeyringError("wrong-passphrase", "the passphrase of the keyring is wrong", { cause });
  }
  try {
    return gcm(contentKey, nonce!, utf8(protectedHeader)).decrypt(concatBytes(text!, tag));
  } catch (cause) {
    throw new KeyringError("damaged", "a file of the keyring was changed after it was written", { cause });
  }
}
