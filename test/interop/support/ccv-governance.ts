/** Messages that only governance may send: each in a proposal of its own, and what becomes of all of them. */
import { encodeAny } from "@tandem-ics/proto";
import { ProposalStatus } from "cosmjs-types/cosmos/gov/v1/gov";
import { QueryProposalsRequest, QueryProposalsResponse } from "cosmjs-types/cosmos/gov/v1/query";
import { STAKE } from "../harness/go-chain.ts";
import type { Trial } from "./ccv-messages.ts";
import { boundSender, CAST, message, type Stage } from "./ccv-states.ts";

/** The least that may be deposited, and what it takes for a vote. */
const FIRST_DEPOSIT = "100000";
const DEPOSIT = "10000000";
const YES = 1;

/** The proposal of a message. */
export function asProposal({ what, message: inner }: Trial): Trial {
  const { address } = CAST.owner;
  return {
    what: `proposal of ${what}`,
    signer: address,
    message: message("/cosmos.gov.v1.MsgSubmitProposal", {
      messages: [encodeAny(inner.typeUrl, inner.value)],
      initialDeposit: [{ denom: STAKE, amount: FIRST_DEPOSIT }],
      proposer: address,
      metadata: "",
      title: "a title",
      summary: "a summary",
      expedited: false,
    }),
  };
}

/** Proposals in a state of their life. */
async function proposalsIn({ chain }: Stage, proposalStatus: ProposalStatus) {
  const data = QueryProposalsRequest.encode(
    QueryProposalsRequest.fromPartial({ proposalStatus, pagination: { limit: 1000n } }),
  ).finish();
  const { value } = await chain.comet.abciQuery({ path: "/cosmos.gov.v1.Query/Proposals", data });
  return QueryProposalsResponse.decode(value).proposals;
}

/**
 * Proposes all that may be proposed, votes for it, and waits until every proposal has been executed or has failed.
 * @returns how many there were
 */
export async function govern(stage: Stage, proposals: readonly Trial[]): Promise<number> {
  const { chain, main } = stage;
  const sender = boundSender(chain, CAST.owner);
  // One that is refused would take all others of its transaction with it.
  const hashes: string[] = [];
  for (const { message: one } of proposals) hashes.push(await sender.submit([one]));
  await sender.confirm(hashes.at(-1)!);
  // All votings begin, and end, in one block.
  const open = await proposalsIn(stage, ProposalStatus.PROPOSAL_STATUS_DEPOSIT_PERIOD);
  const { address } = main.sender;
  await main.sender.send(
    open.flatMap(({ id: proposalId }) => [
      message("/cosmos.gov.v1.MsgDeposit", {
        proposalId,
        depositor: address,
        amount: [{ denom: STAKE, amount: DEPOSIT }],
      }),
      message("/cosmos.gov.v1.MsgVote", { proposalId, voter: address, option: YES, metadata: "" }),
    ]),
  );
  let { height } = await chain.status();
  while ((await proposalsIn(stage, ProposalStatus.PROPOSAL_STATUS_VOTING_PERIOD)).length > 0)
    height = await chain.pace.after(height);
  await chain.pace.after(height);
  return open.length;
}
