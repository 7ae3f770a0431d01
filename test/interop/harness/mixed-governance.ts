/** What only governance may send, decided by alice, who holds most of the stake. */
import type { EncodeObject } from "@cosmjs/proto-signing";
import { createProtobufRpcClient, QueryClient } from "@cosmjs/stargate";
import { encodeAny } from "@tandem-ics/proto";
import { createAddressCodecs, moduleAddress } from "@tandem-ics/runtime";
import { ProposalStatus, VoteOption } from "cosmjs-types/cosmos/gov/v1/gov";
import { QueryClientImpl as GovQuery } from "cosmjs-types/cosmos/gov/v1/query";
import { MsgSubmitProposal, MsgVote } from "cosmjs-types/cosmos/gov/v1/tx";
import { eventually } from "./connect.ts";
import { attribute, STAKE, send } from "./mixed-world.ts";
import type { Subject } from "./subjects.ts";

const DEPOSIT = "10000000";

/** Governance's account. */
export const governance = ({ prefix }: Subject): string =>
  createAddressCodecs(prefix).account.encode(moduleAddress("gov"));

/** Has governance send a message; alice's vote decides. */
export async function decide(p: Subject, message: EncodeObject): Promise<void> {
  const client = await p.client();
  const gov = new GovQuery(createProtobufRpcClient(QueryClient.withExtensions(client.comet)));
  const proposer = (await p.sender("user")).address;
  const { events } = await send(p, "user", {
    typeUrl: MsgSubmitProposal.typeUrl,
    value: MsgSubmitProposal.fromPartial({
      messages: [encodeAny(message.typeUrl, message.value)],
      initialDeposit: [{ denom: STAKE, amount: DEPOSIT }],
      proposer,
      title: "interop",
      summary: "what governance alone may do",
    }),
  });
  const proposalId = BigInt(attribute(events, "submit_proposal", "proposal_id"));
  await send(p, "alice", {
    typeUrl: MsgVote.typeUrl,
    value: MsgVote.fromPartial({
      proposalId,
      voter: (await p.sender("alice")).address,
      option: VoteOption.VOTE_OPTION_YES,
    }),
  });
  const status = await eventually(client, `the end of proposal ${proposalId}`, async () => {
    const { proposal } = await gov.Proposal({ proposalId });
    return proposal?.status === ProposalStatus.PROPOSAL_STATUS_VOTING_PERIOD ? undefined : proposal?.status;
  });
  expect(status).toBe(ProposalStatus.PROPOSAL_STATUS_PASSED);
}
