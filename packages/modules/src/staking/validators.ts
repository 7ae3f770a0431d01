/** Validators in the store: record, index by consensus address, index by power (SDK x/staking `keeper/validator.go`). */
import type { Context, Dec } from "@tandem-ics/runtime";
import type { StakingParts } from "./dependencies.ts";
import { stakingErrors } from "./errors.ts";
import type { PowerKey } from "./state.ts";
import {
  addTokens,
  consensusPower,
  isBonded,
  isUnbonded,
  removeShares,
  removeTokens,
  type Validator,
} from "./validator.ts";

/** Reads and writes validators. */
export interface Validators {
  get(ctx: Context, valAddr: Uint8Array): Validator | undefined;
  /** Throws `staking/3`. */
  require(ctx: Context, valAddr: Uint8Array): Validator;
  byConsAddr(ctx: Context, consAddr: Uint8Array): Validator | undefined;
  /** By operator bytes. */
  all(ctx: Context): Validator[];
  set(ctx: Context, validator: Validator): void;
  setConsAddr(ctx: Context, validator: Validator): void;
  /** Jailed validators have no place in the index. */
  setPower(ctx: Context, validator: Validator): void;
  removePower(ctx: Context, validator: Validator): void;
  addTokens(ctx: Context, validator: Validator, amount: bigint): { validator: Validator; shares: Dec };
  removeShares(ctx: Context, validator: Validator, shares: Dec): { validator: Validator; tokens: bigint };
  removeTokens(ctx: Context, validator: Validator, amount: bigint): Validator;
  /** Throws `staking/8` unless it is unbonded and empty; nothing when it does not exist. */
  remove(ctx: Context, valAddr: Uint8Array): void;
  jail(ctx: Context, validator: Validator): Validator;
  unjail(ctx: Context, validator: Validator): Validator;
  /** Operators from the most powerful down, jailed ones excluded. */
  operatorsByPower(ctx: Context): Iterable<Uint8Array>;
  /** Bonded ones among the `maxValidators` most powerful, most powerful first. */
  bondedByPower(ctx: Context): Validator[];
  lastPower(ctx: Context, valAddr: Uint8Array): bigint;
  lastPowers(ctx: Context): { operator: Uint8Array; power: bigint }[];
  /** The set that was last given to consensus, by operator bytes. */
  last(ctx: Context): Validator[];
}

/** Makes the validators' part of the keeper. */
export function createValidators({ state, hooks, powerReduction }: StakingParts): Validators {
  const { validators, operators, byPower } = state;
  const powerKey = ({ tokens, operator }: Validator): PowerKey => ({
    power: consensusPower(tokens, powerReduction),
    operator,
  });

  function require(ctx: Context, valAddr: Uint8Array): Validator {
    const validator = validators.get(ctx, valAddr);
    if (validator === undefined) throw stakingErrors.noValidatorFound();
    return validator;
  }
  const set = (ctx: Context, validator: Validator): void =>
    validators.set(ctx, validator.operator, validator);
  function setPower(ctx: Context, validator: Validator): void {
    if (!validator.jailed) byPower.set(ctx, powerKey(validator), validator.operator);
  }
  const removePower = (ctx: Context, validator: Validator): void => byPower.remove(ctx, powerKey(validator));
  /** Replaces `before` by what `change` makes of it, with the index by power. */
  function replace<T extends { validator: Validator }>(ctx: Context, before: Validator, change: () => T): T {
    removePower(ctx, before);
    const changed = change();
    set(ctx, changed.validator);
    setPower(ctx, changed.validator);
    return changed;
  }
  function* operatorsByPower(ctx: Context): Iterable<Uint8Array> {
    for (const [, operator] of byPower.entries(ctx, { reverse: true })) yield operator;
  }

  return {
    get: (ctx, valAddr) => validators.get(ctx, valAddr),
    require,
    byConsAddr(ctx, consAddr) {
      const operator = operators.get(ctx, consAddr);
      return operator === undefined ? undefined : validators.get(ctx, operator);
    },
    all: (ctx) => validators.values(ctx),
    set,
    setConsAddr: (ctx, { consAddress, operator }) => operators.set(ctx, consAddress, operator),
    setPower,
    removePower,
    addTokens: (ctx, validator, amount) => replace(ctx, validator, () => addTokens(validator, amount)),
    removeShares: (ctx, validator, shares) => replace(ctx, validator, () => removeShares(validator, shares)),
    removeTokens: (ctx, validator, amount) =>
      replace(ctx, validator, () => ({ validator: removeTokens(validator, amount) })).validator,
    remove(ctx, valAddr) {
      const validator = validators.get(ctx, valAddr);
      if (validator === undefined) return;
      if (!isUnbonded(validator)) {
        throw stakingErrors.badRemoveValidator(
          "cannot call RemoveValidator on bonded or unbonding validators",
        );
      }
      if (validator.tokens > 0n) {
        throw stakingErrors.badRemoveValidator(
          "attempting to remove a validator which still contains tokens",
        );
      }
      validators.remove(ctx, valAddr);
      operators.remove(ctx, validator.consAddress);
      removePower(ctx, validator);
      hooks.afterValidatorRemoved(ctx, validator.consAddress, valAddr);
    },
    jail(ctx, validator) {
      if (validator.jailed) throw stakingErrors.validatorJailed("cannot jail already jailed validator");
      const jailed = { ...validator, jailed: true };
      set(ctx, jailed);
      removePower(ctx, jailed);
      return jailed;
    },
    unjail(ctx, validator) {
      const free = { ...validator, jailed: false };
      set(ctx, free);
      setPower(ctx, free);
      return free;
    },
    operatorsByPower,
    bondedByPower(ctx) {
      const { maxValidators } = state.params.require(ctx);
      const bonded: Validator[] = [];
      for (const operator of operatorsByPower(ctx)) {
        if (bonded.length >= maxValidators) break;
        const validator = require(ctx, operator);
        if (isBonded(validator)) bonded.push(validator);
      }
      return bonded;
    },
    lastPower: (ctx, valAddr) => state.lastPowers.get(ctx, valAddr) ?? 0n,
    lastPowers: (ctx) =>
      Array.from(state.lastPowers.entries(ctx), ([operator, power]) => ({ operator, power })),
    last: (ctx) => state.lastPowers.keys(ctx).map((operator) => require(ctx, operator)),
  };
}
