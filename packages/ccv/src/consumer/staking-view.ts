/**
 * The consumer as "staking" for its slashing and evidence modules: it holds no stake, so that a punishment becomes a
 * report to the provider (interchain-security `validators.go`).
 */
import { EMPTY } from "@tandem-ics/crypto";
import { type SlashableValidator, slashingErrors } from "@tandem-ics/modules";
import type { AddressCodecs, Context, Dec } from "@tandem-ics/runtime";
import { Infraction } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import { firstConsumerHeight, isChangeoverComplete } from "./changeover.ts";
import type { StandaloneStaking } from "./expected-keepers.ts";
import { queueSlashRequest } from "./slash-requests.ts";
import * as state from "./state.ts";

/** What slashing and evidence ask of staking. */
export interface ConsumerStakingView {
  /** Always a validator without operator that is neither jailed nor unbonded. */
  validatorByConsAddr(
    ctx: Context,
    consAddress: Uint8Array,
  ): { readonly operator: Uint8Array; readonly jailed: boolean; readonly status: number };
  /** Whether a report of downtime waits for its acknowledgement. */
  isValidatorJailed(ctx: Context, consAddress: Uint8Array): boolean;
  /** Reports the infraction; nothing is burned here. */
  slashWithInfractionReason(
    ctx: Context,
    consAddress: Uint8Array,
    infractionHeight: bigint,
    power: bigint,
    fraction: Dec,
    infraction: Infraction,
  ): bigint;
  jail(ctx: Context, consAddress: Uint8Array): void;
  unjail(ctx: Context, consAddress: Uint8Array): void;
  /** Those of the chain's own staking, once the provider's set is in force; nobody has stake without it. */
  requireValidator(ctx: Context, operator: Uint8Array): SlashableValidator;
  requireDelegation(ctx: Context, delegator: Uint8Array, operator: Uint8Array): { readonly shares: Dec };
  /** None: signing infos come with the set of the provider. */
  validators(ctx: Context): readonly [];
}

/** The view; it needs nothing but the store, so that slashing can be made from it before this module. */
export function createConsumerStakingView(
  addresses: AddressCodecs,
  standalone?: StandaloneStaking,
): ConsumerStakingView {
  return {
    validatorByConsAddr: () => ({ operator: EMPTY, jailed: false, status: 0 }),

    isValidatorJailed(ctx, consAddress) {
      if (standalone !== undefined && !isChangeoverComplete(ctx))
        return standalone.isValidatorJailed(ctx, consAddress);
      return state.outstandingDowntime.has(ctx, consAddress);
    },

    slashWithInfractionReason(ctx, address, infractionHeight, power, fraction, infraction) {
      if (infraction === Infraction.INFRACTION_UNSPECIFIED) return 0n;
      // What happened before the provider's set was in force is the old staking module's to punish.
      if (
        standalone !== undefined &&
        state.wasStandalone.has(ctx) &&
        infractionHeight < firstConsumerHeight(ctx)
      )
        return standalone.slashWithInfractionReason(
          ctx,
          address,
          infractionHeight,
          power,
          fraction,
          Infraction.INFRACTION_UNSPECIFIED,
        );
      const vscId = state.vscIdOfHeight.get(ctx, infractionHeight) ?? 0n;
      queueSlashRequest(ctx, addresses, { address, power, vscId, infraction });
      return 0n;
    },

    jail() {},

    unjail(ctx, consAddress) {
      if (standalone !== undefined && isChangeoverComplete(ctx)) standalone.unjail(ctx, consAddress);
    },

    requireValidator(ctx, operator) {
      if (standalone !== undefined && isChangeoverComplete(ctx))
        return standalone.requireValidator(ctx, operator);
      throw slashingErrors.noValidatorForAddress();
    },
    requireDelegation(ctx, delegator, operator) {
      if (standalone !== undefined && isChangeoverComplete(ctx))
        return standalone.requireDelegation(ctx, delegator, operator);
      throw slashingErrors.missingSelfDelegation();
    },
    validators: () => [],
  };
}
