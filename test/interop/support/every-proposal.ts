/** A walk through governance: every kind of proposal, vote and deposit of v1 and v1beta1, and every refusal of them. */
import { Secp256k1Wallet } from "@cosmjs/amino";
import type { EncodeObject } from "@cosmjs/proto-signing";
import type { ChainClient, TxSender } from "@tandem-ics/client";
import { nsToDuration, registeredType } from "@tandem-ics/proto";
import { createAddressCodecs, moduleAddress } from "@tandem-ics/runtime";
import { QueryProposalRequest, QueryProposalResponse } from "cosmjs-types/cosmos/gov/v1/query";
import type { Any } from "cosmjs-types/google/protobuf/any";
import { PROVIDER_PREFIX } from "../harness/accounts.ts";
import { type Keys, keysOf } from "./keys.ts";
import { AUTHORITY, coin, message, payingSender } from "./walk-kit.ts";

const UNIT = 1_000_000n;
const DEPOSIT = 10n * UNIT;
const PROVIDER = "/interchain_security.ccv.provider.v1";
const codecs = createAddressCodecs(PROVIDER_PREFIX);
const COMMUNITY_POOL = codecs.account.encode(moduleAddress("distribution"));
const [YES, ABSTAIN, NO, VETO] = [1, 2, 3, 4] as const;
const SECOND_NS = 1_000_000_000n;

/** Who takes part; both have funds at genesis. */
export const CITIZENS = { proposer: keysOf("gov proposer"), helper: keysOf("gov helper") } as const;

const gov = (name: string, fields: object) => message(`/cosmos.gov.v1.${name}`, fields);
const oldGov = (name: string, fields: object) => message(`/cosmos.gov.v1beta1.${name}`, fields);
const { proposer, helper } = CITIZENS;

/** Packs a message. */
const packed = ({ typeUrl, value }: EncodeObject): Any => ({
  typeUrl,
  value: registeredType(typeUrl).codec.encode(value).finish(),
});

const contentOf = (typeUrl: string, fields: object): Any => packed(message(typeUrl, fields));
const text = (title: string, description = `about ${title}`): Any =>
  contentOf("/cosmos.gov.v1beta1.TextProposal", { title, description });
const change = (subspace: string, key: string, value: string) =>
  contentOf("/cosmos.params.v1beta1.ParameterChangeProposal", {
    title: `change ${key}`,
    description: "an old one",
    changes: [{ subspace, key, value }],
  });

/** The old message. */
const old = (any: Any | undefined, deposit = DEPOSIT) =>
  oldGov("MsgSubmitProposal", {
    ...(any === undefined ? {} : { content: any }),
    initialDeposit: deposit === 0n ? [] : [coin(deposit)],
    proposer: proposer.address,
  });
const exec = (any: Any, authority = AUTHORITY): EncodeObject =>
  gov("MsgExecLegacyContent", { content: any, authority });
const submit = (messages: readonly EncodeObject[], fields: object = {}) =>
  gov("MsgSubmitProposal", {
    messages: messages.map(packed),
    initialDeposit: [coin(DEPOSIT)],
    proposer: proposer.address,
    metadata: "",
    title: "a title",
    summary: "a summary",
    expedited: false,
    ...fields,
  });
const spend = (amount: bigint): EncodeObject =>
  message("/cosmos.distribution.v1beta1.MsgCommunityPoolSpend", {
    authority: AUTHORITY,
    recipient: helper.address,
    amount: [coin(amount)],
  });
const vote = (from: { address: string }, proposalId: bigint, option: number, metadata = "") =>
  gov("MsgVote", { proposalId, voter: from.address, option, metadata });
const weighted = (from: Keys, proposalId: bigint, ...options: readonly (readonly [number, string])[]) =>
  gov("MsgVoteWeighted", {
    proposalId,
    voter: from.address,
    options: options.map(([option, weight]) => ({ option, weight })),
    metadata: "weighed",
  });
const deposit = (from: Keys, proposalId: bigint, ...amount: object[]) =>
  gov("MsgDeposit", { proposalId, depositor: from.address, amount });
const verify = (invariantModuleName: string, invariantRoute: string) =>
  message("/cosmos.crisis.v1beta1.MsgVerifyInvariant", {
    sender: helper.address,
    invariantModuleName,
    invariantRoute,
  });

/** What is refused before it is a proposal. */
const REFUSED: readonly EncodeObject[] = [
  old(undefined),
  old(text("")),
  old(text("x".repeat(141))),
  old(text("no description", "")),
  old(text("no deposit"), 0n),
  old(
    contentOf("/cosmos.upgrade.v1beta1.CancelSoftwareUpgradeProposal", { title: "stop", description: "it" }),
  ),
  old(
    contentOf("/cosmos.distribution.v1beta1.CommunityPoolSpendProposal", {
      title: "give",
      description: "it",
      recipient: helper.address,
      amount: [coin(1n)],
    }),
  ),
  old(contentOf(`${PROVIDER}.ConsumerRemovalProposal`, { title: "remove", description: "it" })),
  old(change("nothing", "key", "1")),
  old(change("staking", "MaxValidators", "7")),
  old(change("gov", "tallyparams", "no json")),
  old(change("gov", "tallyparams", '{"quorum":"1.5","threshold":"0.5","veto_threshold":"0.5"}')),
  old(change("gov", "votingparams", "")),
  old(
    contentOf("/cosmos.params.v1beta1.ParameterChangeProposal", { title: "change", description: "nothing" }),
  ),
  exec(text("by nobody"), proposer.address),
  submit([], {}),
  submit([], { metadata: "m".repeat(256) }),
  submit([], { metadata: "m", title: "t".repeat(256) }),
  submit([], { metadata: "m", summary: "s".repeat(10_201) }),
  submit([], { metadata: '{"title":"another","summary":"a summary"}' }),
  submit([], { metadata: '{"TITLE":"a title","summary":"another"}' }),
  submit([], { metadata: "null" }),
  submit([], { metadata: "m", title: "" }),
  submit([], { metadata: "m", summary: "" }),
  submit([], { metadata: "m", initialDeposit: [coin(1n)] }),
  submit([], { metadata: "m", initialDeposit: [coin(DEPOSIT, "atom")] }),
  submit([], { metadata: "m", initialDeposit: [coin(1n), coin(2n)] }),
  submit([], { metadata: "m", initialDeposit: [coin(10n ** 24n)] }),
  submit([message(`${PROVIDER}.MsgConsumerRemoval`, { consumerId: "0", authority: AUTHORITY })]),
  submit([
    message("/cosmos.mint.v1beta1.MsgUpdateParams", { authority: "nobody", params: { mintDenom: "stake" } }),
  ]),
  submit([
    message("/cosmos.mint.v1beta1.MsgUpdateParams", { authority: "", params: { mintDenom: "stake" } }),
  ]),
  submit([message("/cosmos.bank.v1beta1.MsgMultiSend", { inputs: [], outputs: [] })]),
  submit([exec(contentOf("/cosmos.upgrade.v1beta1.CancelSoftwareUpgradeProposal", { title: "stop" }))]),
  submit([exec(change("gov", "tallyparams", "no json"))]),
  submit([exec(text("by another"), proposer.address)]),
  vote(helper, 999n, YES),
  deposit(helper, 999n, coin(1n)),
  gov("MsgCancelProposal", { proposalId: 999n, proposer: helper.address }),
  gov("MsgUpdateParams", { authority: helper.address, params: {} }),
  verify("bank", "nothing"),
  verify("nothing", "total-supply"),
  message("/cosmos.crisis.v1beta1.MsgUpdateParams", { authority: helper.address, constantFee: coin(5n) }),
];

/** Refusals of what concerns the proposal `id`, which is voted on. */
const refusedOf = (id: bigint): readonly EncodeObject[] => [
  vote(helper, id, 0),
  vote(helper, id, 9),
  vote(helper, id, YES, "m".repeat(256)),
  weighted(helper, id),
  weighted(helper, id, [YES, "0.5"]),
  weighted(helper, id, [YES, "0.5"], [NO, "0.6"]),
  weighted(helper, id, [YES, "0.5"], [YES, "0.5"]),
  weighted(helper, id, [YES, "1.5"]),
  weighted(helper, id, [YES, "-0.5"], [NO, "1.5"]),
  weighted(helper, id, [YES, "much"]),
  weighted(helper, id, [YES, ""]),
  weighted(helper, id, [9, "1"]),
  deposit(helper, id),
  deposit(helper, id, coin(0n)),
  deposit(helper, id, coin(1n)),
  deposit(helper, id, coin(DEPOSIT, "atom")),
  deposit(helper, id, coin(10n ** 24n)),
  gov("MsgCancelProposal", { proposalId: id, proposer: helper.address }),
];

/** Parameters of governance as `edit` changes them. */
export const govParams = (edit: object = {}): object => ({
  minDeposit: [coin(DEPOSIT)],
  maxDepositPeriod: nsToDuration(15n * SECOND_NS),
  votingPeriod: nsToDuration(15n * SECOND_NS),
  quorum: "0.334000000000000000",
  threshold: "0.500000000000000000",
  vetoThreshold: "0.334000000000000000",
  minInitialDepositRatio: "0.000000000000000000",
  proposalCancelRatio: "0.500000000000000000",
  proposalCancelDest: "",
  expeditedVotingPeriod: nsToDuration(5n * SECOND_NS),
  expeditedThreshold: "0.667000000000000000",
  expeditedMinDeposit: [coin(5n * DEPOSIT)],
  burnVoteQuorum: false,
  burnProposalDepositPrevote: false,
  burnVoteVeto: true,
  minDepositRatio: "0.010000000000000000",
  ...edit,
});
const updateParams = (edit: object): EncodeObject =>
  gov("MsgUpdateParams", { authority: AUTHORITY, params: govParams(edit) });

/** Their decimals are text with a point, which the SDK itself cannot write into amino sign bytes. */
const WITHOUT_AMINO = ["/cosmos.gov.v1.MsgVoteWeighted", "/cosmos.gov.v1.MsgUpdateParams"];

/** CosmJS knows no other content in the old way. What is refused may have a form that the old sign bytes cannot tell. */
function isOldSignable({ typeUrl, value }: EncodeObject): boolean {
  const { content, messages = [] } = value as { content?: Any; messages?: readonly Any[] };
  return (
    [typeUrl, ...messages.map((each) => each.typeUrl)].every((each) => !WITHOUT_AMINO.includes(each)) &&
    (content === undefined || content.typeUrl === "/cosmos.gov.v1beta1.TextProposal")
  );
}

/** Where the walk takes place. */
export interface Forum {
  readonly chain: ChainClient;
  /** The operator of the validator that holds nearly all power. */
  readonly main: TxSender;
}

/** The walk, signed in the old way where it succeeds; returns how many proposals there were. Every one of them has ended when it resolves. */
export async function walkGovernance({ chain, main }: Forum): Promise<bigint> {
  const direct = [proposer, helper].map((keys) => payingSender(chain, keys));
  const amino = await Promise.all(
    [proposer, helper].map(async ({ privateKey, address }) =>
      payingSender(chain, { signer: await Secp256k1Wallet.fromKey(privateKey, PROVIDER_PREFIX), address }),
    ),
  );
  const senderOf = ({ typeUrl, value }: EncodeObject, senders: readonly TxSender[]): TxSender => {
    const { voter, depositor, sender: checker, proposer: by, authority } = value as Record<string, string>;
    const name = by ?? voter ?? depositor ?? checker ?? authority;
    const sender = [...senders, main].find(({ address }) => address === name);
    if (sender !== undefined) return sender;
    throw new Error(`nobody sends ${typeUrl}`);
  };
  let last = 0n;
  /** Sends one transaction each, then waits for all; says which were refused though they were not to be, or the contrary. */
  async function send(messages: readonly EncodeObject[], succeed: boolean): Promise<void> {
    const waiting: { typeUrl: string; sender: TxSender; hash: string }[] = [];
    for (const each of messages) {
      const sender = senderOf(each, succeed && isOldSignable(each) ? amino : direct);
      waiting.push({ typeUrl: each.typeUrl, sender, hash: await sender.submit([each]) });
    }
    for (const [i, { typeUrl, sender, hash }] of waiting.entries()) {
      const { code, codespace, log } = await sender.confirm(hash);
      if ((code === 0) !== succeed) throw new Error(`${typeUrl} #${i}: ${codespace}/${code} ${log}`);
      if (code === 0 && typeUrl.endsWith("SubmitProposal")) last++;
    }
  }
  const ended = async (id: bigint): Promise<boolean> => {
    const data = QueryProposalRequest.encode({ proposalId: id }).finish();
    const { code, value } = await chain.comet.abciQuery({ path: "/cosmos.gov.v1.Query/Proposal", data });
    return code !== 0 || QueryProposalResponse.decode(value).proposal!.status > 2;
  };
  const allEnded = async (): Promise<void> => {
    let { height } = await chain.status();
    for (let id = 1n; id <= last; id++) while (!(await ended(id))) height = await chain.pace.after(height);
  };
  const by = (option: number, ...ids: bigint[]) => ids.map((id) => vote(main, id, option));

  await send(
    [
      verify("bank", "total-supply"),
      verify("bank", "nonnegative-outstanding"),
      verify("staking", "module-accounts"),
      verify("staking", "nonnegative-power"),
      verify("staking", "positive-delegation"),
      verify("staking", "delegator-shares"),
      verify("distribution", "nonnegative-outstanding"),
      verify("distribution", "reference-count"),
      verify("distribution", "module-account"),
      verify("distribution", "can-withdraw"),
      verify("gov", "module-account"),
    ],
    true,
  );
  await send(REFUSED, false);
  await send(
    [
      old(text("plain")), // 1
      old(change("gov", "tallyparams", '{"quorum":"0.4","threshold":"0.5","veto_threshold":"0.4"}')), // 2
      submit([exec(text("in the new message"))]), // 3
      submit([
        exec(change("gov", "votingparams", '{"voting_period":"15000000000"}')),
        exec(
          change(
            "gov",
            "depositparams",
            '{"min_deposit":[{"denom":"stake","amount":"7"}],"max_deposit_period":"9"}',
          ),
        ),
      ]), // 4
      submit([], { metadata: '{"title":"a title","summary":"a summary","authors":["me"]}' }), // 5
      submit([
        message("/cosmos.crisis.v1beta1.MsgUpdateParams", { authority: AUTHORITY, constantFee: coin(77n) }),
      ]), // 6
      submit([spend(1n), spend(10n ** 24n)]), // 7
      submit([], { metadata: "expedited", expedited: true, initialDeposit: [coin(5n * DEPOSIT)] }), // 8
      submit([], { metadata: "vetoed" }), // 9
      submit([], { metadata: "abstained" }), // 10
      submit([], { metadata: "cancelled" }), // 11
      submit([], { metadata: "poor", initialDeposit: [coin(UNIT)] }), // 12
    ],
    true,
  );
  await send([...refusedOf(9n)], false);
  await send(
    [
      ...by(YES, 1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n),
      ...by(VETO, 9n),
      ...by(ABSTAIN, 10n),
      weighted(helper, 9n, [YES, "0.25"], [NO, "0.25"], [ABSTAIN, "0.5"]),
      vote(helper, 11n, NO),
      deposit(helper, 11n, coin(3n * UNIT)),
      deposit(helper, 12n, coin(UNIT)),
      oldGov("MsgDeposit", { proposalId: 12n, depositor: proposer.address, amount: [coin(UNIT)] }),
      gov("MsgCancelProposal", { proposalId: 11n, proposer: proposer.address }),
    ],
    true,
  );
  await allEnded();
  await send(
    [
      vote(helper, 1n, YES),
      deposit(helper, 1n, coin(DEPOSIT)),
      gov("MsgCancelProposal", { proposalId: 1n, proposer: proposer.address }),
    ],
    false,
  );

  // other rules: the fee for a cancelled one goes to the community pool, whoever fails burns, the first deposit is half
  const rules = {
    proposalCancelDest: COMMUNITY_POOL,
    burnVoteQuorum: true,
    burnProposalDepositPrevote: true,
    minInitialDepositRatio: "0.500000000000000000",
    minDepositRatio: "0.000000000000000000",
  };
  await send([submit([updateParams(rules)]), submit([updateParams({ quorum: "2" })])], true); // 13, 14
  await send(by(YES, 13n, 14n), true);
  await allEnded();
  await send([submit([], { metadata: "m", initialDeposit: [coin(DEPOSIT / 2n - 1n)] })], false);
  await send(
    [
      submit([], { metadata: "cancelled", initialDeposit: [coin(DEPOSIT / 2n)] }), // 15
      submit([], { metadata: "nobody votes" }), // 16
      submit([], { metadata: "poor", initialDeposit: [coin(DEPOSIT / 2n)] }), // 17
      submit([], { metadata: "expedited and lost", expedited: true, initialDeposit: [coin(5n * DEPOSIT)] }), // 18
    ],
    true,
  );
  await send(
    [
      deposit(helper, 15n, coin(1n)),
      deposit(helper, 17n, coin(1n)),
      gov("MsgCancelProposal", { proposalId: 15n, proposer: proposer.address }),
      ...by(NO, 18n),
      vote(helper, 18n, YES),
    ],
    true,
  );
  await allEnded();
  return last;
}
