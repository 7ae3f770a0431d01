/** Proof of a double sign: two votes of one validator for one height, round and step (CometBFT `types/evidence.go`, `evidence/verify.go`). */
import { compareBytes, equalBytes, toHexUpper } from "@tandem-ics/crypto";
import type { Timestamp } from "cosmjs-types/google/protobuf/timestamp";
import type { DuplicateVoteEvidence } from "cosmjs-types/tendermint/types/evidence";
import type { Vote } from "cosmjs-types/tendermint/types/types";
import { blockIdKey, sameBlockId } from "../block-id.ts";
import { CometError, isCometError } from "../errors.ts";
import { publicKeyAddress, verifySignature } from "../public-key.ts";
import { voteSignBytes } from "../sign-bytes.ts";
import { type ValidatorSet, validatorByAddress } from "../validator-set.ts";
import { validateVoteBasic } from "../vote.ts";

const invalid = (reason: string, message: string, fields: Record<string, unknown> = {}): CometError =>
  new CometError("invalidEvidence", message, { reason, ...fields });

/** Evidence of which both votes are there. */
export type CompleteDuplicateVote = DuplicateVoteEvidence & { voteA: Vote; voteB: Vote };

/**
 * Evidence out of two conflicting votes, in the order of their block ids. `blockTime` is that of the block at their height,
 * `validatorSet` the one of that height. Signatures are not looked at.
 * @throws CometError `invalidEvidence` when the signer is not in the set.
 */
export function duplicateVoteEvidence(
  vote1: Vote,
  vote2: Vote,
  context: { blockTime: Timestamp; validatorSet: ValidatorSet },
): CompleteDuplicateVote {
  const { blockTime, validatorSet } = context;
  const validator = validatorByAddress(validatorSet, vote1.validatorAddress);
  if (validator === undefined) throw invalid("unknownValidator", "the signer is not in the validator set");
  const inOrder = compareBytes(blockIdKey(vote1.blockId), blockIdKey(vote2.blockId)) < 0;
  return {
    voteA: inOrder ? vote1 : vote2,
    voteB: inOrder ? vote2 : vote1,
    totalVotingPower: validatorSet.totalVotingPower,
    validatorPower: validator.votingPower,
    timestamp: blockTime,
  };
}

/** Go reads the votes first, and says what is wrong with one without telling which. */
function assertWellFormed(vote: Vote): void {
  try {
    validateVoteBasic(vote);
  } catch (error) {
    if (!isCometError(error)) throw error;
    throw new CometError("invalidEvidence", error.message, error.fields, { cause: error });
  }
}

/**
 * Both votes are there, well formed and in order (`DuplicateVoteEvidence.ValidateBasic`).
 * @throws CometError `invalidEvidence`, field `reason`: `missingVote`, `voteOrder`, or none for a malformed vote (the cause).
 */
export function validateDuplicateVoteBasic(evidence: DuplicateVoteEvidence): CompleteDuplicateVote {
  const { voteA, voteB } = evidence;
  for (const vote of [voteA, voteB]) if (vote !== undefined) assertWellFormed(vote);
  if (voteA === undefined || voteB === undefined)
    throw invalid(
      "missingVote",
      `one or both of the votes are empty ${[voteA, voteB].map((vote) => (vote === undefined ? "nil-Vote" : "Vote")).join(", ")}`,
    );
  if (compareBytes(blockIdKey(voteA.blockId), blockIdKey(voteB.blockId)) >= 0)
    throw invalid("voteOrder", "duplicate votes in invalid order");
  return { ...evidence, voteA, voteB };
}

/**
 * The validator of `validatorSet`, the set at the votes' height, signed both of two conflicting votes, and the powers named
 * are right. Age and block time are the caller's to check.
 * @throws CometError `invalidEvidence`, field `reason`: as {@link validateDuplicateVoteBasic}, or `unknownValidator`,
 *   `heightRoundStep`, `addresses`, `sameBlock`, `keyAddress`, `validatorPower`, `totalPower`, `signatureA`, `signatureB`.
 */
export function verifyDuplicateVote(claim: {
  evidence: DuplicateVoteEvidence;
  chainId: string;
  validatorSet: ValidatorSet;
}): void {
  const { chainId, validatorSet } = claim;
  const evidence = validateDuplicateVoteBasic(claim.evidence);
  const { voteA, voteB, validatorPower, totalVotingPower } = evidence;
  const validator = validatorByAddress(validatorSet, voteA.validatorAddress);
  if (validator === undefined)
    throw invalid(
      "unknownValidator",
      `address ${toHexUpper(voteA.validatorAddress)} was not a validator at height ${voteA.height}`,
    );
  checkConflict(voteA, voteB);
  const { pubKey, votingPower } = validator;
  if (!equalBytes(publicKeyAddress(pubKey), voteA.validatorAddress))
    throw invalid("keyAddress", "the key is not that of the address");
  if (votingPower !== validatorPower)
    throw invalid(
      "validatorPower",
      `validator power from evidence and our validator set does not match (${validatorPower} != ${votingPower})`,
    );
  if (validatorSet.totalVotingPower !== totalVotingPower)
    throw invalid(
      "totalPower",
      `total voting power from the evidence and our validator set does not match (${totalVotingPower} != ${validatorSet.totalVotingPower})`,
    );
  if (!verifySignature(pubKey, voteSignBytes(chainId, voteA), voteA.signature))
    throw invalid("signatureA", "verifying VoteA: invalid signature");
  if (!verifySignature(pubKey, voteSignBytes(chainId, voteB), voteB.signature))
    throw invalid("signatureB", "verifying VoteB: invalid signature");
}

/** Two votes that one validator must not both make. Signatures are not looked at. */
function checkConflict(voteA: Vote, voteB: Vote): void {
  if (voteA.height !== voteB.height || voteA.round !== voteB.round || voteA.type !== voteB.type)
    throw invalid("heightRoundStep", "the votes are for different heights, rounds or steps");
  if (!equalBytes(voteA.validatorAddress, voteB.validatorAddress))
    throw invalid(
      "addresses",
      `validator addresses do not match: ${toHexUpper(voteA.validatorAddress)} vs ${toHexUpper(voteB.validatorAddress)}`,
    );
  if (sameBlockId(voteA.blockId, voteB.blockId))
    throw invalid("sameBlock", "both votes are for the same block");
}
