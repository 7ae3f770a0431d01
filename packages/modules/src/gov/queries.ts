/** Queries of governance as of v1 (SDK x/gov `keeper/grpc_query.go`). */
import {
  CodedError,
  type Context,
  GRPC,
  GrpcError,
  paginate,
  type QueryRoute,
  query,
  u64Key,
} from "@tandem-ics/runtime";
import type { PageRequest } from "cosmjs-types/cosmos/base/query/v1beta1/pagination";
import {
  type Deposit,
  type Proposal,
  ProposalStatus,
  type TallyResult,
  type Vote,
} from "cosmjs-types/cosmos/gov/v1/gov";
import {
  QueryConstitutionRequest,
  QueryConstitutionResponse,
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
} from "cosmjs-types/cosmos/gov/v1/query";
import { decodeAddress } from "../address-text.ts";
import type { GovParty } from "./keeper.ts";
import { errorText } from "./legacy-content.ts";
import type { ByProposal } from "./state.ts";
import { EMPTY_TALLY, tally } from "./tally.ts";

/** What the queries answer; those of v1beta1 answer from it too. */
export interface GovAnswers {
  proposal(ctx: Context, request: QueryProposalRequest): Proposal;
  proposals(ctx: Context, request: QueryProposalsRequest): QueryProposalsResponse;
  vote(ctx: Context, request: QueryVoteRequest): Vote;
  votes(ctx: Context, request: QueryVotesRequest): QueryVotesResponse;
  params(ctx: Context, request: QueryParamsRequest): QueryParamsResponse;
  deposit(ctx: Context, request: QueryDepositRequest): Deposit;
  deposits(ctx: Context, request: QueryDepositsRequest): QueryDepositsResponse;
  tallyResult(ctx: Context, request: QueryTallyResultRequest): TallyResult;
}

const invalid = (text: string): GrpcError => new GrpcError(GRPC.invalidArgument, text);

function assertId(id: bigint): void {
  if (id === 0n) throw invalid("proposal id can not be 0");
}

/** What goes wrong while a page is taken is an internal fault to the SDK. */
function orInternal<T>(take: () => T): T {
  try {
    return take();
  } catch (error) {
    if (!(error instanceof CodedError || error instanceof GrpcError)) throw error;
    throw new GrpcError(GRPC.internal, errorText(error), { cause: error });
  }
}

function page<V>(ctx: Context, records: ByProposal<V>, id: bigint, request: PageRequest | undefined) {
  assertId(id);
  const { items, pagination } = orInternal(() =>
    paginate(ctx, records, request, { prefix: u64Key.encode(id), style: "collection" }),
  );
  return { items: items.map(([, value]) => value), pagination };
}

const DECIDED: readonly ProposalStatus[] = [
  ProposalStatus.PROPOSAL_STATUS_PASSED,
  ProposalStatus.PROPOSAL_STATUS_REJECTED,
  ProposalStatus.PROPOSAL_STATUS_FAILED,
];
const STATUSES: readonly ProposalStatus[] = [
  ProposalStatus.PROPOSAL_STATUS_DEPOSIT_PERIOD,
  ProposalStatus.PROPOSAL_STATUS_VOTING_PERIOD,
  ...DECIDED,
];

/** What the queries answer. */
export function createGovAnswers({ parts, proposals }: GovParty): GovAnswers {
  const { state, addresses } = parts;
  const accountOf = (text: string): Uint8Array => decodeAddress(addresses.account, text);
  function requireProposal(ctx: Context, id: bigint): Proposal {
    assertId(id);
    const proposal = proposals.get(ctx, id);
    if (proposal === undefined) throw new GrpcError(GRPC.notFound, `proposal ${id} doesn't exist`);
    return proposal;
  }
  return {
    proposal: (ctx, { proposalId }) => requireProposal(ctx, proposalId),
    proposals(ctx, { proposalStatus, voter, depositor, pagination: request }) {
      const matches = (id: bigint, { status }: Proposal): boolean =>
        (!STATUSES.includes(proposalStatus) || status === proposalStatus) &&
        (voter === "" || state.votes.has(ctx, [id, accountOf(voter)])) &&
        (depositor === "" || state.deposits.has(ctx, [id, accountOf(depositor)]));
      const { items, pagination } = orInternal(() =>
        paginate(ctx, state.proposals, request, { filter: matches, style: "collection" }),
      );
      return { proposals: items.map(([, proposal]) => proposal), pagination };
    },
    vote(ctx, { proposalId, voter }) {
      assertId(proposalId);
      if (voter === "") throw invalid("empty voter address");
      const vote = state.votes.get(ctx, [proposalId, accountOf(voter)]);
      if (vote === undefined) throw invalid(`voter: ${voter} not found for proposal: ${proposalId}`);
      return vote;
    },
    votes(ctx, { proposalId, pagination: request }) {
      const { items, pagination } = page(ctx, state.votes, proposalId, request);
      return { votes: items, pagination };
    },
    params: (ctx, { paramsType }) => answerParams(state.params.require(ctx), paramsType),
    deposit(ctx, { proposalId, depositor }) {
      assertId(proposalId);
      if (depositor === "") throw invalid("empty depositor address");
      const deposit = state.deposits.get(ctx, [proposalId, accountOf(depositor)]);
      if (deposit === undefined) {
        throw new GrpcError(
          GRPC.notFound,
          `collections: not found: key '("${proposalId}", "${depositor}")' of type github.com/cosmos/gogoproto/cosmos.gov.v1.Deposit`,
        );
      }
      return deposit;
    },
    deposits(ctx, { proposalId, pagination: request }) {
      const { items, pagination } = page(ctx, state.deposits, proposalId, request);
      return { deposits: items, pagination };
    },
    tallyResult(ctx, { proposalId }) {
      const proposal = requireProposal(ctx, proposalId);
      if (proposal.status === ProposalStatus.PROPOSAL_STATUS_DEPOSIT_PERIOD) return EMPTY_TALLY;
      if (DECIDED.includes(proposal.status)) return proposal.finalTallyResult ?? EMPTY_TALLY;
      return tally(ctx, parts, proposal).result;
    },
  };
}

function answerParams(params: NonNullable<QueryParamsResponse["params"]>, kind: string): QueryParamsResponse {
  const { minDeposit, maxDepositPeriod, votingPeriod, quorum, threshold, vetoThreshold } = params;
  switch (kind) {
    case "":
      return { params };
    case "deposit":
      return {
        params,
        depositParams: { minDeposit, ...(maxDepositPeriod === undefined ? {} : { maxDepositPeriod }) },
      };
    case "voting":
      return { params, votingParams: { ...(votingPeriod === undefined ? {} : { votingPeriod }) } };
    case "tallying":
      return { params, tallyParams: { quorum, threshold, vetoThreshold } };
    default:
      throw invalid(`unknown params type: ${kind}`);
  }
}

const path = (name: string): string => `/cosmos.gov.v1.Query/${name}`;

/** Routes of all queries of v1. */
export function createGovQueries({ parts }: GovParty, answers: GovAnswers): QueryRoute[] {
  return [
    query({
      path: path("Constitution"),
      request: QueryConstitutionRequest,
      response: QueryConstitutionResponse,
      handle: (ctx) => ({ constitution: parts.state.constitution.require(ctx) }),
    }),
    query({
      path: path("Proposal"),
      request: QueryProposalRequest,
      response: QueryProposalResponse,
      handle: (ctx, request) => ({ proposal: answers.proposal(ctx, request) }),
    }),
    query({
      path: path("Proposals"),
      request: QueryProposalsRequest,
      response: QueryProposalsResponse,
      handle: answers.proposals,
    }),
    query({
      path: path("Vote"),
      request: QueryVoteRequest,
      response: QueryVoteResponse,
      handle: (ctx, request) => ({ vote: answers.vote(ctx, request) }),
    }),
    query({
      path: path("Votes"),
      request: QueryVotesRequest,
      response: QueryVotesResponse,
      handle: answers.votes,
    }),
    query({
      path: path("Params"),
      request: QueryParamsRequest,
      response: QueryParamsResponse,
      handle: answers.params,
    }),
    query({
      path: path("Deposit"),
      request: QueryDepositRequest,
      response: QueryDepositResponse,
      handle: (ctx, request) => ({ deposit: answers.deposit(ctx, request) }),
    }),
    query({
      path: path("Deposits"),
      request: QueryDepositsRequest,
      response: QueryDepositsResponse,
      handle: answers.deposits,
    }),
    query({
      path: path("TallyResult"),
      request: QueryTallyResultRequest,
      response: QueryTallyResultResponse,
      handle: (ctx, request) => ({ tally: answers.tallyResult(ctx, request) }),
    }),
  ];
}
