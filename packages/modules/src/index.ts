/** Cosmos SDK modules. */
export {
  type AuthKeeper,
  type AuthOptions,
  type AuthParams,
  createAuthModule,
  defaultAuthParams,
  type ModulePermission,
} from "./auth/index.ts";
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
