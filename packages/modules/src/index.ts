/** Cosmos SDK modules. */
export {
  type AuthKeeper,
  type AuthOptions,
  type AuthParams,
  createAuthModule,
  defaultAuthParams,
  type ModulePermission,
} from "./auth/index.ts";
export { assertAuthority, govErrors } from "./authority.ts";
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
  type Redelegation,
  type RedelegationEntry,
  type StakingHooks,
  type StakingKeeper,
  type StakingModuleOptions,
  type StakingParams,
  sharesFromTokens,
  stakingErrors,
  tokensFromShares,
  type UnbondingDelegation,
  type UnbondingEntry,
  type Validator,
  type ValidatorCommission,
  validatorFromProto,
  validatorToProto,
} from "./staking/index.ts";
