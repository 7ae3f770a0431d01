/** Errors of the localnet: what is wrong and what to do about it. */

/** What went wrong, for programs. */
export type LocalnetErrorCode =
  | "bad-topology"
  | "unknown-name"
  | "launch-failed"
  | "not-running"
  | "already-running"
  | "bad-request"
  | "timed-out"
  | "unsafe"
  | "port-taken"
  | "not-installed"
  | "invariant-broken";

/** A refusal or failure of the localnet. `hint` says what to do. */
export class LocalnetError extends Error {
  readonly code: LocalnetErrorCode;
  readonly hint: string | undefined;

  constructor(code: LocalnetErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "LocalnetError";
    this.code = code;
    this.hint = options.hint;
  }
}
