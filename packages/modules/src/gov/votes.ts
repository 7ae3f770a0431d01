/** Votes (SDK x/gov `keeper/vote.go`, `types/v1/vote.go`). */
import { CodedError, type Context, Dec, sdkErrors } from "@tandem-ics/runtime";
import { VoteOption, type WeightedVoteOption } from "cosmjs-types/cosmos/gov/v1/gov";
import type { GovParts } from "./dependencies.ts";
import { govErrors } from "./errors.ts";
import { voted } from "./events.ts";
import { parseDec } from "./params.ts";
import { assertMetadataLength } from "./proposals.ts";

/** The whole vote for one option. */
export const wholeVote = (option: VoteOption): WeightedVoteOption[] => [
  { option, weight: Dec.ONE.toString() },
];

const OPTIONS: readonly VoteOption[] = [
  VoteOption.VOTE_OPTION_YES,
  VoteOption.VOTE_OPTION_ABSTAIN,
  VoteOption.VOTE_OPTION_NO,
  VoteOption.VOTE_OPTION_NO_WITH_VETO,
];

const optionName = (option: VoteOption): string => VoteOption[option] ?? String(option);

/** Text of one option as gogoproto prints messages; of an unknown one the lowest byte, as the SDK formats it there. */
const optionText = ({ option, weight }: WeightedVoteOption): string =>
  `${(option as number) === 0 ? "" : `option:${VoteOption[option] ?? (option as number) & 0xff} `}${weight === "" ? "" : `weight:${JSON.stringify(weight)} `}`;

/** JSON of the options, as the event has it. */
const optionsText = (options: readonly WeightedVoteOption[]): string =>
  JSON.stringify(options.map(({ option, weight }) => ({ option, weight })));

/** Throws `gov/7` unless it is one of the four. */
export function assertVoteOption(option: VoteOption): void {
  if (!OPTIONS.includes(option)) throw govErrors.invalidVote(optionName(option));
}

function weightOf(text: string): Dec | undefined {
  try {
    return parseDec(text);
  } catch (error) {
    if (error instanceof CodedError) return undefined;
    throw error;
  }
}

function assertWeightedOption(option: WeightedVoteOption): Dec {
  const weight = weightOf(option.weight);
  if (weight === undefined || !weight.isPositive() || weight.gt(Dec.ONE) || !OPTIONS.includes(option.option))
    throw govErrors.invalidVote(optionText(option));
  return weight;
}

/** Throws `sdk/18` for none, `gov/7` unless they are different and make up one. */
export function assertWeightedOptions(options: readonly WeightedVoteOption[]): void {
  if (options.length === 0) throw sdkErrors.invalidRequest("null");
  let total = Dec.ZERO;
  const used = new Set<VoteOption>();
  for (const option of options) {
    total = total.add(assertWeightedOption(option));
    if (used.has(option.option)) throw govErrors.invalidVote("duplicated vote option");
    used.add(option.option);
  }
  if (total.gt(Dec.ONE)) throw govErrors.invalidVote("total weight overflow 1.00");
  if (total.lt(Dec.ONE)) throw govErrors.invalidVote("total weight lower than 1.00");
}

/** A vote as its sender gave it. */
export interface Ballot {
  readonly id: bigint;
  readonly voter: Uint8Array;
  readonly options: readonly WeightedVoteOption[];
  readonly metadata: string;
}

/** Records a vote; a later one of the same voter replaces it. Throws `gov/3` outside the voting period, `gov/15`. */
export function castVote(ctx: Context, parts: GovParts, { id, voter, options, metadata }: Ballot): void {
  const { state, hooks, addresses } = parts;
  if (!state.inVotingPeriod.has(ctx, id)) throw govErrors.inactiveProposal(id.toString());
  assertMetadataLength(metadata, parts);
  for (const option of options) assertWeightedOption(option);
  const text = addresses.account.encode(voter);
  state.votes.set(ctx, [id, voter], { proposalId: id, voter: text, options: [...options], metadata });
  hooks.afterProposalVote?.(ctx, id, voter);
  voted(ctx, id, text, optionsText(options));
}
