/** A chain without CCV: the SDK modules, IBC core and ICS-20. For clients, wallets and comparisons. */

import type { Application, JsonObject } from "@tandem-ics/runtime";
import { createMemoryBackend } from "@tandem-ics/store";
import { CHAIN_EXTRA, createChainExtra } from "./chain-extra.ts";
import { createGrantModules, type GrantModules } from "./grants.ts";
import { PLAIN_VERSIONS } from "./module-versions.ts";
import { openApp } from "./open-app.ts";
import { defaultGenesisOf, type StakingAppOptions } from "./options.ts";
import {
  BEGIN_BLOCK_ORDER,
  createStakingBase,
  END_BLOCK_ORDER,
  INIT_GENESIS_ORDER,
  STAKING_INVARIANTS,
  STAKING_PERMISSIONS,
  STAKING_SUBSPACES,
  type StakingBase,
} from "./staking-base.ts";

/** Name that `info` reports. */
export const PLAIN_APP_NAME = "simapp";

function compose(app: StakingAppOptions): StakingBase & GrantModules {
  const base = createStakingBase({
    moduleVersions: PLAIN_VERSIONS,
    app,
    permissions: STAKING_PERMISSIONS,
    mayReceive: ["gov"],
    returnValidatorUpdates: true,
    invariants: STAKING_INVARIANTS,
    paramsSubspaces: STAKING_SUBSPACES,
  });
  base.staking.keeper.setHooks(...base.hooks);
  base.ibc.router.add("transfer", base.transfer.app);
  const grants = createGrantModules(base);
  return {
    ...base,
    ...grants,
    modules: [
      ...base.modules,
      ...grants.grantModules,
      createChainExtra({ stake: true, grants: true, ccvSigners: false }),
    ],
  };
}

/** Opens a plain chain. */
export function createPlainApp(options: StakingAppOptions): Application {
  return openApp(PLAIN_APP_NAME, options, compose(options), {
    beginBlock: [...BEGIN_BLOCK_ORDER, "authz"],
    endBlock: [...END_BLOCK_ORDER, "feegrant"],
    initGenesis: [...INIT_GENESIS_ORDER, "authz", "feegrant", CHAIN_EXTRA],
  });
}

/** `app_state` of a plain chain with nothing in it yet. */
export const defaultPlainGenesis = (options: { bech32Prefix?: string } = {}): JsonObject =>
  defaultGenesisOf(compose({ ...options, backend: createMemoryBackend() }).modules);
