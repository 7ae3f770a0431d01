import { toBech32 } from "@cosmjs/encoding";
import { coin, coins } from "@cosmjs/proto-signing";
import {
  assertIsDeliverTxSuccess,
  type BroadcastTxError,
  calculateFee,
  type DeliverTxResponse,
  type MsgSendEncodeObject,
  QueryClient,
  StargateClient,
  setupStakingExtension,
} from "@cosmjs/stargate";
import { connectComet } from "@cosmjs/tendermint-rpc";
import type { Localnet } from "@tandem-ics/localnet";
import { clientOf, GAS_PRICE, startTopology, UNUSED, VALIDATOR } from "./sdk-network.ts";

jest.setTimeout(60_000);

let net: Localnet;
beforeAll(async () => {
  net = await startTopology("sdk");
}, 60_000);
afterAll(() => net?.stop());

const SEND_FEE = calculateFee(100_000, GAS_PRICE);
const send = (fromAddress: string, toAddress: string, amount: string): MsgSendEncodeObject => ({
  typeUrl: "/cosmos.bank.v1beta1.MsgSend",
  value: { fromAddress, toAddress, amount: coins(amount, "ucosm") },
});

const attribute = ({ events }: DeliverTxResponse, type: string, key: string): string | undefined =>
  events.find((e) => e.type === type)?.attributes.find((a) => a.key === key)?.value;

describe("a read-only client", () => {
  test("finds the chain, its operator's account and what accounts hold", async () => {
    const client = await StargateClient.connect(net.chain("fast").rpcUrl!);
    expect(await client.getChainId()).toBe("simd-testing");
    expect(await client.getHeight()).toBeGreaterThan(0);
    const { address } = net.accounts.find((a) => a.name === "operator")!;
    expect(await client.getAccount(address)).toEqual({
      address,
      accountNumber: 0n,
      sequence: 1,
      pubkey: { type: "tendermint/PubKeySecp256k1", value: "A0RZ3+xLf9xJiySHQxQsQtW8HJYEcniJKbFxG2R9ZEQv" },
    });
    expect(await client.getAccount(UNUSED)).toEqual({
      address: UNUSED,
      accountNumber: 16n,
      sequence: 0,
      pubkey: null,
    });
    expect(await client.getAllBalances(UNUSED)).toEqual([
      coin(1_000_000_000, "ucosm"),
      coin(2_000_000_000, "ustake"),
    ]);
    expect(await client.getBalance(UNUSED, "ucosm")).toEqual(coin(1_000_000_000, "ucosm"));
    expect(await client.getTx("00".repeat(32))).toBeNull();
    client.disconnect();
  });

  test("is told what is not there in the words of gRPC", async () => {
    const comet = await connectComet(net.chain("fast").rpcUrl!);
    const staking = QueryClient.withExtensions(comet, setupStakingExtension).staking;
    const stranger = toBech32("cosmosvaloper", new Uint8Array(20).fill(9));
    await expect(staking.validator(stranger)).rejects.toThrow(
      /rpc error: code = NotFound desc = .*: key not found/,
    );
    await expect(staking.validator(`${stranger.slice(0, -1)}q`)).rejects.toThrow(
      /decoding bech32 failed: invalid checksum \(expected \w{6} got \w{5}q\)/,
    );
    comet.disconnect();
  });
});

describe("a signing client", () => {
  test("sends tokens for a given fee; a success has no log, and events say of which message they are", async () => {
    const { address, client } = await clientOf(net, "faucet-0");
    const before = BigInt((await client.getBalance(UNUSED, "ucosm")).amount);
    const result = await client.sendTokens(address, UNUSED, coins(1234, "ucosm"), SEND_FEE, "for the tests");
    assertIsDeliverTxSuccess(result);
    expect(result.rawLog).toBe("");
    expect(result.gasUsed).toBeGreaterThan(40_000n);
    expect(result.gasUsed).toBeLessThan(99_000n);
    expect(BigInt((await client.getBalance(UNUSED, "ucosm")).amount)).toBe(before + 1234n);
    const ofMessage = result.events.filter((e) => e.attributes.some((a) => a.key === "msg_index"));
    expect(ofMessage.map((e) => e.type)).toEqual([
      "message",
      "coin_spent",
      "coin_received",
      "transfer",
      "message",
    ]);
    const indexed = await client.getTx(result.transactionHash);
    expect(indexed).toMatchObject({ height: result.height, code: 0, rawLog: "", gasUsed: result.gasUsed });
    client.disconnect();
  });

  test("estimates gas itself with the fee auto", async () => {
    const { address, client } = await clientOf(net, "faucet-1");
    const gas = await client.simulate(address, [send(address, UNUSED, "1")], "");
    expect(gas).toBeGreaterThan(40_000);
    expect(gas).toBeLessThan(99_000);
    assertIsDeliverTxSuccess(await client.sendTokens(address, UNUSED, coins(1, "ucosm"), "auto"));
    client.disconnect();
  });

  test("learns of every refusal with its codespace and code", async () => {
    const { address, client } = await clientOf(net, "faucet-2");
    const tooMuch = await client.signAndBroadcast(
      address,
      [send(address, UNUSED, "99999999999999")],
      SEND_FEE,
    );
    expect(tooMuch.code).toBe(5);
    expect(tooMuch.rawLog).toMatch(
      /^failed to execute message; message index: 0: spendable balance .* is smaller/,
    );
    // The Sync methods: the others leave their timer running when CheckTx refuses (CosmJS 0.39).
    const refused = async (sent: Promise<unknown>): Promise<BroadcastTxError> =>
      sent.then(
        () => {
          throw new Error("it was taken");
        },
        (error: BroadcastTxError) => error,
      );
    const account = await client.getSequence(address);
    const signer = { ...account, chainId: "simd-testing" };
    const late = await refused(
      client.signAndBroadcastSync(
        address,
        [send(address, UNUSED, "1")],
        SEND_FEE,
        "",
        BigInt(tooMuch.height - 1),
      ),
    );
    expect([late.codespace, late.code]).toEqual(["sdk", 30]);
    const { TxRaw } = await import("cosmjs-types/cosmos/tx/v1beta1/tx");
    const signed = await client.sign(address, [send(address, UNUSED, "1")], SEND_FEE, "", {
      ...signer,
      sequence: account.sequence + 7,
    });
    const skipped = await refused(client.broadcastTxSync(TxRaw.encode(signed).finish()));
    expect([skipped.codespace, skipped.code]).toEqual(["sdk", 32]);
    expect(skipped.log).toContain(
      `account sequence mismatch, expected ${account.sequence}, got ${account.sequence + 7}`,
    );
    const forged = await client.sign(address, [send(address, UNUSED, "1")], SEND_FEE, "", {
      ...signer,
      chainId: "another-chain",
    });
    const wrong = await refused(client.broadcastTxSync(TxRaw.encode(forged).finish()));
    expect([wrong.codespace, wrong.code]).toEqual(["sdk", 4]);
    expect(wrong.log).toContain("signature verification failed");
    client.disconnect();
  });

  test("delegates, sees the delegation, and undelegates", async () => {
    const { address, client } = await clientOf(net, "faucet-3");
    const amount = coin(500_000, "ustake");
    const message = {
      typeUrl: "/cosmos.staking.v1beta1.MsgDelegate",
      value: { delegatorAddress: address, validatorAddress: VALIDATOR, amount },
    };
    const gas = await client.simulate(address, [message], "");
    expect(gas).toBeGreaterThan(101_000);
    expect(gas).toBeLessThan(200_000);
    const done = await client.delegateTokens(address, VALIDATOR, amount, calculateFee(222_000, GAS_PRICE));
    assertIsDeliverTxSuccess(done);
    expect(attribute(done, "delegate", "validator")).toBe(VALIDATOR);
    expect(await client.getDelegation(address, VALIDATOR)).toEqual(amount);
    expect(await client.getBalanceStaked(address)).toEqual(amount);
    const back = await client.undelegateTokens(address, VALIDATOR, coin(200_000, "ustake"), "auto");
    assertIsDeliverTxSuccess(back);
    expect(attribute(back, "unbond", "completion_time")).toMatch(/^\d{4}-/);
    expect(await client.getDelegation(address, VALIDATOR)).toEqual(coin(300_000, "ustake"));
    assertIsDeliverTxSuccess(
      await client.withdrawRewards(address, VALIDATOR, calculateFee(300_000, GAS_PRICE)),
    );
    client.disconnect();
  });

  test("signs in legacy Amino JSON for wallets that know nothing else", async () => {
    const { address, client } = await clientOf(net, "faucet-4", "amino");
    const result = await client.signAndBroadcast(
      address,
      [
        send(address, UNUSED, "7"),
        {
          typeUrl: "/cosmos.staking.v1beta1.MsgDelegate",
          value: { delegatorAddress: address, validatorAddress: VALIDATOR, amount: coin(1000, "ustake") },
        },
      ],
      calculateFee(400_000, GAS_PRICE),
      "Use your power wisely",
    );
    assertIsDeliverTxSuccess(result);
    expect(
      new Set(
        result.events.flatMap((e) => e.attributes.filter((a) => a.key === "msg_index").map((a) => a.value)),
      ),
    ).toEqual(new Set(["0", "1"]));
    client.disconnect();
  });

  test("finds transactions by hash, height and address", async () => {
    const { address, client } = await clientOf(net, "alice-0");
    const { transactionHash: hash, height } = await client.sendTokens(
      address,
      UNUSED,
      coins(5, "ucosm"),
      SEND_FEE,
    );
    const searches = [
      `tx.hash='${hash}'`,
      `tx.height=${height} AND message.sender='${address}'`,
      `transfer.recipient='${UNUSED}' AND transfer.sender='${address}'`,
      `message.module='bank' AND message.sender='${address}' AND tx.height>=${height}`,
    ];
    for (const query of searches) expect((await client.searchTx(query)).map((tx) => tx.hash)).toEqual([hash]);
    const pairs = [{ key: "message.sender", value: address }];
    expect((await client.searchTx(pairs)).map((tx) => tx.hash)).toEqual([hash]);
    client.disconnect();
  });
});

test("broadcast_tx_commit gives up where blocks are slower than its timeout", async () => {
  const { address, client } = await clientOf(net, "alice-1", "direct", "slow");
  const signed = await client.sign(address, [send(address, UNUSED, "1")], SEND_FEE, "");
  const { TxRaw } = await import("cosmjs-types/cosmos/tx/v1beta1/tx");
  const comet = await connectComet(net.chain("slow").rpcUrl!);
  // Just after a block: the next one is ten seconds away.
  const { pace } = net.chain("slow").client;
  await pace.after(BigInt((await comet.status()).syncInfo.latestBlockHeight));
  await expect(comet.broadcastTxCommit({ tx: TxRaw.encode(signed).finish() })).rejects.toThrow(
    /timed out waiting for tx to be included in a block/,
  );
  comet.disconnect();
  client.disconnect();
});
