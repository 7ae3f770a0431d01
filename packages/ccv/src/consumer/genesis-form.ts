/** Forms of the consumer's genesis section: the present one, and that of interchain-security v1 with everything at the top. */
import type { ConsumerModuleGenesisState } from "@tandem-ics/proto";
import type { Json, JsonObject } from "@tandem-ics/runtime";
import { genesisFromJson } from "../types/genesis-json.ts";

const TYPE_NAME = "interchain_security.ccv.consumer.v1.GenesisState";

/** Fields of v1 that moved into `provider`. */
const MOVED: Readonly<Record<string, string>> = {
  provider_client_state: "client_state",
  provider_consensus_state: "consensus_state",
  initial_val_set: "initial_val_set",
};

/** Fields of v1 whose meaning is gone: maturity of VSC packets is no longer tracked. */
const DROPPED: readonly string[] = ["maturing_packets", "pending_slash_requests"];

/** Parameters that later versions added, with what the older ones did. */
const PARAM_DEFAULTS: Readonly<Record<string, Json>> = {
  soft_opt_out_threshold: "0",
  reward_denoms: [],
  provider_reward_denoms: [],
  retry_delay_period: "3600s",
};

const isObject = (json: Json | undefined): json is JsonObject =>
  typeof json === "object" && json !== null && !Array.isArray(json);

/** The present form of a section of any version. */
function modernize(json: JsonObject): JsonObject {
  const out: JsonObject = {};
  const provider: JsonObject = isObject(json["provider"]) ? { ...json["provider"] } : {};
  for (const [name, value] of Object.entries(json)) {
    const moved = MOVED[name];
    if (moved !== undefined) provider[moved] = value;
    else if (!DROPPED.includes(name)) out[name] = value;
  }
  if (isObject(out["params"])) out["params"] = { ...PARAM_DEFAULTS, ...out["params"] };
  return { ...out, provider };
}

/** Reads the section, whatever version wrote it. Unknown fields are refused. */
export const consumerGenesisFromJson = (json: JsonObject): ConsumerModuleGenesisState =>
  genesisFromJson<ConsumerModuleGenesisState>(TYPE_NAME, modernize(json));

/** Protobuf name of the section's message. */
export const CONSUMER_GENESIS_TYPE = TYPE_NAME;
