/** The provider application: the SDK modules, IBC, ICS-20 with the rewards middleware, and ccv/provider. */

import { type ClientKeeper, clientErrors, clientStore, verifyMisbehaviour } from "@tandem-ics/ibc";
import type { Application, Context, JsonObject } from "@tandem-ics/runtime";
import { createMemoryBackend } from "@tandem-ics/store";
import type { Misbehaviour } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import { createProviderModule } from "../provider/index.ts";
import { CONSUMER_REWARDS_POOL } from "../types/constants.ts";
import { CHAIN_EXTRA, createChainExtra } from "./chain-extra.ts";
import { PROVIDER_VERSIONS } from "./module-versions.ts";
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
} from "./staking-base.ts";

/** Name that `info` reports. */
export const PROVIDER_APP_NAME = "interchain-security-p";

/** Checks evidence against a client's states, whatever the client's status. Throws `client/4` without a client. */
const verifyMisbehaviourOf =
  (clients: ClientKeeper) =>
  (ctx: Context, clientId: string, misbehaviour: Misbehaviour): void => {
    const client = clients.tendermintClientState(ctx, clientId);
    if (client === undefined) throw clientErrors.clientNotFound(clientId);
    verifyMisbehaviour(ctx, clientStore(ctx, clientId), client, misbehaviour);
  };

function compose(app: StakingAppOptions) {
  const base = createStakingBase({
    moduleVersions: PROVIDER_VERSIONS,
    app,
    permissions: { ...STAKING_PERMISSIONS, [CONSUMER_REWARDS_POOL]: [] },
    mayReceive: [CONSUMER_REWARDS_POOL],
    // The provider module gives CometBFT the strongest of the bonded validators.
    returnValidatorUpdates: false,
    // Minting and governance look at active validators only.
    stakeView: {
      bondedRatio: (ctx) => provider.stakingView.bondedRatio(ctx),
      stakingTokenSupply: (ctx) => provider.stakingView.stakingTokenSupply(ctx),
      bondedValidatorsByPower: (ctx) => provider.stakingView.bondedValidatorsByPower(ctx),
      totalBondedTokens: (ctx) => provider.stakingView.totalBondedTokens(ctx),
    },
    invariants: { ...STAKING_INVARIANTS, provider: ["max-provider-validators"] },
    allModules: () => [...base.modules, provider.module],
    paramsSubspaces: [...STAKING_SUBSPACES, "provider"],
  });
  const provider = createProviderModule({
    addresses: base.addresses,
    authority: base.authority,
    staking: base.staking.keeper,
    slashing: base.slashing.keeper,
    distribution: base.distribution.keeper,
    bank: base.bank.keeper,
    auth: base.auth.keeper,
    client: { ...base.ibc.client, verifyTendermintMisbehaviour: verifyMisbehaviourOf(base.ibc.client) },
    connection: base.ibc.connection,
    channel: base.ibc.channel,
  });
  base.staking.keeper.setHooks(...base.hooks, provider.stakingHooks);
  base.ibc.router.add("transfer", provider.withRewards(base.transfer.app)).add("provider", provider.ibcApp);
  return {
    ...base,
    modules: [
      // What is lost of consumers' rewards stays in the account, and would stop a node that checks itself.
      ...base.modules.map((module) =>
        module === base.distribution.module
          ? { ...module, invariants: base.distribution.lossyInvariants }
          : module,
      ),
      provider.module,
      provider.extraGenesis,
      createChainExtra({ stake: true, grants: false, ccvSigners: false }),
    ],
  };
}

/** Opens a provider. */
export function createProviderApp(options: StakingAppOptions): Application {
  return openApp(PROVIDER_APP_NAME, options, compose(options), {
    beginBlock: [...BEGIN_BLOCK_ORDER, "provider"],
    endBlock: [...END_BLOCK_ORDER, "provider"],
    initGenesis: [...INIT_GENESIS_ORDER, "provider", "provider_extra", "consensus", "crisis", CHAIN_EXTRA],
  });
}

/** `app_state` of a provider with nothing in it yet. */
export const defaultProviderGenesis = (options: { bech32Prefix?: string } = {}): JsonObject =>
  defaultGenesisOf(compose({ ...options, backend: createMemoryBackend() }).modules);
