/** Unmodified CosmJS over HTTP, WebSocket and in memory, against one node. */
import { DirectSecp256k1HdWallet } from "@cosmjs/proto-signing";
import { type DeliverTxResponse, GasPrice, SigningStargateClient, StargateClient } from "@cosmjs/stargate";
import {
  Comet38Client,
  connectComet,
  HttpBatchClient,
  HttpClient,
  WebsocketClient,
} from "@cosmjs/tendermint-rpc";
import { toHex } from "@tandem-ics/crypto";
import { inMemoryRpcClient, type Node, type RpcServer } from "@tandem-ics/node";
import { CHAIN_ID, createBankNode, DENOM, MNEMONIC } from "./bank-chain.ts";

let node: Node;
let server: RpcServer;
let wallet: DirectSecp256k1HdWallet;
let sender: string;
let sent: DeliverTxResponse;
const RECIPIENT = "cosmos1hhg2rlu9jscacku2wwckws7932qqqu8x3gfgw0";

beforeAll(async () => {
  wallet = await DirectSecp256k1HdWallet.fromMnemonic(MNEMONIC);
  sender = (await wallet.getAccounts())[0]!.address;
  node = createBankNode({
    accounts: [sender],
    validators: 4,
    node: { engine: { kind: "timer", blockTimeMs: 30 } },
  });
  node.start();
  server = await node.listen();
  const client = await SigningStargateClient.connectWithSigner(server.url, wallet, {
    gasPrice: GasPrice.fromString(`0.01${DENOM}`),
    broadcastPollIntervalMs: 50,
  });
  sent = await client.sendTokens(sender, RECIPIENT, [{ denom: DENOM, amount: "123" }], "auto", "memo");
  client.disconnect();
});

afterAll(() => node.stop());

/** Waits until the node has made `count` more blocks. */
const blocks = (count: number): Promise<void> =>
  new Promise((resolve) => {
    const until = node.height + BigInt(count);
    const end = node.onBlock(() => {
      if (node.height < until) return;
      end();
      resolve();
    });
  });

const ways: [string, () => Promise<Comet38Client>][] = [
  ["HTTP", () => Comet38Client.connect(server.url)],
  ["WebSocket", async () => Comet38Client.create(new WebsocketClient(server.url.replace("http", "ws")))],
  ["memory", async () => Comet38Client.create(inMemoryRpcClient(node))],
];

test("a signed transfer is simulated, broadcast and found in a block", () => {
  expect(sent.code).toBe(0);
  expect(sent.rawLog ?? "").toBe("");
  expect(sent.gasUsed).toBeGreaterThan(40_000n);
  expect(sent.events.map(({ type }) => type)).toContain("transfer");
});

test("connectComet takes the node for CometBFT 0.38", async () => {
  const client = await connectComet(server.url);
  expect(client).toBeInstanceOf(Comet38Client);
  client.disconnect();
});

describe.each(ways)("over %s", (_name, connect) => {
  let client: Comet38Client;
  beforeAll(async () => {
    client = await connect();
  });
  afterAll(() => client.disconnect());

  test("status, health and abci_info", async () => {
    const status = await client.status();
    expect(status.nodeInfo).toMatchObject({ network: CHAIN_ID, version: "0.38.17", moniker: "bank-node" });
    expect(status.syncInfo.latestBlockHeight).toBeGreaterThan(0);
    expect(await client.health()).toBeNull();
    expect((await client.abciInfo()).lastBlockHeight).toBeGreaterThan(0);
  });

  test("blocks, headers, commits, results and validators", async () => {
    const { height } = sent;
    const { block, blockId } = await client.block(height);
    expect(block.header).toMatchObject({ chainId: CHAIN_ID, height });
    expect(block.txs).toHaveLength(1);
    expect(block.lastCommit?.signatures).toHaveLength(4);
    const { canonical, commit } = await client.commit(height);
    expect([canonical, commit.height]).toEqual([true, height]);
    expect(commit.blockId).toEqual(blockId);
    expect((await client.commit()).commit.signatures).toHaveLength(4);
    const results = await client.blockResults(height);
    expect(results.results).toHaveLength(1);
    const page = await client.validators({ height, page: 1, per_page: 3 });
    expect([page.validators.length, page.total]).toEqual([3, 4]);
    expect((await client.validatorsAll(height)).validators).toHaveLength(4);
    const chain = await client.blockchain(1, 3);
    expect(chain.blockMetas.map(({ header }) => header.height)).toEqual([3, 2, 1]);
    expect((await client.genesis()).chainId).toBe(CHAIN_ID);
  });

  test("transactions by hash and by event", async () => {
    const hash = Buffer.from(sent.transactionHash, "hex");
    const tx = await client.tx({ hash, prove: true });
    expect([tx.height, tx.index, tx.result.code]).toEqual([sent.height, 0, 0]);
    expect(tx.proof?.proof.total).toBe(1);
    const found = await client.txSearch({ query: `transfer.recipient='${RECIPIENT}'` });
    expect(found.totalCount).toBe(1);
    expect((await client.txSearchAll({ query: "tx.height > 0" })).totalCount).toBe(1);
    expect((await client.blockSearch({ query: `block.height=${sent.height}` })).totalCount).toBe(1);
    await expect(client.tx({ hash: new Uint8Array(32) })).rejects.toThrow(
      `tx (${"00".repeat(32)}) not found`,
    );
  });

  test("a refused transaction is an answer, an unreadable height an error", async () => {
    const answer = await client.broadcastTxSync({ tx: Uint8Array.of(1, 2, 3) });
    expect([answer.code, answer.codespace]).toEqual([2, "sdk"]);
    await expect(client.block(1_000_000)).rejects.toThrow(
      "must be less than or equal to the current blockchain height",
    );
  });

  test("queries of modules and node services", async () => {
    const stargate = await StargateClient.create(client);
    expect(await stargate.getChainId()).toBe(CHAIN_ID);
    expect((await stargate.getBalance(RECIPIENT, DENOM)).amount).toBe("123");
    expect((await stargate.getAccount(sender))?.sequence).toBe(1);
    expect(await stargate.getAccount("cosmos1cjsxept9rkggzxztslae9ndgpdyt2408lk850u")).toBeNull();
    const indexed = await stargate.getTx(sent.transactionHash);
    expect([indexed?.height, indexed?.txIndex]).toEqual([sent.height, 0]);
    expect((await stargate.getBlock(sent.height)).header.height).toBe(sent.height);
  });
});

describe.each(ways.slice(1))("subscriptions over %s", (_name, connect) => {
  test("new blocks and headers arrive, transactions with their events", async () => {
    const client = await connect();
    const heights: number[] = [];
    const headers: number[] = [];
    const txs: string[] = [];
    const first = client.subscribeNewBlock().subscribe({ next: (b) => heights.push(b.header.height) });
    const second = client.subscribeNewBlockHeader().subscribe({ next: (h) => headers.push(h.height) });
    const third = client
      .subscribeTx("transfer.recipient EXISTS")
      .subscribe({ next: (tx) => txs.push(toHex(tx.hash)) });
    await blocks(3);
    const signing = await SigningStargateClient.connectWithSigner(server.url, wallet, {
      broadcastPollIntervalMs: 30,
    });
    const fee = { amount: [{ denom: DENOM, amount: "1" }], gas: "100000" };
    const { transactionHash } = await signing.sendTokens(
      sender,
      sender,
      [{ denom: DENOM, amount: "1" }],
      fee,
    );
    await blocks(2);
    expect(heights.length).toBeGreaterThan(3);
    expect(heights).toEqual(heights.map((_, i) => heights[0]! + i));
    expect(headers).toEqual(headers.map((_, i) => headers[0]! + i));
    expect(txs).toEqual([transactionHash.toLowerCase()]);
    for (const subscription of [first, second, third]) subscription.unsubscribe();
    const count = heights.length;
    await blocks(3);
    expect(heights.length).toBeLessThanOrEqual(count + 1);
    signing.disconnect();
    client.disconnect();
  });
});

test("broadcast_tx_commit answers when the block is there", async () => {
  const client = await SigningStargateClient.connectWithSigner(server.url, wallet);
  const message = {
    typeUrl: "/cosmos.bank.v1beta1.MsgSend",
    value: { fromAddress: sender, toAddress: sender, amount: [{ denom: DENOM, amount: "1" }] },
  };
  const raw = await client.sign(sender, [message], { amount: [], gas: "100000" }, "");
  const { TxRaw } = await import("cosmjs-types/cosmos/tx/v1beta1/tx");
  const comet = await Comet38Client.connect(server.url);
  const tx = TxRaw.encode(raw).finish();
  const answer = await comet.broadcastTxCommit({ tx });
  expect(answer.txResult?.code).toBe(0);
  expect(answer.height).toBeGreaterThan(0);
  await expect(comet.broadcastTxSync({ tx })).rejects.toThrow("tx already exists in cache");
  await expect(comet.broadcastTxCommit({ tx })).rejects.toThrow(
    "error on broadcastTxCommit: tx already exists in cache",
  );
  client.disconnect();
});

test("a batching client gets its answers", async () => {
  const rpc = new HttpBatchClient(server.url, { batchSizeLimit: 10 });
  const client = Comet38Client.create(rpc);
  const [status, block, health] = await Promise.all([client.status(), client.block(1), client.health()]);
  expect([status.nodeInfo.network, block.block.header.height, health]).toEqual([CHAIN_ID, 1, null]);
  rpc.disconnect();
});

test("the node's own gRPC services answer over abci_query", async () => {
  const client = await Comet38Client.create(new HttpClient(server.url));
  const {
    GetNodeInfoResponse,
    GetBlockByHeightResponse,
    GetBlockByHeightRequest,
    GetValidatorSetByHeightResponse,
  } = await import("cosmjs-types/cosmos/base/tendermint/v1beta1/query");
  const { GetTxRequest, GetTxResponse } = await import("cosmjs-types/cosmos/tx/v1beta1/service");
  const service = "/cosmos.base.tendermint.v1beta1.Service";
  const ask = async (path: string, data: Uint8Array) => client.abciQuery({ path, data });
  const info = GetNodeInfoResponse.decode((await ask(`${service}/GetNodeInfo`, new Uint8Array(0))).value);
  expect(info.applicationVersion?.buildDeps.map(({ path, version }) => `${path} ${version}`)).toContain(
    "github.com/cometbft/cometbft v0.38.17",
  );
  const height = GetBlockByHeightRequest.encode({ height: BigInt(sent.height) }).finish();
  const block = GetBlockByHeightResponse.decode((await ask(`${service}/GetBlockByHeight`, height)).value);
  expect(block.block?.header.height).toBe(BigInt(sent.height));
  expect(block.sdkBlock?.header.proposerAddress).toMatch(/^cosmosvalcons1/);
  const set = GetValidatorSetByHeightResponse.decode(
    (await ask(`${service}/GetValidatorSetByHeight`, height)).value,
  );
  expect(set.validators).toHaveLength(4);
  const hash = GetTxRequest.encode({ hash: sent.transactionHash }).finish();
  const tx = GetTxResponse.decode((await ask("/cosmos.tx.v1beta1.Service/GetTx", hash)).value);
  expect([tx.txResponse?.txhash, tx.tx?.body?.memo]).toEqual([sent.transactionHash, "memo"]);
  const missing = GetTxRequest.encode({ hash: "00" }).finish();
  const answer = await ask("/cosmos.tx.v1beta1.Service/GetTx", missing);
  expect([answer.code, answer.log]).toEqual([
    22,
    "rpc error: code = NotFound desc = tx not found: 00: key not found",
  ]);
  client.disconnect();
});
