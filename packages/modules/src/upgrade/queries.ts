/** Queries of upgrades (SDK x/upgrade `keeper/grpc_query.go`). */
import { EMPTY } from "@tandem-ics/crypto";
import { type QueryRoute, query } from "@tandem-ics/runtime";
import {
  QueryAppliedPlanRequest,
  QueryAppliedPlanResponse,
  QueryAuthorityRequest,
  QueryAuthorityResponse,
  QueryCurrentPlanRequest,
  QueryCurrentPlanResponse,
  QueryModuleVersionsRequest,
  QueryModuleVersionsResponse,
  QueryUpgradedConsensusStateRequest,
  QueryUpgradedConsensusStateResponse,
} from "cosmjs-types/cosmos/upgrade/v1beta1/query";
import { upgradeErrors } from "./errors.ts";
import type { UpgradeKeeper } from "./keeper.ts";

const path = (name: string): string => `/cosmos.upgrade.v1beta1.Query/${name}`;

/** Routes of all queries. */
export function createUpgradeQueries(keeper: UpgradeKeeper, authority: string): QueryRoute[] {
  return [
    query({
      path: path("CurrentPlan"),
      request: QueryCurrentPlanRequest,
      response: QueryCurrentPlanResponse,
      handle(ctx) {
        const plan = keeper.plan(ctx);
        return plan === undefined ? {} : { plan };
      },
    }),
    query({
      path: path("AppliedPlan"),
      request: QueryAppliedPlanRequest,
      response: QueryAppliedPlanResponse,
      handle: (ctx, { name }) => ({ height: keeper.doneHeight(ctx, name) }),
    }),
    query({
      path: path("UpgradedConsensusState"),
      request: QueryUpgradedConsensusStateRequest,
      response: QueryUpgradedConsensusStateResponse,
      handle(ctx, { lastHeight }) {
        try {
          return { upgradedConsensusState: keeper.upgradedConsensusState(ctx, lastHeight) };
        } catch (error) {
          if (upgradeErrors.noUpgradedConsensusState.is(error)) return { upgradedConsensusState: EMPTY };
          throw error;
        }
      },
    }),
    query({
      path: path("ModuleVersions"),
      request: QueryModuleVersionsRequest,
      response: QueryModuleVersionsResponse,
      handle(ctx, { moduleName }) {
        const moduleVersions = keeper.moduleVersions(ctx);
        if (moduleName === "") return { moduleVersions };
        const found = moduleVersions.filter(({ name }) => name === moduleName);
        if (found.length === 0) {
          throw upgradeErrors.noModuleVersion(
            `x/upgrade: QueryModuleVersions module ${moduleName} not found`,
          );
        }
        return { moduleVersions: found };
      },
    }),
    query({
      path: path("Authority"),
      request: QueryAuthorityRequest,
      response: QueryAuthorityResponse,
      handle: () => ({ address: authority }),
    }),
  ];
}
