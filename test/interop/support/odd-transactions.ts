/** Transactions that a node must refuse before they get into a block, each wrong in one way. */
import type { EncodeObject, OfflineSigner } from "@cosmjs/proto-signing";
import { SigningStargateClient } from "@cosmjs/stargate";
import { type ChainClient, createAminoTypes, createRegistry } from "@tandem-ics/client";
import { AuthInfo, Fee, TxBody, TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { STAKE } from "../harness/go-chain.ts";
import { coin, message, PEOPLE } from "./walk-kit.ts";

/** A transaction and what is odd about it. */
export interface OddTransaction {
  readonly what: string;
  readonly bytes: Uint8Array;
}

const GAS = "500000";
const fee = (amount: { denom: string; amount: string }[], gas = GAS) => ({ amount, gas });
const FEE = fee([coin(5000n)]);

/** All of them, signed by the purse at its present sequence. */
export async function oddTransactions(chain: ChainClient): Promise<OddTransaction[]> {
  const { purse, first, voter } = PEOPLE;
  const signing = (signer: OfflineSigner) =>
    SigningStargateClient.createWithSigner(chain.comet, signer, {
      registry: createRegistry(),
      aminoTypes: createAminoTypes(),
    });
  const client = signing(purse.signer);
  const { accountNumber, sequence } = await client.getSequence(purse.address);
  const now = { accountNumber, sequence, chainId: chain.chainId };
  const sign = async (
    messages: readonly EncodeObject[],
    options: { fee?: typeof FEE; memo?: string; signer?: typeof now; timeout?: bigint } = {},
  ): Promise<TxRaw> =>
    client.sign(
      purse.address,
      messages,
      options.fee ?? FEE,
      options.memo ?? "",
      options.signer ?? now,
      options.timeout,
    );
  const send = (fields: object = {}) =>
    message("/cosmos.bank.v1beta1.MsgSend", {
      fromAddress: purse.address,
      toAddress: first.address,
      amount: [coin(1n)],
      ...fields,
    });
  const good = await sign([send()]);
  const raw = (tx: TxRaw): Uint8Array => TxRaw.encode(tx).finish();
  const odd: OddTransaction[] = [];
  const add = (what: string, tx: TxRaw | Uint8Array): void => {
    odd.push({ what, bytes: tx instanceof Uint8Array ? tx : raw(tx) });
  };
  const addMessage = async (what: string, ...messages: EncodeObject[]): Promise<void> =>
    add(what, await sign(messages));

  // bytes
  add("no bytes", new Uint8Array());
  add("rubbish", new Uint8Array([1, 2, 3]));
  add("cut short", raw(good).slice(0, 100));
  add("a trailing byte", new Uint8Array([...raw(good), 0]));
  add("an unknown field", new Uint8Array([...raw(good), 0xa2, 0x06, 0x01, 0x00]));
  add("no body", { ...good, bodyBytes: new Uint8Array() });
  add("no auth info", { ...good, authInfoBytes: new Uint8Array() });
  // signatures
  add("no signature", { ...good, signatures: [] });
  add("two signatures", { ...good, signatures: [good.signatures[0]!, good.signatures[0]!] });
  add("an empty signature", { ...good, signatures: [new Uint8Array()] });
  add("a wrong signature", {
    ...good,
    signatures: [good.signatures[0]!.map((b, i) => (i === 5 ? b ^ 1 : b))],
  });
  add("another chain's", await sign([send()], { signer: { ...now, chainId: "other-1" } }));
  add("a future sequence", await sign([send()], { signer: { ...now, sequence: sequence + 3 } }));
  add("a past sequence", await sign([send()], { signer: { ...now, sequence: sequence - 1 } }));
  add("another account number", await sign([send()], { signer: { ...now, accountNumber: 1n } }));
  add("somebody else's message", await sign([send({ fromAddress: voter.address })]));
  add("two signers, one signature", await sign([send(), send({ fromAddress: voter.address })]));
  // fees and gas
  add("no gas", await sign([send()], { fee: fee([coin(5000n)], "0") }));
  add("too little gas", await sign([send()], { fee: fee([coin(5000n)], "20000") }));
  add("gas for half of the ante chain", await sign([send()], { fee: fee([coin(5000n)], "40000") }));
  add("a fee above the balance", await sign([send()], { fee: fee([coin(10n ** 30n)]) }));
  add("a fee of an unknown denomination", await sign([send()], { fee: fee([coin(1n, "nothing")]) }));
  add("a fee of zero", await sign([send()], { fee: fee([coin(0n)]) }));
  add("an unsorted fee", await sign([send()], { fee: fee([coin(1n), coin(1n, "aaa")]) }));
  add("a fee twice", await sign([send()], { fee: fee([coin(1n), coin(1n)]) }));
  add("a fee of an invalid denomination", await sign([send()], { fee: fee([coin(1n, "1!")]) }));
  add("a negative fee", await sign([send()], { fee: fee([{ denom: STAKE, amount: "-5" }]) }));
  const authInfo = AuthInfo.decode(good.authInfoBytes);
  const withFee = (change: Partial<Fee>): Uint8Array =>
    AuthInfo.encode({ ...authInfo, fee: Fee.fromPartial({ ...authInfo.fee, ...change }) }).finish();
  add("gas above int64", { ...good, authInfoBytes: withFee({ gasLimit: 1n << 63n }) });
  add("a granter", { ...good, authInfoBytes: withFee({ granter: voter.address }) });
  add("a payer who does not sign", { ...good, authInfoBytes: withFee({ payer: voter.address }) });
  add("no fee at all", {
    ...good,
    authInfoBytes: AuthInfo.encode({ signerInfos: authInfo.signerInfos }).finish(),
  });
  // the body
  add("a long memo", await sign([send()], { memo: "m".repeat(257) }));
  add("past its height", await sign([send()], { timeout: 2n }));
  add("no messages", await sign([]));
  const body = TxBody.decode(good.bodyBytes);
  const withBody = (change: Partial<TxBody>): Uint8Array =>
    TxBody.encode(TxBody.fromPartial({ ...body, ...change })).finish();
  add("an unknown message", {
    ...good,
    bodyBytes: withBody({
      messages: [{ typeUrl: "/cosmos.nothing.v1.MsgNothing", value: new Uint8Array() }],
    }),
  });
  add("a message that is none", {
    ...good,
    bodyBytes: withBody({
      messages: [{ typeUrl: "/cosmos.bank.v1beta1.MsgSend", value: new Uint8Array([255, 255]) }],
    }),
  });
  add("a type that is no message", {
    ...good,
    bodyBytes: withBody({ messages: [{ typeUrl: "/cosmos.base.v1beta1.Coin", value: new Uint8Array() }] }),
  });
  add("an extension option", {
    ...good,
    bodyBytes: withBody({
      extensionOptions: [{ typeUrl: "/cosmos.bank.v1beta1.MsgSend", value: body.messages[0]!.value }],
    }),
  });
  // messages that are wrong in themselves
  await addMessage("bank: nothing", send({ amount: [] }));
  await addMessage("bank: zero", send({ amount: [coin(0n)] }));
  await addMessage("bank: negative", send({ amount: [{ denom: STAKE, amount: "-1" }] }));
  await addMessage("bank: unsorted", send({ amount: [coin(1n), coin(1n, "aaa")] }));
  await addMessage("bank: twice", send({ amount: [coin(1n), coin(1n)] }));
  await addMessage("bank: no denomination", send({ amount: [coin(1n, "")] }));
  await addMessage("bank: a bad denomination", send({ amount: [coin(1n, "a b")] }));
  await addMessage("bank: no number", send({ amount: [{ denom: STAKE, amount: "1.5" }] }));
  await addMessage("bank: nobody", send({ toAddress: "" }));
  await addMessage("bank: a bad address", send({ toAddress: "cosmos1xyz" }));
  await addMessage(
    "bank: another prefix",
    send({ toAddress: "osmo1pkptre7fdkl6gfrzlesjjvhxhlc3r4gm32kke3" }),
  );
  await addMessage(
    "bank: unequal sums",
    message("/cosmos.bank.v1beta1.MsgMultiSend", {
      inputs: [{ address: purse.address, coins: [coin(3n)] }],
      outputs: [{ address: first.address, coins: [coin(2n)] }],
    }),
  );
  await addMessage(
    "bank: no inputs",
    message("/cosmos.bank.v1beta1.MsgMultiSend", { inputs: [], outputs: [] }),
  );
  const staking = (name: string, fields: object) => message(`/cosmos.staking.v1beta1.${name}`, fields);
  await addMessage(
    "staking: zero",
    staking("MsgDelegate", {
      delegatorAddress: purse.address,
      validatorAddress: first.operator,
      amount: coin(0n),
    }),
  );
  await addMessage(
    "staking: a bad validator",
    staking("MsgDelegate", {
      delegatorAddress: purse.address,
      validatorAddress: purse.address,
      amount: coin(1n),
    }),
  );
  await addMessage(
    "staking: an empty description",
    staking("MsgEditValidator", {
      description: { moniker: "", identity: "", website: "", securityContact: "", details: "" },
      validatorAddress: first.operator,
      commissionRate: "",
      minSelfDelegation: "",
    }),
  );
  await addMessage(
    "distribution: nothing",
    message("/cosmos.distribution.v1beta1.MsgFundCommunityPool", { amount: [], depositor: purse.address }),
  );
  await addMessage(
    "gov: an unknown option",
    message("/cosmos.gov.v1.MsgVote", { proposalId: 1n, voter: purse.address, option: 9, metadata: "" }),
  );
  await addMessage(
    "gov: no weight",
    message("/cosmos.gov.v1.MsgVoteWeighted", {
      proposalId: 1n,
      voter: purse.address,
      options: [],
      metadata: "",
    }),
  );
  const provider = (name: string, fields: object) =>
    message(`/interchain_security.ccv.provider.v1.${name}`, fields);
  await addMessage("provider: no chain id", provider("MsgCreateConsumer", { submitter: purse.address }));
  await addMessage(
    "provider: no metadata",
    provider("MsgCreateConsumer", { submitter: purse.address, chainId: "x-1" }),
  );
  await addMessage(
    "provider: top N by message",
    provider("MsgCreateConsumer", {
      submitter: purse.address,
      chainId: "x-1",
      metadata: { name: "x", description: "x", metadata: "x" },
      powerShapingParameters: { topN: 60 },
    }),
  );
  await addMessage(
    "provider: a bad key",
    provider("MsgOptIn", {
      providerAddr: first.operator,
      consumerId: "0",
      signer: purse.address,
      consumerKey: "{}",
    }),
  );
  await addMessage(
    "provider: a bad id",
    provider("MsgOptOut", { providerAddr: first.operator, consumerId: "-1", signer: purse.address }),
  );
  await addMessage(
    "provider: a rate above one",
    provider("MsgSetConsumerCommissionRate", {
      providerAddr: first.operator,
      consumerId: "0",
      rate: "2000000000000000000",
      signer: purse.address,
    }),
  );
  await addMessage("slashing: nobody", message("/cosmos.slashing.v1beta1.MsgUnjail", { validatorAddr: "" }));
  return odd;
}
