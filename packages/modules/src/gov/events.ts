/** Events of governance (SDK x/gov `types/events.go`): types, attributes and their order as there. */
import type { Context } from "@tandem-ics/runtime";

/** How a proposal ended. */
export const RESULT = {
  /** It did not get the deposit in time. */
  dropped: "proposal_dropped",
  passed: "proposal_passed",
  rejected: "proposal_rejected",
  /** It goes on as a regular one. */
  expeditedRejected: "expedited_proposal_rejected",
  /** It passed, but one of its messages failed. */
  failed: "proposal_failed",
} as const;

/** One of {@link RESULT}. */
export type ProposalResult = (typeof RESULT)[keyof typeof RESULT];

/** Tells of a new proposal; the types of its messages each with a comma in front. */
export const proposalSubmitted = (ctx: Context, id: bigint, proposer: string, typeUrls: readonly string[]) =>
  ctx.emit("submit_proposal", {
    proposal_id: id.toString(),
    proposal_proposer: proposer,
    proposal_messages: typeUrls.map((typeUrl) => `,${typeUrl}`).join(""),
  });

/** Tells that the vote has begun, in an event of the type of the message that made it begin. */
export const votingStarted = (ctx: Context, type: "submit_proposal" | "proposal_deposit", id: bigint) =>
  ctx.emit(type, { voting_period_start: id.toString() });

/** Tells of a deposit. */
export const deposited = (ctx: Context, id: bigint, depositor: string, amount: string) =>
  ctx.emit("proposal_deposit", { depositor, amount, proposal_id: id.toString() });

/** Tells of a vote; `option` is JSON. */
export const voted = (ctx: Context, id: bigint, voter: string, option: string) =>
  ctx.emit("proposal_vote", { voter, option, proposal_id: id.toString() });

/** Tells that the proposer took it back. */
export const proposalCancelled = (ctx: Context, id: bigint, sender: string) =>
  ctx.emit("cancel_proposal", { sender, proposal_id: id.toString() });

/** Tells of a proposal that was never voted on. */
export const proposalDropped = (ctx: Context, id: bigint) =>
  ctx.emit("inactive_proposal", { proposal_id: id.toString(), proposal_result: RESULT.dropped });

/** Tells of the end of a vote. */
export const votingEnded = (ctx: Context, id: bigint, result: ProposalResult, log: string) =>
  ctx.emit("active_proposal", { proposal_id: id.toString(), proposal_result: result, proposal_log: log });
