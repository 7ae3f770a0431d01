/** What other modules are told of proposals (SDK x/gov `types/expected_keepers.go`, `GovHooks`). */
import type { Context } from "@tandem-ics/runtime";

/** Called at the named moments. What the first three throw refuses the message; the others cannot stop anything. */
export interface GovHooks {
  afterProposalSubmission(ctx: Context, id: bigint): void;
  /** The proposal may not be voted on yet; the deposit is counted but not yet recorded. */
  afterProposalDeposit(ctx: Context, id: bigint, depositor: Uint8Array): void;
  afterProposalVote(ctx: Context, id: bigint, voter: Uint8Array): void;
  /** The proposal is deleted already. */
  afterProposalFailedMinDeposit(ctx: Context, id: bigint): void;
  /** Its outcome is recorded; a failed expedited one goes on as a regular one. */
  afterProposalVotingPeriodEnded(ctx: Context, id: bigint): void;
}
