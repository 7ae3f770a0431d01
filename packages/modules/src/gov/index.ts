/** Governance: proposals that stakers vote on, and that are carried out when they pass (SDK x/gov, v1 and v1beta1). */
import type { AppModule } from "@tandem-ics/runtime";
import { endBlock } from "./end-block.ts";
import { defaultGovGenesis, exportGovGenesis, initGovGenesis, validateGovGenesis } from "./genesis.ts";
import { createGovKeeper, type GovKeeper, type GovKeeperOptions } from "./keeper.ts";
import { createLegacyGovMessages } from "./legacy-messages.ts";
import { createLegacyGovQueries } from "./legacy-queries.ts";
import { createGovActs, createGovMessages } from "./messages.ts";
import { createGovAnswers, createGovQueries } from "./queries.ts";
import { GOV_STORE } from "./state.ts";

/** What the module is made with. */
export interface GovModuleOptions extends GovKeeperOptions {
  /** Account that may change the params, bech32: the module's own. */
  readonly authority: string;
}

/** Makes the module and its keeper. */
export function createGovModule(options: GovModuleOptions): { keeper: GovKeeper; module: AppModule } {
  const { authority, addresses } = options;
  const party = createGovKeeper(options);
  const acts = createGovActs(party);
  const answers = createGovAnswers(party);
  const module: AppModule = {
    name: "gov",
    stores: { [GOV_STORE]: "iavl" },
    messages: [
      ...createLegacyGovMessages(party, acts, authority),
      ...createGovMessages(party, acts, authority),
    ],
    queries: [...createLegacyGovQueries(answers), ...createGovQueries(party, answers)],
    endBlock(ctx) {
      endBlock(ctx, party.parts, party.proposals, party.deposits);
      return undefined;
    },
    defaultGenesis: defaultGovGenesis,
    validateGenesis: (json) => validateGovGenesis(json, addresses),
    initGenesis(ctx, json) {
      initGovGenesis(ctx, party, json);
      return undefined;
    },
    exportGenesis: (ctx) => exportGovGenesis(ctx, party),
    invariants: { "module-account": party.brokenAccount },
  };
  return { keeper: party.keeper, module };
}

export type {
  GovAuth,
  GovBank,
  GovDistribution,
  GovStaking,
  VotingValidator,
} from "./dependencies.ts";
export { govErrors } from "./errors.ts";
export type { GovHooks } from "./hooks.ts";
export type { GovKeeper } from "./keeper.ts";
export type { ContentKind, LegacyContent, LegacyContents, LegacyHandler } from "./legacy-content.ts";
export { DEFAULT_GOV_PARAMS } from "./params.ts";
