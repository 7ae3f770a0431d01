/** The governance keeper: proposals, deposits, votes, and what passes (SDK x/gov `keeper/keeper.go`). */
import { timestampToNs } from "@tandem-ics/proto";
import {
  type AddressCodecs,
  type Context,
  formatCoins,
  type MessageRouter,
  normalizeCoins,
} from "@tandem-ics/runtime";
import type { Params, Proposal } from "cosmjs-types/cosmos/gov/v1/gov";
import {
  GOV_ACCOUNT,
  type GovAuth,
  type GovBank,
  type GovDistribution,
  type GovParts,
  type GovStaking,
} from "./dependencies.ts";
import { createDeposits, type Deposits } from "./deposits.ts";
import { govErrors } from "./errors.ts";
import type { GovHooks } from "./hooks.ts";
import { type LegacyContents, textHandler } from "./legacy-content.ts";
import { assertGovParams, isAllGte, readCoins } from "./params.ts";
import { createProposals, type Proposals } from "./proposals.ts";
import { createGovState, ofProposal } from "./state.ts";

/** Bytes of metadata unless the application says otherwise. */
const DEFAULT_MAX_METADATA_LENGTH = 255;

/** What governance is made with. */
export interface GovKeeperOptions {
  readonly addresses: AddressCodecs;
  readonly auth: GovAuth;
  readonly bank: GovBank;
  readonly staking: GovStaking;
  readonly distribution: GovDistribution;
  /** Where the messages of proposals go. */
  readonly router: MessageRouter;
  /** Old contents beside texts. */
  readonly legacy?: LegacyContents;
  readonly hooks?: Partial<GovHooks>;
}

/** Governance, as other modules see it. */
export interface GovKeeper {
  params(ctx: Context): Params;
  /** Throws `undefined/1` for invalid ones. */
  setParams(ctx: Context, params: Params): void;
  proposal(ctx: Context, id: bigint): Proposal | undefined;
}

/** The keeper and the parts that only this module's messages, queries and genesis may use. */
export interface GovParty {
  readonly keeper: GovKeeper;
  readonly parts: GovParts;
  readonly proposals: Proposals;
  readonly deposits: Deposits;
  /** Takes a proposal back. Throws `undefined/1`, `gov/21`, `gov/18`, `gov/20`. */
  cancel(ctx: Context, id: bigint, proposer: string): void;
  /** What is wrong with the module's account, or `undefined`. */
  brokenAccount(ctx: Context): string | undefined;
}

/** Puts the keeper together. */
export function createGovKeeper(options: GovKeeperOptions): GovParty {
  const { legacy, hooks = {}, ...others } = options;
  const state = createGovState();
  const parts: GovParts = {
    ...others,
    hooks,
    state,
    legacyKinds: legacy?.kinds ?? new Map(),
    legacyHandlers: new Map([["gov", textHandler], ...(legacy?.handlers ?? [])]),
    maxMetadataLength: DEFAULT_MAX_METADATA_LENGTH,
  };
  const proposals = createProposals(parts);
  const deposits = createDeposits(parts, proposals);
  const keeper: GovKeeper = {
    params: (ctx) => state.params.require(ctx),
    setParams(ctx, params) {
      assertGovParams(params, options.addresses.account);
      state.params.set(ctx, params);
    },
    proposal: proposals.get,
  };
  return {
    keeper,
    parts,
    proposals,
    deposits,
    cancel(ctx, id, proposer) {
      const proposal = proposals.require(ctx, id);
      assertCancellable(ctx, proposals, proposal, proposer);
      deposits.charge(ctx, id, state.params.require(ctx));
      if (proposal.votingStartTime !== undefined) state.votes.clear(ctx, ofProposal(id));
      proposals.delete(ctx, id);
    },
    brokenAccount(ctx) {
      const held = options.bank.getAllBalances(ctx, options.auth.getModuleAddress(GOV_ACCOUNT));
      const owed = normalizeCoins(state.deposits.values(ctx).flatMap(({ amount }) => readCoins(amount)));
      // others may send coins here, so that there may be more
      if (isAllGte(held, owed)) return undefined;
      return `gov ModuleAccount coins: ${formatCoins(held)}, sum of deposit amounts: ${formatCoins(owed)}`;
    },
  };
}

/** The order of the checks decides which code is reported. */
function assertCancellable(ctx: Context, proposals: Proposals, proposal: Proposal, proposer: string): void {
  const { id, votingEndTime } = proposal;
  if (proposal.proposer === "") {
    throw govErrors.invalidProposal(
      `proposal ${id} doesn't have proposer ${proposer}, so cannot be canceled`,
    );
  }
  if (proposal.proposer !== proposer) throw govErrors.invalidProposer(`invalid proposer ${proposer}`);
  if (!proposals.isOpen(proposal))
    throw govErrors.invalidProposal("proposal should be in the deposit or voting period");
  if (votingEndTime !== undefined && timestampToNs(votingEndTime) < ctx.timeNs)
    throw govErrors.votingPeriodEnded(`voting period is already ended for this proposal ${id}`);
}
