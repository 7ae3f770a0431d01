/** Private keys in the SDK's armor (`crypto/armor.go` of SDK 0.50): what `keys export` writes and `keys import` reads. */
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { xsalsa20poly1305 } from "@noble/ciphers/salsa.js";
import { randomBytes } from "@noble/hashes/utils.js";
import { concatBytes, fromHex, sha256, toHexUpper, utf8 } from "@tandem-ics/crypto";
import { argon2id, bcrypt } from "hash-wasm";
import { decodeArmor, encodeArmor } from "./armor.ts";
import { KeyringError } from "./errors.ts";

/** A private key outside any keyring. */
export interface PrivateKey {
  readonly algo: "secp256k1";
  /** 32 bytes. */
  readonly key: Uint8Array;
}

const BLOCK_TYPE = "TENDERMINT PRIVATE KEY";
const DEFAULT_ALGO = "secp256k1";
const SALT_LENGTH = 16;
/** Parameters that the SDK fixes: one pass over 64 MiB in four lanes. The format does not carry them. */
const ARGON2 = { iterations: 1, memorySize: 64 * 1024, parallelism: 4, hashLength: 32 };
const BCRYPT_COST = 12;
/** The SDK uses one nonce for all: every armor has a key of its own, by its salt. */
const ZERO_NONCE = new Uint8Array(12);
const SALSA_NONCE_LENGTH = 24;
/** Amino's prefix of `tendermint/PrivKeySecp256k1`, and the length of what follows. */
const SECP256K1_PREFIX = Uint8Array.of(0xe1, 0xb0, 0xf7, 0x9b, 0x20);

function privateKeyOf(amino: Uint8Array): PrivateKey {
  const { length } = SECP256K1_PREFIX;
  if (amino.length !== length + 32 || SECP256K1_PREFIX.some((byte, i) => amino[i] !== byte))
    throw new KeyringError("unsupported-key", "the armor holds a key that is not secp256k1");
  return { algo: "secp256k1", key: amino.slice(length) };
}

const argon2Secret = (passphrase: string, salt: Uint8Array): Promise<Uint8Array> =>
  argon2id({ ...ARGON2, password: utf8(passphrase), salt, outputType: "binary" });

/** bcrypt reads no further; Go cuts what is longer, hash-wasm refuses it. */
export const BCRYPT_MAX_BYTES = 72;

/** The SDK hashes bcrypt's text form, which repeats version, cost and salt. */
async function bcryptSecret(passphrase: string, salt: Uint8Array): Promise<Uint8Array> {
  const password = utf8(passphrase).subarray(0, BCRYPT_MAX_BYTES);
  return sha256(utf8(await bcrypt({ password, salt, costFactor: BCRYPT_COST, outputType: "encoded" })));
}

/**
 * Encrypts a key with a passphrase, by argon2id and ChaCha20-Poly1305. `salt`: 16 bytes, random by default. Throws
 * `weak-passphrase` for an empty one.
 */
export async function armorPrivateKey(
  { algo, key }: PrivateKey,
  passphrase: string,
  salt: Uint8Array = randomBytes(SALT_LENGTH),
): Promise<string> {
  if (passphrase === "") throw new KeyringError("weak-passphrase", "an exported key needs a passphrase");
  const secret = await argon2Secret(passphrase, salt);
  const data = chacha20poly1305(secret, ZERO_NONCE).encrypt(concatBytes(SECP256K1_PREFIX, key));
  const headers = new Map([
    ["kdf", "argon2"],
    ["salt", toHexUpper(salt)],
    ["type", algo],
  ]);
  return encodeArmor({ type: BLOCK_TYPE, headers, data });
}

type Kdf = "argon2" | "bcrypt";

async function decrypt(
  kdf: Kdf,
  passphrase: string,
  salt: Uint8Array,
  data: Uint8Array,
): Promise<Uint8Array> {
  const wrong = (cause?: unknown): KeyringError =>
    new KeyringError("wrong-passphrase", "the passphrase of the exported key is wrong", { cause });
  // No key was ever encrypted with none.
  if (passphrase === "") throw wrong();
  const secret = await (kdf === "argon2" ? argon2Secret : bcryptSecret)(passphrase, salt);
  try {
    if (kdf === "argon2") return chacha20poly1305(secret, ZERO_NONCE).decrypt(data);
    const nonce = data.subarray(0, SALSA_NONCE_LENGTH);
    return xsalsa20poly1305(secret, nonce).decrypt(data.subarray(SALSA_NONCE_LENGTH));
  } catch (cause) {
    throw wrong(cause);
  }
}

/** Shortest content: a nonce and a tag, or a tag. */
const MIN_DATA = { argon2: 16, bcrypt: SALSA_NONCE_LENGTH + 16 } as const;

/**
 * Decrypts an armored key. Throws `bad-armor` for what is none, `wrong-passphrase`, and `unsupported-key` for another
 * algorithm or an unknown key derivation.
 */
export async function unarmorPrivateKey(armor: string, passphrase: string): Promise<PrivateKey> {
  const { type, headers, data } = decodeArmor(armor);
  if (type !== BLOCK_TYPE)
    throw new KeyringError("bad-armor", `the armor is of a ${type}, not a ${BLOCK_TYPE}`);
  const kdf = headers.get("kdf") ?? "";
  if (kdf !== "argon2" && kdf !== "bcrypt")
    throw new KeyringError("unsupported-key", `the armor's key derivation is "${kdf}", not argon2 or bcrypt`);
  const saltText = headers.get("salt") ?? "";
  if (!/^([0-9a-fA-F]{2})+$/.test(saltText))
    throw new KeyringError("bad-armor", "the armor's salt is no hexadecimal number");
  const salt = fromHex(saltText.toLowerCase());
  // Go's bcrypt takes no other length; argon2 takes from 8 bytes on.
  if (kdf === "bcrypt" ? salt.length !== SALT_LENGTH : salt.length < 8)
    throw new KeyringError("bad-armor", `the armor's salt has ${salt.length} bytes`);
  const algo = headers.get("type") ?? DEFAULT_ALGO;
  if (algo !== DEFAULT_ALGO)
    throw new KeyringError("unsupported-key", `the armor holds a key of type ${algo}`);
  if (data.length <= MIN_DATA[kdf]) throw new KeyringError("bad-armor", "the armor's content is too short");
  return privateKeyOf(await decrypt(kdf, passphrase, salt, data));
}
