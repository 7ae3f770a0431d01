/** What a network's chains behind CometBFT have in common. */
import type { CometBinary } from "./binary.ts";

/** How many nodes, of which program. */
export interface CometSetup {
  readonly binary: CometBinary;
  /** Nodes of each chain, at least as many as validators. */
  readonly nodes: number;
  /** Names of the validators: the i-th has node i. */
  readonly validators: readonly string[];
}
