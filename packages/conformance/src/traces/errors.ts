/** What can go wrong with traces beside a difference. */

/** `bad-trace`: the file is no trace; `not-found`: there is no such file or directory. */
export type TraceErrorCode = "bad-trace" | "not-found";

/** A file that cannot be replayed at all. */
export class TraceError extends Error {
  readonly code: TraceErrorCode;
  /** What is wrong, without the file that the message begins with. */
  readonly reason: string;

  constructor(code: TraceErrorCode, reason: string, options: { file?: string; cause?: unknown } = {}) {
    const { file, ...rest } = options;
    super(file === undefined ? reason : `${file}: ${reason}`, rest);
    this.name = "TraceError";
    this.code = code;
    this.reason = reason;
  }
}

/** The chains do what the model does not: the end of a replay, with the place and both sides. */
export class Mismatch extends Error {
  /** Where in the state, such as `provider.keyOwners.consumer1.consAddr3`; `action` when the action itself went otherwise. */
  readonly field: string;
  readonly expected: unknown;
  readonly found: unknown;

  constructor(field: string, expected: unknown, found: unknown) {
    super(`${field}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`);
    this.name = "Mismatch";
    this.field = field;
    this.expected = expected;
    this.found = found;
  }
}
