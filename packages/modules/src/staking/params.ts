/** Parameters of staking (SDK x/staking `types/params.go`). */
import { durationToNs, nsToDuration } from "@tandem-ics/proto";
import { Dec, isDenom, plainError, type ValueCodec } from "@tandem-ics/runtime";
import { Params } from "cosmjs-types/cosmos/staking/v1beta1/staking";

/** Rules of the module. */
export interface StakingParams {
  /** How long stake can be slashed after it was taken back, nanoseconds. */
  readonly unbondingTimeNs: bigint;
  /** Most validators that are bonded at a time. */
  readonly maxValidators: number;
  /** Most entries of an unbonding delegation or redelegation. */
  readonly maxEntries: number;
  /** Historical infos that are kept. */
  readonly historicalEntries: number;
  readonly bondDenom: string;
  /** Least commission rate of any validator. */
  readonly minCommissionRate: Dec;
}

/** Twenty-one days, a hundred validators. */
export const DEFAULT_STAKING_PARAMS: StakingParams = {
  unbondingTimeNs: 1_814_400_000_000_000n,
  maxValidators: 100,
  maxEntries: 7,
  historicalEntries: 10_000,
  bondDenom: "stake",
  minCommissionRate: Dec.ZERO,
};

/** Wire form. */
export const stakingParamsToProto = (params: StakingParams): Params => ({
  unbondingTime: nsToDuration(params.unbondingTimeNs),
  maxValidators: params.maxValidators,
  maxEntries: params.maxEntries,
  historicalEntries: params.historicalEntries,
  bondDenom: params.bondDenom,
  minCommissionRate: params.minCommissionRate.toWire(),
});

/** From the wire form; nothing is checked. */
export const stakingParamsFromProto = (params: Params): StakingParams => ({
  unbondingTimeNs: durationToNs(params.unbondingTime),
  maxValidators: params.maxValidators,
  maxEntries: params.maxEntries,
  historicalEntries: params.historicalEntries,
  bondDenom: params.bondDenom,
  minCommissionRate: Dec.fromWire(params.minCommissionRate),
});

/** Stored form. */
export const stakingParamsValue: ValueCodec<StakingParams> = {
  encode: (params) => Params.encode(stakingParamsToProto(params)).finish(),
  decode: (bytes) => stakingParamsFromProto(Params.decode(bytes)),
};

/** Throws `undefined/1` with the first rule that is broken. */
export function assertStakingParams(params: StakingParams): void {
  if (params.unbondingTimeNs <= 0n)
    throw plainError(`unbonding time must be positive: ${params.unbondingTimeNs}`);
  if (params.maxValidators === 0)
    throw plainError(`max validators must be positive: ${params.maxValidators}`);
  if (params.maxEntries === 0) throw plainError(`max entries must be positive: ${params.maxEntries}`);
  if (params.bondDenom.trim() === "") throw plainError("bond denom cannot be blank");
  if (!isDenom(params.bondDenom)) throw plainError(`invalid denom: ${params.bondDenom}`);
  if (params.minCommissionRate.isNegative()) {
    throw plainError(`minimum commission rate cannot be negative: ${params.minCommissionRate}`);
  }
  if (params.minCommissionRate.gt(Dec.ONE)) {
    throw plainError(`minimum commission rate cannot be greater than 100%: ${params.minCommissionRate}`);
  }
}
