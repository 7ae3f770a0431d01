/** Refusals of the stores; codespace and codes as SDK `store/types/errors.go`. */

/** What went wrong; the number is the ABCI code. */
export type StoreErrorCode = keyof typeof CODES;

const CODES = {
  invalidProof: 2,
  undecodable: 3,
  unknownRequest: 4,
  logic: 5,
  conflict: 6,
  invalidRequest: 7,
} as const;

/** A store refused a request. `codespace` and `code` are those of the SDK's store. */
export class StoreError extends Error {
  readonly codespace = "store";
  readonly code: number;
  readonly kind: StoreErrorCode;

  constructor(kind: StoreErrorCode, message: string) {
    super(message);
    this.name = "StoreError";
    this.kind = kind;
    this.code = CODES[kind];
  }
}
