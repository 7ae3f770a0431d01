/** Staking: validators, delegations, and who is bonded (SDK x/staking). */
import type { AppModule, Context, GenesisValidatorEntry } from "@tandem-ics/runtime";
import { createStakingGenesis } from "./genesis.ts";
import { createStakingInvariants } from "./invariants.ts";
import { createStakingKeeper, type StakingKeeper, type StakingKeeperOptions } from "./keeper.ts";
import { createStakingMessages } from "./messages.ts";
import { createStakingQueries } from "./queries.ts";
import { STAKING_STORE } from "./state.ts";

/** What the module is made with. */
export interface StakingModuleOptions extends StakingKeeperOptions {
  /** Account that may change the params, bech32: the gov module's. */
  readonly authority: string;
  /**
   * Whether genesis and the end of a block return the validator updates; true by default. A CCV provider returns its own,
   * which are filtered.
   */
  readonly returnValidatorUpdates?: boolean;
}

/** Makes the module and its keeper. Register hooks on the keeper before the first block. */
export function createStakingModule(options: StakingModuleOptions): {
  keeper: StakingKeeper;
  module: AppModule;
} {
  const { authority, returnValidatorUpdates = true } = options;
  const party = createStakingKeeper(options);
  const { keeper } = party;
  const genesis = createStakingGenesis(party);
  const module: AppModule = {
    name: "staking",
    stores: { [STAKING_STORE]: "iavl" },
    messages: createStakingMessages(party, authority),
    queries: createStakingQueries(party),
    beginBlock: (ctx) => keeper.trackHistoricalInfo(ctx),
    endBlock(ctx) {
      const updates = keeper.blockValidatorUpdates(ctx);
      return returnValidatorUpdates ? updates : undefined;
    },
    defaultGenesis: () => genesis.defaultState(),
    validateGenesis: (state) => genesis.validate(state),
    initGenesis(ctx, state) {
      const updates = genesis.init(ctx, state);
      return returnValidatorUpdates ? updates : undefined;
    },
    exportGenesis: (ctx) => genesis.export(ctx),
    ...(returnValidatorUpdates ? { genesisValidators: (ctx: Context) => bondedEntries(ctx, keeper) } : {}),
    invariants: createStakingInvariants(party),
  };
  return { keeper, module };
}

/** The last set as an exported genesis document lists it. */
const bondedEntries = (ctx: Context, keeper: StakingKeeper): GenesisValidatorEntry[] =>
  keeper.lastValidators(ctx).map(({ publicKey, operator, description }) => ({
    pubKey: publicKey,
    power: keeper.lastValidatorPower(ctx, operator),
    name: description.moniker,
  }));

export type {
  Delegation,
  Redelegation,
  RedelegationEntry,
  UnbondingDelegation,
  UnbondingEntry,
} from "./delegation.ts";
export { BONDED_POOL, NOT_BONDED_POOL } from "./dependencies.ts";
export { stakingErrors } from "./errors.ts";
export type { StakingHooks } from "./hooks.ts";
export { DEFAULT_POWER_REDUCTION, type StakingKeeper } from "./keeper.ts";
export { DEFAULT_STAKING_PARAMS, type StakingParams } from "./params.ts";
export {
  addTokens as addValidatorTokens,
  type Commission as ValidatorCommission,
  consensusPower,
  isBonded,
  isUnbonded,
  isUnbonding,
  newValidator,
  removeShares as removeValidatorShares,
  removeTokens as removeValidatorTokens,
  sharesFromTokens,
  sharesFromTokensTruncated,
  tokensFromShares,
  tokensFromSharesTruncated,
  type Validator,
  validatorFromProto,
  validatorToProto,
} from "./validator.ts";
