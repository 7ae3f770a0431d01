/** Slashing: validators that miss blocks or sign twice (SDK x/slashing). */
import type { AppModule } from "@tandem-ics/runtime";
import type { StakingHooks } from "../staking/hooks.ts";
import {
  defaultSlashingGenesis,
  exportSlashingGenesis,
  initSlashingGenesis,
  validateSlashingGenesis,
} from "./genesis.ts";
import { createSlashingKeeper, type SlashingKeeper, type SlashingKeeperOptions } from "./keeper.ts";
import { createSlashingMessages } from "./messages.ts";
import { createSlashingQueries } from "./queries.ts";
import { SLASHING_STORE } from "./state.ts";

/** What the module is made with. */
export interface SlashingModuleOptions extends SlashingKeeperOptions {
  /** Account that may change the params, bech32: the gov module's. */
  readonly authority: string;
}

/** Makes the module, its keeper and the hooks that staking must call. */
export function createSlashingModule(options: SlashingModuleOptions): {
  keeper: SlashingKeeper;
  module: AppModule;
  hooks: Partial<StakingHooks>;
} {
  const party = createSlashingKeeper(options);
  const { keeper } = party;
  const { staking, authority } = options;
  const hooks: Partial<StakingHooks> = {
    afterValidatorBonded: (ctx, consAddr) => keeper.afterValidatorBonded(ctx, consAddr),
    afterValidatorCreated: (ctx, valAddr) =>
      keeper.addPublicKey(ctx, staking.requireValidator(ctx, valAddr).publicKey),
    afterValidatorRemoved: (ctx, consAddr) => keeper.removePublicKey(ctx, consAddr),
  };
  const module: AppModule = {
    name: "slashing",
    stores: { [SLASHING_STORE]: "iavl" },
    messages: createSlashingMessages(party, authority),
    queries: createSlashingQueries(party),
    beginBlock: party.handleVotes,
    defaultGenesis: defaultSlashingGenesis,
    validateGenesis: validateSlashingGenesis,
    initGenesis(ctx, state) {
      initSlashingGenesis(ctx, party, state);
      return undefined;
    },
    exportGenesis: (ctx) => exportSlashingGenesis(ctx, party),
  };
  return { keeper, module, hooks };
}

export type { SlashableValidator, SlashingStaking } from "./dependencies.ts";
export { slashingErrors } from "./errors.ts";
export type { SlashingKeeper } from "./keeper.ts";
export { DEFAULT_SLASHING_PARAMS, minSignedBlocks, type SlashingParams } from "./params.ts";
export type { SigningInfo } from "./state.ts";
