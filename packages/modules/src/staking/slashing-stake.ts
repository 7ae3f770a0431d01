/** Burning stake for an infraction, wherever it went meanwhile (SDK x/staking `keeper/slash.go`). */
import { CodedError, type Context, Dec, plainError } from "@tandem-ics/runtime";
import type { Delegating } from "./delegating.ts";
import {
  isSlashable,
  type Redelegation,
  type UnbondingDelegation,
  type UnbondingEntry,
} from "./delegation.ts";
import type { StakingParts } from "./dependencies.ts";
import type { Pools } from "./pools.ts";
import type { UnbondingRecords } from "./unbonding-records.ts";
import { isBonded, isUnbonded, type Validator } from "./validator.ts";
import type { Validators } from "./validators.ts";

/** Slashes and jails. */
export interface StakeSlashing {
  /**
   * Burns `factor` of the stake that made `power` at `infractionHeight`: stake that was taken back or moved since then
   * first, the validator's tokens for the rest. Returns what the validator lost; zero when it does not exist.
   * @throws `undefined/1` for an unbonded validator, a negative factor, or a future height.
   */
  slash(ctx: Context, consAddr: Uint8Array, infractionHeight: bigint, power: bigint, factor: Dec): bigint;
  /** Nominal amount, which may be more than what was left to burn. */
  slashUnbondingDelegation(
    ctx: Context,
    unbonding: UnbondingDelegation,
    infractionHeight: bigint,
    factor: Dec,
  ): bigint;
  /** Nominal amount, which may be more than what was left to burn. */
  slashRedelegation(ctx: Context, redelegation: Redelegation, infractionHeight: bigint, factor: Dec): bigint;
  /** Throws `undefined/1` when it does not exist, `staking/7` when jailed already. */
  jail(ctx: Context, consAddr: Uint8Array): void;
  /** Throws `undefined/1` when it does not exist or is not jailed. */
  unjail(ctx: Context, consAddr: Uint8Array): void;
}

interface Others {
  readonly validators: Validators;
  readonly records: UnbondingRecords;
  readonly pools: Pools;
  readonly delegating: Delegating;
}

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** Makes the slashing part of the keeper. */
export function createStakeSlashing(parts: StakingParts, others: Others): StakeSlashing {
  const { hooks, addresses, powerReduction } = parts;
  const { validators, records } = others;
  const entries = createEntrySlashing(others);

  /** A hook that refuses, for rewards beyond what decimals hold, saves nobody from the slash and stops no block. */
  function tellOfSlash(ctx: Context, operator: Uint8Array, fraction: Dec): void {
    const branch = ctx.branch();
    try {
      hooks.beforeValidatorSlashed(branch.ctx, operator, fraction);
    } catch (error) {
      if (error instanceof CodedError) return;
      throw error;
    }
    branch.commit();
  }

  function burnTokens(ctx: Context, validator: Validator, amount: bigint): bigint {
    const burned = amount < 0n ? 0n : min(amount, validator.tokens);
    if (burned === 0n) return 0n;
    const fraction = Dec.fromInt(burned).quoRoundUp(Dec.fromInt(validator.tokens));
    tellOfSlash(ctx, validator.operator, fraction.gt(Dec.ONE) ? Dec.ONE : fraction);
    validators.removeTokens(ctx, validator, burned);
    if (isBonded(validator)) others.pools.burnBonded(ctx, burned);
    else others.pools.burnNotBonded(ctx, burned);
    return burned;
  }

  function slash(
    ctx: Context,
    consAddr: Uint8Array,
    infractionHeight: bigint,
    power: bigint,
    factor: Dec,
  ): bigint {
    if (factor.isNegative()) throw plainError(`attempted to slash with a negative slash factor: ${factor}`);
    const validator = validators.byConsAddr(ctx, consAddr);
    if (validator === undefined) return 0n; // slashed to nothing and removed meanwhile
    if (isUnbonded(validator)) {
      const operator = addresses.validator.encode(validator.operator);
      throw plainError(`should not be slashing unbonded validator: ${operator}`);
    }
    hooks.beforeValidatorModified(ctx, validator.operator);
    if (infractionHeight > ctx.height) {
      throw plainError(
        `impossible attempt to slash future infraction at height ${infractionHeight} but we are at height ${ctx.height}`,
      );
    }
    let left = Dec.fromInt(power * powerReduction)
      .mul(factor)
      .truncateInt();
    // nothing can have left since an infraction in this very block
    if (infractionHeight < ctx.height) {
      for (const unbonding of [...records.unbondingsFromValidator(ctx, validator.operator)])
        left -= entries.slashUnbondingDelegation(ctx, unbonding, infractionHeight, factor);
      for (const redelegation of [...records.redelegationsFromSource(ctx, validator.operator)])
        left -= entries.slashRedelegation(ctx, redelegation, infractionHeight, factor);
    }
    return burnTokens(ctx, validator, left);
  }

  function known(ctx: Context, consAddr: Uint8Array): Validator {
    const validator = validators.byConsAddr(ctx, consAddr);
    if (validator !== undefined) return validator;
    const text = addresses.consensus.encode(consAddr);
    throw plainError(`validator with consensus-Address ${text} not found`);
  }

  return {
    ...entries,
    slash,
    jail: (ctx, consAddr) => void validators.jail(ctx, known(ctx, consAddr)),
    unjail(ctx, consAddr) {
      const validator = known(ctx, consAddr);
      if (!validator.jailed) throw plainError("cannot unjail already unjailed validator");
      validators.unjail(ctx, validator);
    },
  };
}

type EntrySlashing = Pick<StakeSlashing, "slashUnbondingDelegation" | "slashRedelegation">;

function createEntrySlashing({ validators, records, pools, delegating }: Others): EntrySlashing {
  /** Burns from each slashable entry what `owes` says, at most its balance. */
  function cut(
    ctx: Context,
    unbonding: UnbondingDelegation,
    infractionHeight: bigint,
    owes: (entry: UnbondingEntry) => bigint,
  ): bigint {
    let burned = 0n;
    const entries = [...unbonding.entries];
    for (const [i, entry] of entries.entries()) {
      if (!isSlashable(entry, infractionHeight, ctx.timeNs)) continue;
      const amount = min(owes(entry), entry.balance);
      if (amount === 0n) continue;
      burned += amount;
      entries[i] = { ...entry, balance: entry.balance - amount };
      // Written once an entry, not once a record: that is gas.
      records.setUnbonding(ctx, { ...unbonding, entries: [...entries] });
    }
    return burned;
  }

  /** Burns what `shares` of a moved stake are worth at its destination, as far as they are still there. */
  function takeMoved(ctx: Context, { delegator, destination }: Redelegation, shares: Dec) {
    const delegation = delegating.delegation(ctx, delegator, destination);
    if (delegation === undefined) return { bonded: 0n, notBonded: 0n };
    // read first: taking its last shares removes an unbonded validator
    const validator = validators.require(ctx, destination);
    const taken = shares.gt(delegation.shares) ? delegation.shares : shares;
    const tokens = delegating.unbond(ctx, delegator, destination, taken);
    return isBonded(validator) ? { bonded: tokens, notBonded: 0n } : { bonded: 0n, notBonded: tokens };
  }

  return {
    slashUnbondingDelegation(ctx, unbonding, infractionHeight, factor) {
      let total = 0n;
      const burned = cut(ctx, unbonding, infractionHeight, ({ initialBalance }) => {
        const owed = factor.mulInt(initialBalance).truncateInt();
        total += owed;
        return owed;
      });
      pools.burnNotBonded(ctx, burned);
      return total;
    },
    slashRedelegation(ctx, redelegation, infractionHeight, factor) {
      const { delegator, destination } = redelegation;
      let total = 0n;
      let bonded = 0n;
      let notBonded = 0n;
      for (const entry of redelegation.entries) {
        if (!isSlashable(entry, infractionHeight, ctx.timeNs)) continue;
        let owed = factor.mulInt(entry.initialBalance).truncateInt();
        total += owed;
        // what left the destination again pays first: undelegating after redelegating is no way out
        const unbonding = records.unbonding(ctx, delegator, destination);
        if (unbonding !== undefined) {
          notBonded += cut(ctx, unbonding, infractionHeight, ({ balance }) => {
            const paid = min(owed, balance);
            owed -= paid;
            return paid;
          });
        }
        const shares = factor.mul(entry.sharesDst);
        if (shares.isZero() || owed === 0n) continue;
        const moved = takeMoved(ctx, redelegation, shares);
        bonded += moved.bonded;
        notBonded += moved.notBonded;
      }
      pools.burnBonded(ctx, bonded);
      pools.burnNotBonded(ctx, notBonded);
      return total;
    },
  };
}
