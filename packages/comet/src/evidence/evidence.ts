/** Evidence of either kind: bytes, hashes, age, and what the application is told (CometBFT `types/evidence.go`). */
import { concatBytes, merkleRoot, sha256, zigzag } from "@tandem-ics/crypto";
import type { Timestamp } from "cosmjs-types/google/protobuf/timestamp";
import { type Misbehavior, MisbehaviorType } from "cosmjs-types/tendermint/abci/types";
import {
  DuplicateVoteEvidence,
  type Evidence,
  EvidenceList,
  LightClientAttackEvidence,
} from "cosmjs-types/tendermint/types/evidence";
import type { EvidenceParams } from "cosmjs-types/tendermint/types/params";
import { CometError } from "../errors.ts";
import { headerHash } from "../header.ts";
import { durationToNs } from "../time.ts";
import { validateDuplicateVoteBasic } from "./duplicate-vote.ts";
import { validateLightClientAttackBasic } from "./light-client-attack.ts";

/** The one kind of evidence in the oneof. @throws CometError `invalidEvidence` unless there is exactly one. */
function splitEvidence(
  evidence: Evidence,
):
  | { kind: "duplicateVote"; value: DuplicateVoteEvidence }
  | { kind: "attack"; value: LightClientAttackEvidence } {
  const { duplicateVoteEvidence, lightClientAttackEvidence } = evidence;
  if (duplicateVoteEvidence !== undefined && lightClientAttackEvidence === undefined)
    return { kind: "duplicateVote", value: duplicateVoteEvidence };
  if (lightClientAttackEvidence !== undefined && duplicateVoteEvidence === undefined)
    return { kind: "attack", value: lightClientAttackEvidence };
  throw new CometError("invalidEvidence", "evidence is of no known kind", { reason: "kind" });
}

/** Bytes of the concrete evidence, without the oneof around it: the leaf of the evidence hash. */
export function evidenceBytes(evidence: Evidence): Uint8Array {
  const { kind, value } = splitEvidence(evidence);
  return kind === "duplicateVote"
    ? DuplicateVoteEvidence.encode(value).finish()
    : LightClientAttackEvidence.encode(value).finish();
}

/** Root over a block's evidence: `evidence_hash`. */
export const evidenceHash = (evidence: readonly Evidence[]): Uint8Array =>
  merkleRoot(evidence.map(evidenceBytes));

/** Size of a block's evidence list in protobuf, what `evidence.max_bytes` limits. */
export const evidenceByteSize = (evidence: readonly Evidence[]): bigint =>
  BigInt(EvidenceList.encode({ evidence: [...evidence] }).finish().length);

/**
 * Id of evidence, by which pools know it. Double sign: hash of its bytes. Attack: hash of the first 31 bytes of the
 * conflicting header's hash, a zero byte, and the common height as zig-zag varint — CometBFT loses the last byte.
 * @throws CometError `invalidEvidence` when the conflicting header is missing.
 */
export function evidenceIdHash(evidence: Evidence): Uint8Array {
  const { kind, value } = splitEvidence(evidence);
  if (kind === "duplicateVote") return sha256(evidenceBytes(evidence));
  const header = value.conflictingBlock?.signedHeader?.header;
  if (header === undefined)
    throw new CometError("invalidEvidence", "the conflicting header is missing", { reason: "missingHeader" });
  const hash = new Uint8Array(32);
  hash.set(headerHash(header).subarray(0, 31));
  return sha256(concatBytes(hash, zigzag(value.commonHeight)));
}

/** Height of the infraction: of the votes, or the common height of an attack. @throws CometError `invalidEvidence`. */
export function evidenceHeight(evidence: Evidence): bigint {
  const { kind, value } = splitEvidence(evidence);
  if (kind === "attack") return value.commonHeight;
  return validateDuplicateVoteBasic(value).voteA.height;
}

/** Time of the infraction's block as the evidence names it. */
export const evidenceTime = (evidence: Evidence): Timestamp => splitEvidence(evidence).value.timestamp;

/** What any evidence must satisfy. @throws CometError `invalidEvidence`. */
export function validateEvidenceBasic(evidence: Evidence): void {
  const { kind, value } = splitEvidence(evidence);
  if (kind === "duplicateVote") validateDuplicateVoteBasic(value);
  else validateLightClientAttackBasic(value);
}

/** What the application is told: one entry for a double sign, one for each guilty validator of an attack. */
export function evidenceToAbci(evidence: Evidence): Misbehavior[] {
  const { kind, value } = splitEvidence(evidence);
  const { totalVotingPower, timestamp: time } = value;
  const height = evidenceHeight(evidence);
  if (kind === "duplicateVote") {
    const address = validateDuplicateVoteBasic(value).voteA.validatorAddress;
    const validator = { address, power: value.validatorPower };
    return [{ type: MisbehaviorType.DUPLICATE_VOTE, validator, height, time, totalVotingPower }];
  }
  return value.byzantineValidators.map(({ address, votingPower: power }) => ({
    type: MisbehaviorType.LIGHT_CLIENT_ATTACK,
    validator: { address, power },
    height,
    time,
    totalVotingPower,
  }));
}

/** A point of a chain: a height and its block's time. */
export interface BlockPoint {
  height: bigint;
  timeNs: bigint;
}

/** Whether evidence of `infraction` is too old at `now`: in blocks and in time, both. */
export const isEvidenceExpired = (
  infraction: BlockPoint,
  now: BlockPoint,
  params: Pick<EvidenceParams, "maxAgeNumBlocks" | "maxAgeDuration">,
): boolean =>
  now.timeNs - infraction.timeNs > durationToNs(params.maxAgeDuration) &&
  now.height - infraction.height > params.maxAgeNumBlocks;
