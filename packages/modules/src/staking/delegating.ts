/** Delegating, undelegating, redelegating (SDK x/staking `keeper/delegation.go`). */
import { equalBytes } from "@tandem-ics/crypto";
import { type Context, Dec, lengthBytesKey, plainError, sdkErrors } from "@tandem-ics/runtime";
import { BondStatus } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import type { Delegation } from "./delegation.ts";
import { BONDED_POOL, NOT_BONDED_POOL, type StakingParts } from "./dependencies.ts";
import { stakingErrors } from "./errors.ts";
import type { Pools } from "./pools.ts";
import type { UnbondingRecords } from "./unbonding-records.ts";
import {
  hasInvalidExchangeRate,
  isBonded,
  isUnbonded,
  sharesFromTokens,
  sharesFromTokensTruncated,
  tokensFromShares,
  type Validator,
} from "./validator.ts";
import type { Validators } from "./validators.ts";

/** Moves stake. */
export interface Delegating {
  delegation(ctx: Context, delAddr: Uint8Array, valAddr: Uint8Array): Delegation | undefined;
  /** Throws `staking/19`. */
  requireDelegation(ctx: Context, delAddr: Uint8Array, valAddr: Uint8Array): Delegation;
  delegatorDelegations(ctx: Context, delAddr: Uint8Array): Delegation[];
  validatorDelegations(ctx: Context, valAddr: Uint8Array): Delegation[];
  /** Writes the record alone. */
  setDelegation(ctx: Context, delegation: Delegation): void;
  /**
   * Adds `amount` to the validator. Tokens come from the delegator's account, or, with `subtractAccount` false, from the
   * pool that `tokenSource` stands for. Returns the new shares.
   */
  delegate(
    ctx: Context,
    delAddr: Uint8Array,
    amount: bigint,
    tokenSource: BondStatus,
    validator: Validator,
    subtractAccount: boolean,
  ): Dec;
  /** Takes shares away and returns their tokens, which stay in the pool. */
  unbond(ctx: Context, delAddr: Uint8Array, valAddr: Uint8Array, shares: Dec): bigint;
  /** Begins to unbond shares. */
  undelegate(
    ctx: Context,
    delAddr: Uint8Array,
    valAddr: Uint8Array,
    shares: Dec,
  ): { completionTimeNs: bigint; amount: bigint };
  /** Moves shares to another validator. Returns the time until which they answer for the source; `undefined`: at once. */
  redelegate(
    ctx: Context,
    delAddr: Uint8Array,
    source: Uint8Array,
    destination: Uint8Array,
    shares: Dec,
  ): bigint | undefined;
  /** Shares to take for `amount` tokens, at most all. Throws staking/19, staking/22, sdk/18. */
  validateUnbondAmount(ctx: Context, delAddr: Uint8Array, valAddr: Uint8Array, amount: bigint): Dec;
}

interface Others {
  readonly validators: Validators;
  readonly records: UnbondingRecords;
  readonly pools: Pools;
}

/** Makes the delegations' part of the keeper. */
export function createDelegating(parts: StakingParts, others: Others): Delegating {
  const { state, hooks } = parts;
  const { validators, records, pools } = others;
  const { delegations, delegationsByValidator } = state;
  const unbondingTimeNs = (ctx: Context): bigint => state.params.require(ctx).unbondingTimeNs;

  function requireDelegation(ctx: Context, delAddr: Uint8Array, valAddr: Uint8Array): Delegation {
    const delegation = delegations.get(ctx, [delAddr, valAddr]);
    if (delegation === undefined) throw stakingErrors.noDelegation();
    return delegation;
  }
  function setDelegation(ctx: Context, delegation: Delegation): void {
    const { delegator, validator } = delegation;
    delegations.set(ctx, [delegator, validator], delegation);
    delegationsByValidator.set(ctx, [validator, delegator], true);
  }
  function removeDelegation(ctx: Context, { delegator, validator }: Delegation): void {
    hooks.beforeDelegationRemoved(ctx, delegator, validator);
    delegations.remove(ctx, [delegator, validator]);
    delegationsByValidator.remove(ctx, [validator, delegator]);
  }

  function delegate(
    ctx: Context,
    delAddr: Uint8Array,
    amount: bigint,
    tokenSource: BondStatus,
    validator: Validator,
    subtractAccount: boolean,
  ): Dec {
    // all tokens were slashed away: shares would cost nothing
    if (hasInvalidExchangeRate(validator)) throw stakingErrors.invalidExchangeRate();
    const valAddr = validator.operator;
    const found = delegations.get(ctx, [delAddr, valAddr]);
    if (found === undefined) hooks.beforeDelegationCreated(ctx, delAddr, valAddr);
    else hooks.beforeDelegationSharesModified(ctx, delAddr, valAddr);
    if (subtractAccount) takeFromAccount(ctx, parts, pools, delAddr, amount, tokenSource, validator);
    else moveBetweenPools(ctx, pools, amount, tokenSource, validator);
    const { shares } = validators.addTokens(ctx, validator, amount);
    const total = (found?.shares ?? Dec.ZERO).add(shares);
    setDelegation(ctx, { delegator: delAddr, validator: valAddr, shares: total });
    hooks.afterDelegationModified(ctx, delAddr, valAddr);
    return shares;
  }

  function unbond(ctx: Context, delAddr: Uint8Array, valAddr: Uint8Array, shares: Dec): bigint {
    const delegation = delegations.get(ctx, [delAddr, valAddr]);
    if (delegation === undefined) throw stakingErrors.noDelegatorForAddress();
    hooks.beforeDelegationSharesModified(ctx, delAddr, valAddr);
    if (delegation.shares.lt(shares))
      throw stakingErrors.notEnoughDelegationShares(delegation.shares.toString());
    let validator = validators.require(ctx, valAddr);
    const left: Delegation = { ...delegation, shares: delegation.shares.sub(shares) };
    // an operator whose own stake falls below what was promised is jailed
    if (
      equalBytes(delAddr, valAddr) &&
      !validator.jailed &&
      tokensFromShares(validator, left.shares).truncateInt() < validator.minSelfDelegation
    ) {
      validators.jail(ctx, validator);
      // read again: that costs gas
      validator = validators.require(ctx, valAddr);
    }
    if (left.shares.isZero()) removeDelegation(ctx, left);
    else {
      setDelegation(ctx, left);
      hooks.afterDelegationModified(ctx, delAddr, valAddr);
    }
    const removed = validators.removeShares(ctx, validator, shares);
    // a validator that is not yet unbonded is removed when it has unbonded
    if (removed.validator.shares.isZero() && isUnbonded(removed.validator)) validators.remove(ctx, valAddr);
    return removed.tokens;
  }

  function undelegate(ctx: Context, delAddr: Uint8Array, valAddr: Uint8Array, shares: Dec) {
    const validator = validators.require(ctx, valAddr);
    if (records.hasMaxUnbondings(ctx, delAddr, valAddr)) throw stakingErrors.maxUnbondingEntries();
    const amount = unbond(ctx, delAddr, valAddr, shares);
    if (isBonded(validator)) pools.toNotBonded(ctx, amount);
    const completionTimeNs = ctx.timeNs + unbondingTimeNs(ctx);
    records.addUnbondingEntry(ctx, delAddr, valAddr, {
      creationHeight: ctx.height,
      completionTimeNs,
      initialBalance: amount,
    });
    records.queueUnbonding(ctx, { delegator: delAddr, validator: valAddr }, completionTimeNs);
    return { completionTimeNs, amount };
  }

  /**
   * Since when, and until when, stake that leaves `source` now answers for it; `undefined`: not at all. Throws `staking/3`
   * when the last stake has left an unbonded validator, which is gone then.
   */
  function liability(ctx: Context, source: Uint8Array): { height: bigint; untilNs: bigint } | undefined {
    const validator = validators.require(ctx, source);
    // read whatever the status is: that costs gas
    const unbondingNs = unbondingTimeNs(ctx);
    if (isBonded(validator)) return { height: ctx.height, untilNs: ctx.timeNs + unbondingNs };
    if (isUnbonded(validator)) return undefined;
    return { height: validator.unbondingHeight, untilNs: validator.unbondingTimeNs };
  }

  function redelegate(
    ctx: Context,
    delAddr: Uint8Array,
    source: Uint8Array,
    destination: Uint8Array,
    shares: Dec,
  ): bigint | undefined {
    if (equalBytes(source, destination)) throw stakingErrors.selfRedelegation();
    const to = validators.get(ctx, destination);
    if (to === undefined) throw stakingErrors.badRedelegationDestination();
    const from = validators.get(ctx, source);
    if (from === undefined) throw stakingErrors.badRedelegationSource();
    // stake that is still answering for an earlier validator cannot hop on
    if (records.hasReceivingRedelegation(ctx, delAddr, source)) throw stakingErrors.transitiveRedelegation();
    if (records.hasMaxRedelegations(ctx, delAddr, source, destination))
      throw stakingErrors.maxRedelegationEntries();
    const amount = unbond(ctx, delAddr, source, shares);
    if (amount === 0n) throw stakingErrors.tinyRedelegation();
    const sharesDst = delegate(ctx, delAddr, amount, from.status, to, false);
    const held = liability(ctx, source);
    if (held === undefined) return undefined;
    const of = { delegator: delAddr, source, destination };
    records.addRedelegationEntry(ctx, of, {
      creationHeight: held.height,
      completionTimeNs: held.untilNs,
      initialBalance: amount,
      sharesDst,
    });
    records.queueRedelegation(ctx, of, held.untilNs);
    return held.untilNs;
  }

  return {
    delegation: (ctx, delAddr, valAddr) => delegations.get(ctx, [delAddr, valAddr]),
    requireDelegation,
    delegatorDelegations: (ctx, delAddr) =>
      delegations.values(ctx, { prefix: lengthBytesKey.encode(delAddr) }),
    validatorDelegations: (ctx, valAddr) =>
      delegationsByValidator
        .keys(ctx, { prefix: lengthBytesKey.encode(valAddr) })
        .map(([validator, delegator]) => delegations.get(ctx, [delegator, validator])!),
    setDelegation,
    delegate,
    unbond,
    undelegate,
    redelegate,
    validateUnbondAmount(ctx, delAddr, valAddr, amount) {
      const validator = validators.require(ctx, valAddr);
      const delegation = requireDelegation(ctx, delAddr, valAddr);
      const shares = sharesFromTokens(validator, amount);
      if (sharesFromTokensTruncated(validator, amount).gt(delegation.shares))
        throw sdkErrors.invalidRequest("invalid shares amount");
      // rounding may ask for a little more than there is
      return shares.gt(delegation.shares) ? delegation.shares : shares;
    },
  };
}

function takeFromAccount(
  ctx: Context,
  { bank }: StakingParts,
  pools: Pools,
  delAddr: Uint8Array,
  amount: bigint,
  tokenSource: BondStatus,
  validator: Validator,
): void {
  if (tokenSource === BondStatus.BOND_STATUS_BONDED) {
    throw plainError("delegation token source cannot be bonded; expected Unbonded or Unbonding, got Bonded");
  }
  const pool = isBonded(validator) ? BONDED_POOL : NOT_BONDED_POOL;
  bank.delegateCoinsFromAccountToModule(ctx, delAddr, pool, pools.bondCoins(ctx, amount));
}

function moveBetweenPools(
  ctx: Context,
  pools: Pools,
  amount: bigint,
  tokenSource: BondStatus,
  validator: Validator,
): void {
  const sourceBonded = tokenSource === BondStatus.BOND_STATUS_BONDED;
  if (sourceBonded === isBonded(validator)) return;
  if (sourceBonded) pools.toNotBonded(ctx, amount);
  else pools.toBonded(ctx, amount);
}
