/** Cosmos SDK modules. */
export { decodeAddress } from "./address-text.ts";
export {
  type AuthKeeper,
  type AuthOptions,
  type AuthParams,
  createAuthModule,
  defaultAuthParams,
  type ModulePermission,
} from "./auth/index.ts";
export { assertAuthority } from "./authority.ts";
export {
  type Acceptance,
  AUTHZ_STORE,
  type Authorization,
  type AuthorizationKind,
  type AuthzKeeper,
  type AuthzOptions,
  authorizationKind,
  authzErrors,
  createAuthzModule,
} from "./authz/index.ts";
export {
  type Balance,
  type BankAuthKeeper,
  type BankKeeper,
  type BankOptions,
  type BankParams,
  bankErrors,
  type CoinsOf,
  createBankModule,
  defaultBankParams,
} from "./bank/index.ts";
export { CONSENSUS_STORE, type ConsensusOptions, createConsensusModule } from "./consensus/index.ts";
export { anyToPublicKey, consensusAddress, publicKeyToAny } from "./consensus-key.ts";
export {
  CRISIS_STORE,
  type CrisisBank,
  type CrisisModuleOptions,
  createCrisisModule,
  crisisErrors,
} from "./crisis/index.ts";
export {
  allocateWhatFits,
  createDistributionModule,
  DEFAULT_DISTRIBUTION_PARAMS,
  DISTRIBUTION_ACCOUNT,
  type DistributionKeeper,
  type DistributionModuleOptions,
  type DistributionParams,
  distributionErrors,
  FEE_COLLECTOR,
} from "./distribution/index.ts";
export {
  createEvidenceModule,
  DOUBLE_SIGN_JAIL_END_NS,
  EQUIVOCATION_TYPE_URL,
  type EvidenceKeeper,
  type EvidenceKeeperOptions,
  type EvidenceSlashing,
  type EvidenceStaking,
  evidenceErrors,
} from "./evidence/index.ts";
export {
  createFeegrantModule,
  FEEGRANT_STORE,
  type FeegrantKeeper,
  type FeegrantOptions,
  feegrantErrors,
} from "./feegrant/index.ts";
export { createGenutilModule, type GenutilModuleOptions } from "./genutil/index.ts";
export {
  type ContentKind,
  createGovModule,
  DEFAULT_GOV_PARAMS,
  type GovAuth,
  type GovBank,
  type GovDistribution,
  type GovHooks,
  type GovKeeper,
  type GovModuleOptions,
  type GovStaking,
  govErrors,
  type LegacyContent,
  type LegacyContents,
  type LegacyHandler,
  type VotingValidator,
} from "./gov/index.ts";
export {
  createMintModule,
  DEFAULT_MINT_PARAMS,
  DEFAULT_MINTER,
  MINT_ACCOUNT,
  type Minter,
  type MintKeeper,
  type MintModuleOptions,
  type MintParams,
} from "./mint/index.ts";
export { createParamsModule, PARAMS_STORE, paramsErrors } from "./params/index.ts";
export {
  createSlashingModule,
  DEFAULT_SLASHING_PARAMS,
  minSignedBlocks,
  type SigningInfo,
  type SlashableValidator,
  type SlashingKeeper,
  type SlashingModuleOptions,
  type SlashingParams,
  type SlashingStaking,
  slashingErrors,
} from "./slashing/index.ts";
export {
  addValidatorTokens,
  BONDED_POOL,
  consensusPower,
  createStakingModule,
  DEFAULT_POWER_REDUCTION,
  DEFAULT_STAKING_PARAMS,
  type Delegation,
  isBonded,
  isUnbonded,
  isUnbonding,
  NOT_BONDED_POOL,
  newValidator,
  type Redelegation,
  type RedelegationEntry,
  removeValidatorShares,
  removeValidatorTokens,
  type StakingHooks,
  type StakingKeeper,
  type StakingModuleOptions,
  type StakingParams,
  sharesFromTokens,
  sharesFromTokensTruncated,
  stakingErrors,
  tokensFromShares,
  tokensFromSharesTruncated,
  type UnbondingDelegation,
  type UnbondingEntry,
  type Validator,
  type ValidatorCommission,
  validatorFromProto,
  validatorToProto,
} from "./staking/index.ts";
export {
  createUpgradeModule,
  UPGRADE_STORE,
  type UpgradeKeeper,
  type UpgradeModuleOptions,
  upgradeErrors,
} from "./upgrade/index.ts";
export { createVestingModule, type VestingOptions } from "./vesting/index.ts";
