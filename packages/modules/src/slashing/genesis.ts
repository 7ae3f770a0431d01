/** Genesis of slashing (SDK x/slashing `keeper/genesis.go`). */
import type { Context, JsonObject } from "@tandem-ics/runtime";
import type { GenesisState } from "cosmjs-types/cosmos/slashing/v1beta1/genesis";
import { genesisFromJson, genesisToJson } from "../genesis-json.ts";
import type { SlashingParty } from "./keeper.ts";
import {
  assertSlashingParams,
  DEFAULT_SLASHING_PARAMS,
  slashingParamsFromProto,
  slashingParamsToProto,
} from "./params.ts";
import { signingInfoFromProto, signingInfoToProto } from "./state.ts";

const TYPE = "cosmos.slashing.v1beta1.GenesisState";
const read = (json: JsonObject): GenesisState => genesisFromJson<GenesisState>(TYPE, json);

/** Nobody watched yet. */
export const defaultSlashingGenesis = (): JsonObject =>
  genesisToJson<GenesisState>(TYPE, {
    params: slashingParamsToProto(DEFAULT_SLASHING_PARAMS),
    signingInfos: [],
    missedBlocks: [],
  });

/** Throws for invalid params. */
export const validateSlashingGenesis = (json: JsonObject): void =>
  assertSlashingParams(slashingParamsFromProto(read(json).params));

/** Writes the state. Staking must have its genesis already. */
export function initSlashingGenesis(ctx: Context, { keeper, parts }: SlashingParty, json: JsonObject): void {
  const { staking, addresses, missedBlocks } = parts;
  const state = read(json);
  for (const { publicKey } of staking.validators(ctx)) keeper.addPublicKey(ctx, publicKey);
  for (const { address, validatorSigningInfo } of state.signingInfos) {
    const info = signingInfoFromProto(validatorSigningInfo);
    keeper.setSigningInfo(ctx, addresses.consensus.decode(address), info);
  }
  for (const { address, missedBlocks: blocks } of state.missedBlocks) {
    const consAddr = addresses.consensus.decode(address);
    for (const { index, missed } of blocks) missedBlocks.set(ctx, consAddr, index, missed);
  }
  keeper.setParams(ctx, slashingParamsFromProto(state.params));
}

/** Reads the state. */
export function exportSlashingGenesis(ctx: Context, { keeper }: SlashingParty): JsonObject {
  const infos = [...keeper.signingInfos(ctx)];
  return genesisToJson<GenesisState>(TYPE, {
    params: slashingParamsToProto(keeper.params(ctx)),
    signingInfos: infos.map(([, info]) => ({
      address: info.address,
      validatorSigningInfo: signingInfoToProto(info),
    })),
    missedBlocks: infos.map(([consAddr, { address }]) => ({
      address,
      missedBlocks: keeper.missedBlocks(ctx, consAddr).map((index) => ({ index, missed: true })),
    })),
  });
}
