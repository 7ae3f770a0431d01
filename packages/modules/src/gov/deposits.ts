/** Deposits: what brings a proposal to a vote, and where it goes afterwards (SDK x/gov `keeper/deposit.go`). */
import {
  addCoins,
  areValidCoins,
  type Coin,
  type Coins,
  type Context,
  Dec,
  formatCoins,
  moduleAddress,
  normalizeCoins,
  sdkErrors,
} from "@tandem-ics/runtime";
import { type Deposit, type Params, type Proposal, ProposalStatus } from "cosmjs-types/cosmos/gov/v1/gov";
import { GOV_ACCOUNT, type GovParts } from "./dependencies.ts";
import { govErrors } from "./errors.ts";
import { deposited } from "./events.ts";
import { isAllGte, parseDec, readCoins, writeCoins } from "./params.ts";
import type { Proposals } from "./proposals.ts";
import { ofProposal } from "./state.ts";

const DISTRIBUTION = "distribution";

/** Takes, gives back and burns deposits. */
export interface Deposits {
  /**
   * Adds to a proposal's deposit; true when that began the vote. Throws `gov/3` when the proposal takes none any more,
   * `gov/23`, `gov/16`, and `sdk/5`.
   */
  add(ctx: Context, id: bigint, depositor: Uint8Array, amount: Coins): boolean;
  set(ctx: Context, deposit: Deposit): void;
  refund(ctx: Context, id: bigint): void;
  burn(ctx: Context, id: bigint): void;
  /** Gives back what is left after the fee for taking a proposal back. */
  charge(ctx: Context, id: bigint, params: Params): void;
}

/** What of a proposal's kind must be deposited. */
export const minDepositOf = ({ expedited }: Pick<Proposal, "expedited">, params: Params): Coins =>
  readCoins(expedited ? params.expeditedMinDeposit : params.minDeposit);

/** Throws `sdk/10` for coins that are none, `gov/16` for less than a new proposal must bring. Nothing is enough at ratio 0. */
export function assertInitialDeposit(params: Params, deposit: Coins, expedited: boolean): void {
  if (!areValidCoins(deposit)) throw sdkErrors.invalidCoins(formatCoins(deposit));
  const ratio = parseDec(params.minInitialDepositRatio);
  if (ratio.isZero()) return;
  const least = minDepositOf({ expedited }, params).map(({ denom, amount }) => ({
    denom,
    amount: Dec.fromInt(amount).mul(ratio).roundInt(),
  }));
  if (!isAllGte(deposit, least))
    throw govErrors.minDepositTooSmall(`was (${formatCoins(deposit)}), need (${formatCoins(least)})`);
}

/** Throws `gov/23` for a denomination that is not among those of the minimum. */
export function assertDepositDenoms(params: Params, deposit: Coins): void {
  const accepted = params.minDeposit.map(({ denom }) => denom);
  if (deposit.some(({ denom }) => !accepted.includes(denom))) {
    throw govErrors.invalidDepositDenom(
      `deposited ${formatCoins(deposit)}, but gov accepts only the following denom(s): [${accepted.join(" ")}]`,
    );
  }
}

/** Throws `gov/16` unless one of the denominations makes up its part of the minimum: dust would cost more than it brings. */
function assertWorthIt(params: Params, least: Coins, deposit: Coins): void {
  const ratio = parseDec(params.minDepositRatio);
  if (ratio.isZero()) return;
  const thresholds = least.map(({ denom, amount }) => ({
    denom,
    amount: Dec.fromInt(amount).mul(ratio).truncateInt(),
  }));
  const met = thresholds.some(({ denom, amount }) =>
    deposit.some((coin) => coin.denom === denom && coin.amount >= amount),
  );
  if (met) return;
  throw govErrors.minDepositTooSmall(
    `received ${formatCoins(deposit)} but need at least one of the following: ${formatCoins(thresholds)}`,
  );
}

/** What of a deposit is kept when the proposer takes the proposal back, and what goes back. */
function split(amount: readonly Coin[], rate: Dec): { fee: Coins; rest: Coins } {
  const fees = amount.map(({ denom, amount: value }) => ({
    denom,
    amount: Dec.fromInt(value).mul(rate).truncateInt(),
  }));
  return {
    fee: normalizeCoins(fees),
    rest: normalizeCoins(
      amount.map(({ denom, amount: value }, i) => ({ denom, amount: value - fees[i]!.amount })),
    ),
  };
}

/** Makes the deposits' part of the keeper. */
export function createDeposits(parts: GovParts, proposals: Proposals): Deposits {
  const { addresses, bank, state, hooks } = parts;
  const { deposits } = state;

  function begun(ctx: Context, proposal: Proposal, least: Coins): boolean {
    if (proposal.status !== ProposalStatus.PROPOSAL_STATUS_DEPOSIT_PERIOD) return false;
    if (!isAllGte(readCoins(proposal.totalDeposit), least)) return false;
    proposals.activate(ctx, proposal);
    return true;
  }

  function sendFee(ctx: Context, fee: Coins, destination: string): void {
    if (destination === "") bank.burnCoins(ctx, GOV_ACCOUNT, fee);
    else if (destination === addresses.account.encode(moduleAddress(DISTRIBUTION)))
      parts.distribution.fundCommunityPool(ctx, fee, parts.auth.getModuleAddress(GOV_ACCOUNT));
    else bank.sendFromModuleToAccount(ctx, GOV_ACCOUNT, addresses.account.decode(destination), fee);
  }

  return {
    add(ctx, id, depositor, amount) {
      const proposal = proposals.require(ctx, id);
      if (!proposals.isOpen(proposal)) throw govErrors.inactiveProposal(id.toString());
      const params = state.params.require(ctx);
      const least = minDepositOf(proposal, params);
      assertDepositDenoms(params, amount);
      assertWorthIt(params, least, amount);
      bank.sendFromAccountToModule(ctx, depositor, GOV_ACCOUNT, amount);
      const changed = {
        ...proposal,
        totalDeposit: writeCoins(addCoins(readCoins(proposal.totalDeposit), amount)),
      };
      proposals.set(ctx, changed);
      const voting = begun(ctx, changed, least);
      const before = deposits.get(ctx, [id, depositor]);
      hooks.afterProposalDeposit?.(ctx, id, depositor);
      const text = addresses.account.encode(depositor);
      deposited(ctx, id, text, formatCoins(amount));
      const sum = before === undefined ? amount : addCoins(readCoins(before.amount), amount);
      deposits.set(ctx, [id, depositor], { proposalId: id, depositor: text, amount: writeCoins(sum) });
      return voting;
    },
    set: (ctx, deposit) =>
      deposits.set(ctx, [deposit.proposalId, addresses.account.decode(deposit.depositor)], deposit),
    refund(ctx, id) {
      for (const [key, { amount }] of deposits.entries(ctx, ofProposal(id))) {
        bank.sendFromModuleToAccount(ctx, GOV_ACCOUNT, key[1], readCoins(amount));
        deposits.remove(ctx, key);
      }
    },
    burn(ctx, id) {
      const burned: Coin[] = [];
      for (const [key, { amount }] of deposits.entries(ctx, ofProposal(id))) {
        burned.push(...readCoins(amount));
        deposits.remove(ctx, key);
      }
      bank.burnCoins(ctx, GOV_ACCOUNT, normalizeCoins(burned));
    },
    charge(ctx, id, params) {
      const rate = parseDec(params.proposalCancelRatio);
      const fees: Coin[] = [];
      for (const [key, { amount }] of [...deposits.entries(ctx, ofProposal(id))]) {
        const { fee, rest } = split(readCoins(amount), rate);
        fees.push(...fee);
        if (rest.length > 0) bank.sendFromModuleToAccount(ctx, GOV_ACCOUNT, key[1], rest);
        deposits.remove(ctx, key);
      }
      const fee = normalizeCoins(fees);
      if (fee.length > 0) sendFee(ctx, fee, params.proposalCancelDest);
    },
  };
}
