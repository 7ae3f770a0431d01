/** Chains of proofs from a key to an app hash (IBC `MerkleProof`; ibc-go `23-commitment/types/merkle.go`). */
import { equalBytes } from "@tandem-ics/crypto";
import type { MerkleProof } from "cosmjs-types/ibc/core/commitment/v1/commitment";
import { ProofError } from "./operations.ts";
import type { ProofSpec } from "./specs.ts";
import { calculateRoot, verifyExistence, verifyNonExistence } from "./verify.ts";

/** What a chain of proofs is verified against. */
export interface MerkleStatement {
  /** One for each tree, leaf to root. */
  specs: readonly ProofSpec[];
  /** Root of the outermost tree: the app hash in a consensus state. */
  root: Uint8Array;
  /** One proof for each tree, leaf to root. */
  proof: MerkleProof;
  /** One key for each tree, root to leaf: store name, then key in the store. */
  path: readonly Uint8Array[];
}

/**
 * A chain of proofs does not hold. `kind` names the error of ibc-go's commitment types (`ErrInvalidMerkleProof` for
 * arguments that cannot be a proof, else `ErrInvalidProof`), `index` the proof at fault, counted from the leaf.
 */
export class MerkleProofError extends Error {
  readonly kind: "invalidMerkleProof" | "invalidProof";
  readonly index: number | undefined;

  constructor(kind: "invalidMerkleProof" | "invalidProof", message: string, index?: number) {
    super(index === undefined ? message : `proof ${index}: ${message}`);
    this.name = "MerkleProofError";
    this.kind = kind;
    this.index = index;
  }
}

/** Throws {@link MerkleProofError} unless the chain proves that `value` is stored at the path. */
export function verifyMerkleMembership(statement: MerkleStatement & { value: Uint8Array }): void {
  checkArguments(statement);
  if (statement.value.length === 0) throw new MerkleProofError("invalidProof", "value is empty");
  verifyChain(statement, statement.value, 0);
}

/** Throws {@link MerkleProofError} unless the chain proves that nothing is stored at the path. */
export function verifyMerkleNonMembership(statement: MerkleStatement): void {
  checkArguments(statement);
  const { specs, proof, path } = statement;
  const root = at(0, () => calculateRoot(proof.proofs[0]!));
  const { nonexist } = proof.proofs[0]!;
  if (nonexist === undefined) throw new MerkleProofError("invalidProof", "not a nonexistence proof", 0);
  at(0, () => verifyNonExistence(nonexist, specs[0]!, root, path[path.length - 1]!));
  verifyChain(statement, root, 1);
}

function checkArguments({ specs, root, proof, path }: MerkleStatement): void {
  const count = proof.proofs.length;
  if (count === 0) throw new MerkleProofError("invalidMerkleProof", "there are no proofs");
  if (root.length === 0) throw new MerkleProofError("invalidMerkleProof", "root is empty");
  if (specs.length !== count)
    throw new MerkleProofError("invalidMerkleProof", `${specs.length} specs, ${count} proofs`);
  if (path.length !== count)
    throw new MerkleProofError("invalidProof", `${path.length} keys, ${count} proofs`);
}

/** Each proof from `from` on proves the root below it; the last one leads to the root of the statement. */
function verifyChain({ specs, root, proof, path }: MerkleStatement, value: Uint8Array, from: number): void {
  let below = value;
  for (let i = from; i < proof.proofs.length; i++) {
    const calculated = at(i, () => calculateRoot(proof.proofs[i]!));
    const { exist } = proof.proofs[i]!;
    if (exist === undefined) throw new MerkleProofError("invalidProof", "not an existence proof", i);
    at(i, () => verifyExistence(exist, specs[i]!, calculated, path[path.length - 1 - i]!, below));
    below = calculated;
  }
  if (!equalBytes(root, below)) throw new MerkleProofError("invalidProof", "the chain leads to another root");
}

function at<T>(index: number, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof ProofError) throw new MerkleProofError("invalidProof", error.message, index);
    throw error;
  }
}
