/** Checking what a chain says without trusting who says it: proofs of its state, headers of its validators. */
export {
  DEFAULT_TRUST_LEVEL,
  type LightOptions,
  type LightVerdict,
  lightBlockFromRpcJson,
  readJson,
  type TrustedHeader,
  type TrustThreshold,
  trustedHeader,
  type ValidatorSet,
  validatorSetFromProto,
  verifyLightBlock,
} from "@tandem-ics/comet";
export {
  IAVL_SPEC,
  type ProofClaim,
  type ProofSpec,
  SMT_SPEC,
  TENDERMINT_SPEC,
  verifyMerkleMembership,
  verifyMerkleNonMembership,
  verifyProof,
} from "@tandem-ics/store/ics23";
