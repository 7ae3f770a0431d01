/** One call for those who have a proof as bytes and want yes or no. */
import { decodeCommitmentProof } from "./codec.ts";
import { ProofError } from "./operations.ts";
import type { ProofSpec } from "./specs.ts";
import { verifyMembership, verifyNonMembership } from "./verify.ts";

/** What a proof is said to show. */
export interface ProofClaim {
  /** Kind of tree: `IAVL_SPEC` for a store of the SDK, `TENDERMINT_SPEC` for the tree over all stores. */
  readonly spec: ProofSpec;
  /** Root hash of the tree. */
  readonly root: Uint8Array;
  /** A `cosmos.ics23.v1.CommitmentProof`, encoded. */
  readonly proof: Uint8Array;
  readonly key: Uint8Array;
  /** What the key holds; undefined for: nothing is stored under the key. An empty value is a value. */
  readonly value?: Uint8Array | undefined;
}

/** Whether the proof shows what is claimed. False for bytes that are no proof as well; never throws for bad input. */
export function verifyProof({ spec, root, proof, key, value }: ProofClaim): boolean {
  try {
    const decoded = decodeCommitmentProof(proof);
    return value === undefined
      ? verifyNonMembership(spec, root, decoded, key)
      : verifyMembership(spec, root, decoded, key, value);
  } catch (error) {
    if (error instanceof ProofError) return false;
    throw error;
  }
}
