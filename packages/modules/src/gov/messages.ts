/** Messages of governance (SDK x/gov `keeper/msg_server.go`). */
import { nsToTimestamp } from "@tandem-ics/proto";
import {
  areValidCoins,
  CodedError,
  type Context,
  formatCoins,
  KV_GAS,
  type MessageRoute,
  message,
  sdkErrors,
} from "@tandem-ics/runtime";
import { Proposal } from "cosmjs-types/cosmos/gov/v1/gov";
import {
  MsgCancelProposal,
  MsgCancelProposalResponse,
  MsgDeposit,
  MsgDepositResponse,
  MsgExecLegacyContent,
  MsgExecLegacyContentResponse,
  MsgSubmitProposal,
  MsgSubmitProposalResponse,
  MsgUpdateParams,
  MsgUpdateParamsResponse,
  MsgVote,
  MsgVoteResponse,
  MsgVoteWeighted,
  MsgVoteWeightedResponse,
} from "cosmjs-types/cosmos/gov/v1/tx";
import { decodeAddress, decodeNamedAddress } from "../address-text.ts";
import { assertAuthority } from "../authority.ts";
import { GOV_ACCOUNT } from "./dependencies.ts";
import { assertDepositDenoms, assertInitialDeposit } from "./deposits.ts";
import { govErrors } from "./errors.ts";
import { proposalCancelled, votingStarted } from "./events.ts";
import type { GovParty } from "./keeper.ts";
import { assertContent, errorText, isContent, MSG_INTERFACE, readContent, unpack } from "./legacy-content.ts";
import { readCoins } from "./params.ts";
import { assertMetadataAgrees } from "./proposal-metadata.ts";
import { EXEC_LEGACY_CONTENT } from "./proposals.ts";
import { assertVoteOption, assertWeightedOptions, castVote, wholeVote } from "./votes.ts";

/** What the messages do; those of v1beta1 do it too. */
export interface GovActs {
  submitProposal(ctx: Context, message: MsgSubmitProposal): MsgSubmitProposalResponse;
  deposit(ctx: Context, message: MsgDeposit): void;
  vote(ctx: Context, message: MsgVote): void;
  voteWeighted(ctx: Context, message: MsgVoteWeighted): void;
}

/** Reads who sends the message. Throws `sdk/7`. */
const senderOf = ({ parts }: GovParty, role: string, text: string): Uint8Array =>
  decodeNamedAddress(parts.addresses.account, text, role);

function submitProposal(ctx: Context, party: GovParty, msg: MsgSubmitProposal): MsgSubmitProposalResponse {
  const { parts, proposals, deposits } = party;
  if (msg.title === "") throw sdkErrors.invalidRequest("proposal title cannot be empty");
  if (msg.summary === "") throw sdkErrors.invalidRequest("proposal summary cannot be empty");
  const proposer = senderOf(party, "proposer", msg.proposer);
  if (msg.messages.length === 0 && msg.metadata === "")
    throw govErrors.noProposalMsgs("either metadata or Msgs length must be non-nil");
  assertMetadataAgrees(msg.metadata, msg);
  const initialDeposit = readCoins(msg.initialDeposit);
  const params = parts.state.params.require(ctx);
  assertInitialDeposit(params, initialDeposit, msg.expedited);
  assertDepositDenoms(params, initialDeposit);
  const proposal = proposals.submit(ctx, { ...msg, proposer });
  // Proposals are read and written many times: their size is paid for in advance.
  const size = Proposal.encode(proposal).finish().length;
  ctx.gas.consume(3n * KV_GAS.writePerByte * BigInt(size), "submit proposal");
  if (deposits.add(ctx, proposal.id, proposer, initialDeposit))
    votingStarted(ctx, "submit_proposal", proposal.id);
  return { proposalId: proposal.id };
}

function execLegacyContent(ctx: Context, { parts }: GovParty, msg: MsgExecLegacyContent): void {
  const { auth, addresses, legacyKinds, legacyHandlers } = parts;
  const own = addresses.account.encode(auth.ensureModuleAccount(ctx, GOV_ACCOUNT).address);
  if (own !== msg.authority) throw govErrors.invalidSigner(`expected ${own} got ${msg.authority}`);
  // an absent content is a fault of the sender that the Go node recovers from as from a panic
  const content = readContent(msg.content!, legacyKinds);
  const { route } = content.kind;
  const handler = legacyHandlers.get(route);
  if (handler === undefined) throw govErrors.noProposalHandlerExists(route);
  try {
    handler(ctx, content);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    throw govErrors.invalidProposalContent(`failed to run legacy handler ${route}, ${errorText(error)}`, {
      cause: error,
    });
  }
}

/** What the messages do. */
export function createGovActs(party: GovParty): GovActs {
  const { parts, deposits } = party;
  return {
    submitProposal: (ctx, msg) => submitProposal(ctx, party, msg),
    deposit(ctx, { proposalId, depositor, amount }) {
      const from = senderOf(party, "depositor", depositor);
      const coins = readCoins(amount);
      if (coins.length === 0 || !areValidCoins(coins)) throw sdkErrors.invalidCoins(formatCoins(coins));
      if (deposits.add(ctx, proposalId, from, coins)) votingStarted(ctx, "proposal_deposit", proposalId);
    },
    vote(ctx, { proposalId, voter, option, metadata }) {
      const from = senderOf(party, "voter", voter);
      assertVoteOption(option);
      castVote(ctx, parts, { id: proposalId, voter: from, options: wholeVote(option), metadata });
    },
    voteWeighted(ctx, { proposalId, voter, options, metadata }) {
      const from = senderOf(party, "voter", voter);
      assertWeightedOptions(options);
      castVote(ctx, parts, { id: proposalId, voter: from, options, metadata });
    },
  };
}

/** Throws `sdk/2` unless every message is one and can be read, contents inside too. */
function assertPackedMessages({ messages }: MsgSubmitProposal): void {
  for (const any of messages) {
    const { message: inner } = unpack(any, MSG_INTERFACE);
    if (any.typeUrl === EXEC_LEGACY_CONTENT) assertContent((inner as MsgExecLegacyContent).content);
  }
}

/** Routes of all messages of v1. */
export function createGovMessages(party: GovParty, acts: GovActs, authority: string): MessageRoute[] {
  const { account } = party.parts.addresses;
  return [
    message({
      typeUrl: MsgSubmitProposal.typeUrl,
      request: MsgSubmitProposal,
      response: MsgSubmitProposalResponse,
      validate: assertPackedMessages,
      handle: acts.submitProposal,
    }),
    message({
      typeUrl: MsgExecLegacyContent.typeUrl,
      request: MsgExecLegacyContent,
      response: MsgExecLegacyContentResponse,
      validate({ content, authority: given }) {
        if (content !== undefined && !isContent(content.typeUrl)) assertContent(content);
        decodeAddress(account, given);
      },
      handle(ctx, msg) {
        execLegacyContent(ctx, party, msg);
        return {};
      },
    }),
    message({
      typeUrl: MsgVote.typeUrl,
      request: MsgVote,
      response: MsgVoteResponse,
      handle(ctx, msg) {
        acts.vote(ctx, msg);
        return {};
      },
    }),
    message({
      typeUrl: MsgVoteWeighted.typeUrl,
      request: MsgVoteWeighted,
      response: MsgVoteWeightedResponse,
      handle(ctx, msg) {
        acts.voteWeighted(ctx, msg);
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
    ...createManagingMessages(party, authority),
  ];
}

/** What the proposer and governance itself may do. */
function createManagingMessages(party: GovParty, authority: string): MessageRoute[] {
  return [
    message({
      typeUrl: MsgUpdateParams.typeUrl,
      request: MsgUpdateParams,
      response: MsgUpdateParamsResponse,
      handle(ctx, { authority: given, params }) {
        assertAuthority(authority, given);
        party.keeper.setParams(ctx, params);
        return {};
      },
    }),
    message({
      typeUrl: MsgCancelProposal.typeUrl,
      request: MsgCancelProposal,
      response: MsgCancelProposalResponse,
      handle(ctx, { proposalId, proposer }) {
        senderOf(party, "proposer", proposer);
        party.cancel(ctx, proposalId, proposer);
        proposalCancelled(ctx, proposalId, proposer);
        return {
          proposalId,
          canceledTime: nsToTimestamp(ctx.timeNs),
          canceledHeight: ctx.height,
        };
      },
    }),
  ];
}
