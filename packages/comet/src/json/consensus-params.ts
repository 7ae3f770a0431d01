/** Consensus parameters in JSON: the full form of RPC and genesis, and the partial form of updates. */
import type { ConsensusParams } from "cosmjs-types/tendermint/types/params";
import type { FullConsensusParams } from "../consensus-params.ts";
import { durationToNs, nsToDuration } from "../time.ts";
import type { JsonObject, JsonReader } from "./json-value.ts";

/** All members, durations in nanoseconds. */
export const consensusParamsToRpcJson = (params: FullConsensusParams): JsonObject => ({
  block: { max_bytes: String(params.block.maxBytes), max_gas: String(params.block.maxGas) },
  evidence: {
    max_age_num_blocks: String(params.evidence.maxAgeNumBlocks),
    max_age_duration: String(durationToNs(params.evidence.maxAgeDuration)),
    max_bytes: String(params.evidence.maxBytes),
  },
  validator: { pub_key_types: [...params.validator.pubKeyTypes] },
  version: { app: String(params.version.app) },
  abci: { vote_extensions_enable_height: String(params.abci.voteExtensionsEnableHeight) },
});

/** Parameters; members that are missing read as zero. @throws CometError `invalidJson`. */
export function consensusParamsFromRpcJson(json: JsonReader): FullConsensusParams {
  const block = json.object("block");
  const evidence = json.object("evidence");
  return {
    block: { maxBytes: block.int64("max_bytes"), maxGas: block.int64("max_gas") },
    evidence: {
      maxAgeNumBlocks: evidence.int64("max_age_num_blocks"),
      maxAgeDuration: nsToDuration(evidence.int64("max_age_duration")),
      maxBytes: evidence.int64("max_bytes"),
    },
    validator: { pubKeyTypes: json.object("validator").texts("pub_key_types") },
    version: { app: json.object("version").int64("app") },
    abci: { voteExtensionsEnableHeight: json.object("abci").int64("vote_extensions_enable_height") },
  };
}

/** Parts that an update names; zero members are left out, as Go writes the protobuf message. */
export function consensusParamsUpdateToRpcJson(update: ConsensusParams): JsonObject {
  const nonZero = (members: Record<string, bigint>): JsonObject =>
    Object.fromEntries(
      Object.entries(members)
        .filter(([, value]) => value !== 0n)
        .map(([key, value]) => [key, String(value)]),
    );
  const json: JsonObject = {};
  const { block, evidence, validator, version, abci } = update;
  if (block !== undefined) json["block"] = nonZero({ max_bytes: block.maxBytes, max_gas: block.maxGas });
  if (evidence !== undefined)
    json["evidence"] = {
      ...nonZero({ max_age_num_blocks: evidence.maxAgeNumBlocks }),
      max_age_duration: String(durationToNs(evidence.maxAgeDuration)),
      ...nonZero({ max_bytes: evidence.maxBytes }),
    };
  if (validator !== undefined)
    json["validator"] =
      validator.pubKeyTypes.length === 0 ? {} : { pub_key_types: [...validator.pubKeyTypes] };
  if (version !== undefined) json["version"] = nonZero({ app: version.app });
  if (abci !== undefined)
    json["abci"] = nonZero({ vote_extensions_enable_height: abci.voteExtensionsEnableHeight });
  return json;
}
