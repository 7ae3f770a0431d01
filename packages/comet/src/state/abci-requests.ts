/** What the application is asked about a block (CometBFT `state/execution.go`; ABCI 2.0). */
import { EMPTY } from "@tandem-ics/crypto";
import type {
  CommitInfo,
  ExtendedCommitInfo,
  RequestFinalizeBlock,
  RequestPrepareProposal,
  RequestProcessProposal,
} from "cosmjs-types/tendermint/abci/types";
import type { Block } from "cosmjs-types/tendermint/types/block";
import type { Commit } from "cosmjs-types/tendermint/types/types";
import { emptyCommit } from "../commit.ts";
import { CometError } from "../errors.ts";
import { evidenceToAbci } from "../evidence/evidence.ts";
import { headerHash } from "../header.ts";
import type { ValidatorSet } from "../validator-set.ts";
import { type ChainState, lastValidatorsOf } from "./chain-state.ts";

/**
 * Who of `validators`, the set at the commit's height, is in `commit` and how, in set order.
 * @throws CometError `wrongCommitSize`.
 */
export function commitInfo(commit: Commit, validators: ValidatorSet): CommitInfo {
  if (commit.signatures.length !== validators.validators.length)
    throw new CometError("wrongCommitSize", "commit and validator set differ in size", {
      expected: validators.validators.length,
      got: commit.signatures.length,
    });
  return {
    round: commit.round,
    votes: validators.validators.map(({ address, votingPower }, i) => ({
      validator: { address, power: votingPower },
      blockIdFlag: commit.signatures[i]!.blockIdFlag,
    })),
  };
}

/** The same with empty extensions: what a proposer passes on while extensions are not enabled. */
const extendedCommitInfo = (info: CommitInfo): ExtendedCommitInfo => ({
  round: info.round,
  votes: info.votes.map((vote) => ({ ...vote, voteExtension: EMPTY, extensionSignature: EMPTY })),
});

const lastCommitInfo = (state: ChainState, block: Block): CommitInfo =>
  block.header.height === state.initialHeight
    ? { round: 0, votes: [] }
    : commitInfo(block.lastCommit ?? emptyCommit(), lastValidatorsOf(state));

/** What all three requests say of a block. */
const about = ({ header, data, evidence }: Block) => ({
  txs: data.txs,
  misbehavior: evidence.evidence.flatMap(evidenceToAbci),
  height: header.height,
  time: header.time,
  nextValidatorsHash: header.nextValidatorsHash,
  proposerAddress: header.proposerAddress,
});

/** Asked of the proposer: which of `block`'s transactions, within `maxTxBytes`. `state` is that before the block. */
export const prepareProposalRequest = (
  state: ChainState,
  block: Block,
  maxTxBytes: bigint,
): RequestPrepareProposal => ({
  maxTxBytes,
  localLastCommit: extendedCommitInfo(lastCommitInfo(state, block)),
  ...about(block),
});

/** Asked of every validator: is this block acceptable. `state` is that before the block. */
export const processProposalRequest = (state: ChainState, block: Block): RequestProcessProposal => ({
  proposedLastCommit: lastCommitInfo(state, block),
  hash: headerHash(block.header),
  ...about(block),
});

/** Asked once for a decided block: execute it. `state` is that before the block. */
export const finalizeBlockRequest = (state: ChainState, block: Block): RequestFinalizeBlock => ({
  decidedLastCommit: lastCommitInfo(state, block),
  hash: headerHash(block.header),
  ...about(block),
});
