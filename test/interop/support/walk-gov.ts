/** Every message of gov and vesting, refusals among them: proposals that carry every message that only governance may send. */
import type { EncodeObject } from "@cosmjs/proto-signing";
import { codecOf, registeredType } from "@tandem-ics/proto";
import { type Keys, keysOf } from "./keys.ts";
import {
  AUTHORITY,
  bank,
  coin,
  distribution,
  FAR_NS,
  gov,
  message,
  oldGov,
  PEOPLE,
  packed,
  provider,
  SECOND_NS,
  slashing,
  staking,
  UNIT,
  type Walker,
} from "./walk-kit.ts";

const proposal = (
  proposer: Keys,
  title: string,
  deposit: bigint,
  messages: EncodeObject[],
  expedited = false,
) =>
  gov("MsgSubmitProposal", {
    messages: messages.map(packed),
    initialDeposit: deposit === 0n ? [] : [coin(deposit)],
    proposer: proposer.address,
    metadata: messages.length === 0 ? "on the record" : "",
    title,
    summary: `summary of ${title}`,
    expedited,
  });

const text = (title: string) => ({
  typeUrl: "/cosmos.gov.v1beta1.TextProposal",
  value: registeredType("/cosmos.gov.v1beta1.TextProposal")
    .codec.encode({ title, description: `about ${title}` } as never)
    .finish(),
});

const YES = 1;
const ABSTAIN = 2;
const NO = 3;
const VETO = 4;

/** Walks through them. */
export async function walkGov({ chain, main, by, send, fails }: Walker): Promise<void> {
  const { purse, voter, third } = PEOPLE;

  // gov: proposals that carry every message that only governance may send
  const spend = distribution("MsgCommunityPoolSpend", {
    authority: AUTHORITY,
    recipient: third.address,
    amount: [coin(3n * UNIT)],
  });
  const sendable = bank("MsgSetSendEnabled", {
    authority: AUTHORITY,
    sendEnabled: [{ denom: "blocked", enabled: false }],
    useDefaultFor: [],
  });
  const query = async (path: string): Promise<Uint8Array> => {
    const { value } = await chain.comet.abciQuery({ path, data: new Uint8Array() });
    return value;
  };
  const paramsOf = async (kind: string): Promise<object> => {
    const value = await query(`/${kind}.Query/Params`);
    const { params } = codecOf(`${kind}.QueryParamsResponse`).decode(value) as { params: object };
    return params;
  };
  const stakingParams = await paramsOf("cosmos.staking.v1beta1");
  const slashingParams = await paramsOf("cosmos.slashing.v1beta1");
  const distributionParams = await paramsOf("cosmos.distribution.v1beta1");
  const mintParams = await paramsOf("cosmos.mint.v1beta1");
  const deposit = 10n * UNIT;
  await send(purse, proposal(purse, "spend", deposit, [spend, sendable]));
  await send(
    purse,
    proposal(purse, "params", UNIT / 10n, [
      staking("MsgUpdateParams", { authority: AUTHORITY, params: { ...stakingParams, maxEntries: 8 } }),
      slashing("MsgUpdateParams", { authority: AUTHORITY, params: slashingParams }),
      distribution("MsgUpdateParams", { authority: AUTHORITY, params: distributionParams }),
      message("/cosmos.mint.v1beta1.MsgUpdateParams", { authority: AUTHORITY, params: mintParams }),
      bank("MsgUpdateParams", { authority: AUTHORITY, params: { defaultSendEnabled: true } }),
      provider("MsgChangeRewardDenoms", {
        authority: AUTHORITY,
        denomsToAdd: ["ibc/27394FB092D2ECCD56123C74F36E4C1F926001CEADA9CA97EA622B25F41E5EB2"],
        denomsToRemove: [],
      }),
    ]),
  );
  await send(voter, gov("MsgDeposit", { proposalId: 2n, depositor: voter.address, amount: [coin(deposit)] }));
  await fails(voter, gov("MsgDeposit", { proposalId: 99n, depositor: voter.address, amount: [coin(1n)] }));
  await fails(
    purse,
    proposal(purse, "not ours", deposit, [
      bank("MsgSend", { fromAddress: purse.address, toAddress: voter.address, amount: [coin(1n)] }),
    ]),
  );
  // fails when it is executed
  await send(
    purse,
    proposal(purse, "too much", deposit, [
      distribution("MsgCommunityPoolSpend", {
        authority: AUTHORITY,
        recipient: third.address,
        amount: [coin(10n ** 24n)],
      }),
    ]),
  );
  // never gets its deposit
  await send(
    voter,
    proposal(voter, "poor", UNIT, []),
    oldGov("MsgDeposit", {
      proposalId: 4n,
      depositor: voter.address,
      amount: [coin(UNIT / 10n)],
    }),
  );
  // is vetoed; is cancelled; is expedited and turned into a regular one
  await send(
    voter,
    oldGov("MsgSubmitProposal", {
      content: text("vetoed"),
      initialDeposit: [coin(deposit)],
      proposer: voter.address,
    }),
  );
  await send(voter, proposal(voter, "cancelled", deposit, []));
  await send(voter, proposal(voter, "hurried", 50n * UNIT, [], true));
  const vote = (from: Keys, proposalId: bigint, option: number) =>
    gov("MsgVote", { proposalId, voter: from.address, option, metadata: "" });
  await by(
    main.sender,
    [1n, 2n, 3n].map((id) =>
      gov("MsgVote", { proposalId: id, voter: main.sender.address, option: YES, metadata: "" }),
    ),
  );
  await by(main.sender, [
    oldGov("MsgVote", { proposalId: 5n, voter: main.sender.address, option: VETO }),
    gov("MsgVote", { proposalId: 7n, voter: main.sender.address, option: NO, metadata: "" }),
  ]);
  await send(purse, vote(purse, 1n, ABSTAIN), vote(purse, 1n, NO));
  await send(
    purse,
    gov("MsgVoteWeighted", {
      proposalId: 2n,
      voter: purse.address,
      options: [
        { option: YES, weight: "0.700000000000000000" },
        { option: NO, weight: "0.300000000000000000" },
      ],
      metadata: "why not",
    }),
    oldGov("MsgVoteWeighted", {
      proposalId: 3n,
      voter: purse.address,
      options: [{ option: YES, weight: "1000000000000000000" }],
    }),
  );
  await fails(purse, vote(purse, 4n, YES));
  await fails(purse, gov("MsgVote", { proposalId: 99n, voter: purse.address, option: YES, metadata: "" }));
  await send(voter, gov("MsgCancelProposal", { proposalId: 6n, proposer: voter.address }));
  await fails(voter, gov("MsgCancelProposal", { proposalId: 1n, proposer: voter.address }));
  await fails(purse, gov("MsgUpdateParams", { authority: purse.address, params: {} }));

  // vesting accounts
  await send(
    purse,
    message("/cosmos.vesting.v1beta1.MsgCreateVestingAccount", {
      fromAddress: purse.address,
      toAddress: keysOf("replay vesting").address,
      amount: [coin(9n * UNIT)],
      endTime: FAR_NS / SECOND_NS,
      delayed: false,
    }),
    message("/cosmos.vesting.v1beta1.MsgCreatePermanentLockedAccount", {
      fromAddress: purse.address,
      toAddress: keysOf("replay locked").address,
      amount: [coin(8n * UNIT)],
    }),
    message("/cosmos.vesting.v1beta1.MsgCreatePeriodicVestingAccount", {
      fromAddress: purse.address,
      toAddress: keysOf("replay periods").address,
      startTime: 1_700_000_000n,
      vestingPeriods: [{ length: 60n, amount: [coin(UNIT)] }],
    }),
  );
  await fails(
    purse,
    message("/cosmos.vesting.v1beta1.MsgCreateVestingAccount", {
      fromAddress: purse.address,
      toAddress: voter.address,
      amount: [coin(1n)],
      endTime: FAR_NS / SECOND_NS,
      delayed: true,
    }),
  );
}
