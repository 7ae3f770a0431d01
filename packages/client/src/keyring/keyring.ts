/**
 * A keyring in the Go keyring's files: `NAME.info` holds a key, `ADDRESS.address` the name of the file of that address
 * (SDK 0.50 `crypto/keyring` over 99designs/keyring). Where the files lie is the caller's.
 */

import { randomBytes } from "@noble/hashes/utils.js";
import { compareBytes, fromBase64, fromUtf8, toBase64, toHex, utf8 } from "@tandem-ics/crypto";
import type { Any } from "cosmjs-types/google/protobuf/any";
import { bcrypt, bcryptVerify } from "hash-wasm";
import { KeyringError } from "./errors.ts";
import { decryptJwe, encryptJwe } from "./jwe.ts";
import { BCRYPT_MAX_BYTES, type PrivateKey } from "./private-key-armor.ts";
import {
  addressBytes,
  decodeRecord,
  encodePublicRecord,
  encodeRecord,
  type KeyRecord,
  renameRecord,
} from "./record.ts";

/** A directory of small files. */
export interface KeyringFiles {
  /** Names of all files, in any order. */
  names(): readonly string[];
  read(name: string): string | undefined;
  /** Writes a whole file or none, for its owner's eyes only. */
  write(name: string, text: string): void;
  remove(name: string): void;
}

/** Keys by name. */
export interface Keyring {
  /** In order of their names. */
  list(): Promise<readonly KeyRecord[]>;
  /** By name, or by address under any prefix. Throws `unknown-key`. */
  get(nameOrAddress: string): Promise<KeyRecord>;
  /** Whether there is a key of that name or address; asks for no passphrase. */
  has(nameOrAddress: string): boolean;
  /** Throws `key-exists` for a name or a key that is there already, `bad-name`. */
  add(name: string, key: PrivateKey): Promise<KeyRecord>;
  /** A group's key, or one whose private part is elsewhere. Throws as {@link Keyring.add}, and `unsupported-key`. */
  addPublic(name: string, kind: "multi" | "offline", pubKey: Any): Promise<KeyRecord>;
  remove(name: string): Promise<void>;
  rename(from: string, to: string): Promise<KeyRecord>;
}

/** Options of {@link openKeyring}. */
export interface KeyringOptions {
  readonly files: KeyringFiles;
  /** Asked once, when something must be decrypted or written. */
  readonly passphrase: () => Promise<string>;
}

const INFO = ".info";
const ADDRESS = ".address";
const MAX_NAME_LENGTH = 128;

/** Throws `bad-name` for names that could be no file, or that shells and people stumble over. */
export function assertKeyName(name: string): void {
  if (name.length > MAX_NAME_LENGTH || name.trim() !== name || !/^[^-.%/\\\p{Cc}][^%/\\\p{Cc}]*$/u.test(name))
    throw new KeyringError(
      "bad-name",
      "a key's name has 1 to 128 characters, none of them % / or \\, and begins with no dash, dot or blank",
    );
}

/** Opens a keyring. */
export function openKeyring({ files, passphrase }: KeyringOptions): Keyring {
  let known: Promise<string> | undefined;
  const secret = (): Promise<string> => {
    known ??= passphrase();
    return known;
  };

  async function read(file: string): Promise<Uint8Array | undefined> {
    const token = files.read(file);
    if (token === undefined) return undefined;
    const item = decryptJwe(token, await secret());
    try {
      const { Data } = JSON.parse(fromUtf8(item)) as { Data: string };
      return fromBase64(Data);
    } catch (cause) {
      throw new KeyringError("damaged", `${file} of the keyring cannot be read`, { cause });
    }
  }

  async function write(file: string, data: Uint8Array): Promise<void> {
    const item = {
      Key: file,
      Data: toBase64(data),
      Label: "",
      Description: "",
      KeychainNotTrustApplication: false,
      KeychainNotSynchronizable: false,
    };
    files.write(file, encryptJwe(utf8(JSON.stringify(item)), await secret(), new Date().toISOString()));
  }

  async function byName(name: string): Promise<KeyRecord | undefined> {
    const bytes = await read(`${name}${INFO}`);
    return bytes === undefined ? undefined : decodeRecord(bytes);
  }

  async function get(nameOrAddress: string): Promise<KeyRecord> {
    const named = isName(nameOrAddress) ? await byName(nameOrAddress) : undefined;
    if (named !== undefined) return named;
    const address = addressBytes(nameOrAddress);
    const file = address === undefined ? undefined : await read(`${toHex(address)}${ADDRESS}`);
    const found = file === undefined ? undefined : await byName(fromUtf8(file).slice(0, -INFO.length));
    if (found === undefined)
      throw new KeyringError("unknown-key", `there is no key "${nameOrAddress}" in the keyring`);
    return found;
  }

  async function store(name: string, bytes: Uint8Array): Promise<KeyRecord> {
    const record = decodeRecord(bytes);
    // The key first: an address whose file is missing is of no use, a key without its address can still be named.
    await write(`${name}${INFO}`, bytes);
    await write(`${toHex(record.address)}${ADDRESS}`, utf8(`${name}${INFO}`));
    return record;
  }

  async function addNew(name: string, bytes: Uint8Array): Promise<KeyRecord> {
    assertKeyName(name);
    if (files.read(`${name}${INFO}`) !== undefined)
      throw new KeyringError("key-exists", `there is a key "${name}" already`);
    const other = await read(`${toHex(decodeRecord(bytes).address)}${ADDRESS}`);
    // Left behind by a key that was removed by hand: it names nothing.
    const file = other === undefined ? undefined : fromUtf8(other);
    if (file !== undefined && files.read(file) !== undefined)
      throw new KeyringError("key-exists", `this key is there already, as "${file.slice(0, -INFO.length)}"`);
    return store(name, bytes);
  }

  async function remove(name: string): Promise<void> {
    const { address } = await get(name);
    // Go lets one key have several names, of which the address knows the last.
    const file = `${toHex(address)}${ADDRESS}`;
    const named = await read(file);
    if (named !== undefined && fromUtf8(named) === `${name}${INFO}`) files.remove(file);
    files.remove(`${name}${INFO}`);
  }

  return {
    async list() {
      const names = files
        .names()
        .filter((file) => file.endsWith(INFO))
        .map((file) => file.slice(0, -INFO.length));
      const records: KeyRecord[] = [];
      for (const name of names.sort((a, b) => compareBytes(utf8(a), utf8(b)))) records.push(await get(name));
      return records;
    },
    get,
    has(nameOrAddress) {
      const address = addressBytes(nameOrAddress);
      const names = files.names();
      return (
        (isName(nameOrAddress) && names.includes(`${nameOrAddress}${INFO}`)) ||
        (address !== undefined && names.includes(`${toHex(address)}${ADDRESS}`))
      );
    },
    add: (name, key) => addNew(name, encodeRecord(name, key)),
    addPublic: (name, kind, pubKey) => addNew(name, encodePublicRecord(name, kind, pubKey)),
    remove,
    async rename(from, to) {
      assertKeyName(to);
      if (files.read(`${to}${INFO}`) !== undefined)
        throw new KeyringError("key-exists", `there is a key "${to}" already`);
      const bytes = isName(from) ? await read(`${from}${INFO}`) : undefined;
      if (bytes === undefined)
        throw new KeyringError("unknown-key", `there is no key "${from}" in the keyring`);
      // Stored under the new name before the old one goes: a kill in between leaves both.
      const record = await store(to, renameRecord(bytes, to));
      files.remove(`${from}${INFO}`);
      return record;
    },
  };
}

const isName = (text: string): boolean => {
  try {
    assertKeyName(text);
    return true;
  } catch {
    return false; // an address or nonsense; never a file
  }
};

/** File of the hash by which Go's `file` backend tells a wrong passphrase. */
export const KEYHASH_FILE = "keyhash";
/** bcrypt's cost in Go's keyring. */
const KEYHASH_COST = 10;

const bcryptInput = (passphrase: string): Uint8Array => utf8(passphrase).subarray(0, BCRYPT_MAX_BYTES);

/** The content of {@link KEYHASH_FILE} for a new keyring. Throws `weak-passphrase` for an empty passphrase. */
export async function createKeyhash(passphrase: string): Promise<string> {
  if (passphrase === "") throw new KeyringError("weak-passphrase", "a keyring needs a passphrase");
  const salt = randomBytes(16);
  return bcrypt({ password: bcryptInput(passphrase), salt, costFactor: KEYHASH_COST, outputType: "encoded" });
}

/** Whether a passphrase is the one of a `keyhash`. Throws `damaged` when that is no hash of bcrypt. */
export async function matchesKeyhash(passphrase: string, keyhash: string): Promise<boolean> {
  if (!/^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/.test(keyhash))
    throw new KeyringError("damaged", `${KEYHASH_FILE} of the keyring is no hash of bcrypt`);
  return passphrase !== "" && bcryptVerify({ password: bcryptInput(passphrase), hash: keyhash });
}
