/** Who agreed to validate a consumer (interchain-security ADR-015). Membership changes with the next epoch or launch. */

import { ConsumerPhase } from "@tandem-ics/proto";
import type { Context } from "@tandem-ics/runtime";
import { ccvErrors } from "../types/errors.ts";
import { isActive, phaseOf } from "./consumers.ts";
import { providerErrors } from "./errors.ts";
import type { ProviderDeps, StakingValidator } from "./expected-keepers.ts";
import type { KeyAssignment } from "./key-assignment.ts";
import * as state from "./state.ts";

/** Opting in and out. */
export function createOptIn({ staking }: Pick<ProviderDeps, "staking">, keys: KeyAssignment) {
  return {
    /**
     * Opts the validator in; with a key text also assigns that key. Throws `provider/27` unless the consumer is active,
     * and what assigning throws.
     */
    optIn(ctx: Context, consumerId: string, validator: StakingValidator, keyJson: string): void {
      if (!isActive(ctx, consumerId))
        throw providerErrors.invalidPhase(
          `cannot opt in to a consumer chain that is not in the registered, initialized, or launched phase: ${consumerId}`,
        );
      state.optedIn.set(ctx, [consumerId, validator.consAddress], true);
      if (keyJson === "") return;
      const key = keys.parse(keyJson);
      // The same validator once more: reading it is gas.
      keys.assign(ctx, consumerId, staking.validatorByConsAddr(ctx, validator.consAddress) ?? validator, key);
    },

    /**
     * Takes the validator's consent back. Throws `provider/3` for an unknown consumer, `provider/27` unless it is
     * launched, `provider/20` for the top validators of a Top N chain.
     */
    optOut(ctx: Context, consumerId: string, validator: StakingValidator): void {
      const phase = phaseOf(ctx, consumerId);
      if (phase === ConsumerPhase.CONSUMER_PHASE_UNSPECIFIED)
        throw providerErrors.unknownConsumerId(
          `opting out of an unknown consumer chain, consumerId(${consumerId})`,
        );
      if (phase !== ConsumerPhase.CONSUMER_PHASE_LAUNCHED)
        throw providerErrors.invalidPhase(
          `opting out of a consumer chain not yet launched, consumerId(${consumerId})`,
        );
      const shaping = state.powerShaping.get(ctx, consumerId);
      if (shaping === undefined)
        throw ccvErrors.invalidConsumerState(`no power shaping parameters, consumerId(${consumerId})`);
      if (shaping.topN > 0) {
        // The same validator once more: reading it is gas.
        const { operator } = staking.validatorByConsAddr(ctx, validator.consAddress) ?? validator;
        const power = staking.lastValidatorPower(ctx, operator);
        const least = state.minimumPower.get(ctx, consumerId);
        if (least === undefined)
          throw providerErrors.unknownConsumerId(
            `Could not find minimum power in top N for chain with consumer id: ${consumerId}`,
          );
        if (power >= least)
          throw providerErrors.cannotOptOutFromTopN(
            `validator with power (${power}) cannot opt out from Top N chain with consumer id (${consumerId})` +
              ` because all validators with at least ${least} power have to validate`,
          );
      }
      state.optedIn.remove(ctx, [consumerId, validator.consAddress]);
    },
  };
}

/** See {@link createOptIn}. */
export type OptIn = ReturnType<typeof createOptIn>;
