/** What is wrong with a node's home directory. */

/** Stable names of refusals. */
export type HomeErrorCode =
  /** A file that must be there is not. */
  | "missingFile"
  /** A file is there and holds something else. */
  | "badFile"
  /** A file is there that would be lost. */
  | "fileExists"
  /** A key has signed at this height or a later one already. */
  | "alreadySigned"
  /** A genesis cannot be made of what was given. */
  | "badGenesis";

/** A refusal: what was wrong, and what to do about it. */
export class HomeError extends Error {
  readonly code: HomeErrorCode;
  readonly hint: string | undefined;

  constructor(code: HomeErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = "HomeError";
    this.code = code;
    this.hint = options.hint;
  }
}
