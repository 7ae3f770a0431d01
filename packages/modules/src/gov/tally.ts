/** Counting votes (SDK x/gov `keeper/tally.go`). */
import { toBinary } from "@tandem-ics/crypto";
import { type Context, Dec } from "@tandem-ics/runtime";
import {
  type Params,
  type Proposal,
  type TallyResult,
  VoteOption,
  type WeightedVoteOption,
} from "cosmjs-types/cosmos/gov/v1/gov";
import type { GovParts } from "./dependencies.ts";
import { parseDec } from "./params.ts";
import { ofProposal } from "./state.ts";

/** What a count says. */
export interface Tally {
  readonly passes: boolean;
  /** Whether the deposits are to be burned, not given back. */
  readonly burnDeposits: boolean;
  readonly result: TallyResult;
}

/** No votes at all. */
export const EMPTY_TALLY: TallyResult = {
  yesCount: "0",
  abstainCount: "0",
  noCount: "0",
  noWithVetoCount: "0",
};

/** A validator of the set while votes are counted. */
interface Counted {
  readonly tokens: bigint;
  readonly shares: Dec;
  /** Shares whose owners voted themselves. */
  deductions: Dec;
  vote: readonly WeightedVoteOption[];
}

type Sums = Map<VoteOption, Dec>;
const sumOf = (sums: Sums, option: VoteOption): Dec => sums.get(option) ?? Dec.ZERO;

/** Adds power to the options of a vote by their weights. */
function addVote(sums: Sums, options: readonly WeightedVoteOption[], power: Dec): void {
  for (const { option, weight } of options)
    sums.set(option, sumOf(sums, option).add(power.mul(parseDec(weight))));
}

/** Power of all who voted, by option and in all. Who delegated and did not vote follows the validator. */
function countVotes(ctx: Context, { staking, state }: GovParts, id: bigint): { sums: Sums; total: Dec } {
  const sums: Sums = new Map();
  let total = Dec.ZERO;
  const validators = new Map<string, Counted>(
    staking
      .bondedValidatorsByPower(ctx)
      .map(({ operator, tokens, shares }) => [
        toBinary(operator),
        { tokens, shares, deductions: Dec.ZERO, vote: [] },
      ]),
  );
  const cast = (options: readonly WeightedVoteOption[], shares: Dec, of: Counted): void => {
    const power = shares.mulInt(of.tokens).quo(of.shares);
    addVote(sums, options, power);
    total = total.add(power);
  };
  for (const [[, voter], { options }] of state.votes.entries(ctx, ofProposal(id))) {
    const own = validators.get(toBinary(voter));
    if (own !== undefined) own.vote = options;
    for (const { validator, shares } of staking.delegatorDelegations(ctx, voter)) {
      const counted = validators.get(toBinary(validator));
      if (counted === undefined) continue;
      counted.deductions = counted.deductions.add(shares);
      cast(options, shares, counted);
    }
  }
  for (const counted of validators.values())
    if (counted.vote.length > 0) cast(counted.vote, counted.shares.sub(counted.deductions), counted);
  return { sums, total };
}

/** Counts the votes of a proposal; changes nothing. The order of the rules decides whether deposits are burned. */
export function tally(ctx: Context, parts: GovParts, proposal: Proposal): Tally {
  const { sums, total } = countVotes(ctx, parts, proposal.id);
  const params = parts.state.params.require(ctx);
  const count = (option: VoteOption): string => sumOf(sums, option).truncateInt().toString();
  const result: TallyResult = {
    yesCount: count(VoteOption.VOTE_OPTION_YES),
    abstainCount: count(VoteOption.VOTE_OPTION_ABSTAIN),
    noCount: count(VoteOption.VOTE_OPTION_NO),
    noWithVetoCount: count(VoteOption.VOTE_OPTION_NO_WITH_VETO),
  };
  const bonded = parts.staking.totalBondedTokens(ctx);
  return { ...decide(sums, total, bonded, params, proposal.expedited), result };
}

function decide(
  sums: Sums,
  total: Dec,
  bonded: bigint,
  params: Params,
  expedited: boolean,
): Omit<Tally, "result"> {
  const lost = { passes: false, burnDeposits: false };
  if (bonded === 0n) return lost;
  if (total.quo(Dec.fromInt(bonded)).lt(parseDec(params.quorum)))
    return { passes: false, burnDeposits: params.burnVoteQuorum };
  const decisive = total.sub(sumOf(sums, VoteOption.VOTE_OPTION_ABSTAIN));
  if (decisive.isZero()) return lost;
  const veto = sumOf(sums, VoteOption.VOTE_OPTION_NO_WITH_VETO);
  if (veto.quo(total).gt(parseDec(params.vetoThreshold)))
    return { passes: false, burnDeposits: params.burnVoteVeto };
  const threshold = parseDec(expedited ? params.expeditedThreshold : params.threshold);
  const yes = sumOf(sums, VoteOption.VOTE_OPTION_YES);
  return { passes: yes.quo(decisive).gt(threshold), burnDeposits: false };
}
