/** Errors of the node: refusals that a caller can act on, and the two ways in which a chain stops. */

/** Stable names of refusals. */
export type NodeErrorCode =
  | "txInCache"
  | "txTooLarge"
  | "mempoolFull"
  | "preCheckFailed"
  | "invalidQuery"
  | "invalidEvidence"
  | "unknownValidator"
  | "alreadyStarted"
  | "notStarted"
  | "missingData"
  | "handshakeFailed"
  | "noQuorum"
  | "halted"
  | "listenFailed";

/** A refusal with a stable code; the text is CometBFT's where clients read it. */
export class NodeError extends Error {
  readonly code: NodeErrorCode;

  constructor(code: NodeErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "NodeError";
    this.code = code;
  }
}

/** The application failed while executing a block, or its answer broke a rule. The chain stays stopped at `height`. */
export class HaltError extends NodeError {
  /** Height of the block that could not be executed. */
  readonly height: bigint;

  constructor(height: bigint, message: string, options?: { cause?: unknown }) {
    super("halted", `halted at height ${height}: ${message}`, options);
    this.name = "HaltError";
    this.height = height;
  }
}

/** No block can be decided: the validators that are up do not hold more than two thirds of the power. */
export class NoQuorumError extends NodeError {
  readonly height: bigint;
  /** Power of the validators that would sign. */
  readonly power: bigint;
  /** A block needs more than this. */
  readonly needed: bigint;

  constructor(height: bigint, power: bigint, needed: bigint) {
    super("noQuorum", `no quorum at height ${height}: power ${power} is up, more than ${needed} is needed`);
    this.name = "NoQuorumError";
    this.height = height;
    this.power = power;
    this.needed = needed;
  }
}

/** Application and node disagree about what was committed, and replaying blocks cannot settle it. */
export class HandshakeError extends NodeError {
  constructor(message: string, options?: { cause?: unknown }) {
    super("handshakeFailed", message, options);
    this.name = "HandshakeError";
  }
}

/** Text of anything that was thrown. */
export const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));
