/** What slashing is given. */
import type { AddressCodecs, Context, Dec } from "@tandem-ics/runtime";
import type { Infraction } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import type { PublicKey } from "cosmjs-types/tendermint/crypto/keys";
import type { MissedBlocks } from "./missed-blocks.ts";
import type { SlashingState } from "./state.ts";

/** A validator as slashing sees it. */
export interface SlashableValidator {
  readonly publicKey: PublicKey;
  readonly consAddress: Uint8Array;
  readonly jailed: boolean;
  readonly tokens: bigint;
  readonly shares: Dec;
  readonly minSelfDelegation: bigint;
}

/** What slashing needs of whoever knows the validators: the staking keeper, or the CCV keeper of a consumer. */
export interface SlashingStaking {
  /** `undefined` when there is nobody to punish. */
  validatorByConsAddr(ctx: Context, consAddr: Uint8Array): { readonly jailed: boolean } | undefined;
  /** While true, its misses do not count. On a consumer: whether its downtime was reported and not yet answered. */
  isValidatorJailed(ctx: Context, consAddr: Uint8Array): boolean;
  /** Returns the tokens that were burned, zero where that is not known. */
  slashWithInfractionReason(
    ctx: Context,
    consAddr: Uint8Array,
    infractionHeight: bigint,
    power: bigint,
    factor: Dec,
    infraction: Infraction,
  ): bigint;
  jail(ctx: Context, consAddr: Uint8Array): void;
  unjail(ctx: Context, consAddr: Uint8Array): void;
  /** For MsgUnjail and the hooks; throws when there is none. */
  requireValidator(ctx: Context, valAddr: Uint8Array): SlashableValidator;
  /** For MsgUnjail; throws when there is none. */
  requireDelegation(ctx: Context, delAddr: Uint8Array, valAddr: Uint8Array): { readonly shares: Dec };
  /** All at genesis, whose keys are then known; none on a consumer. */
  validators(ctx: Context): readonly { readonly publicKey: PublicKey }[];
}

/** What the parts of the keeper share. */
export interface SlashingParts {
  readonly addresses: AddressCodecs;
  readonly staking: SlashingStaking;
  readonly state: SlashingState;
  readonly missedBlocks: MissedBlocks;
}
