/** Keys for people: mnemonics, the SDK's armor, and the Go keyring's files. Pure: works in browsers too. */
export { type Armor, decodeArmor, encodeArmor } from "./armor.ts";
export {
  createMnemonic,
  DEFAULT_COIN_TYPE,
  deriveKey,
  hdPath,
  looksLikeMnemonic,
  normalizeMnemonic,
} from "./derive-key.ts";
export { KeyringError, type KeyringErrorCode } from "./errors.ts";
export {
  assertKeyName,
  createKeyhash,
  KEYHASH_FILE,
  type Keyring,
  type KeyringFiles,
  type KeyringOptions,
  matchesKeyhash,
  openKeyring,
} from "./keyring.ts";
export { armorPrivateKey, type PrivateKey, unarmorPrivateKey } from "./private-key-armor.ts";
export type { KeyKind, KeyRecord, PubKeyJson } from "./record.ts";
