/** Distribution: fees become rewards of validators and delegators (SDK x/distribution). */
import type { AppModule, Context } from "@tandem-ics/runtime";
import type { StakingHooks } from "../staking/hooks.ts";
import {
  defaultDistributionGenesis,
  exportDistributionGenesis,
  initDistributionGenesis,
  validateDistributionGenesis,
} from "./genesis.ts";
import { brokenAccount, createDistributionInvariants } from "./invariants.ts";
import {
  createDistributionKeeper,
  type DistributionKeeper,
  type DistributionKeeperOptions,
} from "./keeper.ts";
import { createDistributionMessages } from "./messages.ts";
import { createDistributionQueries } from "./queries.ts";
import { DISTRIBUTION_STORE } from "./state.ts";

/** What the module is made with. */
export interface DistributionModuleOptions extends DistributionKeeperOptions {
  /** Account that may change the params and spend the community pool, bech32: the gov module's. */
  readonly authority: string;
}

/** Makes the module, its keeper and the hooks that staking must call. */
export function createDistributionModule(options: DistributionModuleOptions): {
  keeper: DistributionKeeper;
  module: AppModule;
  /**
   * What to check of chains that share out rewards and lose fractions of a coin, as providers do with those of consumers:
   * one coin of each denomination may be nobody's. The module's own invariants say so to `MsgVerifyInvariant`.
   */
  lossyInvariants: NonNullable<AppModule["invariants"]>;
  hooks: Partial<StakingHooks>;
} {
  const party = createDistributionKeeper(options);
  const { keeper, hooks, parts } = party;
  const invariants = createDistributionInvariants(party);
  const module: AppModule = {
    name: "distribution",
    stores: { [DISTRIBUTION_STORE]: "iavl" },
    messages: createDistributionMessages(party, options.authority),
    queries: createDistributionQueries(party),
    beginBlock(ctx) {
      const { votes } = ctx.block.lastCommit;
      const total = votes.reduce((sum, { validator }) => sum + validator.power, 0n);
      if (ctx.height > 1n) keeper.allocateTokens(ctx, total, votes);
      parts.state.previousProposer.set(ctx, ctx.block.proposerAddress);
    },
    defaultGenesis: defaultDistributionGenesis,
    validateGenesis: validateDistributionGenesis,
    initGenesis(ctx, state) {
      initDistributionGenesis(ctx, party, state);
      return undefined;
    },
    exportGenesis: (ctx) => exportDistributionGenesis(ctx, party),
    invariants,
  };
  const lossyInvariants = {
    ...invariants,
    "module-account": (ctx: Context) => brokenAccount(party, ctx, 1n),
  };
  return { keeper, module, lossyInvariants, hooks };
}

export { allocateWhatFits } from "./allocation.ts";
export { DISTRIBUTION_ACCOUNT, FEE_COLLECTOR } from "./dependencies.ts";
export { distributionErrors } from "./errors.ts";
export type { DistributionKeeper } from "./keeper.ts";
export { DEFAULT_DISTRIBUTION_PARAMS, type DistributionParams } from "./params.ts";
