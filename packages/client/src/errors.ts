/** Errors of talking to a chain: a stable code, whether trying again can help, and the chain concerned. */

/** What went wrong, for programs. */
export type ClientErrorCode =
  | "unreachable"
  | "bad-response"
  | "tx-rejected"
  | "tx-failed"
  | "tx-timeout"
  | "query-failed"
  | "not-found"
  | "bad-evidence"
  | "bad-input";

/** A failure while reading from or writing to a chain. */
export class ClientError extends Error {
  readonly code: ClientErrorCode;
  readonly retryable: boolean;
  readonly chainId: string | undefined;
  /** Codespace and code of the chain's answer, where it gave one. */
  readonly abci: { readonly codespace: string; readonly code: number } | undefined;

  constructor(
    code: ClientErrorCode,
    message: string,
    options: {
      cause?: unknown;
      retryable?: boolean;
      chainId?: string;
      abci?: { codespace: string; code: number };
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "ClientError";
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.chainId = options.chainId;
    this.abci = options.abci;
  }
}
