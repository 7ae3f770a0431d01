/** Proposals from submission to their end (SDK x/gov `keeper/proposal.go`). */
import { equalBytes, utf8 } from "@tandem-ics/crypto";
import {
  durationToNs,
  isSignedByOperator,
  nsToTimestamp,
  registeredType,
  signersOf as signerTexts,
  timestampToNs,
} from "@tandem-ics/proto";
import { CodedError, type Context, plainError } from "@tandem-ics/runtime";
import { type Proposal, ProposalStatus } from "cosmjs-types/cosmos/gov/v1/gov";
import type { Any } from "cosmjs-types/google/protobuf/any";
import { decodeAddress } from "../address-text.ts";
import { GOV_ACCOUNT, type GovParts } from "./dependencies.ts";
import { govErrors } from "./errors.ts";
import { proposalSubmitted } from "./events.ts";
import { errorText, MSG_INTERFACE, unpack } from "./legacy-content.ts";
import { EMPTY_TALLY } from "./tally.ts";

/** Message that carries out an old content. */
export const EXEC_LEGACY_CONTENT = "/cosmos.gov.v1.MsgExecLegacyContent";

/** What a proposal is made of. */
export interface NewProposal {
  readonly messages: readonly Any[];
  readonly metadata: string;
  readonly title: string;
  readonly summary: string;
  readonly proposer: Uint8Array;
  readonly expedited: boolean;
}

/** Reads and writes proposals and their places in the queues. */
export interface Proposals {
  get(ctx: Context, id: bigint): Proposal | undefined;
  /** Throws `undefined/1`. */
  require(ctx: Context, id: bigint): Proposal;
  /** Whether it takes deposits. */
  isOpen(proposal: Proposal): boolean;
  set(ctx: Context, proposal: Proposal): void;
  /** Takes it out of the queues too; deposits and votes stay. */
  delete(ctx: Context, id: bigint): void;
  /** Begins the vote. */
  activate(ctx: Context, proposal: Proposal): void;
  /**
   * Makes a proposal, without a deposit yet. Throws `gov/15`, `gov/22` for long texts, `gov/12` for a malformed message,
   * `gov/13` for one that others than governance sign, `gov/10` for one that nobody handles, `gov/5` and `gov/9` for an old
   * content that cannot be carried out.
   */
  submit(ctx: Context, proposal: NewProposal): Proposal;
}

/** Throws `gov/15` for text of more bytes than metadata may have. */
export function assertMetadataLength(text: string, { maxMetadataLength }: GovParts): void {
  const { length } = utf8(text);
  if (length > maxMetadataLength) throw govErrors.metadataTooLong(`got metadata with length ${length}`);
}

function assertSummaryLength(text: string, { maxMetadataLength }: GovParts): void {
  const { length } = utf8(text);
  if (length > 40 * maxMetadataLength) throw govErrors.summaryTooLong(`got summary with length ${length}`);
}

/** The message as this program writes it, whatever way its sender wrote it: that is what is stored. */
function repacked({ typeUrl, value }: Any): Any {
  const { codec } = registeredType(typeUrl);
  return { typeUrl, value: codec.encode(codec.decode(value)).finish() };
}

/** Makes the proposals' part of the keeper. */
export function createProposals(parts: GovParts): Proposals {
  const { addresses, auth, router, hooks, state } = parts;
  const { activeQueue, inactiveQueue, inVotingPeriod } = state;
  const get = (ctx: Context, id: bigint): Proposal | undefined => state.proposals.get(ctx, id);

  function require(ctx: Context, id: bigint): Proposal {
    const proposal = get(ctx, id);
    if (proposal === undefined) throw proposalNotFound(id);
    return proposal;
  }

  function set(ctx: Context, proposal: Proposal): void {
    if (proposal.status === ProposalStatus.PROPOSAL_STATUS_VOTING_PERIOD)
      inVotingPeriod.set(ctx, proposal.id, Uint8Array.of(1));
    else inVotingPeriod.remove(ctx, proposal.id);
    state.proposals.set(ctx, proposal.id, proposal);
  }

  /** Addresses that cannot be read are refused in other words than those of a transaction's own signers. */
  function signersOf(any: Any): readonly Uint8Array[] {
    const { message } = unpack(any, MSG_INTERFACE);
    const codec = isSignedByOperator(any.typeUrl) ? addresses.validator : addresses.account;
    for (const text of signerTexts(any.typeUrl, message)) decodeAddress(codec, text);
    return router.resolve(any).signers;
  }

  /** Throws unless governance alone signs the message and somebody handles it; tries old contents out. */
  function assertMessage(ctx: Context, any: Any): void {
    const route = router.route(any.typeUrl);
    try {
      route?.validate(any.value);
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      throw govErrors.invalidProposalMsg(error.message, { cause: error });
    }
    const signers = signersOf(any);
    if (signers.length !== 1) throw govErrors.invalidSigner();
    const { address } = auth.ensureModuleAccount(ctx, GOV_ACCOUNT);
    if (!equalBytes(signers[0]!, address))
      throw govErrors.invalidSigner(addresses.account.encode(signers[0]!));
    if (route === undefined) throw govErrors.unroutableProposalMsg(any.typeUrl);
    if (any.typeUrl !== EXEC_LEGACY_CONTENT) return;
    try {
      router.run(ctx.branch().ctx, any);
    } catch (error) {
      if (!(error instanceof CodedError) || govErrors.noProposalHandlerExists.is(error)) throw error;
      throw govErrors.invalidProposalContent(error.message, { cause: error });
    }
  }

  return {
    get,
    require,
    set,
    isOpen: ({ status }) =>
      status === ProposalStatus.PROPOSAL_STATUS_DEPOSIT_PERIOD ||
      status === ProposalStatus.PROPOSAL_STATUS_VOTING_PERIOD,
    delete(ctx, id) {
      const { depositEndTime, votingEndTime } = require(ctx, id);
      if (depositEndTime !== undefined) inactiveQueue.remove(ctx, [timestampToNs(depositEndTime), id]);
      if (votingEndTime !== undefined) {
        activeQueue.remove(ctx, [timestampToNs(votingEndTime), id]);
        inVotingPeriod.remove(ctx, id);
      }
      state.proposals.remove(ctx, id);
    },
    activate(ctx, proposal) {
      const params = state.params.require(ctx);
      const period = proposal.expedited ? params.expeditedVotingPeriod : params.votingPeriod;
      const endNs = ctx.timeNs + durationToNs(period!);
      set(ctx, {
        ...proposal,
        votingStartTime: nsToTimestamp(ctx.timeNs),
        votingEndTime: nsToTimestamp(endNs),
        status: ProposalStatus.PROPOSAL_STATUS_VOTING_PERIOD,
      });
      inactiveQueue.remove(ctx, [timestampToNs(proposal.depositEndTime!), proposal.id]);
      activeQueue.set(ctx, [endNs, proposal.id], proposal.id);
    },
    submit(ctx, { messages, metadata, title, summary, proposer, expedited }) {
      assertMetadataLength(metadata, parts);
      assertSummaryLength(summary, parts);
      assertMetadataLength(title, parts);
      for (const any of messages) assertMessage(ctx, any);
      const id = state.nextId.get(ctx) ?? 0n;
      state.nextId.set(ctx, id + 1n);
      const { maxDepositPeriod } = state.params.require(ctx);
      const endNs = ctx.timeNs + durationToNs(maxDepositPeriod!);
      const proposal: Proposal = {
        id,
        messages: messages.map(repacked),
        status: ProposalStatus.PROPOSAL_STATUS_DEPOSIT_PERIOD,
        finalTallyResult: EMPTY_TALLY,
        submitTime: nsToTimestamp(ctx.timeNs),
        depositEndTime: nsToTimestamp(endNs),
        totalDeposit: [],
        metadata,
        title,
        summary,
        proposer: addresses.account.encode(proposer),
        expedited,
        failedReason: "",
      };
      set(ctx, proposal);
      inactiveQueue.set(ctx, [endNs, id], id);
      hooks.afterProposalSubmission?.(ctx, id);
      proposalSubmitted(
        ctx,
        id,
        proposal.proposer,
        messages.map(({ typeUrl }) => typeUrl),
      );
      return proposal;
    },
  };
}

/** What reading a proposal that is not there gives (cosmossdk.io/collections `map.go`). */
export const proposalNotFound = (id: bigint): CodedError =>
  plainError(
    `collections: not found: key '${id}' of type github.com/cosmos/gogoproto/cosmos.gov.v1.Proposal`,
  );

/** Text under which a failed message is recorded in the proposal; state-breaking. */
export const failedReason = (error: unknown, typeUrl: string): string =>
  error instanceof CodedError
    ? error.message
    : `handling x/gov proposal msg [${typeUrl}] PANICKED: ${errorText(error)}`;
