import { createMultisigThresholdPubkey, pubkeyToAddress, Secp256k1HdWallet } from "@cosmjs/amino";
import { coin, coins, makeCosmoshubPath } from "@cosmjs/proto-signing";
import {
  assertIsDeliverTxSuccess,
  calculateFee,
  makeMultisignedTxBytes,
  QueryClient,
  SigningStargateClient,
  StargateClient,
  setupAuthzExtension,
  setupFeegrantExtension,
  setupGovExtension,
} from "@cosmjs/stargate";
import { type CometClient, connectComet } from "@cosmjs/tendermint-rpc";
import type { Localnet } from "@tandem-ics/localnet";
import { GenericAuthorization } from "cosmjs-types/cosmos/authz/v1beta1/authz";
import { MsgExec } from "cosmjs-types/cosmos/authz/v1beta1/tx";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { BasicAllowance } from "cosmjs-types/cosmos/feegrant/v1beta1/feegrant";
import { MsgGrantAllowance } from "cosmjs-types/cosmos/feegrant/v1beta1/tx";
import { TextProposal, VoteOption } from "cosmjs-types/cosmos/gov/v1beta1/gov";
import { TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { Any } from "cosmjs-types/google/protobuf/any";
import { clientOf, GAS_PRICE, startTopology, UNUSED, walletOf } from "./sdk-network.ts";

jest.setTimeout(60_000);

let net: Localnet;
let comet: CometClient;
beforeAll(async () => {
  net = await startTopology("sdk");
  comet = await connectComet(net.chain("fast").rpcUrl!);
}, 60_000);
afterAll(async () => {
  comet?.disconnect();
  await net?.stop();
});

const FEE = calculateFee(300_000, GAS_PRICE);
/** An address of nobody's, another one for each number. */
const freshAddress = (n: number): string =>
  pubkeyToAddress(
    { type: "tendermint/PubKeySecp256k1", value: Buffer.alloc(33, n).toString("base64") },
    "cosmos",
  );

test("an account signs offline; another machine broadcasts", async () => {
  const { address, wallet } = await walletOf(net, "alice-0");
  const online = await StargateClient.connect(net.chain("fast").rpcUrl!);
  const { accountNumber, sequence } = await online.getSequence(address);
  const offline = await SigningStargateClient.offline(wallet);
  const signed = await offline.sign(
    address,
    [
      {
        typeUrl: "/cosmos.bank.v1beta1.MsgSend",
        value: { fromAddress: address, toAddress: UNUSED, amount: coins(3, "ucosm") },
      },
    ],
    FEE,
    "signed under the earth",
    { accountNumber, sequence, chainId: "simd-testing" },
  );
  const result = await online.broadcastTx(TxRaw.encode(signed).finish(), 20_000, 100);
  assertIsDeliverTxSuccess(result);
  online.disconnect();
});

test("two of the three keys of a multisig account spend from it", async () => {
  const { mnemonic } = net.accounts.find((a) => a.name === "faucet-0")!;
  const wallets = await Promise.all(
    [0, 1, 2].map((i) => Secp256k1HdWallet.fromMnemonic(mnemonic!, { hdPaths: [makeCosmoshubPath(i)] })),
  );
  const accounts = await Promise.all(wallets.map(async (wallet) => (await wallet.getAccounts())[0]!));
  const pubkey = createMultisigThresholdPubkey(
    accounts.map((a) => ({
      type: "tendermint/PubKeySecp256k1",
      value: Buffer.from(a.pubkey).toString("base64"),
    })),
    2,
  );
  const shared = pubkeyToAddress(pubkey, "cosmos");
  const { address: funder, client: funding } = await clientOf(net, "alice-1");
  assertIsDeliverTxSuccess(await funding.sendTokens(funder, shared, coins(1_000_000, "ucosm"), FEE));
  const { accountNumber, sequence } = await funding.getSequence(shared);
  const value = { fromAddress: shared, toAddress: UNUSED, amount: coins(1234, "ucosm") };
  const memo = "two signatures";
  const sign = async (i: number) => {
    const signer = await SigningStargateClient.offline(wallets[i]!);
    const { bodyBytes, signatures } = await signer.sign(
      accounts[i]!.address,
      [{ typeUrl: "/cosmos.bank.v1beta1.MsgSend", value }],
      FEE,
      memo,
      { accountNumber, sequence, chainId: "simd-testing" },
    );
    return { bodyBytes, pair: [accounts[i]!.address, signatures[0]!] as const };
  };
  const [first, last] = [await sign(0), await sign(2)];
  const bytesOf = (...pairs: (readonly [string, Uint8Array])[]) =>
    makeMultisignedTxBytes(pubkey, Number(sequence), FEE, first.bodyBytes, new Map(pairs));
  // Not broadcastTx: it leaves its timer running when CheckTx refuses (CosmJS 0.39).
  await expect(funding.broadcastTxSync(bytesOf(first.pair))).rejects.toMatchObject({
    codespace: "sdk",
    code: 4,
  });
  assertIsDeliverTxSuccess(await funding.broadcastTx(bytesOf(first.pair, last.pair), 20_000, 100));
  funding.disconnect();
});

test("a grantee acts for a granter, and a granter pays another's fees", async () => {
  const { address: granter, client } = await clientOf(net, "bob-0");
  const { address: grantee, client: other } = await clientOf(net, "bob-1");
  const expiration = { seconds: BigInt(Math.floor(Date.now() / 1000) + 3600), nanos: 0 };
  assertIsDeliverTxSuccess(
    await client.signAndBroadcast(
      granter,
      [
        {
          typeUrl: "/cosmos.authz.v1beta1.MsgGrant",
          value: {
            granter,
            grantee,
            grant: {
              authorization: Any.fromPartial({
                typeUrl: "/cosmos.authz.v1beta1.GenericAuthorization",
                value: GenericAuthorization.encode({ msg: MsgSend.typeUrl }).finish(),
              }),
              expiration,
            },
          },
        },
        {
          typeUrl: MsgGrantAllowance.typeUrl,
          value: MsgGrantAllowance.fromPartial({
            granter,
            grantee,
            allowance: {
              typeUrl: BasicAllowance.typeUrl,
              value: BasicAllowance.encode(
                BasicAllowance.fromPartial({ spendLimit: coins(100_000, "ucosm") }),
              ).finish(),
            },
          }),
        },
      ],
      FEE,
    ),
  );
  const queries = QueryClient.withExtensions(comet, setupAuthzExtension, setupFeegrantExtension);
  expect((await queries.authz.grants(granter, grantee, "")).grants).toHaveLength(1);
  const { allowance } = await queries.feegrant.allowance(granter, grantee);
  expect(allowance?.granter).toBe(granter);
  const before = await other.getBalance(grantee, "ucosm");
  const target = freshAddress(2);
  const send = MsgSend.encode({
    fromAddress: granter,
    toAddress: target,
    amount: coins(77, "ucosm"),
  }).finish();
  const executed = await other.signAndBroadcast(
    grantee,
    [
      {
        typeUrl: "/cosmos.authz.v1beta1.MsgExec",
        value: MsgExec.fromPartial({ grantee, msgs: [{ typeUrl: MsgSend.typeUrl, value: send }] }),
      },
    ],
    { ...FEE, granter },
  );
  assertIsDeliverTxSuccess(executed);
  expect(await other.getBalance(target, "ucosm")).toEqual(coin(77, "ucosm"));
  expect(await other.getBalance(grantee, "ucosm")).toEqual(before);
  client.disconnect();
  other.disconnect();
});

test("a vesting account can hold coins that it cannot send yet", async () => {
  const { address, client } = await clientOf(net, "alice-2");
  const target = freshAddress(3);
  const message = {
    typeUrl: "/cosmos.vesting.v1beta1.MsgCreateVestingAccount",
    value: {
      fromAddress: address,
      toAddress: target,
      amount: coins(1234, "ucosm"),
      endTime: BigInt(Math.floor(Date.now() / 1000) + 86_400),
      delayed: true,
    },
  };
  assertIsDeliverTxSuccess(await client.signAndBroadcast(address, [message], "auto"));
  expect(await client.getAccount(target)).toMatchObject({ address: target, sequence: 0, pubkey: null });
  expect(await client.getBalance(target, "ucosm")).toEqual(coin(1234, "ucosm"));
  client.disconnect();
});

test("a proposal is made and voted on", async () => {
  const { address, client } = await clientOf(net, "alice-3");
  const proposed = await client.signAndBroadcast(
    address,
    [
      {
        typeUrl: "/cosmos.gov.v1beta1.MsgSubmitProposal",
        value: {
          content: Any.fromPartial({
            typeUrl: "/cosmos.gov.v1beta1.TextProposal",
            value: TextProposal.encode({ title: "A question", description: "And what it is about" }).finish(),
          }),
          proposer: address,
          initialDeposit: coins(10_000_000, "ustake"),
        },
      },
    ],
    calculateFee(600_000, GAS_PRICE),
    "",
  );
  assertIsDeliverTxSuccess(proposed);
  const proposalId = proposed.events.flatMap((e) => e.attributes).find((a) => a.key === "proposal_id")!.value;
  const { gov } = QueryClient.withExtensions(comet, setupGovExtension);
  const { proposal } = await gov.proposal(proposalId);
  expect(TextProposal.decode(proposal!.content!.value).title).toBe("A question");
  const vote = {
    typeUrl: "/cosmos.gov.v1beta1.MsgVote",
    value: { proposalId: BigInt(proposalId), voter: address, option: VoteOption.VOTE_OPTION_YES },
  };
  assertIsDeliverTxSuccess(await client.signAndBroadcast(address, [vote], FEE));
  expect((await gov.vote(proposalId, address)).vote.options).toEqual([
    { option: VoteOption.VOTE_OPTION_YES, weight: "1000000000000000000" },
  ]);
  client.disconnect();
});
