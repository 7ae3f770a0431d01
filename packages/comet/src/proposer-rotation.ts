/** How a validator set changes: updates of its members and the rotation of proposers (CometBFT spec, consensus/proposer-selection). */
import { compareBytes, equalBytes, toBinary } from "@tandem-ics/crypto";
import { CometError } from "./errors.ts";
import { byPowerThenAddress, type Validator } from "./validator.ts";
import {
  emptyValidatorSet,
  freezeValidatorSet,
  MAX_TOTAL_VOTING_POWER,
  sumVotingPower,
  type ValidatorSet,
} from "./validator-set.ts";

/** Priorities may differ by this many times the total power. */
const PRIORITY_WINDOW = 2n;
const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

const clip = (value: bigint): bigint =>
  value > INT64_MAX ? INT64_MAX : value < INT64_MIN ? INT64_MIN : value;
const int64 = (value: bigint): bigint => BigInt.asIntN(64, value);

/** A validator whose priority is being computed. */
type Draft = { -readonly [K in keyof Validator]: Validator[K] };

const drafts = (validators: readonly Validator[]): Draft[] => validators.map((v) => ({ ...v }));

/**
 * The set of `validators` (order free, priorities ignored) after one step of rotation, as at genesis.
 * @throws CometError `emptyValidatorSet`, `removalNotAllowed` for power 0, and as {@link updateValidatorSet}.
 */
export function newValidatorSet(validators: readonly Validator[]): ValidatorSet {
  if (validators.length === 0) throw emptyValidatorSet();
  const members = changed([], validators, true);
  return incrementProposerPriority(freezeValidatorSet(members, members[0]!), 1);
}

/**
 * The set after `changes`: power 0 removes, a new address joins with the lowest standing, all others keep their
 * priority but for scaling and centring. The proposer stays until the next increment. All or nothing.
 * @throws CometError `duplicateValidator`, `negativeVotingPower`, `votingPowerTooHigh`, `emptyValidatorSet`,
 *   `unknownValidator` (a removal that names nobody), `totalVotingPowerTooHigh`.
 */
export function updateValidatorSet(set: ValidatorSet, changes: readonly Validator[]): ValidatorSet {
  return changes.length === 0
    ? set
    : freezeValidatorSet(changed(set.validators, changes, false), set.proposer);
}

function changed(current: readonly Validator[], changes: readonly Validator[], fresh: boolean): Validator[] {
  const { updates, removals } = splitChanges(changes);
  if (fresh && removals.length > 0)
    throw new CometError("removalNotAllowed", "a new set cannot have a validator without power", {
      address: removals[0]!.address,
    });
  const members = new Map(current.map((v) => [toBinary(v.address), v]));
  const joining = updates.filter((v) => !members.has(toBinary(v.address)));
  if (joining.length === 0 && removals.length === current.length) throw emptyValidatorSet();
  const removedPower = powerOfRemovals(members, removals);
  const totalBeforeRemovals = checkTotals(members, updates, removedPower);
  const lowest = -(totalBeforeRemovals + (totalBeforeRemovals >> 3n));
  for (const update of updates) {
    const key = toBinary(update.address);
    members.set(key, { ...update, proposerPriority: members.get(key)?.proposerPriority ?? lowest });
  }
  for (const removal of removals) members.delete(toBinary(removal.address));
  const result = drafts([...members.values()]);
  rescaleAndShift(result, sumVotingPower(result));
  return result.map((v) => Object.freeze(v)).sort(byPowerThenAddress);
}

function splitChanges(changes: readonly Validator[]): { updates: Validator[]; removals: Validator[] } {
  const sorted = [...changes].sort((a, b) => compareBytes(a.address, b.address));
  sorted.forEach((change, i) => {
    const { address, votingPower } = change;
    if (i > 0 && equalBytes(sorted[i - 1]!.address, address))
      throw new CometError("duplicateValidator", "two changes for one validator", { address });
    if (votingPower < 0n)
      throw new CometError("negativeVotingPower", `voting power ${votingPower} is negative`, {
        address,
        votingPower,
      });
    if (votingPower > MAX_TOTAL_VOTING_POWER)
      throw new CometError("votingPowerTooHigh", `voting power ${votingPower} is too high`, {
        address,
        votingPower,
      });
  });
  return {
    updates: sorted.filter((v) => v.votingPower > 0n),
    removals: sorted.filter((v) => v.votingPower === 0n),
  };
}

function powerOfRemovals(members: ReadonlyMap<string, Validator>, removals: readonly Validator[]): bigint {
  let power = 0n;
  for (const { address } of removals) {
    const member = members.get(toBinary(address));
    if (member === undefined)
      throw new CometError("unknownValidator", "the validator to remove is not in the set", { address });
    power += member.votingPower;
  }
  return power;
}

/** Total after updates and before removals. Smallest deltas first, so that a legal end is not refused half way. */
function checkTotals(
  members: ReadonlyMap<string, Validator>,
  updates: readonly Validator[],
  removedPower: bigint,
): bigint {
  let total = -removedPower;
  for (const { votingPower } of members.values()) total += votingPower;
  const deltas = updates.map((v) => v.votingPower - (members.get(toBinary(v.address))?.votingPower ?? 0n));
  deltas.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  for (const delta of deltas) {
    total += delta;
    if (total > MAX_TOTAL_VOTING_POWER)
      throw new CometError("totalVotingPowerTooHigh", `total voting power ${total} is too high`, {
        total,
        max: MAX_TOTAL_VOTING_POWER,
      });
  }
  return total + removedPower;
}

/**
 * `times` steps of rotation; the proposer is the one chosen last. Scaling and centring happen once a call, so two calls
 * of one step are not one call of two.
 * @throws RangeError unless `times` is above zero.
 */
export function incrementProposerPriority(set: ValidatorSet, times: number): ValidatorSet {
  if (!Number.isInteger(times) || times <= 0) throw new RangeError("rotation goes forward only");
  const validators = drafts(set.validators);
  rescaleAndShift(validators, set.totalVotingPower);
  let proposer = 0;
  for (let i = 0; i < times; i++) proposer = rotate(validators, set.totalVotingPower);
  const frozen = validators.map((v): Validator => Object.freeze(v));
  return freezeValidatorSet(frozen, frozen[proposer]!);
}

/** One step: everybody gains its own power, the highest (then lowest address) proposes and pays the total. */
function rotate(validators: Draft[], total: bigint): number {
  let best = 0;
  validators.forEach((validator, i) => {
    validator.proposerPriority = clip(validator.proposerPriority + validator.votingPower);
    if (i === 0) return;
    const leader = validators[best]!;
    const ahead = validator.proposerPriority - leader.proposerPriority;
    if (ahead > 0n || (ahead === 0n && compareBytes(validator.address, leader.address) < 0)) best = i;
  });
  const chosen = validators[best]!;
  chosen.proposerPriority = clip(chosen.proposerPriority - total);
  return best;
}

function rescaleAndShift(validators: Draft[], total: bigint): void {
  rescale(validators, PRIORITY_WINDOW * total);
  const count = BigInt(validators.length);
  let sum = 0n;
  for (const { proposerPriority } of validators) sum += proposerPriority;
  const average = floorDivide(sum, count);
  for (const v of validators) v.proposerPriority = clip(v.proposerPriority - average);
}

/** Divides all priorities, toward zero, when they are further apart than `window`. Wraps as int64 does in Go. */
function rescale(validators: Draft[], window: bigint): void {
  if (window <= 0n) return;
  let max = INT64_MIN;
  let min = INT64_MAX;
  for (const { proposerPriority } of validators) {
    if (proposerPriority > max) max = proposerPriority;
    if (proposerPriority < min) min = proposerPriority;
  }
  let spread = int64(max - min);
  if (spread < 0n) spread = int64(-spread);
  if (spread <= window) return;
  const ratio = int64(spread + window - 1n) / window;
  for (const v of validators) v.proposerPriority /= ratio;
}

const floorDivide = (a: bigint, b: bigint): bigint => (a < 0n && a % b !== 0n ? a / b - 1n : a / b);
