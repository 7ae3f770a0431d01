/** What other modules do when stake changes (SDK x/staking `types/expected_keepers.go`). */
import type { Context, Dec } from "@tandem-ics/runtime";

/** Called in the order of registration; an error aborts what called. `valAddr` is the operator's address. */
export interface StakingHooks {
  afterValidatorCreated(ctx: Context, valAddr: Uint8Array): void;
  /** Before a commission change and before a slash. */
  beforeValidatorModified(ctx: Context, valAddr: Uint8Array): void;
  afterValidatorRemoved(ctx: Context, consAddr: Uint8Array, valAddr: Uint8Array): void;
  afterValidatorBonded(ctx: Context, consAddr: Uint8Array, valAddr: Uint8Array): void;
  afterValidatorBeginUnbonding(ctx: Context, consAddr: Uint8Array, valAddr: Uint8Array): void;
  beforeDelegationCreated(ctx: Context, delAddr: Uint8Array, valAddr: Uint8Array): void;
  beforeDelegationSharesModified(ctx: Context, delAddr: Uint8Array, valAddr: Uint8Array): void;
  beforeDelegationRemoved(ctx: Context, delAddr: Uint8Array, valAddr: Uint8Array): void;
  afterDelegationModified(ctx: Context, delAddr: Uint8Array, valAddr: Uint8Array): void;
  /** `fraction` of the validator's tokens is about to be burned. */
  beforeValidatorSlashed(ctx: Context, valAddr: Uint8Array, fraction: Dec): void;
  /** An unbonding delegation, a redelegation or a validator's unbonding began under this id. */
  afterUnbondingInitiated(ctx: Context, id: bigint): void;
}

/** All of `hooks`, one after the other; the list may still grow. */
export function composeHooks(hooks: readonly Partial<StakingHooks>[]): StakingHooks {
  return {
    afterValidatorCreated: (...args) => {
      for (const hook of hooks) hook.afterValidatorCreated?.(...args);
    },
    beforeValidatorModified: (...args) => {
      for (const hook of hooks) hook.beforeValidatorModified?.(...args);
    },
    afterValidatorRemoved: (...args) => {
      for (const hook of hooks) hook.afterValidatorRemoved?.(...args);
    },
    afterValidatorBonded: (...args) => {
      for (const hook of hooks) hook.afterValidatorBonded?.(...args);
    },
    afterValidatorBeginUnbonding: (...args) => {
      for (const hook of hooks) hook.afterValidatorBeginUnbonding?.(...args);
    },
    beforeDelegationCreated: (...args) => {
      for (const hook of hooks) hook.beforeDelegationCreated?.(...args);
    },
    beforeDelegationSharesModified: (...args) => {
      for (const hook of hooks) hook.beforeDelegationSharesModified?.(...args);
    },
    beforeDelegationRemoved: (...args) => {
      for (const hook of hooks) hook.beforeDelegationRemoved?.(...args);
    },
    afterDelegationModified: (...args) => {
      for (const hook of hooks) hook.afterDelegationModified?.(...args);
    },
    beforeValidatorSlashed: (...args) => {
      for (const hook of hooks) hook.beforeValidatorSlashed?.(...args);
    },
    afterUnbondingInitiated: (...args) => {
      for (const hook of hooks) hook.afterUnbondingInitiated?.(...args);
    },
  };
}
