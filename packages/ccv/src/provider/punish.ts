/** Punishing a validator for equivocation on a consumer (interchain-security ADR-013). */

import { slashingErrors } from "@tandem-ics/modules";
import { durationToNs, type SlashJailParameters } from "@tandem-ics/proto";
import { type Context, Dec, plainError } from "@tandem-ics/runtime";
import { Infraction } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import type { ProviderConsAddress } from "../types/addresses.ts";
import type { ProviderDeps, StakingValidator } from "./expected-keepers.ts";
import { slashFraction } from "./infraction-params.ts";

const UNBONDED = 1;

type Deps = Pick<ProviderDeps, "addresses" | "staking" | "slashing">;

/** Slashing, jailing, tombstoning. */
export function createPunish({ addresses, staking, slashing }: Deps) {
  /** The validator, if it can still be punished. Throws `slashing/2` or an untyped refusal. */
  function punishable(ctx: Context, address: ProviderConsAddress): StakingValidator {
    const text = `provider consensus address: ${addresses.consensus.encode(address)}`;
    const validator = staking.validatorByConsAddr(ctx, address);
    if (validator === undefined) throw slashingErrors.noValidatorForAddress(text);
    if (validator.status === UNBONDED) throw plainError(`validator is unbonded. ${text}`);
    if (slashing.isTombstoned(ctx, address)) throw plainError(`validator is tombstoned. ${text}`);
    return validator;
  }

  /**
   * Power to slash: the current one and that of all stake on its way out. The latter is what slashing it by 100 % from
   * height 0 would take, tried on a copy that is thrown away.
   */
  function powerToSlash(ctx: Context, validator: StakingValidator): bigint {
    const unbondings = [...staking.unbondingDelegationsFromValidator(ctx, validator.operator)];
    const redelegations = [...staking.redelegationsFromSrcValidator(ctx, validator.operator)];
    const power = staking.lastValidatorPower(ctx, validator.operator);
    const { ctx: trial } = ctx.branch();
    let leaving = 0n;
    for (const unbonding of unbondings)
      leaving += staking.slashUnbondingDelegation(trial, unbonding, 0n, Dec.ONE);
    for (const redelegation of redelegations)
      leaving += staking.slashRedelegation(trial, redelegation, 0n, Dec.ONE);
    return power + leaving / staking.powerReduction;
  }

  return {
    /**
     * Slashes, jails and, if the parameters say so, tombstones. Height 0 reaches all stake that is still unbonding or
     * redelegating, whenever it left. Throws when the validator cannot be punished.
     */
    equivocation(ctx: Context, address: ProviderConsAddress, params: SlashJailParameters): void {
      const validator = punishable(ctx, address);
      const reason = Infraction.INFRACTION_DOUBLE_SIGN;
      const power = powerToSlash(ctx, validator);
      staking.slashWithInfractionReason(ctx, validator.consAddress, 0n, power, slashFraction(params), reason);
      // Slashing and jailing each look at the validator for themselves.
      if (!punishable(ctx, address).jailed) staking.jail(ctx, address);
      slashing.jailUntil(ctx, address, ctx.timeNs + durationToNs(params.jailDuration));
      if (params.tombstone) slashing.tombstone(ctx, address);
    },
  };
}

/** See {@link createPunish}. */
export type Punish = ReturnType<typeof createPunish>;
