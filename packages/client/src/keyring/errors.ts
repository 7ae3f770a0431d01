/** Errors of keys and keyrings. */

/** What went wrong, for programs. */
export type KeyringErrorCode =
  | "bad-armor"
  | "bad-mnemonic"
  | "bad-name"
  | "bad-path"
  | "damaged"
  | "key-exists"
  | "unknown-key"
  | "unsupported-key"
  | "weak-passphrase"
  | "wrong-passphrase";

/** A refusal of the keyring. Secrets are never part of the message. */
export class KeyringError extends Error {
  readonly code: KeyringErrorCode;

  constructor(code: KeyringErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "KeyringError";
    this.code = code;
  }
}
