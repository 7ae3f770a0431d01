/** Upgrades: a planned height at which the chain goes on with other software (SDK x/upgrade). */
import { type AppModule, assert, type Context, type MessageRoute, message } from "@tandem-ics/runtime";
import {
  MsgCancelUpgrade,
  MsgCancelUpgradeResponse,
  MsgSoftwareUpgrade,
  MsgSoftwareUpgradeResponse,
} from "cosmjs-types/cosmos/upgrade/v1beta1/tx";
import type { Plan } from "cosmjs-types/cosmos/upgrade/v1beta1/upgrade";
import { assertAuthority } from "../authority.ts";
import { createUpgradeKeeper, UPGRADE_STORE, type UpgradeKeeper } from "./keeper.ts";
import { createUpgradeQueries } from "./queries.ts";

/** What the module is made with. */
export interface UpgradeModuleOptions {
  /** Account that may plan upgrades, bech32: the gov module's. */
  readonly authority: string;
  /** What this software does at planned heights, by name of the plan. */
  readonly handlers?: Readonly<Record<string, (ctx: Context, plan: Plan) => void>>;
  /** Consensus versions of the application's modules, written down at genesis. Default: none. State-breaking. */
  readonly versions?: Readonly<Record<string, bigint>>;
}

/** Makes the module and its keeper. */
export function createUpgradeModule(options: UpgradeModuleOptions): {
  keeper: UpgradeKeeper;
  module: AppModule;
} {
  const { authority, handlers = {}, versions = {} } = options;
  const { keeper, markDone } = createUpgradeKeeper();
  const module: AppModule = {
    name: "upgrade",
    stores: { [UPGRADE_STORE]: "iavl" },
    messages: upgradeMessages(keeper, authority),
    queries: createUpgradeQueries(keeper, authority),
    preBlock(ctx) {
      const plan = keeper.plan(ctx);
      if (plan === undefined || plan.height !== ctx.height) return undefined;
      const handler = Object.hasOwn(handlers, plan.name) ? handlers[plan.name] : undefined;
      assert(handler !== undefined, `UPGRADE "${plan.name}" NEEDED at height: ${plan.height}: ${plan.info}`);
      handler(ctx, plan);
      markDone(ctx, plan.name);
      keeper.clearPlan(ctx);
      return { consensusParamsChanged: true };
    },
    defaultGenesis: () => ({}),
    initGenesis(ctx) {
      for (const [name, version] of Object.entries(versions)) keeper.setModuleVersion(ctx, name, version);
      return undefined;
    },
    exportGenesis: () => ({}),
  };
  return { keeper, module };
}

function upgradeMessages(keeper: UpgradeKeeper, authority: string): MessageRoute[] {
  return [
    message({
      typeUrl: "/cosmos.upgrade.v1beta1.MsgSoftwareUpgrade",
      request: MsgSoftwareUpgrade,
      response: MsgSoftwareUpgradeResponse,
      handle(ctx, { authority: given, plan }) {
        assertAuthority(authority, given);
        keeper.scheduleUpgrade(ctx, plan);
        return {};
      },
    }),
    message({
      typeUrl: "/cosmos.upgrade.v1beta1.MsgCancelUpgrade",
      request: MsgCancelUpgrade,
      response: MsgCancelUpgradeResponse,
      handle(ctx, { authority: given }) {
        assertAuthority(authority, given);
        keeper.clearPlan(ctx);
        return {};
      },
    }),
  ];
}

export { upgradeErrors } from "./errors.ts";
export { UPGRADE_STORE, type UpgradeKeeper } from "./keeper.ts";
