/** Messages of governance as of v1beta1, which stand for those of v1 (SDK x/gov `keeper/msg_server.go`). */
import { registeredType } from "@tandem-ics/proto";
import { Dec, type MessageRoute, message } from "@tandem-ics/runtime";
import { MsgExecLegacyContent } from "cosmjs-types/cosmos/gov/v1/tx";
import {
  MsgDeposit,
  MsgDepositResponse,
  MsgSubmitProposal,
  MsgSubmitProposalResponse,
  MsgVote,
  MsgVoteResponse,
  MsgVoteWeighted,
  MsgVoteWeightedResponse,
} from "cosmjs-types/cosmos/gov/v1beta1/tx";
import { govErrors } from "./errors.ts";
import type { GovParty } from "./keeper.ts";
import { assertContent, readContent } from "./legacy-content.ts";
import type { GovActs } from "./messages.ts";
import { EXEC_LEGACY_CONTENT } from "./proposals.ts";

/** Routes of all messages of v1beta1. `authority` is the account of governance. */
export function createLegacyGovMessages(
  { parts }: GovParty,
  acts: GovActs,
  authority: string,
): MessageRoute[] {
  return [
    message({
      typeUrl: MsgSubmitProposal.typeUrl,
      request: MsgSubmitProposal,
      response: MsgSubmitProposalResponse,
      validate: ({ content }) => assertContent(content),
      handle(ctx, { content: any, initialDeposit, proposer }) {
        // an absent content is a fault that the Go node recovers from as from a panic
        const packedContent = any!;
        const content = readContent(packedContent, parts.legacyKinds);
        const { kind } = content;
        if (!kind.proposable) throw govErrors.invalidProposalType(kind.proposalType);
        kind.validate(content);
        const { typeUrl } = packedContent;
        const { codec } = registeredType(typeUrl);
        const packed = { typeUrl, value: codec.encode(content.message).finish() };
        const exec = MsgExecLegacyContent.encode({ content: packed, authority }).finish();
        return acts.submitProposal(ctx, {
          messages: [{ typeUrl: EXEC_LEGACY_CONTENT, value: exec }],
          initialDeposit,
          proposer,
          metadata: "",
          title: content.title,
          summary: content.description,
          expedited: false,
        });
      },
    }),
    message({
      typeUrl: MsgVote.typeUrl,
      request: MsgVote,
      response: MsgVoteResponse,
      handle(ctx, { proposalId, voter, option }) {
        acts.vote(ctx, { proposalId, voter, option: option as number, metadata: "" });
        return {};
      },
    }),
    message({
      typeUrl: MsgVoteWeighted.typeUrl,
      request: MsgVoteWeighted,
      response: MsgVoteWeightedResponse,
      handle(ctx, { proposalId, voter, options }) {
        acts.voteWeighted(ctx, {
          proposalId,
          voter,
          options: options.map(({ option, weight }) => ({
            option: option as number,
            weight: Dec.fromWire(weight).toString(),
          })),
          metadata: "",
        });
        return {};
      },
    }),
    message({
      typeUrl: MsgDeposit.typeUrl,
      request: MsgDeposit,
      response: MsgDepositResponse,
      handle(ctx, msg) {
        acts.deposit(ctx, msg);
        return {};
      },
    }),
  ];
}
