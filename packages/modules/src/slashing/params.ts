/** Parameters of slashing (SDK x/slashing `types/params.go`). */
import { fromUtf8, utf8 } from "@tandem-ics/crypto";
import { durationToNs, nsToDuration } from "@tandem-ics/proto";
import { Dec, plainError, type ValueCodec } from "@tandem-ics/runtime";
import { Params } from "cosmjs-types/cosmos/slashing/v1beta1/slashing";

/** Rules of the module. */
export interface SlashingParams {
  /** Blocks over which misses are counted. */
  readonly signedBlocksWindow: bigint;
  /** Part of the window that must be signed. */
  readonly minSignedPerWindow: Dec;
  /** Nanoseconds. */
  readonly downtimeJailDurationNs: bigint;
  readonly slashFractionDoubleSign: Dec;
  readonly slashFractionDowntime: Dec;
}

/** Half of a hundred blocks, ten minutes, five and one per cent. */
export const DEFAULT_SLASHING_PARAMS: SlashingParams = {
  signedBlocksWindow: 100n,
  minSignedPerWindow: Dec.withPlaces(5n, 1),
  downtimeJailDurationNs: 600_000_000_000n,
  slashFractionDoubleSign: Dec.ONE.quo(Dec.fromInt(20n)),
  slashFractionDowntime: Dec.ONE.quo(Dec.fromInt(100n)),
};

/** Wire form; decimals are bytes here, the digits of value × 10^18. */
export const slashingParamsToProto = (params: SlashingParams): Params => ({
  signedBlocksWindow: params.signedBlocksWindow,
  minSignedPerWindow: utf8(params.minSignedPerWindow.toWire()),
  downtimeJailDuration: nsToDuration(params.downtimeJailDurationNs),
  slashFractionDoubleSign: utf8(params.slashFractionDoubleSign.toWire()),
  slashFractionDowntime: utf8(params.slashFractionDowntime.toWire()),
});

/** From the wire form; nothing is checked. */
export const slashingParamsFromProto = (params: Params): SlashingParams => ({
  signedBlocksWindow: params.signedBlocksWindow,
  minSignedPerWindow: Dec.fromWire(fromUtf8(params.minSignedPerWindow)),
  downtimeJailDurationNs: durationToNs(params.downtimeJailDuration),
  slashFractionDoubleSign: Dec.fromWire(fromUtf8(params.slashFractionDoubleSign)),
  slashFractionDowntime: Dec.fromWire(fromUtf8(params.slashFractionDowntime)),
});

/** Stored form. */
export const slashingParamsValue: ValueCodec<SlashingParams> = {
  encode: (params) => Params.encode(slashingParamsToProto(params)).finish(),
  decode: (bytes) => slashingParamsFromProto(Params.decode(bytes)),
};

function assertFraction(name: string, fraction: Dec): void {
  if (fraction.isNegative()) throw plainError(`${name} cannot be negative: ${fraction}`);
  if (fraction.gt(Dec.ONE)) throw plainError(`${name} too large: ${fraction}`);
}

/** Throws `undefined/1` with the first rule that is broken. */
export function assertSlashingParams(params: SlashingParams): void {
  if (params.signedBlocksWindow <= 0n)
    throw plainError(`signed blocks window must be positive: ${params.signedBlocksWindow}`);
  assertFraction("min signed per window", params.minSignedPerWindow);
  if (params.downtimeJailDurationNs <= 0n)
    throw plainError(`downtime jail duration must be positive: ${params.downtimeJailDurationNs}`);
  assertFraction("double sign slash fraction", params.slashFractionDoubleSign);
  assertFraction("downtime slash fraction", params.slashFractionDowntime);
}

/** Blocks of a window that must be signed: half to even. */
export const minSignedBlocks = ({ minSignedPerWindow, signedBlocksWindow }: SlashingParams): bigint =>
  minSignedPerWindow.mulInt(signedBlocksWindow).roundInt();
