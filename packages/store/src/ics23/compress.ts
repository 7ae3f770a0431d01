/** Batches that share their inner operations (ICS-23, Go `compress.go` of v0.11). */
import type {
  CommitmentProof,
  CompressedBatchEntry,
  CompressedExistenceProof,
  ExistenceProof,
  InnerOp,
  NonExistenceProof,
} from "cosmjs-types/cosmos/ics23/v1/proofs";
import { ProofError } from "./operations.ts";

/** A compressed batch as a plain one; other proofs as they are. Throws {@link ProofError} for a step out of the table. */
export function decompress(proof: CommitmentProof): CommitmentProof {
  if (proof.compressed === undefined) return proof;
  const { entries, lookupInners } = proof.compressed;
  return { batch: { entries: entries.map((entry) => decompressEntry(entry, lookupInners)) } };
}

function decompressEntry(
  { exist, nonexist }: CompressedBatchEntry,
  steps: readonly InnerOp[],
): { exist?: ExistenceProof; nonexist?: NonExistenceProof } {
  if (exist !== undefined) return { exist: decompressExistence(exist, steps) };
  if (nonexist === undefined) throw new ProofError("compressed batch has an empty entry");
  const out: NonExistenceProof = { key: nonexist.key };
  if (nonexist.left !== undefined) out.left = decompressExistence(nonexist.left, steps);
  if (nonexist.right !== undefined) out.right = decompressExistence(nonexist.right, steps);
  return { nonexist: out };
}

function decompressExistence(proof: CompressedExistenceProof, steps: readonly InnerOp[]): ExistenceProof {
  const path = proof.path.map((index) => {
    const step = steps[index];
    if (step === undefined)
      throw new ProofError(`compressed proof names step ${index}, which does not exist`);
    return step;
  });
  const { key, value, leaf } = proof;
  return leaf === undefined ? { key, value, path } : { key, value, leaf, path };
}
