/** Refusals of this package: what is wrong with a header, a commit, a set of validators, evidence or a file. */

/** Stable names of refusals. The fields of each are given where it is thrown. */
export type CometErrorCode =
  // values that no honest node makes
  | "invalidPublicKey"
  | "invalidBlockId"
  | "invalidHeader"
  | "invalidCommit"
  | "invalidVote"
  | "invalidProposal"
  | "invalidSignedHeader"
  | "invalidLightBlock"
  | "invalidValidator"
  | "invalidPart"
  | "invalidBlock"
  | "invalidEvidence"
  | "invalidConsensusParams"
  // validator sets
  | "emptyValidatorSet"
  | "proposerNotInSet"
  | "duplicateValidator"
  | "negativeVotingPower"
  | "votingPowerTooHigh"
  | "totalVotingPowerTooHigh"
  | "unknownValidator"
  | "removalNotAllowed"
  | "keyTypeNotAllowed"
  // commits
  | "wrongCommitSize"
  | "wrongCommitHeight"
  | "wrongBlockId"
  | "wrongSignature"
  | "addressMismatch"
  | "doubleVote"
  | "notEnoughVotingPower"
  | "invalidTrustLevel"
  // light client
  | "headersNotAdjacent"
  | "headersAdjacent"
  | "headerExpired"
  | "wrongNextValidators"
  | "notEnoughTrust"
  // blocks against the state of a chain
  | "wrongResultCount"
  | "blockMismatch"
  // JSON and files
  | "invalidJson"
  | "invalidGenesis"
  | "signRegression"
  | "conflictingSignData";

/** A refusal. `code` is stable; `fields` carry ids and values for logs and callers. */
export class CometError extends Error {
  readonly code: CometErrorCode;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(
    code: CometErrorCode,
    message: string,
    fields: Readonly<Record<string, unknown>> = {},
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = "CometError";
    this.code = code;
    this.fields = fields;
  }
}

/** Whether `error` is a refusal of this package, and of kind `code` where one is given. */
export const isCometError = (error: unknown, code?: CometErrorCode): error is CometError =>
  error instanceof CometError && (code === undefined || error.code === code);

/** Runs `check`; a refusal in it becomes the cause of one with `code` and its text after `context`. */
export function within<T>(code: CometErrorCode, context: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!isCometError(error)) throw error;
    throw new CometError(code, `${context}: ${error.message}`, error.fields, { cause: error });
  }
}
