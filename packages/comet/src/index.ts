/** CometBFT data as values: headers, votes, commits, validator sets, evidence, light-client verification, chain state. */

export { maxDataBytes, txProtoSize, validateBlockBasic } from "./block.ts";
export {
  blockIdKey,
  encodeBlockId,
  isCompleteBlockId,
  isZeroBlockId,
  sameBlockId,
  validateBlockIdBasic,
  zeroBlockId,
} from "./block-id.ts";
export {
  MIN_VOTE_TIME_STEP_NS,
  medianTime,
  voteTime,
  type WeightedTime,
  weightedMedian,
} from "./block-time.ts";
export { commitHash, commitToVote, emptyCommit, validateCommitBasic, voteToCommitSig } from "./commit.ts";
export { absentCommitSig, BLOCK_ID_FLAG, encodeCommitSig, validateCommitSigBasic } from "./commit-sig.ts";
export {
  type CommitClaim,
  type TrustingClaim,
  verifyCommit,
  verifyCommitLight,
  verifyCommitLightAllSignatures,
  verifyCommitLightTrusting,
  verifyCommitLightTrustingAllSignatures,
} from "./commit-verification.ts";
export {
  consensusParamsHash,
  defaultConsensusParams,
  type FullConsensusParams,
  MAX_BLOCK_BYTES,
  updateConsensusParams,
  validateConsensusParams,
  validateConsensusParamsUpdate,
  voteExtensionsEnabled,
} from "./consensus-params.ts";
export { CometError, type CometErrorCode, isCometError } from "./errors.ts";
export {
  type CompleteDuplicateVote,
  duplicateVoteEvidence,
  validateDuplicateVoteBasic,
  verifyDuplicateVote,
} from "./evidence/duplicate-vote.ts";
export {
  type BlockPoint,
  evidenceByteSize,
  evidenceBytes,
  evidenceHash,
  evidenceHeight,
  evidenceIdHash,
  evidenceTime,
  evidenceToAbci,
  isEvidenceExpired,
  validateEvidenceBasic,
} from "./evidence/evidence.ts";
export {
  type AttackClaim,
  type AttackContext,
  byzantineValidators,
  isInvalidHeader,
  lightClientAttackEvidence,
  validateLightClientAttackBasic,
  verifyLightClientAttack,
} from "./evidence/light-client-attack.ts";
export {
  type GenesisDoc,
  type GenesisValidator,
  genesisToCometJson,
  genesisToSdkJson,
  parseGenesis,
  validateGenesis,
} from "./files/genesis.ts";
export {
  checkSignState,
  emptySignState,
  SIGN_STEP,
  type SignDecision,
  type Signing,
  type SignRequest,
  type SignState,
  signProposal,
  signStateFromJson,
  signStateToJson,
  signVote,
} from "./files/sign-state.ts";
export {
  type KeyPair,
  keyPairOfSeed,
  nodeId,
  nodeKeyFromJson,
  nodeKeyToJson,
  privValidatorKeyFromJson,
  privValidatorKeyToJson,
} from "./files/validator-key.ts";
export { BLOCK_PROTOCOL, headerHash, MAX_CHAIN_ID_LENGTH, validateHeaderBasic } from "./header.ts";
export {
  blockFromRpcJson,
  blockResultsToRpcJson,
  blockToRpcJson,
  eventFromRpcJson,
  eventToRpcJson,
  execTxResultFromRpcJson,
  execTxResultToRpcJson,
} from "./json/block.ts";
export {
  consensusParamsFromRpcJson,
  consensusParamsToRpcJson,
  consensusParamsUpdateToRpcJson,
} from "./json/consensus-params.ts";
export { evidenceFromRpcJson, evidenceToRpcJson } from "./json/evidence.ts";
export {
  blockIdFromRpcJson,
  blockIdToRpcJson,
  blockMetaFromRpcJson,
  blockMetaToRpcJson,
  commitFromRpcJson,
  commitToRpcJson,
  headerFromRpcJson,
  headerToRpcJson,
  signedHeaderFromRpcJson,
  signedHeaderToRpcJson,
  voteFromRpcJson,
  voteToRpcJson,
} from "./json/header.ts";
export {
  bytesJson,
  goJsonText,
  hexJson,
  type JsonObject,
  type JsonReader,
  type JsonValue,
  parseJsonText,
  readJson,
  timeJson,
} from "./json/json-value.ts";
export {
  publicKeyFromRpcJson,
  publicKeyToRpcJson,
  validatorUpdateFromRpcJson,
  validatorUpdateToRpcJson,
} from "./json/public-key.ts";
export {
  lightBlockFromRpcJson,
  lightBlockToRpcJson,
  validatorFromRpcJson,
  validatorsPageFromRpcJson,
  validatorsPageToRpcJson,
  validatorToRpcJson,
} from "./json/validators.ts";
export {
  type CompleteSignedHeader,
  completeSignedHeader,
  validateLightBlockBasic,
  validateSignedHeaderBasic,
} from "./light/light-block.ts";
export {
  type AdjacentStep,
  isHeaderExpired,
  type LightClock,
  type LightOptions,
  type LightVerdict,
  type SkippingStep,
  type TrustedHeader,
  trustedHeader,
  verifyAdjacent,
  verifyBackwards,
  verifyLight,
  verifyLightBlock,
  verifyNonAdjacent,
} from "./light/verify.ts";
export {
  BLOCK_PART_BYTES,
  blockId,
  encodeBlock,
  makePartSet,
  partSetHeader,
  verifyPart,
} from "./part-set.ts";
export { incrementProposerPriority, newValidatorSet, updateValidatorSet } from "./proposer-rotation.ts";
export {
  ADDRESS_LENGTH,
  ed25519Key,
  encodePublicKey,
  type PublicKeyType,
  publicKeyAddress,
  publicKeyBytes,
  publicKeyType,
  samePublicKey,
  secp256k1Key,
  splitPublicKey,
  verifySignature,
} from "./public-key.ts";
export { dataHash, deterministicResult, rememberedTxHash, resultsHash, txHash } from "./results.ts";
export {
  commitSignBytes,
  commitVoteSignBytes,
  proposalSignBytes,
  SIGNED_MESSAGE,
  voteExtensionSignBytes,
  voteSignBytes,
} from "./sign-bytes.ts";
export {
  commitInfo,
  finalizeBlockRequest,
  prepareProposalRequest,
  processProposalRequest,
} from "./state/abci-requests.ts";
export { applyBlock } from "./state/apply-block.ts";
export {
  type ApplicationStart,
  bftTime,
  type ChainState,
  genesisState,
  initChainRequest,
  nextHeight,
  proposerAt,
} from "./state/chain-state.ts";
export { decodeChainState, encodeChainState } from "./state/chain-state-bytes.ts";
export { type BlockContent, makeBlock } from "./state/make-block.ts";
export { validateBlock } from "./state/validate-block.ts";
export {
  durationToNs,
  formatTimestamp,
  GO_ZERO_TIME_NS,
  goZeroTimestamp,
  isGoZeroTimestamp,
  isValidTimestamp,
  nsToDuration,
  nsToTimestamp,
  parseTimestamp,
  timestampToNs,
} from "./time.ts";
export { assertTrustLevel, DEFAULT_TRUST_LEVEL, type TrustThreshold } from "./trust-threshold.ts";
export {
  makeValidator,
  simpleValidatorBytes,
  type Validator,
  validateValidatorBasic,
  validatorFromProto,
  validatorsToUpdates,
  validatorToProto,
  validatorUpdatesToValidators,
} from "./validator.ts";
export {
  existingValidatorSet,
  MAX_TOTAL_VOTING_POWER,
  sameValidatorSet,
  type ValidatorSet,
  validatorByAddress,
  validatorIndex,
  validatorSetFromProto,
  validatorSetToProto,
} from "./validator-set.ts";
export { validatorSetHash, validatorsHash } from "./validators-hash.ts";
export {
  validateProposalBasic,
  validateVoteBasic,
  verifyProposal,
  verifyVote,
  verifyVoteExtension,
} from "./vote.ts";
