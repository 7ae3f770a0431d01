/** Parameters of distribution (SDK x/distribution `types/params.go`). */
import { Dec, plainError, type ValueCodec } from "@tandem-ics/runtime";
import { Params } from "cosmjs-types/cosmos/distribution/v1beta1/distribution";

/** Rules of the module. */
export interface DistributionParams {
  /** Part of the fees that goes to the community pool. */
  readonly communityTax: Dec;
  /** Whether delegators may have rewards sent elsewhere. */
  readonly withdrawAddressEnabled: boolean;
}

/** Two per cent for the community. */
export const DEFAULT_DISTRIBUTION_PARAMS: DistributionParams = {
  communityTax: Dec.withPlaces(2n, 2),
  withdrawAddressEnabled: true,
};

/** Wire form; the proposer's rewards are deprecated and zero. */
export const distributionParamsToProto = (params: DistributionParams): Params => ({
  communityTax: params.communityTax.toWire(),
  baseProposerReward: "0",
  bonusProposerReward: "0",
  withdrawAddrEnabled: params.withdrawAddressEnabled,
});

/** From the wire form; nothing is checked. */
export const distributionParamsFromProto = (params: Params): DistributionParams => ({
  communityTax: Dec.fromWire(params.communityTax),
  withdrawAddressEnabled: params.withdrawAddrEnabled,
});

/** Stored form. */
export const distributionParamsValue: ValueCodec<DistributionParams> = {
  encode: (params) => Params.encode(distributionParamsToProto(params)).finish(),
  decode: (bytes) => distributionParamsFromProto(Params.decode(bytes)),
};

/** Throws `undefined/1` for a tax outside 0…1. */
export function assertDistributionParams({ communityTax }: DistributionParams): void {
  if (communityTax.isNegative()) throw plainError(`community tax must be positive: ${communityTax}`);
  if (communityTax.gt(Dec.ONE)) throw plainError(`community tax too large: ${communityTax}`);
}
