/** A walk through every message of bank, staking, distribution, slashing, gov and the provider, refusals among them. */
import type { EncodeObject, OfflineSigner } from "@cosmjs/proto-signing";
import {
  buildDuplicateVoteEvidence,
  type ChainClient,
  createTxSender,
  infractionHeader,
  type TxResult,
  type TxSender,
} from "@tandem-ics/client";
import { ed25519Key, makeValidator, nsToDuration, validatorToProto, voteSignBytes } from "@tandem-ics/comet";
import { ed25519Sign, sha256, utf8 } from "@tandem-ics/crypto";
import { codecOf, encodeAny, registeredType } from "@tandem-ics/proto";
import { createAddressCodecs, moduleAddress } from "@tandem-ics/runtime";
import { SignedMsgType, type Vote } from "cosmjs-types/tendermint/types/types";
import { PROVIDER_PREFIX } from "../harness/accounts.ts";
import { STAKE } from "../harness/go-chain.ts";
import { pubKeyJsonOf } from "../harness/go-node.ts";
import { type Keys, keysOf } from "./keys.ts";
import { initialization } from "./rich-state.ts";

const GAS = 3_000_000n;
const FEE = [{ denom: STAKE, amount: "5000" }];
const SECOND_NS = 1_000_000_000n;
const UNIT = 1_000_000n;
const FAR_NS = 4_102_444_800n * SECOND_NS;
const TENTH = "100000000000000000";
const PROVIDER = "/interchain_security.ccv.provider.v1";

const codecs = createAddressCodecs(PROVIDER_PREFIX);
/** Governance's account. */
export const AUTHORITY = codecs.account.encode(moduleAddress("gov"));

/** Who takes part; all have funds at genesis. */
export const PEOPLE = {
  purse: keysOf("replay purse"),
  voter: keysOf("replay voter"),
  first: keysOf("replay first"),
  second: keysOf("replay second"),
  third: keysOf("replay third"),
} as const;

/** An amount of the stake. */
export const coin = (amount: bigint, denom: string = STAKE) => ({ denom, amount: amount.toString() });

/** Any message by type URL and the fields that matter. */
export const message = (typeUrl: string, fields: object): EncodeObject => ({
  typeUrl,
  value: registeredType(typeUrl).codec.fromPartial(fields as never),
});

const bank = (name: string, fields: object) => message(`/cosmos.bank.v1beta1.${name}`, fields);
const staking = (name: string, fields: object) => message(`/cosmos.staking.v1beta1.${name}`, fields);
const distribution = (name: string, fields: object) =>
  message(`/cosmos.distribution.v1beta1.${name}`, fields);
const slashing = (name: string, fields: object) => message(`/cosmos.slashing.v1beta1.${name}`, fields);
const gov = (name: string, fields: object) => message(`/cosmos.gov.v1.${name}`, fields);
const oldGov = (name: string, fields: object) => message(`/cosmos.gov.v1beta1.${name}`, fields);
const provider = (name: string, fields: object) => message(`${PROVIDER}.${name}`, fields);

const packed = ({ typeUrl, value }: EncodeObject) => encodeAny(typeUrl, value);

/** A validator of its account's, with `stake` of its own. */
const createValidator = (keys: Keys, stake: bigint, moniker = keys.name): EncodeObject =>
  staking("MsgCreateValidator", {
    description: { moniker, identity: "", website: "https://example.com", details: "replayed" },
    commission: { rate: TENTH, maxRate: `${TENTH}0`, maxChangeRate: TENTH },
    minSelfDelegation: "1",
    validatorAddress: keys.operator,
    pubkey: encodeAny("/cosmos.crypto.ed25519.PubKey", { key: keys.consensusKey }),
    value: coin(stake),
  });

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

/** The chain under the walk. */
export interface Stage {
  readonly chain: ChainClient;
  /** `cosmosvaloper1…` of the validator that signs and holds nearly all power. */
  readonly main: { readonly operator: string; readonly sender: TxSender };
  /** `cosmosvaloper1…` of a genesis validator that signs nothing, and what its operator sends with. */
  readonly absent: { readonly operator: string; readonly sender: TxSender };
}

/** A transaction that a block holds. */
export interface Sent {
  readonly what: string;
  readonly result: TxResult;
}

/** Sends for an account with a fee, whatever happens to the transaction. */
export const payingSender = (
  chain: ChainClient,
  { signer, address }: { signer: OfflineSigner; address: string },
): TxSender =>
  createTxSender({
    chainId: chain.chainId,
    rpc: chain.rpc,
    comet: chain.comet,
    signer,
    address,
    pace: chain.pace,
    gas: { kind: "fixed", limit: GAS },
    fee: FEE,
  });

/** Two precommits for one height of a consumer that has no nodes: evidence needs votes and a header with the key only. */
async function doubleVoteOf(chain: ChainClient, keys: Keys, chainId: string) {
  const header = await infractionHeader(chain, (await chain.status()).height - 1n);
  const validator = makeValidator(ed25519Key(keys.consensusKey), 1n);
  const { height, time } = header.signedHeader!.header!;
  const vote = (about: string): Vote => {
    const hash = sha256(utf8(about));
    const unsigned: Vote = {
      type: SignedMsgType.SIGNED_MSG_TYPE_PRECOMMIT,
      height,
      round: 0,
      blockId: { hash, partSetHeader: { total: 1, hash } },
      timestamp: time,
      validatorAddress: keys.consensusAddress,
      validatorIndex: 0,
      signature: new Uint8Array(),
      extension: new Uint8Array(),
      extensionSignature: new Uint8Array(),
    };
    return { ...unsigned, signature: ed25519Sign(keys.seed, voteSignBytes(chainId, unsigned)) };
  };
  const proto = validatorToProto(validator);
  return {
    evidence: buildDuplicateVoteEvidence(vote("one"), vote("other"), [validator], time),
    header: {
      ...header,
      validatorSet: { validators: [proto], proposer: proto, totalVotingPower: 1n },
    },
  };
}

/** The walk. Gives what was sent, in order, for the reader of a failure. */
export async function walk({ chain, main, absent }: Stage): Promise<Sent[]> {
  const { purse, voter, first, second, third } = PEOPLE;
  const senders = new Map<Keys, TxSender>(
    Object.values(PEOPLE).map((keys) => [keys, payingSender(chain, keys)]),
  );
  const sent: Sent[] = [];
  const nameOf = (messages: readonly EncodeObject[]) =>
    messages.map(({ typeUrl }) => typeUrl.replace(/^.*\./, "")).join("+");

  async function by(sender: TxSender, messages: EncodeObject[], code = 0): Promise<TxResult> {
    const what = nameOf(messages);
    const result = await sender.confirm(await sender.submit(messages));
    sent.push({ what, result });
    if (code === 0 && result.code !== 0)
      throw new Error(`${what} was refused: ${result.codespace}/${result.code} ${result.log}`);
    if (code !== 0 && result.code === 0) throw new Error(`${what} was not refused`);
    return result;
  }
  const send = (from: Keys, ...messages: EncodeObject[]) => by(senders.get(from)!, messages);
  /** A transaction that gets into a block and fails there. */
  const fails = (from: Keys, ...messages: EncodeObject[]) => by(senders.get(from)!, messages, 1);
  const blocks = async (count: bigint): Promise<void> => {
    const { height } = await chain.status();
    for (let at = height; at < height + count; ) at = await chain.pace.after(at);
  };

  // bank
  await send(
    purse,
    bank("MsgSend", { fromAddress: purse.address, toAddress: first.address, amount: [coin(7n)] }),
  );
  const fresh = keysOf("replay nobody yet").address;
  await send(
    purse,
    bank("MsgSend", { fromAddress: purse.address, toAddress: fresh, amount: [coin(11n)] }),
    bank("MsgMultiSend", {
      inputs: [{ address: purse.address, coins: [coin(30n)] }],
      outputs: [
        { address: second.address, coins: [coin(10n)] },
        { address: third.address, coins: [coin(20n)] },
      ],
    }),
  );
  await fails(
    purse,
    bank("MsgSend", { fromAddress: purse.address, toAddress: first.address, amount: [coin(1n)] }),
    bank("MsgSend", { fromAddress: purse.address, toAddress: first.address, amount: [coin(10n ** 30n)] }),
  );
  await fails(
    purse,
    bank("MsgSend", { fromAddress: purse.address, toAddress: first.address, amount: [coin(1n, "unknown")] }),
  );
  const pool = codecs.account.encode(moduleAddress("bonded_tokens_pool"));
  await fails(purse, bank("MsgSend", { fromAddress: purse.address, toAddress: pool, amount: [coin(1n)] }));
  await fails(
    purse,
    bank("MsgUpdateParams", { authority: purse.address, params: { defaultSendEnabled: false } }),
  );

  // staking
  await send(first, createValidator(first, 20n * UNIT));
  await send(second, createValidator(second, 30n * UNIT));
  await fails(first, createValidator(first, 20n * UNIT));
  const delegatorAddress = purse.address;
  const delegation = (operator: string, amount: bigint) => ({
    delegatorAddress,
    validatorAddress: operator,
    amount: coin(amount),
  });
  await send(
    purse,
    staking("MsgDelegate", delegation(main.operator, 40n * UNIT)),
    staking("MsgDelegate", delegation(first.operator, 15n * UNIT + 1n)),
    staking("MsgDelegate", delegation(second.operator, 9n * UNIT)),
  );
  await fails(
    purse,
    staking("MsgDelegate", { ...delegation(first.operator, 1n), amount: coin(1n, "other") }),
  );
  await fails(purse, staking("MsgDelegate", delegation(third.operator, 1n)));
  await fails(purse, staking("MsgDelegate", delegation(first.operator, 10n ** 30n)));
  const { height: undelegated } = await send(
    purse,
    staking("MsgUndelegate", delegation(first.operator, 5n * UNIT)),
  );
  await send(purse, staking("MsgUndelegate", delegation(first.operator, 2n * UNIT)));
  await fails(purse, staking("MsgUndelegate", delegation(first.operator, 500n * UNIT)));
  await send(
    purse,
    staking("MsgCancelUnbondingDelegation", {
      ...delegation(first.operator, UNIT),
      creationHeight: undelegated,
    }),
  );
  await fails(
    purse,
    staking("MsgCancelUnbondingDelegation", { ...delegation(first.operator, UNIT), creationHeight: 1n }),
  );
  const redelegation = (from: string, to: string, amount: bigint) =>
    staking("MsgBeginRedelegate", {
      delegatorAddress,
      validatorSrcAddress: from,
      validatorDstAddress: to,
      amount: coin(amount),
    });
  await send(purse, redelegation(second.operator, first.operator, 3n * UNIT));
  await fails(purse, redelegation(first.operator, main.operator, UNIT));
  await fails(purse, redelegation(second.operator, second.operator, UNIT));
  await fails(
    first,
    staking("MsgEditValidator", {
      description: { moniker: "sooner", identity: "", website: "", details: "" },
      validatorAddress: first.operator,
      commissionRate: "150000000000000000",
      minSelfDelegation: "",
    }),
  );
  await send(
    first,
    staking("MsgEditValidator", {
      description: {
        moniker: "renamed",
        identity: "[do-not-modify]",
        website: "[do-not-modify]",
        securityContact: "x@example.com",
        details: "",
      },
      validatorAddress: first.operator,
      commissionRate: "",
      minSelfDelegation: "2",
    }),
  );
  await fails(purse, staking("MsgUpdateParams", { authority: purse.address, params: {} }));

  // distribution
  await send(
    purse,
    distribution("MsgSetWithdrawAddress", { delegatorAddress, withdrawAddress: third.address }),
  );
  await fails(purse, distribution("MsgSetWithdrawAddress", { delegatorAddress, withdrawAddress: pool }));
  const withdraw = (operator: string) =>
    distribution("MsgWithdrawDelegatorReward", { delegatorAddress, validatorAddress: operator });
  await send(purse, withdraw(main.operator), withdraw(first.operator));
  await fails(purse, withdraw(third.operator));
  await by(main.sender, [
    distribution("MsgWithdrawValidatorCommission", { validatorAddress: main.operator }),
  ]);
  await fails(third, distribution("MsgWithdrawValidatorCommission", { validatorAddress: third.operator }));
  await send(
    purse,
    distribution("MsgFundCommunityPool", { amount: [coin(77n * UNIT)], depositor: purse.address }),
  );
  await send(
    purse,
    distribution("MsgDepositValidatorRewardsPool", {
      depositor: purse.address,
      validatorAddress: main.operator,
      amount: [coin(5n * UNIT)],
    }),
  );
  await fails(
    purse,
    distribution("MsgDepositValidatorRewardsPool", {
      depositor: purse.address,
      validatorAddress: third.operator,
      amount: [coin(5n)],
    }),
  );
  await fails(
    purse,
    distribution("MsgCommunityPoolSpend", {
      authority: purse.address,
      recipient: purse.address,
      amount: [coin(1n)],
    }),
  );

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

  // slashing: the absent validator is jailed for downtime by now
  for (let i = 0; i < 60; i++) {
    const { validator } = await chain.query.staking.Validator({ validatorAddr: absent.operator });
    if (validator?.jailed) break;
    await blocks(1n);
  }
  await blocks(6n);
  await by(absent.sender, [slashing("MsgUnjail", { validatorAddr: absent.operator })]);
  await fails(third, slashing("MsgUnjail", { validatorAddr: third.operator }));
  await by(main.sender, [slashing("MsgUnjail", { validatorAddr: main.operator })], 1);

  // provider: a consumer's whole life
  const create = (chainId: string, spawnNs: bigint, fields: object = {}) =>
    provider("MsgCreateConsumer", {
      submitter: purse.address,
      chainId,
      metadata: { name: chainId, description: "replayed", metadata: "{}" },
      initializationParameters: initialization(chainId, spawnNs),
      powerShapingParameters: {
        topN: 0,
        validatorsPowerCap: 0,
        validatorSetCap: 0,
        allowlist: [],
        denylist: [],
        minStake: 0n,
        allowInactiveVals: false,
        prioritylist: [],
      },
      ...fields,
    });
  await send(purse, create("replayed-1", FAR_NS), create("registered-1", FAR_NS));
  await fails(
    purse,
    provider("MsgUpdateConsumer", {
      owner: purse.address,
      consumerId: "1",
      powerShapingParameters: { topN: 60 },
    }),
  );
  const optIn = (operator: string, signer: string, consumerId: string, key: Uint8Array | undefined) =>
    provider("MsgOptIn", {
      providerAddr: operator,
      consumerId,
      signer,
      consumerKey: key === undefined ? "" : pubKeyJsonOf(key),
    });
  const own = keysOf("replay consumer key");
  await by(main.sender, [optIn(main.operator, main.sender.address, "0", undefined)]);
  await send(first, optIn(first.operator, first.address, "0", own.consensusKey));
  await fails(second, optIn(second.operator, second.address, "0", own.consensusKey));
  await send(second, optIn(second.operator, second.address, "1", undefined));
  await fails(third, optIn(third.operator, third.address, "0", undefined));
  await send(
    second,
    provider("MsgAssignConsumerKey", {
      providerAddr: second.operator,
      consumerId: "1",
      consumerKey: pubKeyJsonOf(keysOf("replay second key").consensusKey),
      signer: second.address,
    }),
    provider("MsgSetConsumerCommissionRate", {
      providerAddr: second.operator,
      consumerId: "1",
      rate: "500000000000000000",
      signer: second.address,
    }),
  );
  await fails(
    second,
    provider("MsgOptOut", {
      providerAddr: second.operator,
      consumerId: "1",
      signer: second.address,
    }),
  );
  await fails(voter, provider("MsgUpdateConsumer", { owner: voter.address, consumerId: "0" }));
  const { timeNs } = await chain.status();
  await send(
    purse,
    provider("MsgUpdateConsumer", {
      owner: purse.address,
      consumerId: "0",
      metadata: { name: "renamed", description: "other", metadata: "{}" },
      initializationParameters: initialization("replayed-1", timeNs),
      infractionParameters: {
        doubleSign: {
          slashFraction: utf8(TENTH),
          jailDuration: nsToDuration(600n * SECOND_NS),
          tombstone: true,
        },
        downtime: {
          slashFraction: utf8("10000000000000000"),
          jailDuration: nsToDuration(60n * SECOND_NS),
          tombstone: false,
        },
      },
    }),
  );
  await blocks(8n);
  await send(second, optIn(second.operator, second.address, "0", undefined));
  await blocks(4n);
  await send(
    second,
    provider("MsgOptOut", {
      providerAddr: second.operator,
      consumerId: "0",
      signer: second.address,
    }),
  );
  // Whom the evidence is about must still be bonded or unbonding, however slow the machine: a validator just made.
  const lateKey = keysOf("replay late consumer key");
  await send(third, createValidator(third, 12n * UNIT));
  await send(
    purse,
    staking("MsgDelegate", delegation(third.operator, 5n * UNIT)),
    staking("MsgUndelegate", delegation(third.operator, 2n * UNIT)),
    staking("MsgUndelegate", delegation(third.operator, UNIT)),
    redelegation(third.operator, main.operator, UNIT),
  );
  await send(third, optIn(third.operator, third.address, "0", lateKey.consensusKey));
  const { evidence, header } = await doubleVoteOf(chain, lateKey, "replayed-1");
  const doubleVoting = (consumerId: string) =>
    provider("MsgSubmitConsumerDoubleVoting", {
      submitter: voter.address,
      duplicateVoteEvidence: evidence,
      infractionBlockHeader: header,
      consumerId,
    });
  await fails(voter, doubleVoting("7"));
  await send(voter, doubleVoting("0"));
  await fails(voter, doubleVoting("0"));
  await fails(voter, provider("MsgRemoveConsumer", { owner: voter.address, consumerId: "0" }));
  await send(purse, provider("MsgRemoveConsumer", { owner: purse.address, consumerId: "0" }));
  await fails(purse, provider("MsgRemoveConsumer", { owner: purse.address, consumerId: "1" }));
  // unbonding of the removed consumer and of delegations, and every proposal, come to their ends
  await blocks(50n);
  return sent;
}
