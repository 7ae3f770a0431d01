/** Exit codes by kind of failure, and errors on their way to them. */
import { ClientError } from "@tandem-ics/client";
import { type ControlError, EvidenceRefused, LocalnetError, toControlError } from "@tandem-ics/localnet";
import { RelayError } from "@tandem-ics/relayer";
import { hintOf } from "./hints.ts";

/** What a shell sees. */
export const EXIT = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  notFound: 3,
  rejected: 4,
  timeout: 5,
  verification: 6,
  unsafe: 7,
  unreachable: 8,
} as const;

/** A failure of a command: a stable code, what was wrong, what to do. */
export class CliError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly abci: { readonly codespace: string; readonly code: number } | undefined;
  readonly details: unknown;

  constructor(error: ControlError, options?: { cause?: unknown }) {
    super(error.message, options);
    this.name = "CliError";
    this.code = error.code;
    this.hint = error.hint;
    this.abci = error.abci;
    this.details = error.details;
  }
}

/** A command that was called wrongly. */
export const usageError = (message: string, hint?: string): CliError =>
  new CliError({ code: "usage", message, ...(hint === undefined ? {} : { hint }) });

const BY_CODE: Readonly<Record<string, number>> = {
  usage: EXIT.usage,
  "bad-topology": EXIT.usage,
  "bad-request": EXIT.usage,
  "bad-input": EXIT.usage,
  "unknown-name": EXIT.notFound,
  "not-found": EXIT.notFound,
  "query-failed": EXIT.notFound,
  "client-not-found": EXIT.notFound,
  "consumer-not-found": EXIT.notFound,
  "not-connected": EXIT.notFound,
  "tx-rejected": EXIT.rejected,
  "tx-failed": EXIT.rejected,
  "tx-timeout": EXIT.timeout,
  "timed-out": EXIT.timeout,
  "launch-failed": EXIT.timeout,
  "evidence-refused": EXIT.verification,
  "bad-evidence": EXIT.verification,
  "check-failed": EXIT.verification,
  "client-inactive": EXIT.verification,
  "invariant-broken": EXIT.verification,
  unsafe: EXIT.unsafe,
  "already-running": EXIT.unsafe,
  "not-running": EXIT.unreachable,
  "port-taken": EXIT.unreachable,
  "not-installed": EXIT.notFound,
  unreachable: EXIT.unreachable,
  "disk-full": EXIT.unreachable,
  "disk-read-only": EXIT.unreachable,
  "disk-failed": EXIT.unreachable,
};

/** Any error as the command line shows it. */
export function toCliError(error: unknown): CliError {
  if (error instanceof CliError) return error;
  if (error instanceof ClientError)
    return new CliError({ ...toControlError(error), ...hintOf(error) }, { cause: error });
  if (error instanceof LocalnetError || error instanceof EvidenceRefused)
    return new CliError(toControlError(error), { cause: error });
  if (error instanceof RelayError)
    return new CliError({ code: error.code, message: error.message }, { cause: error });
  return new CliError(
    { code: "unexpected", message: error instanceof Error ? error.message : String(error) },
    { cause: error },
  );
}

/** The exit code of an error. */
export const exitCodeOf = (error: CliError): number => BY_CODE[error.code] ?? EXIT.unexpected;
