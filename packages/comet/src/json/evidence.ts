/** Evidence as JSON-RPC shows and takes it; the mixed case of its names is CometBFT's. */
import type { Evidence } from "cosmjs-types/tendermint/types/evidence";
import { CometError } from "../errors.ts";
import { validatorToProto } from "../validator.ts";
import { voteFromRpcJson, voteToRpcJson } from "./header.ts";
import { type JsonObject, type JsonReader, timeJson } from "./json-value.ts";
import {
  lightBlockFromRpcJson,
  lightBlockToRpcJson,
  validatorFromRpcJson,
  validatorToRpcJson,
} from "./validators.ts";

const DUPLICATE_VOTE = "tendermint/DuplicateVoteEvidence";
const LIGHT_CLIENT_ATTACK = "tendermint/LightClientAttackEvidence";

/** The typed object of either kind. @throws CometError `invalidEvidence` when it is of no kind or not complete. */
export function evidenceToRpcJson({
  duplicateVoteEvidence,
  lightClientAttackEvidence,
}: Evidence): JsonObject {
  if (duplicateVoteEvidence?.voteA !== undefined && duplicateVoteEvidence.voteB !== undefined) {
    const { voteA, voteB, totalVotingPower, validatorPower, timestamp } = duplicateVoteEvidence;
    const value = {
      vote_a: voteToRpcJson(voteA),
      vote_b: voteToRpcJson(voteB),
      TotalVotingPower: String(totalVotingPower),
      ValidatorPower: String(validatorPower),
      Timestamp: timeJson(timestamp),
    };
    return { type: DUPLICATE_VOTE, value };
  }
  if (lightClientAttackEvidence?.conflictingBlock !== undefined) {
    const { conflictingBlock, commonHeight, byzantineValidators, totalVotingPower, timestamp } =
      lightClientAttackEvidence;
    const value = {
      ConflictingBlock: lightBlockToRpcJson(conflictingBlock),
      CommonHeight: String(commonHeight),
      ByzantineValidators: byzantineValidators.map(validatorToRpcJson),
      TotalVotingPower: String(totalVotingPower),
      Timestamp: timeJson(timestamp),
    };
    return { type: LIGHT_CLIENT_ATTACK, value };
  }
  throw new CometError("invalidEvidence", "evidence is of no known kind or not complete", { reason: "kind" });
}

/** Evidence of a typed object. Validity is for `validateEvidenceBasic`. @throws CometError `invalidJson`, `invalidPublicKey`. */
export function evidenceFromRpcJson(json: JsonReader): Evidence {
  const value = json.object("value");
  const powerAndTime = {
    totalVotingPower: value.int64("TotalVotingPower"),
    timestamp: value.time("Timestamp"),
  };
  switch (json.text("type")) {
    case DUPLICATE_VOTE: {
      const voteA = value.optional("vote_a", voteFromRpcJson);
      const voteB = value.optional("vote_b", voteFromRpcJson);
      return {
        duplicateVoteEvidence: {
          ...powerAndTime,
          validatorPower: value.int64("ValidatorPower"),
          ...(voteA === undefined ? {} : { voteA }),
          ...(voteB === undefined ? {} : { voteB }),
        },
      };
    }
    case LIGHT_CLIENT_ATTACK: {
      const conflictingBlock = value.optional("ConflictingBlock", lightBlockFromRpcJson);
      return {
        lightClientAttackEvidence: {
          ...powerAndTime,
          commonHeight: value.int64("CommonHeight"),
          byzantineValidators: value.list("ByzantineValidators", (v) =>
            validatorToProto(validatorFromRpcJson(v)),
          ),
          ...(conflictingBlock === undefined ? {} : { conflictingBlock }),
        },
      };
    }
    default:
      throw new CometError("invalidJson", `${json.path}: unknown kind of evidence`, { path: json.path });
  }
}
