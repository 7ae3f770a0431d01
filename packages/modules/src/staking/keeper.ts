/** The staking keeper: what other modules may ask of stake. */
import type { AddressCodecs, Context, Dec } from "@tandem-ics/runtime";
import { assert } from "@tandem-ics/runtime";
import type { HistoricalInfo, Infraction } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import { createDelegating, type Delegating } from "./delegating.ts";
import type { Delegation, Redelegation, UnbondingDelegation } from "./delegation.ts";
import type { StakingAuth, StakingBank, StakingParts } from "./dependencies.ts";
import { createHistoricalInfos } from "./historical-info.ts";
import { composeHooks, type StakingHooks } from "./hooks.ts";
import { assertStakingParams, type StakingParams } from "./params.ts";
import { createPools, type Pools } from "./pools.ts";
import { createStakeSlashing, type StakeSlashing } from "./slashing-stake.ts";
import { createStakingState } from "./state.ts";
import { createUnbondingRecords, type UnbondingRecords } from "./unbonding-records.ts";
import type { Validator } from "./validator.ts";
import { createValidatorSetChanges, type ValidatorSetChanges } from "./validator-updates.ts";
import { createValidators, type Validators } from "./validators.ts";

/** What staking is made with. */
export interface StakingKeeperOptions {
  readonly addresses: AddressCodecs;
  readonly auth: StakingAuth;
  readonly bank: StakingBank;
  /** Tokens that make one unit of consensus power; 1 000 000 by default. State-breaking. */
  readonly powerReduction?: bigint;
}

/** One unit of consensus power in tokens. */
export const DEFAULT_POWER_REDUCTION = 1_000_000n;

/** Stake, as other modules see it. Addresses are bytes: `valAddr` an operator's, `consAddr` a consensus key's. */
export interface StakingKeeper extends Delegating, ValidatorSetChanges, Omit<StakeSlashing, "slash"> {
  readonly powerReduction: bigint;
  /** Registers hooks, called in this order. Once, when the application is put together. */
  setHooks(...hooks: readonly Partial<StakingHooks>[]): void;
  params(ctx: Context): StakingParams;
  /** Throws `undefined/1` for invalid ones. */
  setParams(ctx: Context, params: StakingParams): void;
  unbondingTimeNs(ctx: Context): bigint;
  maxValidators(ctx: Context): number;
  bondDenom(ctx: Context): string;
  minCommissionRate(ctx: Context): Dec;

  validator(ctx: Context, valAddr: Uint8Array): Validator | undefined;
  /** Throws `staking/3`. */
  requireValidator(ctx: Context, valAddr: Uint8Array): Validator;
  validatorByConsAddr(ctx: Context, consAddr: Uint8Array): Validator | undefined;
  /** False for an unknown validator. */
  isValidatorJailed(ctx: Context, consAddr: Uint8Array): boolean;
  /** By operator bytes. */
  validators(ctx: Context): Validator[];
  /** The `maxValidators` most powerful that are bonded, most powerful first; jailed ones excluded. */
  bondedValidatorsByPower(ctx: Context): Validator[];
  /** Zero for those that are not in the last set. */
  lastValidatorPower(ctx: Context, valAddr: Uint8Array): bigint;
  /** By operator bytes. */
  lastValidatorPowers(ctx: Context): { operator: Uint8Array; power: bigint }[];
  lastTotalPower(ctx: Context): bigint;
  /** By operator bytes. */
  lastValidators(ctx: Context): Validator[];
  setValidator(ctx: Context, validator: Validator): void;

  totalBondedTokens(ctx: Context): bigint;
  stakingTokenSupply(ctx: Context): bigint;
  bondedRatio(ctx: Context): Dec;

  delegations(ctx: Context): Iterable<Delegation>;
  unbondingDelegation(
    ctx: Context,
    delAddr: Uint8Array,
    valAddr: Uint8Array,
  ): UnbondingDelegation | undefined;
  unbondingDelegationsFromValidator(ctx: Context, valAddr: Uint8Array): UnbondingDelegation[];
  redelegation(
    ctx: Context,
    delAddr: Uint8Array,
    source: Uint8Array,
    destination: Uint8Array,
  ): Redelegation | undefined;
  redelegationsFromSrcValidator(ctx: Context, valAddr: Uint8Array): Redelegation[];

  /** See {@link StakeSlashing.slash}; the infraction is for consumers of the same interface and has no effect here. */
  slash(
    ctx: Context,
    consAddr: Uint8Array,
    infractionHeight: bigint,
    power: bigint,
    factor: Dec,
    infraction?: Infraction,
  ): bigint;
  /** The same with a reason. */
  slashWithInfractionReason(
    ctx: Context,
    consAddr: Uint8Array,
    infractionHeight: bigint,
    power: bigint,
    factor: Dec,
    infraction: Infraction,
  ): bigint;

  historicalInfo(ctx: Context, height: bigint): HistoricalInfo | undefined;
  trackHistoricalInfo(ctx: Context): void;
}

/** The keeper and the parts that only this module's messages, queries and genesis may use. */
export interface StakingParty {
  readonly keeper: StakingKeeper;
  readonly parts: StakingParts;
  readonly validators: Validators;
  readonly records: UnbondingRecords;
  readonly pools: Pools;
}

/** Puts the keeper together. */
export function createStakingKeeper(options: StakingKeeperOptions): StakingParty {
  const { addresses, auth, bank, powerReduction = DEFAULT_POWER_REDUCTION } = options;
  const registered: Partial<StakingHooks>[] = [];
  const state = createStakingState(addresses);
  const hooks = composeHooks(registered);
  const parts: StakingParts = { addresses, auth, bank, state, hooks, powerReduction };
  const validators = createValidators(parts);
  const records = createUnbondingRecords(parts);
  const pools = createPools(parts);
  const delegating = createDelegating(parts, { validators, records, pools });
  const slashing = createStakeSlashing(parts, { validators, records, pools, delegating });
  const history = createHistoricalInfos(parts, validators);
  const params = (ctx: Context): StakingParams => state.params.require(ctx);

  const keeper: StakingKeeper = {
    ...delegating,
    ...slashing,
    ...createValidatorSetChanges(parts, { validators, records, pools }),
    powerReduction,
    setHooks(...hooks) {
      assert(registered.length === 0, "staking hooks are registered twice");
      registered.push(...hooks);
    },
    params,
    setParams(ctx, changed) {
      assertStakingParams(changed);
      state.params.set(ctx, changed);
    },
    unbondingTimeNs: (ctx) => params(ctx).unbondingTimeNs,
    maxValidators: (ctx) => params(ctx).maxValidators,
    bondDenom: (ctx) => params(ctx).bondDenom,
    minCommissionRate: (ctx) => params(ctx).minCommissionRate,
    validator: validators.get,
    requireValidator: validators.require,
    validatorByConsAddr: validators.byConsAddr,
    isValidatorJailed: (ctx, consAddr) => validators.byConsAddr(ctx, consAddr)?.jailed ?? false,
    validators: validators.all,
    bondedValidatorsByPower: validators.bondedByPower,
    lastValidatorPower: validators.lastPower,
    lastValidatorPowers: validators.lastPowers,
    lastTotalPower: (ctx) => state.lastTotalPower.get(ctx) ?? 0n,
    lastValidators: validators.last,
    setValidator: validators.set,
    totalBondedTokens: pools.bondedTokens,
    stakingTokenSupply: pools.supply,
    bondedRatio: pools.bondedRatio,
    *delegations(ctx) {
      for (const [, delegation] of state.delegations.entries(ctx)) yield delegation;
    },
    unbondingDelegation: records.unbonding,
    unbondingDelegationsFromValidator: records.unbondingsFromValidator,
    redelegation: records.redelegation,
    redelegationsFromSrcValidator: records.redelegationsFromSource,
    slash: (ctx, consAddr, height, power, factor) => slashing.slash(ctx, consAddr, height, power, factor),
    slashWithInfractionReason: (ctx, consAddr, height, power, factor) =>
      slashing.slash(ctx, consAddr, height, power, factor),
    historicalInfo: history.get,
    trackHistoricalInfo: history.track,
  };
  return { keeper, parts, validators, records, pools };
}
