/** ICS-23 vector commitments: proof specs and verification. Pure: no input, output or state. */
export { checkExistence, checkInner, checkLeaf } from "./check.ts";
export {
  decodeCommitmentProof,
  decodeMerkleProof,
  decodeProofSpec,
  encodeCommitmentProof,
  encodeMerkleProof,
  encodeProofSpec,
} from "./codec.ts";
export { decompress } from "./compress.ts";
export {
  MerkleProofError,
  type MerkleStatement,
  verifyMerkleMembership,
  verifyMerkleNonMembership,
} from "./merkle.ts";
export {
  branchOf,
  isLeftMost,
  isLeftNeighbour,
  isRightMost,
  leftBranchesAreEmpty,
  rightBranchesAreEmpty,
} from "./neighbours.ts";
export {
  applyInner,
  applyLeaf,
  doHash,
  doHashOrNothing,
  doLength,
  HASH,
  LENGTH,
  ProofError,
} from "./operations.ts";
export { IAVL_SPEC, PROOF_SPECS, type ProofSpec, SMT_SPEC, specEquals, TENDERMINT_SPEC } from "./specs.ts";
export {
  calculateExistenceRoot,
  calculateRoot,
  verifyExistence,
  verifyMembership,
  verifyNonExistence,
  verifyNonMembership,
} from "./verify.ts";
export { type ProofClaim, verifyProof } from "./verify-bytes.ts";
