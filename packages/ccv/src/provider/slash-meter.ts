/** Arithmetic of the slash meter (interchain-security ADR-002): pure functions, for the module and for who checks it. */
import { Dec } from "@tandem-ics/runtime";

/** The meter at some time. */
export interface SlashMeter {
  /** Voting power that may still be jailed; negative when overdrawn. */
  readonly meter: bigint;
  /** Time from which on it may be filled again, ns since 1970. */
  readonly candidateNs: bigint;
}

/**
 * What one replenishment adds, and the meter's maximum: a fraction of the total power, half to even, at least 1.
 * @param fraction decimal text. Throws a refusal when it is none
 */
export function meterAllowance(totalPower: bigint, fraction: string): bigint {
  const rounded = Dec.parse(fraction).mulInt(totalPower).roundInt();
  return rounded === 0n ? 1n : rounded;
}

/**
 * The meter after the begin of a block: filled by the allowance when its period is over; a full one keeps postponing, and
 * shrinks with the total power. `at` itself when nothing changes.
 */
export function replenishMeter(
  at: SlashMeter,
  {
    allowance,
    nowNs,
    periodNs,
  }: { readonly allowance: bigint; readonly nowNs: bigint; readonly periodNs: bigint },
): SlashMeter {
  const isDue = nowNs >= at.candidateNs;
  const filled = isDue ? at.meter + allowance : at.meter;
  if (filled < allowance && !isDue) return at;
  return { meter: filled > allowance ? allowance : filled, candidateNs: nowNs + periodNs };
}
