/**
 * The democracy consumer: a consumer whose token holders elect representatives. Its own staking counts for governance and
 * rewards only; the provider says who makes blocks (interchain-security `app/consumer-democracy`).
 */
import { defaultConnectionParams } from "@tandem-ics/ibc";
import type { Application, Context, JsonObject } from "@tandem-ics/runtime";
import { createMemoryBackend } from "@tandem-ics/store";
import { createConsumerModule, createConsumerStakingView } from "../consumer/index.ts";
import { withRepresentatives } from "../democracy/distribution.ts";
import { CONSUMER_REDISTRIBUTE_ACCOUNT, CONSUMER_TO_PROVIDER_ACCOUNT } from "../types/constants.ts";
import { CHAIN_EXTRA, createChainExtra } from "./chain-extra.ts";
import { createGrantModules } from "./grants.ts";
import { DEMOCRACY_VERSIONS } from "./module-versions.ts";
import { openApp } from "./open-app.ts";
import { defaultGenesisOf, type StakingAppOptions } from "./options.ts";
import {
  createStakingBase,
  STAKING_INVARIANTS,
  STAKING_PERMISSIONS,
  STAKING_SUBSPACES,
} from "./staking-base.ts";

/** Name that `info` reports. */
export const DEMOCRACY_APP_NAME = "interchain-security-cd";

const BEGIN_BLOCK_ORDER = [
  "mint",
  "distribution",
  "slashing",
  "evidence",
  "staking",
  "auth",
  "bank",
  "gov",
  "crisis",
  "authz",
  "feegrant",
  "params",
  "vesting",
  "genutil",
  "consensus",
  "transfer",
  "ibc",
  "ccvconsumer",
];

const END_BLOCK_ORDER = [
  "crisis",
  "gov",
  "staking",
  "auth",
  "bank",
  "distribution",
  "slashing",
  "mint",
  "evidence",
  "authz",
  "feegrant",
  "params",
  "upgrade",
  "genutil",
  "consensus",
  "vesting",
  "transfer",
  "ibc",
  "ccvconsumer",
];

const INIT_GENESIS_ORDER = [
  "auth",
  "bank",
  "distribution",
  "staking",
  "slashing",
  "gov",
  "mint",
  "evidence",
  "authz",
  "feegrant",
  "params",
  "upgrade",
  "vesting",
  "genutil",
  "consensus",
  "ibc",
  "transfer",
  "ccvconsumer",
  "ccvconsumer_extra",
  CHAIN_EXTRA,
  "crisis",
];

/** Upgrade plan by which a chain that ran by itself becomes a consumer (name of the Go application). */
export const CHANGEOVER_PLAN = "sovereign-changeover";

/** Options of a democracy consumer. */
export interface DemocracyAppOptions extends StakingAppOptions {
  /**
   * The `ccvconsumer` section that the provider made, for a chain that ran by itself: opened on that chain's state, the
   * application takes over in the block of the plan {@link CHANGEOVER_PLAN}. Throws `CCV/4` for a section that is none.
   */
  readonly changeover?: JsonObject;
}

function compose(app: DemocracyAppOptions) {
  const { changeover } = app;
  const changeOver = (ctx: Context): void => {
    // What the chain had is replaced, as by Go's handler.
    base.ibc.connection.setParams(ctx, defaultConnectionParams());
    consumer.module.initGenesis!(ctx, changeover!, { deliverTx() {} });
  };
  const base = createStakingBase({
    ...(changeover === undefined ? {} : { upgrades: { [CHANGEOVER_PLAN]: changeOver } }),
    moduleVersions: DEMOCRACY_VERSIONS,
    app,
    prefix: "consumer",
    permissions: {
      ...STAKING_PERMISSIONS,
      [CONSUMER_REDISTRIBUTE_ACCOUNT]: [],
      [CONSUMER_TO_PROVIDER_ACCOUNT]: [],
    },
    mayReceive: [CONSUMER_TO_PROVIDER_ACCOUNT],
    // Representatives make no blocks: the consumer module alone tells the engine who does.
    returnValidatorUpdates: false,
    signers: ({ addresses, staking }) => createConsumerStakingView(addresses, staking),
    rewardsFrom: CONSUMER_REDISTRIBUTE_ACCOUNT,
    invariants: STAKING_INVARIANTS,
    paramsSubspaces: [...STAKING_SUBSPACES, "ccvconsumer"],
  });
  const { addresses, authority, auth, bank, ibc, staking, distribution } = base;
  const consumer = createConsumerModule({
    addresses,
    authority,
    slashing: base.slashing.keeper,
    auth: auth.keeper,
    bank: bank.keeper,
    client: ibc.client,
    connection: ibc.connection,
    channel: ibc.channel,
    transfer: base.transfer.keeper,
    standalone: staking.keeper,
  });
  if (changeover !== undefined) consumer.module.validateGenesis!(changeover);
  // Slashing watches the provider's validators, not representatives: staking has no hooks of it.
  staking.keeper.setHooks(distribution.hooks);
  ibc.router.add("transfer", base.transfer.app).add("consumer", consumer.ibcApp);
  const rewarded = withRepresentatives(distribution.module, {
    auth: auth.keeper,
    bank: bank.keeper,
    distribution: distribution.keeper,
    staking: staking.keeper,
  });
  const grants = createGrantModules(base);
  const modules = [
    ...base.modules.map((module) => (module === distribution.module ? rewarded : module)),
    ...grants.grantModules,
    consumer.module,
    consumer.extraGenesis,
    createChainExtra({ stake: true, grants: true, ccvSigners: true }),
  ];
  return { ...base, ...grants, consumer, modules };
}

/** Opens a democracy consumer. */
export function createDemocracyApp(options: DemocracyAppOptions): Application {
  return openApp(DEMOCRACY_APP_NAME, options, compose(options), {
    beginBlock: BEGIN_BLOCK_ORDER,
    endBlock: END_BLOCK_ORDER,
    initGenesis: INIT_GENESIS_ORDER,
  });
}

/** `app_state` of a democracy consumer with nothing in it yet; `ccvconsumer` is to be replaced by what its provider answers. */
export const defaultDemocracyGenesis = (options: { bech32Prefix?: string } = {}): JsonObject =>
  defaultGenesisOf(compose({ ...options, backend: createMemoryBackend() }).modules);
