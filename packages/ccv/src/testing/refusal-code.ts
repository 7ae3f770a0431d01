/** For tests of this package: what an act is refused with. */
import { CodedError } from "@tandem-ics/runtime";

/** `codespace/code` of the refusal, `none` when the act went well. Other errors pass through. */
export function refusalCode(act: () => unknown): string {
  try {
    act();
    return "none";
  } catch (error) {
    if (error instanceof CodedError) return `${error.codespace}/${error.code}`;
    throw error;
  }
}

/** The text of a refusal, as a transaction's log has it; `none` when the act went well. Other errors pass through. */
export function refusalText(act: () => unknown): string {
  try {
    act();
    return "none";
  } catch (error) {
    if (error instanceof CodedError) return error.message;
    throw error;
  }
}
