/** Double signs made on purpose: two precommits of one validator for two blocks of one height. */
import {
  blockId as blockIdOf,
  type ChainState,
  duplicateVoteEvidence,
  makeBlock,
  validatorIndex,
  validatorSetToProto,
} from "@tandem-ics/comet";
import { toHexUpper } from "@tandem-ics/crypto";
import { timestampToNs } from "@tandem-ics/proto";
import type { Block } from "cosmjs-types/tendermint/types/block";
import type { DuplicateVoteEvidence } from "cosmjs-types/tendermint/types/evidence";
import type { Commit, LightBlock, Vote } from "cosmjs-types/tendermint/types/types";
import { NodeError } from "../errors.ts";
import type { Signers } from "./signers.ts";
import { type Ballot, signPrecommit } from "./voting.ts";

/** A double sign that was made. */
export interface Equivocation {
  readonly height: bigint;
  /** Consensus address of the validator. */
  readonly address: Uint8Array;
  /** The vote for the block that was decided. */
  readonly vote: Vote;
  /** The vote for another block: the same one, a nanosecond later. */
  readonly conflictingVote: Vote;
  readonly evidence: DuplicateVoteEvidence;
  /** Header, commit and validators of that height: what a provider chain wants to see with the evidence. */
  readonly lightBlock: LightBlock;
}

/** Whether a double sign also goes into the node's own evidence pool, and so into a block. */
export interface DoubleSignOptions {
  readonly reportToPool?: boolean;
}

/** Double signs ordered and made. */
export interface Equivocations {
  /** Orders one for the next height. Throws NodeError `unknownValidator` unless the validator will vote there. */
  order(state: ChainState, address: Uint8Array, options?: DoubleSignOptions): void;
  /** Signs what was ordered. Gives the evidence that is to be reported. */
  perform(block: Block, ballot: Ballot, commit: Commit): DuplicateVoteEvidence[];
  readonly made: readonly Equivocation[];
}

/** Nothing ordered yet. */
export function createEquivocations(signers: Signers): Equivocations {
  const ordered = new Map<string, { address: Uint8Array; reportToPool: boolean }>();
  const made: Equivocation[] = [];

  function conflictingBallot(block: Block, ballot: Ballot): Ballot {
    const { header, data, evidence, lastCommit } = block;
    const other = makeBlock({
      state: ballot.state,
      txs: data.txs,
      evidence: evidence.evidence,
      lastCommit: lastCommit!,
      proposerAddress: header.proposerAddress,
      timeNs: timestampToNs(header.time) + 1n,
    });
    return { ...ballot, blockId: blockIdOf(other) };
  }

  return {
    order(state, address, options = {}) {
      const index = validatorIndex(state.validators, address);
      if (index < 0 || signers.online(address) === undefined)
        throw new NodeError(
          "unknownValidator",
          `${toHexUpper(address)} does not vote at the next height: it is no validator, has no key here, or is down`,
        );
      ordered.set(toHexUpper(address), { address, reportToPool: options.reportToPool ?? true });
    },
    perform(block, ballot, commit) {
      const reported: DuplicateVoteEvidence[] = [];
      if (ordered.size === 0) return reported;
      const other = conflictingBallot(block, ballot);
      const { validators } = ballot.state;
      for (const { address, reportToPool } of ordered.values()) {
        const signer = signers.online(address);
        const index = validatorIndex(validators, address);
        if (signer === undefined || index < 0) continue; // went down or left since
        const vote = signPrecommit(ballot, index, signer);
        const conflictingVote = signPrecommit(other, index, signer);
        const evidence = duplicateVoteEvidence(vote, conflictingVote, {
          blockTime: block.header.time,
          validatorSet: validators,
        });
        const lightBlock: LightBlock = {
          signedHeader: { header: block.header, commit },
          validatorSet: validatorSetToProto(validators),
        };
        made.push({ height: ballot.height, address, vote, conflictingVote, evidence, lightBlock });
        if (reportToPool) reported.push(evidence);
      }
      ordered.clear();
      return reported;
    },
    made,
  };
}
