/** Errors of relaying: what could not be carried, and whether a later try can succeed. */

/** What went wrong, for programs. */
export type RelayErrorCode =
  | "client-not-found"
  | "consumer-not-found"
  | "client-inactive"
  | "handshake"
  | "packet-lost"
  | "not-provable";

/** A failure of the relayer itself; chains' refusals are `ClientError`s. */
export class RelayError extends Error {
  readonly code: RelayErrorCode;
  readonly retryable: boolean;

  constructor(code: RelayErrorCode, message: string, options: { cause?: unknown; retryable?: boolean } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "RelayError";
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}
