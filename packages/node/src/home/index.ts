/** A node's home directory in the layout of the Go binaries: genesis, keys, and what the keys have signed. */
export { HomeError, type HomeErrorCode } from "./errors.ts";
export { exportedGenesis } from "./exported-genesis.ts";
export {
  BECH32_PREFIX,
  type ChainKind,
  type GenesisForm,
  type GenesisInput,
  genesisText,
  newConsumerGenesis,
  newProviderGenesis,
  readGenesisFile,
  writeGenesisFile,
} from "./genesis-file.ts";
export {
  accountSections,
  type FirstValidator,
  type GenesisAccount,
  stakePool,
  stakingSection,
  withParams,
} from "./genesis-sections.ts";
export {
  createKeyFiles,
  readHomeKey,
  readNodeKey,
  readSignState,
  readValidatorKey,
  stateFileOf,
  type ValidatorKeyFile,
  writeSignState,
} from "./key-files.ts";
export { type HomeLayout, homeLayout } from "./layout.ts";
export { createVoteGuard } from "./vote-guard.ts";
export { writeWholeFile } from "./whole-file.ts";
