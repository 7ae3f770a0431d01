import { toHex } from "@tandem-ics/crypto";
import { nsToTimestamp } from "@tandem-ics/proto";
import { atBlock, CodedError, type Context, createAddressCodecs, type Event } from "@tandem-ics/runtime";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { MsgUpdateParams as CrisisUpdateParams } from "cosmjs-types/cosmos/crisis/v1beta1/tx";
import { type Proposal, ProposalStatus, VoteOption } from "cosmjs-types/cosmos/gov/v1/gov";
import {
  MsgCancelProposal,
  MsgDeposit,
  MsgExecLegacyContent,
  MsgSubmitProposal,
  MsgSubmitProposalResponse,
  MsgUpdateParams,
  MsgVote,
  MsgVoteWeighted,
} from "cosmjs-types/cosmos/gov/v1/tx";
import { MsgDelegate } from "cosmjs-types/cosmos/staking/v1beta1/tx";
import type { Any } from "cosmjs-types/google/protobuf/any";
import { createStakeChain, NO_TRANSACTIONS } from "../testing.ts";
import { DEFAULT_GOV_PARAMS } from "./index.ts";

const DAY_NS = 86_400n * 1_000_000_000n;
const stake = (amount: bigint | number) => [{ denom: "stake", amount: amount.toString() }];

/** Three validators of 50, 30 and 20, and accounts with a hundred million. */
function create() {
  const chain = createStakeChain({
    tokens: [50_000_000n, 30_000_000n, 20_000_000n],
    balances: [100_000_000n, 100_000_000n],
  });
  const { ctx, send, acc, addresses, operator, modules, gov } = chain;
  const module = modules.find(({ name }) => name === "gov")!;
  const validatorAccount = (i: number): string => addresses.account.encode(operator(i));
  const submit = (at: Context, changes: Partial<MsgSubmitProposal> = {}): bigint =>
    MsgSubmitProposalResponse.decode(
      send(at, MsgSubmitProposal, {
        messages: [],
        initialDeposit: stake(10_000_000),
        proposer: acc(0),
        metadata: "ipfs://none",
        title: "title",
        summary: "summary",
        expedited: false,
        ...changes,
      }),
    ).proposalId;
  const vote = (at: Context, id: bigint, voter: string, option: VoteOption = VoteOption.VOTE_OPTION_YES) =>
    send(at, MsgVote, { proposalId: id, voter, option, metadata: "" });
  const later = (at: Context, ns: bigint): Context =>
    atBlock(at, { height: at.height + 1n, timeNs: at.timeNs + ns });
  /** Ends a block `ns` later and gives its events. */
  const end = (at: Context, ns: bigint): { ctx: Context; events: readonly Event[] } => {
    const next = later(at, ns);
    module.endBlock!(next);
    return { ctx: next, events: next.events.events };
  };
  const status = (at: Context, id: bigint): Proposal => gov.proposal(at, id)!;
  return { ...chain, ctx, module, submit, vote, later, end, status, validatorAccount };
}

const code = (act: () => unknown): string => {
  try {
    act();
    return "none";
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return `${error.codespace}/${error.code} ${error.message}`;
  }
};

/** `type(key=value, …)` */
const told = (events: readonly Event[]): string[] =>
  events.map(
    ({ type, attributes }) => `${type}(${attributes.map(({ key, value }) => `${key}=${value}`).join(", ")})`,
  );

const sendFromGov = (from: string, to: string, amount: number): Any => ({
  typeUrl: MsgSend.typeUrl,
  value: MsgSend.encode({ fromAddress: from, toAddress: to, amount: stake(amount) }).finish(),
});

test("a proposal with its deposit is voted on, passes and is carried out", () => {
  const {
    ctx,
    submit,
    vote,
    end,
    later,
    status,
    authority,
    acc,
    bank,
    addresses,
    validatorAccount,
    brokenInvariants,
  } = create();
  const at = later(ctx, 1n);
  const gov = addresses.account.decode(authority);
  const id = submit(at, { messages: [sendFromGov(authority, acc(1), 7)] });
  expect(id).toBe(1n);
  expect(told(at.events.events.filter(({ type }) => /proposal/.test(type)))).toEqual([
    `submit_proposal(proposal_id=1, proposal_proposer=${acc(0)}, proposal_messages=,/cosmos.bank.v1beta1.MsgSend)`,
    `proposal_deposit(depositor=${acc(0)}, amount=10000000stake, proposal_id=1)`,
    "submit_proposal(voting_period_start=1)",
  ]);
  expect(status(at, id).status).toBe(ProposalStatus.PROPOSAL_STATUS_VOTING_PERIOD);
  vote(at, id, validatorAccount(0));
  expect(told(at.events.events.slice(-1))).toEqual([
    `proposal_vote(voter=${validatorAccount(0)}, option=[{"option":1,"weight":"1.000000000000000000"}], proposal_id=1)`,
  ]);
  bank.sendCoins(at, addresses.account.decode(acc(1)), gov, [{ denom: "stake", amount: 7n }]);
  const before = bank.getBalance(at, addresses.account.decode(acc(0)), "stake");
  expect(end(at, 2n * DAY_NS - 1n).events).toEqual([]);
  const { ctx: ended, events } = end(at, 2n * DAY_NS);
  expect(bank.getBalance(ended, addresses.account.decode(acc(0)), "stake")).toBe(before + 10_000_000n);
  expect(bank.getBalance(ended, gov, "stake")).toBe(0n);
  expect(told(events).at(-1)).toBe(
    "active_proposal(proposal_id=1, proposal_result=proposal_passed, proposal_log=passed)",
  );
  expect(events.at(-2)?.type).toBe("message");
  expect(status(ended, id)).toMatchObject({
    status: ProposalStatus.PROPOSAL_STATUS_PASSED,
    finalTallyResult: { yesCount: "50000000", abstainCount: "0", noCount: "0", noWithVetoCount: "0" },
  });
  expect(brokenInvariants(ended)).toEqual([]);
});

test("a message that fails is recorded, and nothing of the others stays", () => {
  const { ctx, submit, vote, end, status, authority, acc, validatorAccount, bank, account } = create();
  const id = submit(ctx, {
    messages: [sendFromGov(authority, acc(1), 5), sendFromGov(authority, acc(1), 1_000_000_000)],
  });
  const before = bank.getBalance(ctx, account(1), "stake");
  vote(ctx, id, validatorAccount(0));
  const { ctx: ended, events } = end(ctx, 2n * DAY_NS);
  const proposal = status(ended, id);
  expect(proposal.status).toBe(ProposalStatus.PROPOSAL_STATUS_FAILED);
  expect(proposal.failedReason).toContain("insufficient funds");
  expect(told(events).at(-1)).toBe(
    `active_proposal(proposal_id=1, proposal_result=proposal_failed, proposal_log=passed, but msg 0 (/cosmos.bank.v1beta1.MsgSend) failed on execution: ${proposal.failedReason})`,
  );
  expect(bank.getBalance(ended, account(1), "stake")).toBe(before);
});

test("delegators vote for themselves, the rest follows the validator; weights split", () => {
  const { ctx, submit, vote, send, end, status, acc, valoper, validatorAccount } = create();
  send(ctx, MsgDelegate, {
    delegatorAddress: acc(1),
    validatorAddress: valoper(0),
    amount: { denom: "stake", amount: "10000000" },
  });
  const id = submit(ctx);
  vote(ctx, id, validatorAccount(0));
  vote(ctx, id, acc(1), VoteOption.VOTE_OPTION_NO);
  send(ctx, MsgVoteWeighted, {
    proposalId: id,
    voter: validatorAccount(1),
    options: [
      { option: VoteOption.VOTE_OPTION_ABSTAIN, weight: "0.5" },
      { option: VoteOption.VOTE_OPTION_NO_WITH_VETO, weight: ".5" },
    ],
    metadata: "",
  });
  const { ctx: ended } = end(ctx, 2n * DAY_NS);
  expect(status(ended, id)).toMatchObject({
    status: ProposalStatus.PROPOSAL_STATUS_PASSED,
    finalTallyResult: {
      yesCount: "50000000",
      abstainCount: "15000000",
      noCount: "10000000",
      noWithVetoCount: "15000000",
    },
  });
});

test.each([
  ["too few voted", [[2, VoteOption.VOTE_OPTION_YES]], 0n],
  ["only abstained", [[0, VoteOption.VOTE_OPTION_ABSTAIN]], 0n],
  ["more than a third vetoed", [[0, VoteOption.VOTE_OPTION_NO_WITH_VETO]], 10_000_000n],
  [
    "no majority",
    [
      [0, VoteOption.VOTE_OPTION_NO],
      [1, VoteOption.VOTE_OPTION_YES],
    ],
    0n,
  ],
] as const)("rejects when %s", (_why, votes, burned) => {
  const { ctx, submit, vote, end, status, bank, validatorAccount } = create();
  const id = submit(ctx);
  const supply = bank.getSupply(ctx, "stake");
  for (const [i, option] of votes) vote(ctx, id, validatorAccount(i), option);
  const { ctx: ended, events } = end(ctx, 2n * DAY_NS);
  expect(status(ended, id)).toMatchObject({
    status: ProposalStatus.PROPOSAL_STATUS_REJECTED,
    failedReason: "proposal did not get enough votes to pass",
  });
  expect(told(events).at(-1)).toContain("proposal_result=proposal_rejected, proposal_log=rejected");
  expect(supply - bank.getSupply(ended, "stake")).toBe(burned);
});

test("an expedited proposal that fails goes on as a regular one, with its deposit and without its votes", () => {
  const { ctx, submit, vote, end, status, validatorAccount, bank, account } = create();
  const id = submit(ctx, { expedited: true, initialDeposit: stake(50_000_000) });
  vote(ctx, id, validatorAccount(0));
  vote(ctx, id, validatorAccount(1), VoteOption.VOTE_OPTION_NO);
  const before = bank.getBalance(ctx, account(0), "stake");
  const { ctx: first, events } = end(ctx, DAY_NS);
  expect(told(events)).toEqual([
    "active_proposal(proposal_id=1, proposal_result=expedited_proposal_rejected, proposal_log=expedited proposal converted to regular)",
  ]);
  expect(status(first, id)).toMatchObject({
    expedited: false,
    status: ProposalStatus.PROPOSAL_STATUS_VOTING_PERIOD,
    votingEndTime: nsToTimestamp(ctx.timeNs + 2n * DAY_NS),
  });
  expect(bank.getBalance(first, account(0), "stake")).toBe(before);
  vote(first, id, validatorAccount(0));
  const { ctx: second } = end(first, DAY_NS);
  expect(status(second, id)).toMatchObject({
    status: ProposalStatus.PROPOSAL_STATUS_PASSED,
    finalTallyResult: { yesCount: "50000000", noCount: "0" },
  });
});

test("deposits add up; a proposal without enough is dropped and pays back", () => {
  const { ctx, submit, send, end, status, acc, bank, account } = create();
  const total = bank.getBalance(ctx, account(0), "stake") + bank.getBalance(ctx, account(1), "stake");
  const id = submit(ctx, { initialDeposit: stake(100_000) });
  const deposit = (amount: number, denom = "stake") =>
    send(ctx, MsgDeposit, {
      proposalId: id,
      depositor: acc(1),
      amount: [{ denom, amount: amount.toString() }],
    });
  expect(code(() => deposit(99_999))).toBe(
    "gov/16 received 99999stake but need at least one of the following: 100000stake: minimum deposit is too small",
  );
  expect(code(() => deposit(5, "atom"))).toBe(
    "gov/23 deposited 5atom, but gov accepts only the following denom(s): [stake]: invalid deposit denom",
  );
  expect(code(() => deposit(0))).toBe("sdk/10 0stake: invalid coins");
  deposit(9_899_999);
  expect(status(ctx, id).status).toBe(ProposalStatus.PROPOSAL_STATUS_DEPOSIT_PERIOD);
  const { ctx: dropped, events } = end(ctx, 2n * DAY_NS);
  expect(told(events).at(-1)).toBe("inactive_proposal(proposal_id=1, proposal_result=proposal_dropped)");
  expect(status(dropped, id)).toBeUndefined();
  expect(bank.getBalance(dropped, account(0), "stake") + bank.getBalance(dropped, account(1), "stake")).toBe(
    total,
  );
});

test("the last deposit begins the vote", () => {
  const { ctx, submit, send, status, acc } = create();
  const id = submit(ctx, { initialDeposit: stake(100_000) });
  send(ctx, MsgDeposit, { proposalId: id, depositor: acc(1), amount: stake(9_900_000) });
  expect(told(ctx.events.events).at(-1)).toBe("proposal_deposit(voting_period_start=1)");
  expect(status(ctx, id).totalDeposit).toEqual(stake(10_000_000));
});

test("the proposer alone takes a proposal back, for a fee", () => {
  const { ctx, submit, send, status, acc, bank, account } = create();
  const id = submit(ctx);
  const supply = bank.getSupply(ctx, "stake");
  const before = bank.getBalance(ctx, account(0), "stake");
  const cancel = (proposalId: bigint, proposer: string) =>
    send(ctx, MsgCancelProposal, { proposalId, proposer });
  expect(code(() => cancel(9n, acc(0)))).toBe(
    "undefined/1 collections: not found: key '9' of type github.com/cosmos/gogoproto/cosmos.gov.v1.Proposal",
  );
  expect(code(() => cancel(id, acc(1)))).toBe(`gov/18 invalid proposer ${acc(1)}: invalid proposer`);
  cancel(id, acc(0));
  expect(told(ctx.events.events).at(-1)).toBe(`cancel_proposal(sender=${acc(0)}, proposal_id=1)`);
  expect(status(ctx, id)).toBeUndefined();
  expect(bank.getBalance(ctx, account(0), "stake")).toBe(before + 5_000_000n);
  expect(supply - bank.getSupply(ctx, "stake")).toBe(5_000_000n);
  expect([...ctx.kv("gov").iterate({})].map(([key]) => key[0])).toEqual([3, 48, 49]);
});

test("refuses with the codes of the SDK", () => {
  const { ctx, submit, vote, send, acc, account, authority, validatorAccount } = create();
  expect(code(() => submit(ctx, { title: "" }))).toBe(
    "sdk/18 proposal title cannot be empty: invalid request",
  );
  expect(code(() => submit(ctx, { metadata: "" }))).toBe(
    "gov/11 either metadata or Msgs length must be non-nil: no messages proposed",
  );
  expect(code(() => submit(ctx, { metadata: '{"title":"another"}' }))).toBe(
    "gov/5 metadata title 'another' must equal proposal title 'title': invalid proposal content",
  );
  expect(code(() => submit(ctx, { metadata: "x".repeat(256) }))).toBe(
    "gov/15 got metadata with length 256: metadata too long",
  );
  expect(code(() => submit(ctx, { messages: [sendFromGov(acc(1), acc(0), 1)] }))).toBe(
    `gov/13 ${acc(1)}: expected gov account as only signer for proposal message`,
  );
  const operator = createAddressCodecs("cosmos").validator.encode(account(1));
  expect(code(() => submit(ctx, { messages: [sendFromGov(operator, acc(0), 1)] }))).toBe(
    "sdk/35 hrp does not match bech32 prefix: expected 'cosmos' got 'cosmosvaloper': internal logic error",
  );
  expect(
    code(() => submit(ctx, { messages: [{ typeUrl: "/no.such.Msg", value: new Uint8Array() }] })),
  ).toMatch(/^sdk\/2 /);
  const unhandled = (by: string): Any => ({
    typeUrl: CrisisUpdateParams.typeUrl,
    value: CrisisUpdateParams.encode({ authority: by, constantFee: stake(1)[0]! }).finish(),
  });
  expect(code(() => submit(ctx, { messages: [unhandled(authority)] }))).toBe(
    "gov/10 /cosmos.crisis.v1beta1.MsgUpdateParams: proposal message not recognized by router",
  );
  expect(code(() => submit(ctx, { messages: [unhandled("")] }))).toBe(
    "undefined/1 empty address string is not allowed",
  );
  expect(code(() => submit(ctx, { initialDeposit: [] }))).toBe(
    "gov/16 received  but need at least one of the following: 100000stake: minimum deposit is too small",
  );
  expect(code(() => vote(ctx, 1n, acc(0)))).toBe("gov/3 1: inactive proposal");
  const id = submit(ctx);
  expect(code(() => vote(ctx, id, acc(0), 7 as VoteOption))).toBe("gov/7 7: invalid vote option");
  const weighted = (...options: readonly [VoteOption, string][]) =>
    code(() =>
      send(ctx, MsgVoteWeighted, {
        proposalId: id,
        voter: validatorAccount(0),
        options: options.map(([option, weight]) => ({ option, weight })),
        metadata: "",
      }),
    );
  const { VOTE_OPTION_YES: YES, VOTE_OPTION_NO: NO } = VoteOption;
  expect(weighted([2 ** 31 - 1, "0.5"])).toBe('gov/7 option:255 weight:"0.5" : invalid vote option');
  expect(weighted([YES, "1.5"])).toBe('gov/7 option:VOTE_OPTION_YES weight:"1.5" : invalid vote option');
  expect(weighted([YES, "0.5"], [YES, "0.5"])).toBe("gov/7 duplicated vote option: invalid vote option");
  expect(weighted([YES, "0.5"], [NO, "0.6"])).toBe("gov/7 total weight overflow 1.00: invalid vote option");
  expect(weighted([YES, "0.5"])).toBe("gov/7 total weight lower than 1.00: invalid vote option");
  expect(weighted()).toBe("sdk/18 null: invalid request");
  const update = (params: Partial<typeof DEFAULT_GOV_PARAMS>, by = authority) =>
    code(() => send(ctx, MsgUpdateParams, { authority: by, params: { ...DEFAULT_GOV_PARAMS, ...params } }));
  expect(update({}, acc(0))).toMatch(/^gov\/13 invalid authority; expected /);
  expect(update({ quorum: "1.1" })).toBe("undefined/1 quorom too large: 1.1");
  expect(update({ expeditedThreshold: "0.5" })).toMatch(/^undefined\/1 expedited vote threshold/);
  expect(update({ votingPeriod: { seconds: 60n, nanos: 0 } })).toMatch(
    /^undefined\/1 expedited voting period/,
  );
  expect(update({ minInitialDepositRatio: "0.5" })).toBe("none");
  expect(code(() => submit(ctx, { initialDeposit: stake(4_999_999) }))).toBe(
    "gov/16 was (4999999stake), need (5000000stake): minimum deposit is too small",
  );
});

test("state goes out to genesis and comes back as the same bytes", () => {
  const { ctx, submit, vote, module, acc, bank, account, authority, addresses } = create();
  submit(ctx, { initialDeposit: stake(100_000) });
  vote(ctx, submit(ctx), acc(1));
  const exported = module.exportGenesis!(ctx);
  expect(module.validateGenesis!(exported)).toBeUndefined();
  const dump = (at: Context): string[] =>
    [...at.kv("gov").iterate({})].map(([key, value]) => `${toHex(key)}=${toHex(value)}`);
  const other = create();
  other.bank.sendCoins(other.ctx, account(0), addresses.account.decode(authority), [
    { denom: "stake", amount: bank.getBalance(ctx, addresses.account.decode(authority), "stake") },
  ]);
  module.initGenesis!(other.ctx, exported, NO_TRANSACTIONS);
  expect(dump(other.ctx)).toEqual(dump(ctx));
  const votes = exported["votes"] as { [key: string]: string }[];
  expect(() => module.validateGenesis!({ ...exported, votes: [...votes, votes[0]!] })).toThrow(
    "duplicate vote",
  );
  expect(() => module.validateGenesis!({ ...exported, proposals: [] })).toThrow("non-existent proposal id");
});

test("an old content without a handler, and one that others sign, are refused at once", () => {
  const { ctx, submit, authority, acc } = create();
  const exec = (by: string): Any => ({
    typeUrl: MsgExecLegacyContent.typeUrl,
    value: MsgExecLegacyContent.encode({
      content: { typeUrl: "/cosmos.upgrade.v1beta1.CancelSoftwareUpgradeProposal", value: new Uint8Array() },
      authority: by,
    }).finish(),
  });
  expect(code(() => submit(ctx, { messages: [exec(authority)] }))).toBe(
    "gov/9 upgrade: no handler exists for proposal type",
  );
  expect(code(() => submit(ctx, { messages: [exec(acc(0))] }))).toMatch(/^gov\/13 /);
});

test("a chain whose genesis says nothing of governance refuses proposals and goes on", () => {
  const { ctx, submit, module, later } = create();
  ctx.kv("gov").delete(Uint8Array.of(48));
  expect(code(() => submit(ctx))).toMatch(/^undefined\/1 collections: not found/);
  expect(module.endBlock!(later(ctx, DAY_NS))).toBeUndefined();
});
