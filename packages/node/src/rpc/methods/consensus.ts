/** Where consensus stands: with one process for all validators, always between two heights (CometBFT `consensus/types`). */
import {
  type ChainState,
  commitToVote,
  type JsonObject,
  nextHeight,
  type ValidatorSet,
  validatorIndex,
  validatorToRpcJson,
} from "@tandem-ics/comet";
import { toHexUpper } from "@tandem-ics/crypto";
import { formatTimestamp, timestampToNs } from "@tandem-ics/proto";
import type { Commit } from "cosmjs-types/tendermint/types/types";
import { NO_VOTE, voteText } from "../../storage/evidence-text.ts";
import { type Endpoints, endpoint, type RpcEnvironment } from "../endpoint.ts";

/** Round step: waiting for the height to begin. */
const STEP_NEW_HEIGHT = 1;

function bitArray(bits: readonly boolean[], power: bigint, total: bigint): string {
  const share = (Number(power) / Number(total)).toFixed(2);
  return `BA{${bits.length}:${bits.map((bit) => (bit ? "x" : "_")).join("")}} ${power}/${total} = ${share}`;
}

function noVotes({ validators, totalVotingPower }: ValidatorSet): JsonObject {
  const votes = validators.map(() => NO_VOTE);
  const bits = bitArray(
    validators.map(() => false),
    0n,
    totalVotingPower,
  );
  return {
    round: 0,
    prevotes: votes,
    prevotes_bit_array: bits,
    precommits: votes,
    precommits_bit_array: bits,
  };
}

function lastVotes(commit: Commit, { validators, totalVotingPower }: ValidatorSet): JsonObject {
  const votes = validators.map((_, i) => commitToVote(commit, i));
  let power = 0n;
  votes.forEach((vote, i) => {
    if (vote !== undefined) power += validators[i]!.votingPower;
  });
  return {
    votes: votes.map(voteText),
    votes_bit_array: bitArray(
      votes.map((vote) => vote !== undefined),
      power,
      totalVotingPower,
    ),
    peer_maj_23s: {},
  };
}

const setJson = ({ validators, proposer }: ValidatorSet): JsonObject => ({
  validators: validators.map(validatorToRpcJson),
  proposer: validatorToRpcJson(proposer),
});

/** Votes decide the next header's time, so the last votes' time is when the coming height began. */
function startTime(state: ChainState, commit: Commit | undefined): string {
  let latest = state.lastBlockTimeNs;
  for (const { timestamp } of commit?.signatures ?? []) {
    const time = timestampToNs(timestamp);
    if (time > latest) latest = time;
  }
  return formatTimestamp(latest);
}

function dump(state: ChainState, commit: Commit | undefined): JsonObject {
  const begun = startTime(state, commit);
  return {
    height: String(nextHeight(state)),
    round: 0,
    step: STEP_NEW_HEIGHT,
    start_time: begun,
    commit_time: begun,
    validators: setJson(state.validators),
    proposal: null,
    proposal_block: null,
    proposal_block_parts: null,
    locked_round: -1,
    locked_block: null,
    locked_block_parts: null,
    valid_round: -1,
    valid_block: null,
    valid_block_parts: null,
    votes: [noVotes(state.validators)],
    commit_round: -1,
    last_commit:
      commit === undefined || state.lastValidators === undefined
        ? null
        : lastVotes(commit, state.lastValidators),
    last_validators:
      state.lastValidators === undefined
        ? { validators: null, proposer: null }
        : setJson(state.lastValidators),
    triggered_timeout_precommit: false,
  };
}

/** Summaries of the round state. */
export function consensusMethods({ blocks, state }: RpcEnvironment): Endpoints {
  return {
    consensus_state: endpoint({}, () => {
      const current = state();
      const { proposer } = current.validators;
      return {
        round_state: {
          "height/round/step": `${nextHeight(current)}/0/${STEP_NEW_HEIGHT}`,
          start_time: startTime(current, blocks.commit(blocks.height)),
          proposal_block_hash: "",
          locked_block_hash: "",
          valid_block_hash: "",
          height_vote_set: [noVotes(current.validators)],
          proposer: {
            address: toHexUpper(proposer.address),
            index: validatorIndex(current.validators, proposer.address),
          },
        },
      };
    }),
    dump_consensus_state: endpoint({}, () => ({
      round_state: dump(state(), blocks.commit(blocks.height)),
      peers: [],
    })),
  };
}
