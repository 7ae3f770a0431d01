/** What an infraction costs, as ccv.md §7.3 and §7.8 tell it. Amounts are base tokens; shares and fractions 10^-18. */
import { floor, halfEven, least, ONE } from "./fractions.ts";

/** Tokens to one unit of voting power. */
export const POWER_REDUCTION = 10n ** 6n;

/** Stake that was taken back. */
export interface Unbonding {
  readonly delegator: string;
  readonly validator: string;
  readonly initial: bigint;
  balance: bigint;
  /** Height at which it left. */
  readonly height: bigint;
  readonly mature: boolean;
}

/** Stake that moved to another validator. */
export interface Redelegation {
  readonly delegator: string;
  readonly source: string;
  readonly destination: string;
  readonly initial: bigint;
  /** What it became at the destination. */
  readonly shares: bigint;
  readonly height: bigint;
  readonly mature: boolean;
}

/** A validator's tokens and all shares of them. */
export interface Pot {
  tokens: bigint;
  shares: bigint;
}

/** Stake at a moment. Records stand in staking's order. */
export interface Stake {
  readonly validators: Map<string, Pot>;
  /** Shares by delegator and validator, joined by a slash. */
  readonly delegations: Map<string, bigint>;
  readonly unbondings: Unbonding[];
  readonly redelegations: Redelegation[];
}

/** §7.8 step 1: the power that equivocation answers for. */
export function equivocationPower(stake: Stake, validator: string, lastPower: bigint): bigint {
  let sum = 0n;
  for (const entry of stake.unbondings)
    if (entry.validator === validator && !entry.mature) sum += entry.initial;
  for (const entry of stake.redelegations)
    if (entry.source === validator && !entry.mature) sum += entry.initial;
  return lastPower + floor(sum, POWER_REDUCTION);
}

/** Burns at most `owed` of what a delegator takes back from a validator; returns what it could not get. */
function burnUnbonding(stake: Stake, moved: Redelegation, owed: bigint, height: bigint): bigint {
  let left = owed;
  for (const entry of stake.unbondings) {
    if (entry.delegator !== moved.delegator || entry.validator !== moved.destination) continue;
    if (entry.mature || entry.height < height) continue;
    const paid = least(left, entry.balance);
    entry.balance -= paid;
    left -= paid;
  }
  return left;
}

/** Burns what shares of a delegation are worth, at most all of them. */
function burnShares(stake: Stake, delegator: string, validator: string, shares: bigint): void {
  const row = `${delegator}/${validator}`;
  const held = stake.delegations.get(row) ?? 0n;
  const taken = least(shares, held);
  if (taken === 0n) return;
  const pot = stake.validators.get(validator)!;
  const worth =
    taken === pot.shares ? pot.tokens : floor(halfEven(taken * pot.tokens * ONE, pot.shares), ONE);
  pot.tokens -= worth;
  pot.shares -= taken;
  if (taken === held) stake.delegations.delete(row);
  else stake.delegations.set(row, held - taken);
}

/**
 * Slashes `part` of `power` for an infraction at `height`, in place: entries that left before it are spared (§7.8 step 2,
 * §7.3); what moved to another validator pays from there.
 */
export function slash(stake: Stake, validator: string, power: bigint, part: bigint, height: bigint): void {
  let left = floor(power * POWER_REDUCTION * part, ONE);
  for (const entry of stake.unbondings) {
    if (entry.validator !== validator || entry.mature || entry.height < height) continue;
    const cut = floor(part * entry.initial, ONE);
    left -= cut;
    entry.balance -= least(cut, entry.balance);
  }
  for (const entry of stake.redelegations) {
    if (entry.source !== validator || entry.mature || entry.height < height) continue;
    const cut = floor(part * entry.initial, ONE);
    left -= cut;
    const unpaid = burnUnbonding(stake, entry, cut, height);
    if (unpaid > 0n)
      burnShares(stake, entry.delegator, entry.destination, halfEven(part * entry.shares, ONE));
  }
  const pot = stake.validators.get(validator)!;
  if (left > 0n) pot.tokens -= least(left, pot.tokens);
}
