/** Validator sets as immutable values: identity, lookup, hash, protobuf form (CometBFT `types/validator_set.go`). */
import { compareBytes, equalBytes, toBinary } from "@tandem-ics/crypto";
import type { ValidatorSet as ProtoValidatorSet } from "cosmjs-types/tendermint/types/validator";
import { CometError, within } from "./errors.ts";
import {
  byPowerThenAddress,
  type Validator,
  validateValidatorBasic,
  validatorFromProto,
  validatorToProto,
} from "./validator.ts";

/** Greatest total power of a set: an eighth of int64, so that priorities cannot overflow. */
export const MAX_TOTAL_VOTING_POWER: bigint = (2n ** 63n - 1n) / 8n;

/**
 * Validators in order (power descending, then address ascending) and the proposer of round 0. Never empty, frozen:
 * functions that change a set give a new one.
 */
export interface ValidatorSet {
  readonly validators: readonly Validator[];
  readonly proposer: Validator;
  readonly totalVotingPower: bigint;
}

/** The frozen value; `validators` are taken over in the order given. For this package only. */
export const freezeValidatorSet = (validators: Validator[], proposer: Validator): ValidatorSet =>
  Object.freeze({
    validators: Object.freeze(validators),
    proposer,
    totalVotingPower: sumVotingPower(validators),
  });

/** Sum of powers. @throws CometError `totalVotingPowerTooHigh` above {@link MAX_TOTAL_VOTING_POWER}. */
export function sumVotingPower(validators: readonly Validator[]): bigint {
  let sum = 0n;
  for (const { votingPower } of validators) sum += votingPower;
  if (sum > MAX_TOTAL_VOTING_POWER)
    throw new CometError("totalVotingPowerTooHigh", `total voting power ${sum} is too high`, {
      total: sum,
      max: MAX_TOTAL_VOTING_POWER,
    });
  return sum;
}

/** Indexes by address, made once for each set. */
const indexes = new WeakMap<ValidatorSet, Map<string, number>>();

/** Index in the set of the first validator with this address; −1 for none. */
export function validatorIndex(set: ValidatorSet, address: Uint8Array): number {
  let index = indexes.get(set);
  if (index === undefined) {
    index = new Map();
    for (let i = set.validators.length - 1; i >= 0; i--) index.set(toBinary(set.validators[i]!.address), i);
    indexes.set(set, index);
  }
  return index.get(toBinary(address)) ?? -1;
}

/** The validator with this address. */
export const validatorByAddress = (set: ValidatorSet, address: Uint8Array): Validator | undefined =>
  set.validators[validatorIndex(set, address)];

/** Protobuf form. Total power is left 0, as Go does. */
export const validatorSetToProto = (set: ValidatorSet): ProtoValidatorSet => ({
  validators: set.validators.map(validatorToProto),
  proposer: validatorToProto(set.proposer),
  totalVotingPower: 0n,
});

/**
 * The set of a protobuf message; its order, priorities and proposer are kept, its total power is computed anew.
 * @throws CometError `emptyValidatorSet`, `invalidValidator`, `totalVotingPowerTooHigh`, `proposerNotInSet` when the
 *   proposer is missing or its address is not in the set (rule of 0.38.17).
 */
export function validatorSetFromProto(proto: ProtoValidatorSet | undefined): ValidatorSet {
  if (proto === undefined || proto.validators.length === 0) throw emptyValidatorSet();
  const validators = proto.validators.map(validatorFromProto);
  const proposer = proto.proposer === undefined ? undefined : validatorFromProto(proto.proposer);
  if (proposer === undefined || !validators.some((v) => equalBytes(v.address, proposer.address)))
    throw new CometError("proposerNotInSet", "the proposer is not in the set");
  return freezeValidatorSet(validators, proposer);
}

/** The refusal of a set without validators. */
export const emptyValidatorSet = (): CometError =>
  new CometError("emptyValidatorSet", "there is no validator in the set");

/**
 * A set out of validators that exist already, with their priorities, sorted; the proposer is the one with the lowest
 * priority, since proposing lowers it (`ValidatorSetFromExistingValidators`).
 * @throws CometError `emptyValidatorSet`, `invalidValidator`, `totalVotingPowerTooHigh`.
 */
export function existingValidatorSet(validators: readonly Validator[]): ValidatorSet {
  const frozen = validators.map((v) => (Object.isFrozen(v) ? v : Object.freeze({ ...v })));
  within("invalidValidator", "validator", () => frozen.forEach(validateValidatorBasic));
  let proposer = frozen[0];
  if (proposer === undefined) throw emptyValidatorSet();
  for (const validator of frozen.slice(1)) if (proposesBefore(proposer, validator)) proposer = validator;
  return freezeValidatorSet(frozen.sort(byPowerThenAddress), proposer);
}

/** Whether `a` is chosen as proposer before `b`: greater priority, then lower address. */
export const proposesBefore = (a: Validator, b: Validator): boolean =>
  a.proposerPriority === b.proposerPriority
    ? compareBytes(a.address, b.address) < 0
    : a.proposerPriority > b.proposerPriority;

/** The same powers, priorities and proposer. */
export function sameValidatorSet(a: ValidatorSet, b: ValidatorSet): boolean {
  if (a === b) return true;
  const same = (x: Validator, y: Validator): boolean =>
    equalBytes(x.address, y.address) &&
    x.votingPower === y.votingPower &&
    x.proposerPriority === y.proposerPriority;
  return (
    a.validators.length === b.validators.length &&
    same(a.proposer, b.proposer) &&
    a.validators.every((v, i) => same(v, b.validators[i]!))
  );
}
