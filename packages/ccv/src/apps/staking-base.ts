/** The SDK modules of a chain with stake: the part that a provider, a plain chain and a democracy consumer share. */
import { createIbcModule, createTransferModule, type IbcModule } from "@tandem-ics/ibc";
import {
  BONDED_POOL,
  createCrisisModule,
  createDistributionModule,
  createEvidenceModule,
  createGenutilModule,
  createGovModule,
  createMintModule,
  createParamsModule,
  createSlashingModule,
  createStakingModule,
  createUpgradeModule,
  DISTRIBUTION_ACCOUNT,
  type EvidenceStaking,
  FEE_COLLECTOR,
  type ModulePermission,
  NOT_BONDED_POOL,
  type SlashingStaking,
  type StakingHooks,
  type StakingKeeper,
  type VotingValidator,
} from "@tandem-ics/modules";
import type { AddressCodecs, AppModule, Context, Dec } from "@tandem-ics/runtime";
import { type AppBase, createAppBase, type StakingAppOptions } from "./options.ts";

/** Module accounts of a chain with stake and what they may do. */
export const STAKING_PERMISSIONS: Readonly<Record<string, readonly ModulePermission[]>> = {
  [FEE_COLLECTOR]: [],
  [DISTRIBUTION_ACCOUNT]: [],
  mint: ["minter"],
  [BONDED_POOL]: ["burner", "staking"],
  [NOT_BONDED_POOL]: ["burner", "staking"],
  gov: ["burner"],
  transfer: ["minter", "burner"],
};

/** Invariants that the Go application registers on a chain with stake. */
export const STAKING_INVARIANTS: Readonly<Record<string, readonly string[]>> = {
  bank: ["nonnegative-outstanding", "total-supply"],
  staking: ["module-accounts", "nonnegative-power", "positive-delegation", "delegator-shares"],
  distribution: ["nonnegative-outstanding", "can-withdraw", "reference-count", "module-account"],
  gov: ["module-account"],
};

/** Modules of a chain with stake that had their parameters in the common store, in the Go application's order of names. */
export const STAKING_SUBSPACES: readonly string[] = [
  "auth",
  "bank",
  "staking",
  "mint",
  "distribution",
  "slashing",
  "gov",
  "crisis",
  "transfer",
  "ibc",
];

/** The modules and keepers of a chain with stake, before hooks are set. */
export interface StakingBase extends AppBase {
  readonly ibc: IbcModule;
  readonly transfer: ReturnType<typeof createTransferModule>;
  readonly staking: ReturnType<typeof createStakingModule>;
  readonly slashing: ReturnType<typeof createSlashingModule>;
  readonly distribution: ReturnType<typeof createDistributionModule>;
  /** In the order in which they are usually listed. */
  readonly modules: readonly AppModule[];
  /** Hooks of distribution and slashing, in that order; staking must call them. */
  readonly hooks: readonly Partial<StakingHooks>[];
}

/** What differs between chains with stake. */
export interface StakingBaseOptions {
  readonly app: StakingAppOptions;
  readonly permissions: Readonly<Record<string, readonly ModulePermission[]>>;
  /** Module accounts that may receive by message. */
  readonly mayReceive: readonly string[];
  /** Whether staking gives validator updates to the engine itself. */
  readonly returnValidatorUpdates: boolean;
  /** Prefix of account addresses by default; `cosmos` when absent. */
  readonly prefix?: string;
  /** Module account whose balance distribution shares out; the fee collector by default. */
  readonly rewardsFrom?: string;
  /** Who signs blocks and is punished for it; the bonded validators by default. */
  readonly signers?: (parts: {
    readonly addresses: AddressCodecs;
    readonly staking: StakingKeeper;
  }) => BlockSigners;
  /** What mint and gov see of staking; the staking keeper by default. A provider counts active validators only. */
  readonly stakeView?: StakeView;
  /** Invariants that anybody may have checked, by module. */
  readonly invariants: Readonly<Record<string, readonly string[]>>;
  /** All modules, where there are more than those of the base. */
  readonly allModules?: () => readonly AppModule[];
  /** Consensus versions of all modules. */
  readonly moduleVersions: Readonly<Record<string, bigint>>;
  /** Modules that had their parameters in the common store. */
  readonly paramsSubspaces: readonly string[];
  /** What this application does, before anything else of its block, for an upgrade plan of a name. Default: nothing for any. */
  readonly upgrades?: Readonly<Record<string, (ctx: Context) => void>>;
}

/** Validators as slashing and evidence know them. */
export type BlockSigners = SlashingStaking & EvidenceStaking;

/** Stake as minting and governance count it. */
export interface StakeView {
  bondedRatio(ctx: Context): Dec;
  stakingTokenSupply(ctx: Context): bigint;
  /** Strongest first. */
  bondedValidatorsByPower(ctx: Context): readonly VotingValidator[];
  totalBondedTokens(ctx: Context): bigint;
}

/** Puts the SDK modules together. */
export function createStakingBase(options: StakingBaseOptions): StakingBase {
  const { app, permissions, mayReceive, returnValidatorUpdates } = options;
  const base = createAppBase(app, options.prefix ?? "cosmos", permissions, mayReceive);
  const { addresses, authority } = base;
  const auth = base.auth.keeper;
  const bank = base.bank.keeper;
  const staking = createStakingModule({
    addresses,
    auth,
    bank,
    authority,
    returnValidatorUpdates,
    ...(app.powerReduction === undefined ? {} : { powerReduction: app.powerReduction }),
  });
  const signers = options.signers?.({ addresses, staking: staking.keeper }) ?? staking.keeper;
  const slashing = createSlashingModule({ addresses, staking: signers, authority });
  const distribution = createDistributionModule({
    addresses,
    auth,
    bank,
    staking: staking.keeper,
    authority,
    ...(options.rewardsFrom === undefined ? {} : { feeCollector: options.rewardsFrom }),
  });
  const mint = createMintModule({
    addresses,
    auth,
    bank,
    staking: options.stakeView ?? staking.keeper,
    authority,
  });
  const params = createParamsModule(options.paramsSubspaces);
  const gov = createGovModule({
    addresses,
    auth,
    bank,
    staking: {
      ...(options.stakeView ?? staking.keeper),
      delegatorDelegations: staking.keeper.delegatorDelegations,
    },
    distribution: distribution.keeper,
    router: base.router,
    legacy: params.legacy,
    authority,
  });
  const evidence = createEvidenceModule({ addresses, staking: signers, slashing: slashing.keeper });
  // The first validators of a chain whose signers are others' are bonded at the end of its first block.
  const bonding =
    options.signers === undefined ? staking.keeper : { applyAndReturnValidatorSetUpdates: () => [] };
  const genutil = createGenutilModule({ staking: bonding, returnValidatorUpdates });
  const upgrade = createUpgradeModule({
    authority,
    versions: options.moduleVersions,
    handlers: Object.fromEntries(
      Object.entries(options.upgrades ?? {}).map(([name, act]) => [
        name,
        (ctx: Context) => {
          act(ctx);
          for (const [module, version] of Object.entries(options.moduleVersions))
            upgrade.keeper.setModuleVersion(ctx, module, version);
        },
      ]),
    ),
  });
  const ibc = createIbcModule({ address: addresses.account, authority, upgrade: upgrade.keeper });
  const transfer = createTransferModule({
    address: addresses.account,
    authority,
    bank,
    accounts: auth,
    channels: ibc.channel,
  });
  const crisis = createCrisisModule({
    addresses,
    bank,
    authority,
    invariants: options.invariants,
    modules: options.allModules ?? (() => modules),
  });
  const modules: AppModule[] = [
    base.auth.module,
    base.bank.module,
    base.vesting.module,
    distribution.module,
    staking.module,
    slashing.module,
    gov.module,
    mint.module,
    ibc.module,
    evidence.module,
    transfer.module,
    genutil.module,
    params.module,
    upgrade.module,
    base.consensus.module,
    crisis.module,
  ];
  return {
    ...base,
    ibc,
    transfer,
    staking,
    slashing,
    distribution,
    hooks: [distribution.hooks, slashing.hooks],
    modules,
  };
}

/** Module names in the order of the stock binaries' begin-block hooks. */
export const BEGIN_BLOCK_ORDER = [
  "gov",
  "staking",
  "transfer",
  "ibc",
  "auth",
  "bank",
  "distribution",
  "slashing",
  "mint",
  "genutil",
  "evidence",
];
/** Likewise for end-block hooks. */
export const END_BLOCK_ORDER = [
  "gov",
  "staking",
  "transfer",
  "ibc",
  "auth",
  "bank",
  "distribution",
  "slashing",
  "mint",
  "genutil",
  "evidence",
  "upgrade",
];
/** Likewise for genesis. */
export const INIT_GENESIS_ORDER = [
  "auth",
  "bank",
  "distribution",
  "staking",
  "slashing",
  "gov",
  "mint",
  "ibc",
  "evidence",
  "transfer",
  "genutil",
  "upgrade",
];
