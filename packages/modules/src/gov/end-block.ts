/** What becomes of proposals whose period is over (SDK x/gov `abci.go`). */
import { durationToNs, nsToTimestamp, timestampToNs } from "@tandem-ics/proto";
import { CodedError, type Context, type Event, InvariantError } from "@tandem-ics/runtime";
import { type Proposal, ProposalStatus } from "cosmjs-types/cosmos/gov/v1/gov";
import type { GovParts } from "./dependencies.ts";
import type { Deposits } from "./deposits.ts";
import { type ProposalResult, proposalDropped, RESULT, votingEnded } from "./events.ts";
import { failedReason, type Proposals } from "./proposals.ts";
import { dueAt, ofProposal } from "./state.ts";
import { type Tally, tally } from "./tally.ts";

interface Outcome {
  readonly proposal: Proposal;
  readonly result: ProposalResult;
  readonly log: string;
}

/** A hook on a branch; what it throws must not stop the chain. */
function runHook(ctx: Context, hook: ((ctx: Context) => void) | undefined): void {
  if (hook === undefined) return;
  const { ctx: branch, commit } = ctx.branch();
  try {
    hook(branch);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return;
  }
  commit();
}

/** Ends what is due: first proposals without enough deposit, then votes, each by time and id. */
export function endBlock(ctx: Context, parts: GovParts, proposals: Proposals, deposits: Deposits): void {
  const { state, hooks } = parts;
  const due = dueAt(ctx.timeNs);
  for (const [, id] of state.inactiveQueue.keys(ctx, due)) {
    proposals.delete(ctx, id);
    if (state.params.require(ctx).burnProposalDepositPrevote) deposits.burn(ctx, id);
    else deposits.refund(ctx, id);
    runHook(ctx, (branch) => hooks.afterProposalFailedMinDeposit?.(branch, id));
    proposalDropped(ctx, id);
  }
  for (const key of state.activeQueue.keys(ctx, due)) {
    const voted = proposals.require(ctx, key[1]);
    const counted = count(ctx, parts, voted);
    // A failed expedited proposal goes on with what was deposited.
    if (!voted.expedited || counted.passes) {
      if (counted.burnDeposits) deposits.burn(ctx, voted.id);
      else deposits.refund(ctx, voted.id);
    }
    state.activeQueue.remove(ctx, key);
    const { proposal, result, log } = conclude(ctx, parts, voted, counted.passes);
    proposals.set(ctx, { ...proposal, finalTallyResult: counted.result });
    runHook(ctx, (branch) => hooks.afterProposalVotingPeriodEnded?.(branch, voted.id));
    votingEnded(ctx, voted.id, result, log);
  }
}

/** Counts, and forgets the votes: those for a failed expedited proposal do not count for the regular one. */
function count(ctx: Context, parts: GovParts, proposal: Proposal): Tally {
  const counted = tally(ctx, parts, proposal);
  parts.state.votes.clear(ctx, ofProposal(proposal.id));
  return counted;
}

function conclude(ctx: Context, parts: GovParts, proposal: Proposal, passes: boolean): Outcome {
  if (passes) return execute(ctx, parts, proposal);
  if (proposal.expedited) return goOnAsRegular(ctx, parts, proposal);
  return {
    proposal: {
      ...proposal,
      status: ProposalStatus.PROPOSAL_STATUS_REJECTED,
      failedReason: "proposal did not get enough votes to pass",
    },
    result: RESULT.rejected,
    log: "rejected",
  };
}

/** Gives the proposal the rest of a regular voting period. */
function goOnAsRegular(ctx: Context, { state }: GovParts, proposal: Proposal): Outcome {
  const { votingPeriod } = state.params.require(ctx);
  const endNs = timestampToNs(proposal.votingStartTime!) + durationToNs(votingPeriod!);
  state.activeQueue.set(ctx, [endNs, proposal.id], proposal.id);
  return {
    proposal: { ...proposal, expedited: false, votingEndTime: nsToTimestamp(endNs) },
    result: RESULT.expeditedRejected,
    log: "expedited proposal converted to regular",
  };
}

/** Runs the messages, all or none; a failure is recorded and stops nobody. */
function execute(ctx: Context, { router }: GovParts, proposal: Proposal): Outcome {
  const { ctx: branch, commit } = ctx.branch();
  const events: Event[] = [];
  for (const [i, any] of proposal.messages.entries()) {
    try {
      events.push(...router.run(branch, any).events);
    } catch (error) {
      if (error instanceof InvariantError) throw error;
      const reason = failedReason(error, any.typeUrl);
      return {
        proposal: { ...proposal, status: ProposalStatus.PROPOSAL_STATUS_FAILED, failedReason: reason },
        result: RESULT.failed,
        log: `passed, but msg ${i} (${any.typeUrl}) failed on execution: ${reason}`,
      };
    }
  }
  commit();
  ctx.emitAll(events);
  return {
    proposal: { ...proposal, status: ProposalStatus.PROPOSAL_STATUS_PASSED },
    result: RESULT.passed,
    log: "passed",
  };
}
