/** Staking as governance and minting see it on a provider: only validators in the consensus set count. */
import { type Context, Dec } from "@tandem-ics/runtime";
import type { ProviderDeps, StakingValidator } from "./expected-keepers.ts";
import { maxProviderValidators } from "./params.ts";

const BONDED = 3;

/** What `x/mint` and `x/gov` ask of staking. */
export interface ConsensusStakingView {
  /** The validators of the provider's own set, strongest first. */
  bondedValidatorsByPower(ctx: Context): readonly StakingValidator[];
  totalBondedTokens(ctx: Context): bigint;
  stakingTokenSupply(ctx: Context): bigint;
  bondedRatio(ctx: Context): Dec;
}

/** The view. */
export function createConsensusStakingView({ staking }: Pick<ProviderDeps, "staking">): ConsensusStakingView {
  const bondedValidatorsByPower = (ctx: Context): readonly StakingValidator[] =>
    staking.bondedValidatorsByPower(ctx).slice(0, maxProviderValidators(ctx));
  const totalBondedTokens = (ctx: Context): bigint =>
    bondedValidatorsByPower(ctx).reduce(
      (sum, { status, tokens }) => (status === BONDED ? sum + tokens : sum),
      0n,
    );
  return {
    bondedValidatorsByPower,
    totalBondedTokens,
    stakingTokenSupply: (ctx) => staking.stakingTokenSupply(ctx),
    bondedRatio(ctx) {
      const supply = staking.stakingTokenSupply(ctx);
      return supply > 0n ? Dec.fromInt(totalBondedTokens(ctx)).quoInt(supply) : Dec.ZERO;
    },
  };
}
