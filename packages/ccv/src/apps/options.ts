/** What an application is opened with, and what all of them share. */
import {
  createAuthModule,
  createBankModule,
  createConsensusModule,
  createVestingModule,
  type ModulePermission,
} from "@tandem-ics/modules";
import {
  type AddressCodecs,
  type AppModule,
  type BlockMoment,
  createAddressCodecs,
  createMessageRouter,
  Dec,
  type DecCoins,
  type JsonObject,
  moduleAddress,
  type SnapshotPolicy,
  sdkErrors,
  type UnboundMessageRouter,
} from "@tandem-ics/runtime";
import type { Backend, Pruning } from "@tandem-ics/store";

/** Options of every application. */
export interface AppOptions {
  /** Where state lies; opened at its last height. */
  readonly backend: Backend;
  /** Prefix of account addresses. */
  readonly bech32Prefix?: string;
  /** What this node asks of transactions before they enter its mempool, such as `0.01stake`. Default: nothing. */
  readonly minGasPrices?: string;
  /** Default: all heights are kept. */
  readonly pruning?: Pruning;
  /** Evaluates all modules' invariants after each block. */
  readonly checkInvariants?: boolean;
  /** Chain id by the operator's genesis; needed with `snapshots`. */
  readonly chainId?: string;
  /** Takes snapshots of the state, and restores those of others. Default: neither. */
  readonly snapshots?: SnapshotPolicy;
  /** Called between the transactions of each block; see `BaseAppOptions`. */
  readonly duringBlock?: (moment: BlockMoment) => void;
}

/** Options of applications with staking. */
export interface StakingAppOptions extends AppOptions {
  /** Base units of one unit of voting power; 1000000 by default. State-breaking. */
  readonly powerReduction?: bigint;
}

/** Version that `info` reports. */
export const APP_VERSION = "7.0.1";
/** Account of governance: it alone may change parameters, whether or not the chain has a gov module. */
const GOV = "gov";

/** What every application starts from: accounts, bank, consensus parameters. */
export interface AppBase {
  readonly addresses: AddressCodecs;
  /** Governance's account. */
  readonly authority: string;
  readonly auth: ReturnType<typeof createAuthModule>;
  readonly bank: ReturnType<typeof createBankModule>;
  readonly vesting: ReturnType<typeof createVestingModule>;
  readonly consensus: ReturnType<typeof createConsensusModule>;
  readonly minGasPrices: DecCoins;
  /** For modules that run messages of others; the base application binds it. */
  readonly router: UnboundMessageRouter;
}

/**
 * Puts the base together. Module accounts may not receive by message, but for those in `mayReceive`: transfers and
 * refunds arrive there.
 */
export function createAppBase(
  options: AppOptions,
  prefix: string,
  permissions: Readonly<Record<string, readonly ModulePermission[]>>,
  mayReceive: readonly string[],
): AppBase {
  const addresses = createAddressCodecs(options.bech32Prefix ?? prefix);
  const authority = addresses.account.encode(moduleAddress(GOV));
  const auth = createAuthModule({ addresses, permissions, authority });
  const bank = createBankModule({
    addresses,
    auth: auth.keeper,
    authority,
    blocked: Object.keys(permissions)
      .filter((name) => !mayReceive.includes(name))
      .map(moduleAddress),
  });
  return {
    addresses,
    authority,
    auth,
    bank,
    vesting: createVestingModule({ addresses, auth: auth.keeper, bank: bank.keeper }),
    consensus: createConsensusModule({ authority }),
    minGasPrices: parseGasPrices(options.minGasPrices ?? ""),
    router: createMessageRouter(addresses),
  };
}

/** Reads `0.01stake,0.002uatom`. Throws `sdk/10`. */
function parseGasPrices(text: string): DecCoins {
  if (text.trim() === "") return [];
  return text.split(",").map((part) => {
    const match = /^\s*(\d+(?:\.\d{1,18})?)([a-zA-Z][a-zA-Z0-9/:._-]{2,127})\s*$/.exec(part);
    if (match === null) throw sdkErrors.invalidCoins(`invalid gas price: ${part}`);
    return { denom: match[2]!, amount: Dec.parse(match[1]!) };
  });
}

/** The default genesis of some modules, by module name. */
export const defaultGenesisOf = (modules: readonly AppModule[]): JsonObject =>
  Object.fromEntries(
    modules.flatMap((module) => {
      const state = module.defaultGenesis?.();
      return state === undefined ? [] : [[module.name, state]];
    }),
  );
