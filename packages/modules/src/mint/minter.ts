/** How much is minted (SDK x/mint `types/minter.go`, `types/params.go`). */
import { Dec, isDenom, plainError, type ValueCodec } from "@tandem-ics/runtime";
import { Params, Minter as ProtoMinter } from "cosmjs-types/cosmos/mint/v1beta1/mint";

/** Rates in force. */
export interface Minter {
  /** New tokens of a year over all tokens. */
  readonly inflation: Dec;
  /** New tokens of a year. */
  readonly annualProvisions: Dec;
}

/** Rules of the module. */
export interface MintParams {
  readonly mintDenom: string;
  /** Most that inflation changes in a year. */
  readonly inflationRateChange: Dec;
  readonly inflationMax: Dec;
  readonly inflationMin: Dec;
  /** Part of the tokens that should be bonded. */
  readonly goalBonded: Dec;
  readonly blocksPerYear: bigint;
}

/** Thirteen per cent. */
export const DEFAULT_MINTER: Minter = { inflation: Dec.withPlaces(13n, 2), annualProvisions: Dec.ZERO };

/** Between seven and twenty per cent, two thirds bonded, blocks of five seconds. */
export const DEFAULT_MINT_PARAMS: MintParams = {
  mintDenom: "stake",
  inflationRateChange: Dec.withPlaces(13n, 2),
  inflationMax: Dec.withPlaces(20n, 2),
  inflationMin: Dec.withPlaces(7n, 2),
  goalBonded: Dec.withPlaces(67n, 2),
  blocksPerYear: 6_311_520n,
};

/** The rates after one more block: the fewer are bonded, the faster inflation rises. */
export function nextMinter(minter: Minter, params: MintParams, bondedRatio: Dec, supply: bigint): Minter {
  const perYear = Dec.ONE.sub(bondedRatio.quo(params.goalBonded)).mul(params.inflationRateChange);
  const wanted = minter.inflation.add(perYear.quo(Dec.fromInt(params.blocksPerYear)));
  const { inflationMax: max, inflationMin: min } = params;
  const capped = wanted.gt(max) ? max : wanted;
  const inflation = capped.lt(min) ? min : capped;
  return { inflation, annualProvisions: inflation.mulInt(supply) };
}

/** Tokens of one block. */
export const blockProvision = (minter: Minter, params: MintParams): bigint =>
  minter.annualProvisions.quoInt(params.blocksPerYear).truncateInt();

/** Wire form. */
export const minterToProto = (minter: Minter): ProtoMinter => ({
  inflation: minter.inflation.toWire(),
  annualProvisions: minter.annualProvisions.toWire(),
});

/** From the wire form. */
export const minterFromProto = (minter: ProtoMinter): Minter => ({
  inflation: Dec.fromWire(minter.inflation),
  annualProvisions: Dec.fromWire(minter.annualProvisions),
});

/** Wire form. */
export const mintParamsToProto = (params: MintParams): Params => ({
  mintDenom: params.mintDenom,
  inflationRateChange: params.inflationRateChange.toWire(),
  inflationMax: params.inflationMax.toWire(),
  inflationMin: params.inflationMin.toWire(),
  goalBonded: params.goalBonded.toWire(),
  blocksPerYear: params.blocksPerYear,
});

/** From the wire form; nothing is checked. */
export const mintParamsFromProto = (params: Params): MintParams => ({
  mintDenom: params.mintDenom,
  inflationRateChange: Dec.fromWire(params.inflationRateChange),
  inflationMax: Dec.fromWire(params.inflationMax),
  inflationMin: Dec.fromWire(params.inflationMin),
  goalBonded: Dec.fromWire(params.goalBonded),
  blocksPerYear: params.blocksPerYear,
});

/** Stored form. */
export const minterValue: ValueCodec<Minter> = {
  encode: (minter) => ProtoMinter.encode(minterToProto(minter)).finish(),
  decode: (bytes) => minterFromProto(ProtoMinter.decode(bytes)),
};

/** Stored form. */
export const mintParamsValue: ValueCodec<MintParams> = {
  encode: (params) => Params.encode(mintParamsToProto(params)).finish(),
  decode: (bytes) => mintParamsFromProto(Params.decode(bytes)),
};

/** Throws `undefined/1` for a negative inflation. */
export function assertMinter({ inflation }: Minter): void {
  if (inflation.isNegative())
    throw plainError(`mint parameter Inflation should be positive, is ${inflation}`);
}

function assertRate(name: string, rate: Dec): void {
  if (rate.isNegative()) throw plainError(`${name} cannot be negative: ${rate}`);
  if (rate.gt(Dec.ONE)) throw plainError(`${name} too large: ${rate}`);
}

/** Throws `undefined/1` with the first rule that is broken. */
export function assertMintParams(params: MintParams): void {
  const { mintDenom, inflationMax, inflationMin, goalBonded } = params;
  if (mintDenom.trim() === "") throw plainError("mint denom cannot be blank");
  if (!isDenom(mintDenom)) throw plainError(`invalid denom: ${mintDenom}`);
  assertRate("inflation rate change", params.inflationRateChange);
  assertRate("max inflation", inflationMax);
  assertRate("min inflation", inflationMin);
  if (!goalBonded.isPositive()) throw plainError(`goal bonded must be positive: ${goalBonded}`);
  if (goalBonded.gt(Dec.ONE)) throw plainError(`goal bonded too large: ${goalBonded}`);
  if (params.blocksPerYear === 0n)
    throw plainError(`blocks per year must be positive: ${params.blocksPerYear}`);
  if (inflationMax.lt(inflationMin)) {
    throw plainError(
      `max inflation (${inflationMax}) must be greater than or equal to min inflation (${inflationMin})`,
    );
  }
}
