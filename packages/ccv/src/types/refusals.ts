/** Which thrown errors may be survived: refusals, but never an empty gas meter or what aborts a whole transaction. */
import { CodedError, PANIC_CODE, UNDEFINED_CODESPACE } from "@tandem-ics/runtime";

const OUT_OF_GAS_CODE = 11;

/** Whether `error` is a refusal that its caller may answer; gas and aborts are not. */
export const isRefusal = (error: unknown): error is CodedError =>
  error instanceof CodedError &&
  !(error.codespace === "sdk" && error.code === OUT_OF_GAS_CODE) &&
  !(error.codespace === UNDEFINED_CODESPACE && error.code === PANIC_CODE);

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

/**
 * What interchain-security panics with inside a transaction: the transaction fails as a whole, and a packet callback
 * that throws it writes no acknowledgement.
 */
export const transactionAbort = (reason: string, options?: { cause?: unknown }): CodedError =>
  new CodedError(UNDEFINED_CODESPACE, PANIC_CODE, reason, options);
