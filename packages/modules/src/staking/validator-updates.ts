/** The end of a block: who is bonded now, and what has unbonded (SDK x/staking `keeper/val_state_change.go`). */
import { compareBytes, toBinary } from "@tandem-ics/crypto";
import { assert, type Coins, type Context, formatCoins } from "@tandem-ics/runtime";
import { BondStatus } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import type { ValidatorUpdate } from "cosmjs-types/tendermint/abci/types";
import { isMature, isOnHold } from "./delegation.ts";
import { NOT_BONDED_POOL, type StakingParts } from "./dependencies.ts";
import type { Pools } from "./pools.ts";
import type { UnbondingRecords } from "./unbonding-records.ts";
import {
  consensusPower,
  isBonded,
  isUnbonding,
  type Validator,
  validatorPower,
  validatorUpdate,
} from "./validator.ts";
import type { Validators } from "./validators.ts";

/** Transitions of validators and maturing stake. */
export interface ValidatorSetChanges {
  /**
   * Bonds and unbonds validators by their power, moves their tokens between the pools, and returns what changed for
   * consensus: new powers from the most powerful down, then removals by address.
   */
  applyAndReturnValidatorSetUpdates(ctx: Context): ValidatorUpdate[];
  /** {@link applyAndReturnValidatorSetUpdates}, then completes what is due. */
  blockValidatorUpdates(ctx: Context): ValidatorUpdate[];
  /** Puts an unbonding validator into its queue. */
  queueValidator(ctx: Context, validator: Validator): void;
}

interface Others {
  readonly validators: Validators;
  readonly records: UnbondingRecords;
  readonly pools: Pools;
}

/** Makes this part of the keeper. */
export function createValidatorSetChanges(parts: StakingParts, others: Others): ValidatorSetChanges {
  const { state, powerReduction } = parts;
  const { validators, pools } = others;
  const transitions = createTransitions(parts, others);
  const { completeUnbondings, completeRedelegations } = createCompletion(parts, others);

  /** Walks the most powerful ones and bonds those that are not. */
  function bondStrongest(ctx: Context, before: Map<string, { operator: Uint8Array; power: bigint }>) {
    const { maxValidators } = state.params.require(ctx);
    const updates: ValidatorUpdate[] = [];
    let totalPower = 0n;
    let tokensBonded = 0n;
    let count = 0;
    for (const operator of validators.operatorsByPower(ctx)) {
      if (count >= maxValidators) break;
      let validator = validators.require(ctx, operator);
      assert(!validator.jailed, "should never retrieve a jailed validator from the power store");
      // from here on nobody has any power
      if (consensusPower(validator.tokens, powerReduction) === 0n) break;
      if (!isBonded(validator)) {
        validator = transitions.bond(ctx, validator);
        tokensBonded += validator.tokens;
      }
      const key = toBinary(operator);
      const power = validatorPower(validator, powerReduction);
      if (before.get(key)?.power !== power) {
        updates.push(validatorUpdate(validator, power));
        state.lastPowers.set(ctx, operator, power);
      }
      before.delete(key);
      count++;
      totalPower += power;
    }
    return { updates, totalPower, tokensBonded };
  }

  function applyAndReturnValidatorSetUpdates(ctx: Context): ValidatorUpdate[] {
    const left = new Map(validators.lastPowers(ctx).map((last) => [toBinary(last.operator), last]));
    const { updates, totalPower, tokensBonded } = bondStrongest(ctx, left);
    let tokensUnbonded = 0n;
    const leaving = [...left.values()].sort((a, b) => compareBytes(a.operator, b.operator));
    for (const { operator } of leaving) {
      const validator = transitions.beginUnbonding(ctx, validators.require(ctx, operator));
      tokensUnbonded += validator.tokens;
      state.lastPowers.remove(ctx, operator);
      updates.push(validatorUpdate(validator, 0n));
    }
    // one transfer for the difference
    if (tokensBonded > tokensUnbonded) pools.toBonded(ctx, tokensBonded - tokensUnbonded);
    else if (tokensBonded < tokensUnbonded) pools.toNotBonded(ctx, tokensUnbonded - tokensBonded);
    if (updates.length > 0) state.lastTotalPower.set(ctx, totalPower);
    state.validatorUpdates.set(ctx, { updates });
    return updates;
  }

  return {
    applyAndReturnValidatorSetUpdates,
    blockValidatorUpdates(ctx) {
      const updates = applyAndReturnValidatorSetUpdates(ctx);
      transitions.unbondMature(ctx);
      completeUnbondings(ctx);
      completeRedelegations(ctx);
      return updates;
    },
    queueValidator: transitions.queue,
  };
}

function createTransitions(parts: StakingParts, { validators, records }: Others) {
  const { state, hooks, addresses } = parts;
  const { validatorQueue } = state;

  function queue(ctx: Context, validator: Validator): void {
    const key = [validator.unbondingTimeNs, validator.unbondingHeight] as const;
    const queued = validatorQueue.get(ctx, key)?.addresses ?? [];
    validatorQueue.set(ctx, key, {
      addresses: [...queued, addresses.validator.encode(validator.operator)],
    });
  }
  function unqueue(ctx: Context, validator: Validator): void {
    const key = [validator.unbondingTimeNs, validator.unbondingHeight] as const;
    const operator = addresses.validator.encode(validator.operator);
    const left = (validatorQueue.get(ctx, key)?.addresses ?? []).filter((queued) => queued !== operator);
    if (left.length === 0) validatorQueue.remove(ctx, key);
    else validatorQueue.set(ctx, key, { addresses: left });
  }

  function bond(ctx: Context, validator: Validator): Validator {
    validators.removePower(ctx, validator);
    const bonded = { ...validator, status: BondStatus.BOND_STATUS_BONDED };
    validators.set(ctx, bonded);
    validators.setPower(ctx, bonded);
    unqueue(ctx, bonded);
    hooks.afterValidatorBonded(ctx, bonded.consAddress, bonded.operator);
    return bonded;
  }

  function beginUnbonding(ctx: Context, validator: Validator): Validator {
    assert(isBonded(validator), "only a bonded validator can begin to unbond");
    validators.removePower(ctx, validator);
    const id = records.nextUnbondingId(ctx);
    const unbonding: Validator = {
      ...validator,
      status: BondStatus.BOND_STATUS_UNBONDING,
      unbondingTimeNs: ctx.timeNs + state.params.require(ctx).unbondingTimeNs,
      unbondingHeight: ctx.height,
      unbondingIds: [...validator.unbondingIds, id],
    };
    validators.set(ctx, unbonding);
    validators.setPower(ctx, unbonding);
    queue(ctx, unbonding);
    hooks.afterValidatorBeginUnbonding(ctx, unbonding.consAddress, unbonding.operator);
    records.indexValidator(ctx, unbonding.operator, id);
    hooks.afterUnbondingInitiated(ctx, id);
    return unbonding;
  }

  function finishUnbonding(ctx: Context, validator: Validator): void {
    for (const id of validator.unbondingIds) records.removeIndex(ctx, id);
    const unbonded = { ...validator, status: BondStatus.BOND_STATUS_UNBONDED };
    validators.set(ctx, unbonded);
    if (unbonded.shares.isZero()) validators.remove(ctx, unbonded.operator);
    unqueue(ctx, unbonded);
  }

  /** Validators whose time and height have come. */
  function unbondMature(ctx: Context): void {
    const end = validatorQueue.key.encode([ctx.timeNs, ctx.height + 1n]);
    for (const [[timeNs, height], { addresses: queued }] of validatorQueue.entries(ctx, { end })) {
      if (height > ctx.height || timeNs > ctx.timeNs) continue;
      for (const text of queued) {
        const validator = validators.require(ctx, addresses.validator.decode(text));
        assert(isUnbonding(validator), "unexpected validator in unbonding queue; status was not unbonding");
        if (validator.unbondingOnHoldRefCount === 0n) finishUnbonding(ctx, validator);
      }
    }
  }

  return { queue, bond, beginUnbonding, unbondMature };
}

function createCompletion({ state, addresses, bank }: StakingParts, { records, pools }: Others) {
  const sum = (ctx: Context, amounts: readonly bigint[]): Coins =>
    pools.bondCoins(
      ctx,
      amounts.reduce((total, amount) => total + amount, 0n),
    );

  /** Pays the due entries out. `undefined` when there is no such record: an earlier repetition took it. */
  function completeUnbonding(ctx: Context, delegator: Uint8Array, validator: Uint8Array): Coins | undefined {
    const unbonding = records.unbonding(ctx, delegator, validator);
    if (unbonding === undefined) return undefined;
    const left = [];
    const paid: bigint[] = [];
    for (const entry of unbonding.entries) {
      if (!isMature(entry, ctx.timeNs) || isOnHold(entry)) {
        left.push(entry);
        continue;
      }
      records.removeIndex(ctx, entry.unbondingId);
      if (entry.balance === 0n) continue;
      const coins = pools.bondCoins(ctx, entry.balance);
      bank.undelegateCoinsFromModuleToAccount(ctx, NOT_BONDED_POOL, delegator, coins);
      paid.push(entry.balance);
    }
    records.setUnbonding(ctx, { ...unbonding, entries: left });
    return sum(ctx, paid);
  }

  function completeRedelegation(ctx: Context, key: readonly [Uint8Array, Uint8Array, Uint8Array]) {
    const redelegation = state.redelegations.get(ctx, key);
    if (redelegation === undefined) return undefined;
    const done = redelegation.entries.filter((entry) => isMature(entry, ctx.timeNs) && !isOnHold(entry));
    for (const entry of done) records.removeIndex(ctx, entry.unbondingId);
    records.setRedelegation(ctx, {
      ...redelegation,
      entries: redelegation.entries.filter((entry) => !done.includes(entry)),
    });
    return sum(
      ctx,
      done.map((entry) => entry.initialBalance),
    );
  }

  return {
    completeUnbondings(ctx: Context): void {
      for (const { delegator, validator } of records.dequeueUnbondings(ctx)) {
        const paid = completeUnbonding(
          ctx,
          addresses.account.decode(delegator),
          addresses.validator.decode(validator),
        );
        if (paid === undefined) continue;
        ctx.emit("complete_unbonding", { amount: formatCoins(paid), validator, delegator });
      }
    },
    completeRedelegations(ctx: Context): void {
      for (const { delegator, source, destination } of records.dequeueRedelegations(ctx)) {
        const moved = completeRedelegation(ctx, [
          addresses.account.decode(delegator),
          addresses.validator.decode(source),
          addresses.validator.decode(destination),
        ]);
        if (moved === undefined) continue;
        ctx.emit("complete_redelegation", {
          amount: formatCoins(moved),
          delegator,
          source_validator: source,
          destination_validator: destination,
        });
      }
    },
  };
}
