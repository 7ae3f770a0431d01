/** Validators, sets of them and light blocks as JSON-RPC shows them. */
import type { LightBlock } from "cosmjs-types/tendermint/types/types";
import type {
  Validator as ProtoValidator,
  ValidatorSet as ProtoValidatorSet,
} from "cosmjs-types/tendermint/types/validator";
import { CometError } from "../errors.ts";
import { type Validator, validatorToProto } from "../validator.ts";
import { signedHeaderFromRpcJson, signedHeaderToRpcJson } from "./header.ts";
import { hexJson, type JsonObject, type JsonReader } from "./json-value.ts";
import { publicKeyFromRpcJson, publicKeyToRpcJson } from "./public-key.ts";

/** Validator with power and priority. */
export const validatorToRpcJson = (validator: Validator): JsonObject => ({
  address: hexJson(validator.address),
  pub_key: publicKeyToRpcJson(validator.pubKey),
  voting_power: String(validator.votingPower),
  proposer_priority: String(validator.proposerPriority),
});

/** Validator. @throws CometError `invalidJson`, `invalidPublicKey`. */
export const validatorFromRpcJson = (json: JsonReader): Validator =>
  Object.freeze({
    address: json.hex("address"),
    pubKey: publicKeyFromRpcJson(json.object("pub_key")),
    votingPower: json.int64("voting_power"),
    proposerPriority: json.int64("proposer_priority"),
  });

/** Result of `/validators`: one page of the set at `height`; `total` counts the whole set. */
export const validatorsPageToRpcJson = (page: {
  height: bigint;
  validators: readonly Validator[];
  total: number;
}): JsonObject => ({
  block_height: String(page.height),
  validators: page.validators.map(validatorToRpcJson),
  count: String(page.validators.length),
  total: String(page.total),
});

/** A page of `/validators`. @throws CometError `invalidJson`, `invalidPublicKey`. */
export const validatorsPageFromRpcJson = (
  json: JsonReader,
): { height: bigint; validators: Validator[]; total: number } => ({
  height: json.int64("block_height"),
  validators: json.list("validators", validatorFromRpcJson),
  total: Number(json.int64("total")),
});

/** Set with its proposer. */
const validatorSetToRpcJson = ({ validators, proposer }: ProtoValidatorSet): JsonObject => ({
  validators: validators.map(validatorToRpcJson),
  proposer: proposer === undefined ? null : validatorToRpcJson(proposer),
});

const validatorSetFromRpcJson = (json: JsonReader): ProtoValidatorSet => {
  const proto = (element: JsonReader): ProtoValidator => validatorToProto(validatorFromRpcJson(element));
  const proposer = json.optional("proposer", proto);
  const validators = json.list("validators", proto);
  return { validators, totalVotingPower: 0n, ...(proposer === undefined ? {} : { proposer }) };
};

/** Light block, as in evidence of an attack. @throws CometError `invalidLightBlock` when a part is missing. */
export function lightBlockToRpcJson({ signedHeader, validatorSet }: LightBlock): JsonObject {
  if (signedHeader === undefined || validatorSet === undefined)
    throw new CometError("invalidLightBlock", "light block is not complete");
  return {
    signed_header: signedHeaderToRpcJson(signedHeader),
    validator_set: validatorSetToRpcJson(validatorSet),
  };
}

/** Light block; parts that are missing stay so. @throws CometError `invalidJson`, `invalidPublicKey`. */
export function lightBlockFromRpcJson(json: JsonReader): LightBlock {
  const signedHeader = json.optional("signed_header", signedHeaderFromRpcJson);
  const validatorSet = json.optional("validator_set", validatorSetFromRpcJson);
  return {
    ...(signedHeader === undefined ? {} : { signedHeader }),
    ...(validatorSet === undefined ? {} : { validatorSet }),
  };
}
