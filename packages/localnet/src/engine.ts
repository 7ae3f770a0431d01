/** What makes a chain's blocks, as the rest of a network sees it: the engine in this process, or CometBFT nodes. */
import type { DuplicateVoteEvidence } from "cosmjs-types/tendermint/types/evidence";
import type { ConsensusKey } from "./keys.ts";

/** Seeds (32 bytes, Ed25519) with which a validator may sign on one chain, by the validator's name. */
export type KeysOf = (validator: string) => readonly Uint8Array[];

/** Two votes of one validator that were made. */
export interface DoubleSign {
  readonly height: bigint;
  readonly evidence: DuplicateVoteEvidence;
}

/** A node of a chain behind CometBFT. */
export interface NodeReport {
  readonly name: string;
  /** Whose key it votes with; none has a full node. */
  readonly validator?: string;
  readonly rpc: string;
  readonly grpc?: string;
  readonly rest?: string;
  readonly home: string;
  readonly up: boolean;
  /** Of its `cometbft`. */
  readonly pid?: number;
}

/** What makes the blocks of one chain. Validators go by name: which keys they have there is the engine's matter. */
export interface ChainEngine {
  readonly kind: "local" | "cometbft";
  /** Height of the last block that the engine knows of. */
  readonly height: bigint;
  /** Goes on by the clock from now; does nothing where blocks come by themselves anyhow. */
  resume(): void;
  /** Calls back after each block. Gives a function that ends it. */
  onBlock(callback: () => void): () => void;
  /** Why the chain makes no blocks; undefined when it does. */
  standstill(): string | undefined;
  /** A further key of a validator, to sign with as soon as the chain wants it. */
  addKey(validator: string, seed: Uint8Array): void;
  /** The key with which a validator signs now; undefined when it is not in the validator set. */
  signingKey(validator: string): ConsensusKey | undefined;
  /** Takes a validator down or up again. In force when the promise is made where the engine is in this process. */
  setDown(validator: string, down: boolean): Promise<void>;
  /** Whether a validator of the set was taken down. */
  isDown(validator: string): boolean;
  /** Brings everybody up. */
  heal(): Promise<void>;
  /**
   * Makes a validator sign two blocks of one height, and hands the evidence to the chain itself where that punishes on
   * its own (the provider). Throws LocalnetError `timed-out` when it has not come to that.
   */
  doubleSign(validator: string): Promise<DoubleSign>;
  /** The chain's nodes as processes; none where all is in this one. */
  nodes(): readonly NodeReport[];
}
