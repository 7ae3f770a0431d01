/** Refusals of the server: what is wrong with an address, with bytes of a peer, or with what a chain asks for. */

/** Stable names of refusals. */
export type AbciErrorCode =
  | "invalidAddress"
  | "addressInUse"
  | "listenFailed"
  | "malformedFrame"
  | "malformedRequest"
  | "voteExtensions"
  | "halted";

/** A refusal. `code` is stable; the text says what to do where something can be done. */
export class AbciError extends Error {
  readonly code: AbciErrorCode;

  constructor(code: AbciErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "AbciError";
    this.code = code;
  }
}

/** Text of anything that was thrown. */
export const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));
