/** For programs that talk to chains, in Node and in browsers. Works against Go chains as well. */
export {
  type CheckResult,
  checkTx,
  confirmTx,
  findTx,
  refusalOf,
  type TxEvent,
  type TxResult,
  txHashOf,
} from "./broadcast-tx.ts";
export {
  type BlockEvents,
  type ChainClient,
  type ChainStatus,
  type ConnectOptions,
  connectChain,
  type ProvenValue,
} from "./chain-client.ts";
export { createDirectSigner } from "./direct-signer.ts";
export { ClientError, type ClientErrorCode } from "./errors.ts";
export type { EvidenceCheck, EvidenceReport } from "./evidence/checks.ts";
export {
  buildDuplicateVoteEvidence,
  checkDoubleVoting,
  doubleVotingMessage,
  infractionHeader,
  orderVotes,
} from "./evidence/double-voting.ts";
export {
  type AttackFile,
  type EvidenceFile,
  formatEvidence,
  formatEvidenceFile,
  formatHeader,
  formatMisbehaviour,
  parseAttackFile,
  parseEvidenceFile,
  parseHeaderFile,
} from "./evidence/files.ts";
export { type AttackPower, attackPower, forgeHeader } from "./evidence/forge-header.ts";
export {
  type AttackContext,
  type AttackKind,
  attackKind,
  checkMisbehaviour,
  clientHeight,
  commonSigners,
  freezeMessage,
  isTrustedBy,
  misbehaviourMessage,
  type TrustedState,
} from "./evidence/light-client-attack.ts";
export { punishable } from "./evidence/punishable.ts";
export { createPollingPace, latestHeight, type Pace } from "./pace.ts";
export {
  type ChainQueries,
  type ConsumerExtension,
  type IbcCoreExtension,
  type ProviderExtension,
  type SdkExtension,
  setupConsumerExtension,
  setupIbcCoreExtension,
  setupProviderExtension,
  setupSdkExtension,
} from "./query-extensions.ts";
export { createAminoConverters, createAminoTypes, createRegistry, registryTypes } from "./registry.ts";
export { callRpc } from "./rpc.ts";
export {
  createTxSender,
  type GasPolicy,
  type TxSender,
  type TxSenderOptions,
} from "./tx-sender.ts";
export {
  DEFAULT_TRUST_LEVEL,
  IAVL_SPEC,
  type LightOptions,
  type LightVerdict,
  lightBlockFromRpcJson,
  type ProofClaim,
  type ProofSpec,
  readJson,
  SMT_SPEC,
  TENDERMINT_SPEC,
  type TrustedHeader,
  type TrustThreshold,
  trustedHeader,
  type ValidatorSet,
  validatorSetFromProto,
  verifyLightBlock,
  verifyMerkleMembership,
  verifyMerkleNonMembership,
  verifyProof,
} from "./verify.ts";
