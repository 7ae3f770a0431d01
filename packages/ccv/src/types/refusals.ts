/** Which thrown errors may be survived: refusals, never what aborts a whole transaction. */
import { CodedError } from "@tandem-ics/runtime";

/**
 * What interchain-security panics with inside a transaction: it fails as a whole, and a packet callback that throws
 * this writes no acknowledgement. No {@link CodedError} on purpose: nobody may go on without the failed part.
 */
export class TransactionAbort extends Error {
  constructor(reason: string, options?: { cause?: unknown }) {
    super(reason, options);
    this.name = "TransactionAbort";
  }
}

/** Whether `error` is a refusal that its caller may answer; an empty gas meter and broken invariants are none. */
export const isRefusal = (error: unknown): error is CodedError => error instanceof CodedError;

/** Runs `act` and returns its refusal, if it refused. */
export function refusalOf(act: () => void): CodedError | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (isRefusal(error)) return error;
    throw error;
  }
}
