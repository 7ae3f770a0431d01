/** The consumer application: no staking; ccv/consumer stands in its place for slashing, evidence and the engine. */

import { createIbcModule, createTransferModule } from "@tandem-ics/ibc";
import {
  createCrisisModule,
  createEvidenceModule,
  createGenutilModule,
  createParamsModule,
  createSlashingModule,
  createUpgradeModule,
  FEE_COLLECTOR,
} from "@tandem-ics/modules";
import type { Application, AppModule, JsonObject } from "@tandem-ics/runtime";
import { createMemoryBackend } from "@tandem-ics/store";
import { createConsumerModule, createConsumerStakingView } from "../consumer/index.ts";
import { CONSUMER_REDISTRIBUTE_ACCOUNT, CONSUMER_TO_PROVIDER_ACCOUNT } from "../types/constants.ts";
import { CHAIN_EXTRA, createChainExtra } from "./chain-extra.ts";
import { createGrantModules } from "./grants.ts";
import { CONSUMER_VERSIONS } from "./module-versions.ts";
import { openApp } from "./open-app.ts";
import { type AppOptions, createAppBase, defaultGenesisOf } from "./options.ts";
import { STAKING_INVARIANTS } from "./staking-base.ts";

/** Name that `info` reports. */
export const CONSUMER_APP_NAME = "interchain-security-c";
/** Modules that had their parameters in the common store, in the Go application's order of names. */
const SUBSPACES = ["auth", "bank", "slashing", "crisis", "transfer", "ibc", "ccvconsumer"];
/** Invariants that the Go application registers. */
const INVARIANTS = { bank: STAKING_INVARIANTS["bank"] ?? [] };

const BEGIN_BLOCK_ORDER = [
  "crisis",
  "transfer",
  "ibc",
  "auth",
  "bank",
  "slashing",
  "genutil",
  "evidence",
  "authz",
  "feegrant",
  "params",
  "vesting",
  "ccvconsumer",
];
const END_BLOCK_ORDER = [
  "crisis",
  "transfer",
  "ibc",
  "feegrant",
  "authz",
  "auth",
  "bank",
  "slashing",
  "genutil",
  "evidence",
  "params",
  "upgrade",
  "vesting",
  "ccvconsumer",
];
const INIT_GENESIS_ORDER = [
  "auth",
  "bank",
  "slashing",
  "crisis",
  "ibc",
  "evidence",
  "transfer",
  "feegrant",
  "authz",
  "genutil",
  "params",
  "upgrade",
  "vesting",
  "ccvconsumer",
  "ccvconsumer_extra",
  CHAIN_EXTRA,
  "consensus",
];

function compose(options: AppOptions) {
  const base = createAppBase(
    options,
    "consumer",
    {
      [FEE_COLLECTOR]: [],
      [CONSUMER_REDISTRIBUTE_ACCOUNT]: [],
      [CONSUMER_TO_PROVIDER_ACCOUNT]: [],
      transfer: ["minter", "burner"],
    },
    [CONSUMER_TO_PROVIDER_ACCOUNT],
  );
  const { addresses, authority } = base;
  const upgrade = createUpgradeModule({ authority, versions: CONSUMER_VERSIONS });
  const ibc = createIbcModule({ address: addresses.account, authority, upgrade: upgrade.keeper });
  const transfer = createTransferModule({
    address: addresses.account,
    authority,
    bank: base.bank.keeper,
    accounts: base.auth.keeper,
    channels: ibc.channel,
  });
  // The consumer stands in for staking; it needs slashing in turn, for the signing infos of new validators.
  const staking = createConsumerStakingView(addresses);
  const slashing = createSlashingModule({ addresses, staking, authority });
  const evidence = createEvidenceModule({ addresses, staking, slashing: slashing.keeper });
  const consumer = createConsumerModule({
    addresses,
    authority,
    slashing: slashing.keeper,
    auth: base.auth.keeper,
    bank: base.bank.keeper,
    client: ibc.client,
    connection: ibc.connection,
    channel: ibc.channel,
    transfer: transfer.keeper,
  });
  const genutil = createGenutilModule({ returnValidatorUpdates: false });
  const params = createParamsModule(SUBSPACES);
  const crisis = createCrisisModule({
    addresses,
    bank: base.bank.keeper,
    authority,
    invariants: INVARIANTS,
    modules: () => modules,
  });
  ibc.router.add("transfer", transfer.app).add("consumer", consumer.ibcApp);
  const grants = createGrantModules(base);
  const modules: AppModule[] = [
    base.auth.module,
    base.bank.module,
    base.vesting.module,
    slashing.module,
    ibc.module,
    evidence.module,
    transfer.module,
    genutil.module,
    crisis.module,
    params.module,
    upgrade.module,
    ...grants.grantModules,
    consumer.module,
    consumer.extraGenesis,
    createChainExtra({ stake: false, grants: true, ccvSigners: true }),
    base.consensus.module,
  ];
  return { ...base, ...grants, ibc, consumer, modules };
}

/** Opens a consumer. */
export function createConsumerApp(options: AppOptions): Application {
  return openApp(CONSUMER_APP_NAME, options, compose(options), {
    beginBlock: BEGIN_BLOCK_ORDER,
    endBlock: END_BLOCK_ORDER,
    initGenesis: INIT_GENESIS_ORDER,
  });
}

/** `app_state` of a consumer with nothing in it yet; `ccvconsumer` is to be replaced by what its provider answers. */
export const defaultConsumerGenesis = (options: { bech32Prefix?: string } = {}): JsonObject =>
  defaultGenesisOf(compose({ ...options, backend: createMemoryBackend() }).modules);
