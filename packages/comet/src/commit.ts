/** Commits: the precommits that decided a block (CometBFT `types/block.go`, Commit). */
import { EMPTY, merkleRoot } from "@tandem-ics/crypto";
import type { Commit, CommitSig, Vote } from "cosmjs-types/tendermint/types/types";
import { isCompleteBlockId, isZeroBlockId, validateBlockIdBasic, zeroBlockId } from "./block-id.ts";
import { absentCommitSig, BLOCK_ID_FLAG, encodeCommitSig, validateCommitSigBasic } from "./commit-sig.ts";
import { CometError, within } from "./errors.ts";
import { SIGNED_MESSAGE } from "./sign-bytes.ts";

/** The commit in the first block of a chain: height 0, zero block id, no signatures. */
export const emptyCommit = (): Commit => ({ height: 0n, round: 0, blockId: zeroBlockId(), signatures: [] });

/** Root over the slots of a commit, `last_commit_hash` of the next header. */
export const commitHash = (commit: Commit): Uint8Array => merkleRoot(commit.signatures.map(encodeCommitSig));

/** What any commit must satisfy (`Commit.ValidateBasic`). @throws CometError `invalidCommit`. */
export function validateCommitBasic(commit: Commit): void {
  const { height, round, blockId, signatures } = commit;
  if (height < 0n) throw new CometError("invalidCommit", "negative height", { height });
  if (round < 0) throw new CometError("invalidCommit", "negative round", { round });
  within("invalidCommit", "block id", () => validateBlockIdBasic(blockId));
  if (height >= 1n) {
    if (isZeroBlockId(blockId)) throw new CometError("invalidCommit", "commit is for no block", { height });
    if (signatures.length === 0) throw new CometError("invalidCommit", "no signatures in commit", { height });
  }
  signatures.forEach(validateCommitSigBasic);
}

/**
 * A vote's slot in a commit; absent for no vote.
 * @throws CometError `invalidVote` when the block id is neither zero nor complete.
 */
export function voteToCommitSig(vote: Vote | undefined): CommitSig {
  if (vote === undefined) return absentCommitSig();
  const complete = isCompleteBlockId(vote.blockId);
  if (!complete && !isZeroBlockId(vote.blockId))
    throw new CometError("invalidVote", "block id is neither zero nor complete");
  return {
    blockIdFlag: complete ? BLOCK_ID_FLAG.commit : BLOCK_ID_FLAG.nil,
    validatorAddress: vote.validatorAddress,
    timestamp: vote.timestamp,
    signature: vote.signature,
  };
}

/** The precommit that stands in slot `index` of `commit`; undefined where it is absent. */
export function commitToVote(commit: Commit, index: number): Vote | undefined {
  const signature = commit.signatures[index];
  if (signature === undefined || signature.blockIdFlag === BLOCK_ID_FLAG.absent) return undefined;
  return {
    type: SIGNED_MESSAGE.precommit,
    height: commit.height,
    round: commit.round,
    blockId: signature.blockIdFlag === BLOCK_ID_FLAG.commit ? commit.blockId : zeroBlockId(),
    timestamp: signature.timestamp,
    validatorAddress: signature.validatorAddress,
    validatorIndex: index,
    signature: signature.signature,
    extension: EMPTY,
    extensionSignature: EMPTY,
  };
}
