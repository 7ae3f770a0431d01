/** Votes: who proposes, whether enough validators are up, and the commit that their precommits make. */
import {
  absentCommitSig,
  BLOCK_ID_FLAG,
  type ChainState,
  proposerAt,
  SIGNED_MESSAGE,
  type Validator,
  voteSignBytes,
} from "@tandem-ics/comet";
import { EMPTY } from "@tandem-ics/crypto";
import { nsToTimestamp } from "@tandem-ics/proto";
import type { BlockID, Commit, Vote } from "cosmjs-types/tendermint/types/types";
import { NoQuorumError } from "../errors.ts";
import type { Signer, Signers } from "./signers.ts";

// With more than two thirds up, a proposer that is up comes within a few rounds, whatever the powers are.
const MAX_ROUND = 10_000;

/** Power that would vote for the next block, and what it must exceed. */
export function votingPower(state: ChainState, signers: Signers): { power: bigint; needed: bigint } {
  let power = 0n;
  for (const { address, votingPower } of state.validators.validators)
    if (signers.online(address) !== undefined) power += votingPower;
  return { power, needed: (state.validators.totalVotingPower * 2n) / 3n };
}

/** Throws {@link NoQuorumError} unless more than two thirds of the power is up. */
export function assertQuorum(state: ChainState, height: bigint, signers: Signers): void {
  const { power, needed } = votingPower(state, signers);
  if (power <= needed) throw new NoQuorumError(height, power, needed);
}

/** Addresses of the validators that would vote for the next block. */
export const onlineVoters = (state: ChainState, signers: Signers): Uint8Array[] =>
  state.validators.validators
    .filter(({ address }) => signers.online(address) !== undefined)
    .map(({ address }) => address);

/** The first proposer in rotation that is up; each one that is down costs a round. */
export function electProposer(state: ChainState, signers: Signers): { proposer: Validator; round: number } {
  for (let round = 0; round < MAX_ROUND; round++) {
    const proposer = proposerAt(state, round);
    if (signers.online(proposer.address) !== undefined) return { proposer, round };
  }
  throw new RangeError("no proposer is up");
}

/** A block that validators vote on. */
export interface Ballot {
  readonly state: ChainState;
  readonly height: bigint;
  readonly round: number;
  readonly blockId: BlockID;
  /** Time on every vote, nanoseconds. */
  readonly timeNs: bigint;
}

/** The precommit of one validator, signed. */
export function signPrecommit(ballot: Ballot, index: number, signer: Signer): Vote {
  const vote: Vote = { ...unsigned(ballot), validatorAddress: signer.address, validatorIndex: index };
  return { ...vote, signature: signer.sign(voteSignBytes(ballot.state.chainId, vote)) };
}

const unsigned = ({ height, round, blockId, timeNs }: Ballot): Vote => ({
  type: SIGNED_MESSAGE.precommit,
  height,
  round,
  blockId,
  timestamp: nsToTimestamp(timeNs),
  validatorAddress: EMPTY,
  validatorIndex: 0,
  signature: EMPTY,
  extension: EMPTY,
  extensionSignature: EMPTY,
});

/** The commit of all validators that are up; the others are absent. All sign the same bytes, since all say one time. */
export function signCommit(ballot: Ballot, signers: Signers): Commit {
  const { state, height, round, blockId } = ballot;
  const vote = unsigned(ballot);
  const message = voteSignBytes(state.chainId, vote);
  const signatures = state.validators.validators.map(({ address }) => {
    const signer = signers.online(address);
    if (signer === undefined) return absentCommitSig();
    return {
      blockIdFlag: BLOCK_ID_FLAG.commit,
      validatorAddress: address,
      timestamp: vote.timestamp,
      signature: signer.sign(message),
    };
  });
  return { height, round, blockId, signatures };
}
