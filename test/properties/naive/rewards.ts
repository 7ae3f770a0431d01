/** How one consumer's allocation of one denom is shared out, as ccv.md §8.3 tells it. Decimals are bigints of 10^-18. */
import { floor, halfEven, ONE } from "./fractions.ts";

/** A row of the consumer's stored set. */
export interface Sharer {
  readonly address: string;
  /** Power on the consumer, capped. */
  readonly power: bigint;
  readonly joinHeight: bigint;
  /** Commission rate that applies: the consumer's, else the validator's own. */
  readonly commission: bigint;
}

/** What a distribution does. */
export interface Payout {
  /** Whole tokens to the distribution module, shared among the eligible. */
  readonly validators: bigint;
  /** Whole tokens to the community pool. */
  readonly community: bigint;
  /** The allocation that stays, only decimals. */
  readonly kept: bigint;
  /** Decimal reward of each eligible validator, commission included. */
  readonly shares: ReadonlyMap<string, bigint>;
  /** Of which commission, a half rounded to even as distribution does. */
  readonly commissions: ReadonlyMap<string, bigint>;
}

/** Shares out `allocation`; `tax` is the community tax, `blocks` how long one must have been a member. */
export function payOut(
  allocation: bigint,
  tax: bigint,
  height: bigint,
  blocks: bigint,
  set: readonly Sharer[],
): Payout {
  const eligible = set.filter((v) => height - v.joinHeight >= blocks);
  let total = 0n;
  for (const validator of eligible) total += validator.power;
  const whole = floor(allocation, ONE);
  const decimals = allocation - whole * ONE;
  const shares = new Map<string, bigint>();
  const commissions = new Map<string, bigint>();
  if (total === 0n) return { validators: 0n, community: whole, kept: decimals, shares, commissions };
  const forValidators = floor(allocation * (ONE - tax), ONE);
  const rest = allocation - forValidators;
  const paid = floor(forValidators, ONE);
  const community = floor(rest, ONE);
  for (const validator of eligible) {
    const share = floor(paid * ONE * floor(validator.power * ONE, total), ONE);
    shares.set(validator.address, share);
    commissions.set(validator.address, halfEven(share * validator.commission, ONE));
  }
  return {
    validators: paid,
    community,
    kept: allocation - paid * ONE - community * ONE,
    shares,
    commissions,
  };
}
