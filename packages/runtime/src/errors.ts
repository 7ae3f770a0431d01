/** Errors of the state machine: a codespace and a code that enter result hashes and acknowledgements, as in the SDK. */

/** A refusal: bad input, caught at a boundary. `codespace` and `code` are consensus data, the text is not. */
export class CodedError extends Error {
  readonly codespace: string;
  readonly code: number;

  constructor(codespace: string, code: number, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "CodedError";
    this.codespace = codespace;
    this.code = code;
  }
}

/** A registered error. Call it to make one: `errNotFound("client 07-tendermint-3")` reads `client …: <text>`. */
export interface ErrorKind {
  (detail?: string, options?: { cause?: unknown }): CodedError;
  readonly codespace: string;
  readonly code: number;
  readonly text: string;
  /** Whether `error` is of this kind. */
  is(error: unknown): boolean;
}

/** Codespace and code of everything that carries none (SDK `errors/abci.go`). */
export const UNDEFINED_CODESPACE = "undefined";
/** Code of an unregistered error. */
export const INTERNAL_CODE = 1;
/** Code of a recovered panic, in codespace `undefined`… the SDK's `ErrPanic`. */
export const PANIC_CODE = 111222;

/**
 * The errors of one module. Codes are state-breaking: never reused, never changed.
 * @throws InvariantError when two names share a code.
 */
export function defineErrors<const T extends Record<string, readonly [code: number, text: string]>>(
  codespace: string,
  table: T,
): { readonly [K in keyof T]: ErrorKind } {
  const seen = new Set<number>();
  const kinds: Record<string, ErrorKind> = {};
  for (const [name, [code, text]] of Object.entries(table)) {
    assert(!seen.has(code), `error code ${codespace}/${code} is defined twice`);
    seen.add(code);
    const make = (detail?: string, options?: { cause?: unknown }): CodedError =>
      new CodedError(codespace, code, detail === undefined ? text : `${detail}: ${text}`, options);
    kinds[name] = Object.assign(make, {
      codespace,
      code,
      text,
      is: (error: unknown): boolean =>
        error instanceof CodedError && error.codespace === codespace && error.code === code,
    });
  }
  return kinds as { readonly [K in keyof T]: ErrorKind };
}

/** An unregistered refusal: codespace `undefined`, code 1, as a plain Go error becomes. */
export const plainError = (message: string, options?: { cause?: unknown }): CodedError =>
  new CodedError(UNDEFINED_CODESPACE, INTERNAL_CODE, message, options);

/** The same error with context in front of its text; codespace and code stay. */
export const wrapError = (error: CodedError, context: string): CodedError =>
  new CodedError(error.codespace, error.code, `${context}: ${error.message}`, { cause: error });

/** What `act` gives; what it refuses with is told with `context` in front, as Go wraps errors. */
export function inContext<T>(context: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw error instanceof CodedError ? wrapError(error, context) : error;
  }
}

/** A broken invariant: a fault of the program or its stores. Never caught to go on; it stops the chain. */
export class InvariantError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "InvariantError";
  }
}

/** Stops the chain unless `condition` holds. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}
