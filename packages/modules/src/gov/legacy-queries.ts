/** Queries of governance as of v1beta1: answers of v1 in the old form (SDK x/gov `migrations/v3/convert.go`). */
import { utf8 } from "@tandem-ics/crypto";
import { goZeroTimestamp, nsToDuration } from "@tandem-ics/proto";
import {
  type Context,
  Dec,
  GRPC,
  GrpcError,
  normalizeCoins,
  type QueryRoute,
  query,
  sdkErrors,
} from "@tandem-ics/runtime";
import type { Coin } from "cosmjs-types/cosmos/base/v1beta1/coin";
import type { Deposit, Proposal, TallyResult, Vote } from "cosmjs-types/cosmos/gov/v1/gov";
import { MsgExecLegacyContent } from "cosmjs-types/cosmos/gov/v1/tx";
import type {
  Deposit as LegacyDeposit,
  Proposal as LegacyProposal,
  TallyResult as LegacyTallyResult,
  Vote as LegacyVote,
} from "cosmjs-types/cosmos/gov/v1beta1/gov";
import {
  QueryDepositRequest,
  QueryDepositResponse,
  QueryDepositsRequest,
  QueryDepositsResponse,
  QueryParamsRequest,
  QueryParamsResponse,
  QueryProposalRequest,
  QueryProposalResponse,
  QueryProposalsRequest,
  QueryProposalsResponse,
  QueryTallyResultRequest,
  QueryTallyResultResponse,
  QueryVoteRequest,
  QueryVoteResponse,
  QueryVotesRequest,
  QueryVotesResponse,
} from "cosmjs-types/cosmos/gov/v1beta1/query";
import type { Any } from "cosmjs-types/google/protobuf/any";
import { parseDec, readCoins, writeCoins } from "./params.ts";
import { EXEC_LEGACY_CONTENT } from "./proposals.ts";
import type { GovAnswers } from "./queries.ts";
import { EMPTY_TALLY } from "./tally.ts";

const path = (name: string): string => `/cosmos.gov.v1beta1.Query/${name}`;

const coins = (amounts: readonly Coin[]): Coin[] => writeCoins(normalizeCoins(readCoins(amounts)));

const legacyTally = (result: TallyResult): LegacyTallyResult => ({
  yes: result.yesCount,
  abstain: result.abstainCount,
  no: result.noCount,
  noWithVeto: result.noWithVetoCount,
});

/** The content of a proposal that carries one out; of others the message itself, for clients that know nothing else. */
function legacyContent(messages: readonly Any[]): Any | undefined {
  const [only] = messages;
  if (messages.length !== 1 || only === undefined) {
    throw sdkErrors.invalidType(
      "can't convert a gov/v1 Proposal to gov/v1beta1 Proposal when amount of proposal messages not exactly one",
    );
  }
  return only.typeUrl === EXEC_LEGACY_CONTENT ? MsgExecLegacyContent.decode(only.value).content : only;
}

function legacyProposal(proposal: Proposal): LegacyProposal {
  const content = legacyContent(proposal.messages);
  return {
    proposalId: proposal.id,
    ...(content === undefined ? {} : { content }),
    status: proposal.status as number,
    finalTallyResult: legacyTally(proposal.finalTallyResult ?? EMPTY_TALLY),
    submitTime: proposal.submitTime ?? goZeroTimestamp(),
    depositEndTime: proposal.depositEndTime ?? goZeroTimestamp(),
    totalDeposit: coins(proposal.totalDeposit),
    votingStartTime: proposal.votingStartTime ?? goZeroTimestamp(),
    votingEndTime: proposal.votingEndTime ?? goZeroTimestamp(),
  };
}

const legacyVote = ({ proposalId, voter, options }: Vote): LegacyVote => ({
  proposalId,
  voter,
  option: 0,
  options: options.map(({ option, weight }) => ({
    option: option as number,
    weight: parseDec(weight).toWire(),
  })),
});

const legacyDeposit = ({ proposalId, depositor, amount }: Deposit): LegacyDeposit => ({
  proposalId,
  depositor,
  amount: coins(amount),
});

/** Decimals are bytes here, the digits of value × 10^18. */
const decBytes = (text: string): Uint8Array => utf8((text === "" ? Dec.ZERO : parseDec(text)).toWire());

function legacyParams(ctx: Context, answers: GovAnswers, paramsType: string): QueryParamsResponse {
  const { depositParams, votingParams, tallyParams } = answers.params(ctx, { paramsType });
  if (depositParams === undefined && votingParams === undefined && tallyParams === undefined)
    throw new GrpcError(GRPC.invalidArgument, `${paramsType} is not a valid parameter type`);
  const noTime = nsToDuration(0n);
  // Go holds all three as values: those not asked for are there, and empty.
  return {
    votingParams: { votingPeriod: votingParams?.votingPeriod ?? noTime },
    depositParams: {
      minDeposit: coins(depositParams?.minDeposit ?? []),
      maxDepositPeriod: depositParams?.maxDepositPeriod ?? noTime,
    },
    tallyParams: {
      quorum: decBytes(tallyParams?.quorum ?? ""),
      threshold: decBytes(tallyParams?.threshold ?? ""),
      vetoThreshold: decBytes(tallyParams?.vetoThreshold ?? ""),
    },
  };
}

/** Routes of all queries of v1beta1. */
export function createLegacyGovQueries(answers: GovAnswers): QueryRoute[] {
  return [
    query({
      path: path("Proposal"),
      request: QueryProposalRequest,
      response: QueryProposalResponse,
      handle: (ctx, request) => ({ proposal: legacyProposal(answers.proposal(ctx, request)) }),
    }),
    query({
      path: path("Proposals"),
      request: QueryProposalsRequest,
      response: QueryProposalsResponse,
      handle(ctx, { proposalStatus, ...request }) {
        const answer = answers.proposals(ctx, { ...request, proposalStatus: proposalStatus as number });
        return { ...answer, proposals: answer.proposals.map(legacyProposal) };
      },
    }),
    query({
      path: path("Vote"),
      request: QueryVoteRequest,
      response: QueryVoteResponse,
      handle: (ctx, request) => ({ vote: legacyVote(answers.vote(ctx, request)) }),
    }),
    query({
      path: path("Votes"),
      request: QueryVotesRequest,
      response: QueryVotesResponse,
      handle(ctx, request) {
        const answer = answers.votes(ctx, request);
        return { ...answer, votes: answer.votes.map(legacyVote) };
      },
    }),
    query({
      path: path("Params"),
      request: QueryParamsRequest,
      response: QueryParamsResponse,
      handle: (ctx, { paramsType }) => legacyParams(ctx, answers, paramsType),
    }),
    query({
      path: path("Deposit"),
      request: QueryDepositRequest,
      response: QueryDepositResponse,
      handle: (ctx, request) => ({ deposit: legacyDeposit(answers.deposit(ctx, request)) }),
    }),
    query({
      path: path("Deposits"),
      request: QueryDepositsRequest,
      response: QueryDepositsResponse,
      handle(ctx, request) {
        const answer = answers.deposits(ctx, request);
        return { ...answer, deposits: answer.deposits.map(legacyDeposit) };
      },
    }),
    query({
      path: path("TallyResult"),
      request: QueryTallyResultRequest,
      response: QueryTallyResultResponse,
      handle: (ctx, request) => ({ tally: legacyTally(answers.tallyResult(ctx, request)) }),
    }),
  ];
}
