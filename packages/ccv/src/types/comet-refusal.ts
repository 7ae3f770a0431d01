/** Refusals of CometBFT data as refusals of the state machine. */
import { isCometError } from "@tandem-ics/comet";
import { plainError } from "@tandem-ics/runtime";

/** Runs a check of CometBFT data; what it refuses becomes an untyped refusal, as in Go. */
export function checkComet<T>(context: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!isCometError(error)) throw error;
    throw plainError(`${context}: ${error.message}`, { cause: error });
  }
}
