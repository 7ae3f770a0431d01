/** The slash meter: how much voting power downtime packets of all consumers together may still jail (interchain-security ADR-002). */

import { durationToNs } from "@tandem-ics/proto";
import { assert, type Context, Dec } from "@tandem-ics/runtime";
import type { ProviderDeps } from "./expected-keepers.ts";
import { providerParams } from "./params.ts";
import * as state from "./state.ts";

/** CometBFT's bound on total voting power: ⌊(2^63 − 1) / 8⌋. */
const MAX_TOTAL_POWER = ((1n << 63n) - 1n) / 8n;

/** The meter. */
export function createThrottle({ staking }: Pick<ProviderDeps, "staking">) {
  /** What one replenishment adds, and the meter's maximum: a fraction of the total power, half to even, at least 1. */
  function allowance(ctx: Context): bigint {
    const fraction = Dec.parse(providerParams(ctx).slashMeterReplenishFraction);
    const rounded = fraction.mulInt(staking.lastTotalPower(ctx)).roundInt();
    return rounded === 0n ? 1n : rounded;
  }

  function setMeter(ctx: Context, value: bigint): void {
    assert(value <= MAX_TOTAL_POWER && value >= -MAX_TOTAL_POWER, "the slash meter left its bounds");
    state.slashMeter.set(ctx, value);
  }

  const postpone = (ctx: Context): void =>
    state.replenishCandidate.set(
      ctx,
      ctx.timeNs + durationToNs(providerParams(ctx).slashMeterReplenishPeriod),
    );

  return {
    allowance,
    meter: (ctx: Context): bigint => state.slashMeter.require(ctx),

    /** Fills the meter and starts its period. */
    initialize(ctx: Context): void {
      setMeter(ctx, allowance(ctx));
      postpone(ctx);
    },

    /** Adds the allowance when the period is over; a full meter keeps postponing, and shrinks with the total power. */
    replenish(ctx: Context): void {
      const most = allowance(ctx);
      if (ctx.timeNs >= state.replenishCandidate.require(ctx)) {
        const filled = state.slashMeter.require(ctx) + most;
        setMeter(ctx, filled > most ? most : filled);
        postpone(ctx);
      }
      if (state.slashMeter.require(ctx) >= most) {
        postpone(ctx);
        setMeter(ctx, most);
      }
    },

    /** Takes the power of the validator, 0 for an unknown or jailed one, off the meter, which stands at `meter`. */
    charge(ctx: Context, address: Uint8Array, meter: bigint): void {
      const validator = staking.validatorByConsAddr(ctx, address);
      const power =
        validator === undefined || validator.jailed
          ? 0n
          : staking.lastValidatorPower(ctx, validator.operator);
      setMeter(ctx, meter - power);
    },
  };
}

/** See {@link createThrottle}. */
export type Throttle = ReturnType<typeof createThrottle>;
