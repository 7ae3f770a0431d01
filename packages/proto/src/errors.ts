/** Refusals of this package. */

/** What was wrong, as a stable name for callers. */
export type ProtoErrorCode =
  | "unknown-type"
  | "bad-json"
  | "bad-wire"
  | "bad-value"
  | "unknown-field"
  | "not-supported";

/** Input that cannot be understood. The text is for people; code paths look at `code` only. */
export class ProtoError extends Error {
  readonly code: ProtoErrorCode;
  constructor(code: ProtoErrorCode, message: string) {
    super(message);
    this.name = "ProtoError";
    this.code = code;
  }
}
