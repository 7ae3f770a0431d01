/** A walk through what only a democracy consumer has: representatives, their rewards, votes, grants; refusals among them. */
import type { EncodeObject } from "@cosmjs/proto-signing";
import { type ChainClient, createDirectSigner, type TxResult, type TxSender } from "@tandem-ics/client";
import { codecOf, encodeAny } from "@tandem-ics/proto";
import { createAddressCodecs, moduleAddress } from "@tandem-ics/runtime";
import { CONSUMER_PREFIX } from "../harness/accounts.ts";
import { type Keys, keysOf } from "./keys.ts";
import { coin, message, payingSender } from "./walk-kit.ts";

const UNIT = 1_000_000n;
const TENTH = "100000000000000000";
const YES = 1;
const NO = 3;
const VETO = 4;
const codecs = createAddressCodecs(CONSUMER_PREFIX);

/** Governance's account on a consumer. */
export const DEMOCRACY_AUTHORITY = codecs.account.encode(moduleAddress("gov"));

/** The keys of a name, with a consumer's addresses. */
function citizen(name: string): Keys {
  const keys = keysOf(`democracy ${name}`);
  return {
    ...keys,
    address: codecs.account.encode(keys.account),
    operator: codecs.validator.encode(keys.account),
    signer: createDirectSigner(keys.privateKey, CONSUMER_PREFIX),
  };
}

/** Who takes part; all have funds at genesis. */
export const CITIZENRY = {
  purse: citizen("purse"),
  first: citizen("first"),
  second: citizen("second"),
  third: citizen("third"),
} as const;

/** A transaction that a block holds. */
export interface DemocracyStep {
  readonly what: string;
  readonly result: TxResult;
}

const staking = (name: string, fields: object) => message(`/cosmos.staking.v1beta1.${name}`, fields);
const distribution = (name: string, fields: object) =>
  message(`/cosmos.distribution.v1beta1.${name}`, fields);
const gov = (name: string, fields: object) => message(`/cosmos.gov.v1.${name}`, fields);
const authz = (name: string, fields: object) => message(`/cosmos.authz.v1beta1.${name}`, fields);
const packed = ({ typeUrl, value }: EncodeObject) => encodeAny(typeUrl, value);

const register = (keys: Keys, stake: bigint, rate = TENTH): EncodeObject =>
  staking("MsgCreateValidator", {
    description: { moniker: keys.name },
    commission: { rate, maxRate: `${TENTH}0`, maxChangeRate: TENTH },
    minSelfDelegation: "1",
    validatorAddress: keys.operator,
    pubkey: encodeAny("/cosmos.crypto.ed25519.PubKey", { key: keys.consensusKey }),
    value: coin(stake),
  });

const propose = (proposer: Keys, title: string, messages: EncodeObject[], expedited = false) =>
  gov("MsgSubmitProposal", {
    messages: messages.map(packed),
    initialDeposit: [coin((expedited ? 50n : 10n) * UNIT)],
    proposer: proposer.address,
    metadata: messages.length === 0 ? "on the record" : "",
    title,
    summary: title,
    expedited,
  });

const vote = (voter: Keys, proposalId: bigint, option: number) =>
  gov("MsgVote", { proposalId, voter: voter.address, option, metadata: "" });

/** Parameters that the chain has now, for proposals that change one of them. */
async function paramsOf(chain: ChainClient, kind: string, method = "Params"): Promise<object> {
  const { value } = await chain.comet.abciQuery({ path: `/${kind}.Query/${method}`, data: new Uint8Array() });
  return (codecOf(`${kind}.Query${method}Response`).decode(value) as { params: object }).params;
}

/** The walk. Gives what was sent, in order, for the reader of a failure. */
export async function walkDemocracy(chain: ChainClient): Promise<DemocracyStep[]> {
  const { purse, first, second, third } = CITIZENRY;
  const senders = new Map<Keys, TxSender>(
    Object.values(CITIZENRY).map((keys) => [keys, payingSender(chain, keys)]),
  );
  const steps: DemocracyStep[] = [];
  async function by(from: Keys, messages: EncodeObject[], refused: boolean): Promise<TxResult> {
    const what = messages.map(({ typeUrl }) => typeUrl.replace(/^.*\./, "")).join("+");
    const sender = senders.get(from)!;
    const result = await sender.confirm(await sender.submit(messages));
    steps.push({ what, result });
    if ((result.code !== 0) !== refused)
      throw new Error(
        `${what}: ${refused ? "was not refused" : `${result.codespace}/${result.code} ${result.log}`}`,
      );
    return result;
  }
  const send = (from: Keys, ...messages: EncodeObject[]) => by(from, messages, false);
  const fails = (from: Keys, ...messages: EncodeObject[]) => by(from, messages, true);
  const blocks = async (count: bigint): Promise<void> => {
    const { height } = await chain.status();
    for (let at = height; at < height + count; ) at = await chain.pace.after(at);
  };
  const delegation = (operator: string, amount: bigint) => ({
    delegatorAddress: purse.address,
    validatorAddress: operator,
    amount: coin(amount),
  });

  // nobody is bonded: what is minted goes to the community
  await blocks(3n);
  await send(first, register(first, 20n * UNIT));
  await send(second, register(second, 7n * UNIT + 3n, "50000000000000000"));
  await fails(first, register(first, 20n * UNIT));
  await send(
    purse,
    staking("MsgDelegate", delegation(first.operator, 5n * UNIT + 1n)),
    staking("MsgDelegate", delegation(second.operator, 9n * UNIT)),
  );
  await blocks(3n);
  const { height: undelegated } = await send(
    purse,
    staking("MsgUndelegate", delegation(first.operator, 3n * UNIT)),
  );
  await send(
    purse,
    staking("MsgCancelUnbondingDelegation", {
      ...delegation(first.operator, UNIT),
      creationHeight: undelegated,
    }),
    staking("MsgBeginRedelegate", {
      delegatorAddress: purse.address,
      validatorSrcAddress: second.operator,
      validatorDstAddress: first.operator,
      amount: coin(2n * UNIT),
    }),
  );
  await send(
    first,
    staking("MsgEditValidator", {
      description: { moniker: "renamed", identity: "", website: "", securityContact: "", details: "" },
      validatorAddress: first.operator,
      commissionRate: "",
      minSelfDelegation: "2",
    }),
    distribution("MsgWithdrawValidatorCommission", { validatorAddress: first.operator }),
  );
  await send(
    purse,
    distribution("MsgSetWithdrawAddress", {
      delegatorAddress: purse.address,
      withdrawAddress: third.address,
    }),
    distribution("MsgWithdrawDelegatorReward", {
      delegatorAddress: purse.address,
      validatorAddress: first.operator,
    }),
    distribution("MsgFundCommunityPool", { amount: [coin(77n * UNIT)], depositor: purse.address }),
  );
  // the account of what waits for the provider may receive; the one of what stays may not
  const pay = (name: string) =>
    message("/cosmos.bank.v1beta1.MsgSend", {
      fromAddress: purse.address,
      toAddress: codecs.account.encode(moduleAddress(name)),
      amount: [coin(5n)],
    });
  await send(purse, pay("cons_to_send_to_provider"));
  await fails(purse, pay("cons_redistribute"));
  await fails(purse, pay("gov"));

  // proposals: what only governance may do, old contents, and what may not be proposed
  const own = { authority: DEMOCRACY_AUTHORITY };
  const mint = await paramsOf(chain, "cosmos.mint.v1beta1");
  const slashing = await paramsOf(chain, "cosmos.slashing.v1beta1");
  const stakingParams = await paramsOf(chain, "cosmos.staking.v1beta1");
  const ccv = await paramsOf(chain, "interchain_security.ccv.consumer.v1");
  await send(
    purse,
    propose(purse, "parameters", [
      message("/cosmos.mint.v1beta1.MsgUpdateParams", { ...own, params: mint }),
      message("/cosmos.slashing.v1beta1.MsgUpdateParams", { ...own, params: slashing }),
      staking("MsgUpdateParams", { ...own, params: { ...stakingParams, maxValidators: 2 } }),
      message("/interchain_security.ccv.consumer.v1.MsgUpdateParams", {
        ...own,
        params: { ...ccv, consumerRedistributionFraction: "0.5", rewardDenoms: ["stake"] },
      }),
      message("/ibc.applications.transfer.v1.MsgUpdateParams", {
        signer: DEMOCRACY_AUTHORITY,
        params: { sendEnabled: true, receiveEnabled: false },
      }),
    ]),
  );
  await send(
    purse,
    propose(
      purse,
      "spend",
      [
        distribution("MsgCommunityPoolSpend", {
          ...own,
          recipient: third.address,
          amount: [coin(3n * UNIT)],
        }),
      ],
      true,
    ),
  );
  const contents: [string, object][] = [
    ["/cosmos.gov.v1beta1.TextProposal", { title: "text", description: "about" }],
    [
      "/cosmos.params.v1beta1.ParameterChangeProposal",
      {
        title: "old",
        description: "way",
        changes: [{ subspace: "gov", key: "votingparams", value: '{"voting_period":"20000000000"}' }],
      },
    ],
  ];
  for (const [typeUrl, content] of contents)
    await send(
      purse,
      message("/cosmos.gov.v1beta1.MsgSubmitProposal", {
        content: encodeAny(typeUrl, codecOf(typeUrl.slice(1)).fromPartial(content as never)),
        initialDeposit: [coin(10n * UNIT)],
        proposer: purse.address,
      }),
    );
  await fails(
    purse,
    message("/cosmos.gov.v1beta1.MsgSubmitProposal", {
      content: encodeAny(
        "/cosmos.params.v1beta1.ParameterChangeProposal",
        codecOf("cosmos.params.v1beta1.ParameterChangeProposal").fromPartial({
          title: "none",
          description: "such",
          changes: [{ subspace: "ccvconsumer", key: "enabled", value: "false" }],
        } as never),
      ),
      initialDeposit: [coin(10n * UNIT)],
      proposer: purse.address,
    }),
  );
  await fails(purse, propose(purse, "not ours", [pay("gov")]));
  await send(purse, propose(purse, "vetoed", []));
  await send(first, ...[1n, 2n, 3n, 4n].map((id) => vote(first, id, YES)), vote(first, 5n, VETO));
  await send(second, vote(second, 1n, YES), vote(second, 2n, YES), vote(second, 4n, NO));
  await send(
    purse,
    gov("MsgVoteWeighted", {
      proposalId: 1n,
      voter: purse.address,
      options: [
        { option: YES, weight: "0.700000000000000000" },
        { option: NO, weight: "0.300000000000000000" },
      ],
      metadata: "",
    }),
  );
  for (const typeUrl of [
    "/cosmos.mint.v1beta1.MsgUpdateParams",
    "/interchain_security.ccv.consumer.v1.MsgUpdateParams",
    "/cosmos.staking.v1beta1.MsgUpdateParams",
  ])
    await fails(
      purse,
      message(typeUrl, {
        authority: purse.address,
        params: typeUrl.includes("mint") ? mint : typeUrl.includes("ccv") ? ccv : stakingParams,
      }),
    );

  // grants; slashing is not served, not even by a grant
  const expiration = { seconds: 4_102_444_800n, nanos: 0 };
  const generic = (msg: string) => encodeAny("/cosmos.authz.v1beta1.GenericAuthorization", { msg });
  await send(
    purse,
    authz("MsgGrant", {
      granter: purse.address,
      grantee: third.address,
      grant: { authorization: generic("/cosmos.gov.v1.MsgVote"), expiration },
    }),
    message("/cosmos.feegrant.v1beta1.MsgGrantAllowance", {
      granter: purse.address,
      grantee: third.address,
      allowance: encodeAny("/cosmos.feegrant.v1beta1.BasicAllowance", {
        spendLimit: [coin(UNIT)],
        expiration,
      }),
    }),
  );
  await send(third, authz("MsgExec", { grantee: third.address, msgs: [packed(vote(purse, 3n, NO))] }));
  await fails(third, authz("MsgExec", { grantee: third.address, msgs: [packed(vote(first, 3n, NO))] }));
  await send(
    purse,
    message("/cosmos.crisis.v1beta1.MsgVerifyInvariant", {
      sender: purse.address,
      invariantModuleName: "staking",
      invariantRoute: "module-accounts",
    }),
  );
  await fails(
    purse,
    message("/cosmos.crisis.v1beta1.MsgVerifyInvariant", {
      sender: purse.address,
      invariantModuleName: "ccvconsumer",
      invariantRoute: "any",
    }),
  );
  // a representative leaves: all of its stake is undelegated; a third takes the seat
  await send(third, register(third, 30n * UNIT));
  await send(
    second,
    staking("MsgUndelegate", {
      delegatorAddress: second.address,
      validatorAddress: second.operator,
      amount: coin(7n * UNIT + 3n),
    }),
  );
  // unbondings and proposals come to their ends, and rewards are sent out in vain
  await blocks(45n);
  return steps;
}

/** A few more messages, for a chain that goes on from an export of the first walk's: every module with something in it acts. */
export async function walkOn(chain: ChainClient): Promise<void> {
  const { purse, first, third } = CITIZENRY;
  const by = async (from: Keys, ...messages: EncodeObject[]): Promise<void> => {
    const sender = payingSender(chain, from);
    const { code, log } = await sender.confirm(await sender.submit(messages));
    if (code !== 0) throw new Error(`${messages[0]!.typeUrl} was refused: ${log}`);
  };
  const of = (operator: string) => ({ delegatorAddress: purse.address, validatorAddress: operator });
  await by(
    purse,
    distribution("MsgWithdrawDelegatorReward", of(first.operator)),
    staking("MsgDelegate", { ...of(first.operator), amount: coin(4n * UNIT) }),
    staking("MsgUndelegate", { ...of(first.operator), amount: coin(UNIT) }),
  );
  await by(purse, propose(purse, "again", []));
  await by(first, distribution("MsgWithdrawValidatorCommission", { validatorAddress: first.operator }));
  await by(third, authz("MsgExec", { grantee: third.address, msgs: [packed(vote(purse, 6n, YES))] }));
  await by(
    third,
    staking("MsgUndelegate", {
      delegatorAddress: third.address,
      validatorAddress: third.operator,
      amount: coin(30n * UNIT),
    }),
  );
  const { height } = await chain.status();
  for (let at = height; at < height + 12n; ) at = await chain.pace.after(at);
}
