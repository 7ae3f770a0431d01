/** The gRPC port of a chain, by a client of the same library: states, heights, refusals, transactions. */

import { DirectSecp256k1HdWallet } from "@cosmjs/proto-signing";
import { SigningStargateClient } from "@cosmjs/stargate";
import { Comet38Client } from "@cosmjs/tendermint-rpc";
import { compressionAlgorithms } from "@grpc/grpc-js";
import { sha256, toHexUpper } from "@tandem-ics/crypto";
import { inMemoryRpcClient, type Node } from "@tandem-ics/node";
import { QueryBalanceRequest, QueryBalanceResponse } from "cosmjs-types/cosmos/bank/v1beta1/query";
import { ConfigResponse } from "cosmjs-types/cosmos/base/node/v1beta1/query";
import { GetLatestBlockResponse } from "cosmjs-types/cosmos/base/tendermint/v1beta1/query";
import {
  BroadcastMode,
  BroadcastTxRequest,
  BroadcastTxResponse,
  GetTxRequest,
  GetTxResponse,
} from "cosmjs-types/cosmos/tx/v1beta1/service";
import { TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { CHAIN_ID, createBankNode, DENOM, MNEMONIC } from "../rpc/bank-chain.ts";
import { createClient, type TestClient } from "./client.ts";

const BANK = "/cosmos.bank.v1beta1.Query";
const AMOUNT = 1_000_000n;
const HEIGHT = "x-cosmos-block-height";
const OTHER = "cosmos1cjsxept9rkggzxztslae9ndgpdyt2408lk850u";

let node: Node;
let port: number;
let client: TestClient;
let address: string;
let wallet: DirectSecp256k1HdWallet;

beforeAll(async () => {
  wallet = await DirectSecp256k1HdWallet.fromMnemonic(MNEMONIC);
  address = (await wallet.getAccounts())[0]!.address;
  node = createBankNode({ accounts: [address], amount: AMOUNT });
  node.start();
  for (let i = 0; i < 3; i++) node.produceBlock();
  ({ port } = await node.listenGrpc());
  client = createClient(port);
}, 60_000);
afterAll(async () => {
  client?.close();
  await node?.stop();
});

const balanceRequest = (of = address): Uint8Array =>
  QueryBalanceRequest.encode({ address: of, denom: DENOM }).finish();
const amountOf = (value: Uint8Array): string | undefined =>
  QueryBalanceResponse.decode(value).balance?.amount;

/** A signed transfer to somebody else. */
async function signedSend(amount: bigint): Promise<Uint8Array> {
  const comet = Comet38Client.create(inMemoryRpcClient(node));
  const signer = await SigningStargateClient.createWithSigner(comet, wallet);
  const { accountNumber, sequence } = (await signer.getAccount(address))!;
  const value = { fromAddress: address, toAddress: OTHER, amount: [{ denom: DENOM, amount: `${amount}` }] };
  const message = { typeUrl: "/cosmos.bank.v1beta1.MsgSend", value };
  const fee = { amount: [], gas: "200000" };
  return TxRaw.encode(
    await signer.sign(address, [message], fee, "", { accountNumber, sequence, chainId: CHAIN_ID }),
  ).finish();
}

describe("queries", () => {
  test("read the last state, and say its height", async () => {
    const { code, value, height } = await client.call(`${BANK}/Balance`, balanceRequest());
    expect([code, amountOf(value), height]).toEqual([0, `${AMOUNT}`, `${node.height}`]);
  });

  test("read the state at the height in the header", async () => {
    const before = node.height;
    const tx = await signedSend(7n);
    const request = BroadcastTxRequest.encode({ txBytes: tx, mode: BroadcastMode.BROADCAST_MODE_SYNC });
    const sent = await client.call("/cosmos.tx.v1beta1.Service/BroadcastTx", request.finish());
    const { txResponse } = BroadcastTxResponse.decode(sent.value);
    expect([txResponse?.code, txResponse?.txhash]).toEqual([0, toHexUpper(sha256(tx))]);
    node.produceBlock();

    const hash = GetTxRequest.encode({ hash: txResponse!.txhash }).finish();
    const { value } = await client.call("/cosmos.tx.v1beta1.Service/GetTx", hash);
    expect(GetTxResponse.decode(value).txResponse).toMatchObject({ code: 0, height: before + 1n });

    const at = async (height: bigint) => {
      const answer = await client.call(`${BANK}/Balance`, balanceRequest(OTHER), { [HEIGHT]: `${height}` });
      return [amountOf(answer.value), answer.height];
    };
    expect(await at(before)).toEqual(["0", `${before}`]);
    expect(await at(before + 1n)).toEqual(["7", `${before + 1n}`]);
    expect(await at(0n)).toEqual(["7", `${node.height}`]);
  });

  test("reach the services of the node too", async () => {
    const config = await client.call("/cosmos.base.node.v1beta1.Service/Config");
    expect(ConfigResponse.decode(config.value).haltHeight).toBe(0n);
    const latest = await client.call("/cosmos.base.tendermint.v1beta1.Service/GetLatestBlock");
    expect(GetLatestBlockResponse.decode(latest.value).sdkBlock?.header.height).toBe(node.height);
    expect(latest.height).toBe(`${node.height}`);
  });

  test("may come compressed", async () => {
    for (const algorithm of [compressionAlgorithms.gzip, compressionAlgorithms.deflate]) {
      const compressing = createClient(port, { "grpc.default_compression_algorithm": algorithm });
      const { code, value } = await compressing.call(`${BANK}/Balance`, balanceRequest(OTHER));
      expect([code, amountOf(value)]).toEqual([0, "7"]);
      compressing.close();
    }
  });

  test("run side by side on one connection", async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => client.call(`${BANK}/Balance`, balanceRequest(OTHER))),
    );
    expect(new Set(answers.map(({ code, value }) => `${code} ${amountOf(value)}`))).toEqual(new Set(["0 7"]));
  });
});

const invalidHeader = `codespace sdk code 18: invalid request: Baseapp.RegisterGRPCServer: invalid height header "${HEIGHT}": `;

describe("refusals", () => {
  test.each([
    [
      "a height in the future",
      "99999",
      "codespace sdk code 26: invalid height: cannot query with height in the future; please provide a valid height",
    ],
    [
      "a height below 0",
      "-1",
      "codespace sdk code 18: invalid request: cannot query with height < 0; please provide a valid height",
    ],
    ["a height that is no number", "1e3", `${invalidHeader}strconv.ParseInt: parsing "1e3": invalid syntax`],
    [
      "a height of more than 63 bits",
      "9223372036854775808",
      `${invalidHeader}strconv.ParseInt: parsing "9223372036854775808": value out of range`,
    ],
  ])("of %s", async (_, height, details) => {
    for (const path of [`${BANK}/Params`, "/cosmos.base.tendermint.v1beta1.Service/GetSyncing"])
      expect(await client.call(path, undefined, { [HEIGHT]: height })).toMatchObject({
        ...{ code: 2, details, height: undefined },
      });
  });

  test.each([
    ["/no.such.Query/Balance", "unknown service no.such.Query"],
    [`${BANK}/Nothing`, "unknown method Nothing for service cosmos.bank.v1beta1.Query"],
    ["/nothing", 'malformed method name: "/nothing"'],
    ["//", "unknown service "],
  ])("of the path %s", async (path, details) => {
    expect(await client.call(path, balanceRequest())).toMatchObject({ code: 12, details });
  });

  test("of bytes that are no request", async () => {
    for (const bytes of ["ff", "0a50aa", "0affffffffffffffffff01"]) {
      const { code, details } = await client.call(`${BANK}/Balance`, Buffer.from(bytes, "hex"));
      expect([code, details]).toEqual([13, "grpc: error unmarshalling request: unexpected EOF"]);
    }
  });

  test("of a handler keep its status and text, and the height that was read", async () => {
    const refused = await client.call(`${BANK}/Balance`);
    expect(refused).toMatchObject({ code: 3, height: `${node.height}` });
    const missing = await client.call(
      "/cosmos.tx.v1beta1.Service/GetTx",
      GetTxRequest.encode({ hash: "AB".repeat(32) }).finish(),
    );
    expect(missing).toMatchObject({ code: 5, details: `tx not found: ${"AB".repeat(32)}` });
  });

  test("of texts with quotes, line ends and more than a header holds do not break the answer", async () => {
    for (const hash of ['é"\n%\u0000😀', "😀".repeat(5000)]) {
      const request = GetTxRequest.encode({ hash }).finish();
      const { code, details } = await client.call("/cosmos.tx.v1beta1.Service/GetTx", request);
      expect([2, 5]).toContain(code);
      expect(details.length).toBeLessThan(5000);
    }
  });

  test("of requests above the limit of 10 MiB", async () => {
    const big = createClient(port, { "grpc.max_send_message_length": -1 });
    const { code } = await big.call(`${BANK}/Balance`, new Uint8Array(10 * 1024 * 1024 + 1));
    expect(code).toBe(8);
    expect((await big.call(`${BANK}/Balance`, new Uint8Array(10 * 1024 * 1024))).code).not.toBe(8);
    big.close();
  });
});

test("a port that is taken is refused, and one that was closed is free", async () => {
  const first = await node.listenGrpc();
  await expect(node.listenGrpc({ port: first.port })).rejects.toMatchObject({ code: "listenFailed" });
  await first.close();
  const again = await node.listenGrpc({ port: first.port });
  await again.close();
});

test("a client that is connected does not hold up the end", async () => {
  const other = createBankNode({ accounts: [address] });
  other.start();
  other.produceBlock();
  const server = await other.listenGrpc();
  const connected = createClient(server.port);
  expect((await connected.call(`${BANK}/Params`)).code).toBe(0);
  await other.stop();
  expect((await connected.call(`${BANK}/Params`)).code).toBe(14);
  connected.close();
});
