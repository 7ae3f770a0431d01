/** The slash meter: how much voting power downtime packets of all consumers together may still jail (interchain-security ADR-002). */

import { durationToNs } from "@tandem-ics/proto";
import { assert, type Context } from "@tandem-ics/runtime";
import type { ProviderDeps } from "./expected-keepers.ts";
import { providerParams } from "./params.ts";
import { meterAllowance, replenishMeter } from "./slash-meter.ts";
import * as state from "./state.ts";

/** CometBFT's bound on total voting power: ⌊(2^63 − 1) / 8⌋. */
const MAX_TOTAL_POWER = ((1n << 63n) - 1n) / 8n;

/** The meter. */
export function createThrottle({ staking }: Pick<ProviderDeps, "staking">) {
  const allowance = (ctx: Context): bigint =>
    meterAllowance(staking.lastTotalPower(ctx), providerParams(ctx).slashMeterReplenishFraction);

  function setMeter(ctx: Context, value: bigint): void {
    assert(value <= MAX_TOTAL_POWER && value >= -MAX_TOTAL_POWER, "the slash meter left its bounds");
    state.slashMeter.set(ctx, value);
  }

  const periodNs = (ctx: Context): bigint => durationToNs(providerParams(ctx).slashMeterReplenishPeriod);

  return {
    allowance,
    meter: (ctx: Context): bigint => state.slashMeter.require(ctx),

    /** Fills the meter and starts its period. */
    initialize(ctx: Context): void {
      setMeter(ctx, allowance(ctx));
      state.replenishCandidate.set(ctx, ctx.timeNs + periodNs(ctx));
    },

    /** At the begin of a block. State-breaking: both rows are written when either condition holds, also with what they held. */
    replenish(ctx: Context): void {
      const before = {
        meter: state.slashMeter.require(ctx),
        candidateNs: state.replenishCandidate.require(ctx),
      };
      const after = replenishMeter(before, {
        allowance: allowance(ctx),
        nowNs: ctx.timeNs,
        periodNs: periodNs(ctx),
      });
      if (after === before) return;
      setMeter(ctx, after.meter);
      state.replenishCandidate.set(ctx, after.candidateNs);
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
