/** A faucet over a chain of accounts: CosmJS's own client, many at once, and those who ask wrongly. */
import { connect } from "node:net";
import { toBech32 } from "@cosmjs/encoding";
import { FaucetClient } from "@cosmjs/faucet-client";
import { DirectSecp256k1HdWallet } from "@cosmjs/proto-signing";
import { StargateClient } from "@cosmjs/stargate";
import { HttpClient } from "@cosmjs/tendermint-rpc";
import { type ChainClient, connectChain, createPollingPace, createTxSender } from "@tandem-ics/client";
import { sha256, utf8 } from "@tandem-ics/crypto";
import { type FaucetServer, type FaucetServerOptions, startFaucet } from "@tandem-ics/localnet";
import type { Node } from "@tandem-ics/node";
import { CHAIN_ID, createBankNode, DENOM, MNEMONIC } from "../rpc/bank-chain.ts";

const AMOUNT = "1000";
const account = (i: number, prefix = "cosmos"): string =>
  toBech32(prefix, sha256(utf8(`account ${i}`)).slice(0, 20));

let node: Node;
let nodeUrl: string;
let chain: ChainClient;
let options: FaucetServerOptions;
const open: FaucetServer[] = [];

async function faucet(changes: Partial<FaucetServerOptions> = {}): Promise<FaucetServer> {
  const server = await startFaucet({ ...options, ...changes });
  open.push(server);
  return server;
}

beforeAll(async () => {
  const signer = await DirectSecp256k1HdWallet.fromMnemonic(MNEMONIC);
  const { address } = (await signer.getAccounts())[0]!;
  node = createBankNode({
    accounts: [address],
    node: { engine: { kind: "timer", blockTimeMs: 50 } },
    amount: 1_000_000n,
  });
  node.start();
  nodeUrl = (await node.listen()).url;
  const rpc = new HttpClient(nodeUrl);
  chain = await connectChain(rpc, { pace: createPollingPace(rpc, { intervalMs: 20 }) });
  const { chainId, comet, pace } = chain;
  const gas = { kind: "fixed", limit: 200_000n } as const;
  const sender = createTxSender({ chainId, rpc, comet, pace, signer, address, gas });
  options = { chain, sender, prefix: "cosmos", tokens: [{ denom: DENOM, amount: AMOUNT }], nodeUrl };
});

afterAll(async () => {
  await Promise.all(open.map((server) => server.close()));
  chain.disconnect();
  await node.stop();
});

async function balanceOf(address: string): Promise<string> {
  const client = await StargateClient.connect(nodeUrl);
  const { amount } = await client.getBalance(address, DENOM);
  client.disconnect();
  return amount;
}

const post = (url: string, body: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${url}/credit`, { method: "POST", body, headers });
const ask = (url: string, address: string, denom = DENOM): Promise<Response> =>
  post(url, JSON.stringify({ address, denom }), { "content-type": "application/json" });

test("CosmJS's client is given coins, which are there when it has its answer", async () => {
  const { url } = await faucet();
  await new FaucetClient(url).credit(account(1), DENOM);
  expect(await balanceOf(account(1))).toBe(AMOUNT);
  const answer = await ask(`${url}/`.slice(0, -1), account(1));
  expect([answer.status, await answer.text()]).toEqual([200, "ok"]);
  expect(answer.headers.get("content-type")).toContain("text/plain");
  expect(await balanceOf(account(1))).toBe("2000");
});

test("forty at once are all given theirs, each once", async () => {
  const { url } = await faucet();
  const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => ask(url, account(100 + i))));
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  const balances = await Promise.all(answers.map((_, i) => balanceOf(account(100 + i))));
  expect(new Set(balances)).toEqual(new Set([AMOUNT]));
});

test("the status is that of CosmJS's faucet", async () => {
  const rich = { denom: "uother", amount: "5" };
  const { url } = await faucet({ tokens: [{ denom: DENOM, amount: AMOUNT }, rich] });
  const answer = await fetch(`${url}/status`);
  const status = (await answer.json()) as { holder: { address: string; balance: { amount: string }[] } };
  expect(status).toEqual({
    status: "ok",
    nodeUrl,
    chainId: CHAIN_ID,
    chainTokens: [DENOM, "uother"],
    availableTokens: [DENOM],
    holder: {
      address: options.sender.address,
      balance: [
        { denom: DENOM, amount: expect.stringMatching(/^\d+$/) },
        { denom: "uother", amount: "0" },
      ],
    },
    distributors: [],
  });
  expect(status.holder.balance[0]!.amount).toBe(await balanceOf(options.sender.address));
  for (const path of ["/healthz", "/", "/healthz?x=1"])
    expect((await fetch(`${url}${path}`)).status).toBe(200);
});

describe("who asks wrongly is told why", () => {
  const good = account(2);
  test.each([
    ["no JSON", "address=x", 400, /no JSON/],
    ["no object", "[]", 400, /address/],
    ["no address", JSON.stringify({ denom: DENOM }), 400, /address is missing/],
    ["a number", JSON.stringify({ address: 5, denom: DENOM }), 400, /address is missing/],
    ["no denomination", JSON.stringify({ address: good }), 400, /denom is missing/],
    ["no bech32", JSON.stringify({ address: "cosmos1xyz", denom: DENOM }), 400, /no bech32/],
    [
      "a changed letter",
      JSON.stringify({ address: `${good.slice(0, -1)}b`, denom: DENOM }),
      400,
      /no bech32/,
    ],
    [
      "another prefix",
      JSON.stringify({ address: account(2, "osmo"), denom: DENOM }),
      400,
      /cosmos1, not osmo1/,
    ],
    ["a validator", JSON.stringify({ address: account(2, "cosmosvaloper"), denom: DENOM }), 400, /cosmos1/],
    ["a short one", JSON.stringify({ address: toBech32("cosmos", utf8("x")), denom: DENOM }), 400, /1 bytes/],
    [
      "another coin",
      JSON.stringify({ address: good, denom: "uatom" }),
      422,
      /uatom is not given here; there is ucosm/,
    ],
    [
      "too much",
      JSON.stringify({ address: good, denom: DENOM, x: "x".repeat(20_000) }),
      413,
      /at most 10000 bytes/,
    ],
  ])("%s", async (_, body, status, text) => {
    const { url } = await faucet();
    const answer = await post(url, body);
    expect([answer.status, await answer.text()]).toEqual([status, expect.stringMatching(text)]);
    expect(await balanceOf(good)).toBe("0");
  });

  test.each([
    ["GET", "/credit", 405],
    ["DELETE", "/status", 405],
    ["POST", "/status", 405],
    ["GET", "/nothing", 404],
    ["POST", "/__proto__", 404],
  ])("%s %s", async (method, path, status) => {
    const { url } = await faucet();
    expect((await fetch(`${url}${path}`, { method })).status).toBe(status);
  });

  test("half a request is closed, and others are answered meanwhile", async () => {
    const { url } = await faucet();
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    await new Promise((resolve) => socket.once("connect", resolve));
    socket.write("POST /credit HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{");
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    socket.destroy();
  });
});

test("web pages may ask", async () => {
  const { url } = await faucet();
  const headers = { origin: "https://wallet.example", "access-control-request-method": "POST" };
  const preflight = await fetch(`${url}/credit`, { method: "OPTIONS", headers });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get("access-control-allow-methods")).toContain("POST");
  for (const answer of [preflight, await ask(url, "x")])
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
});

test("with a cooldown an account is given a coin once, however its address is written", async () => {
  const { url } = await faucet({ cooldownMs: 3_600_000 });
  const both = await Promise.all([ask(url, account(3)), ask(url, account(3).toUpperCase())]);
  expect(both.map(({ status }) => status).sort()).toEqual([200, 429]);
  const late = await ask(url, account(3));
  expect([late.status, await late.text()]).toEqual([429, expect.stringMatching(/ask again in \d+ s/)]);
  expect(await balanceOf(account(3))).toBe(AMOUNT);
  expect((await ask(url, account(4))).status).toBe(200);
});

test("a credit that fails costs no turn, and its reason is told", async () => {
  const failures: unknown[] = [];
  const { url } = await faucet({
    cooldownMs: 3_600_000,
    tokens: [{ denom: DENOM, amount: "900000000" }],
    onFailure: (error) => failures.push(error),
  });
  for (let i = 0; i < 2; i++) {
    const answer = await ask(url, account(5));
    expect([answer.status, await answer.text()]).toEqual([503, "the faucet has too little left"]);
  }
  expect(failures).toHaveLength(2);
});

test("tokens that cannot be given and ports that are taken are refused", async () => {
  const { url } = await faucet();
  await expect(faucet({ port: Number(new URL(url).port) })).rejects.toMatchObject({ code: "port-taken" });
  for (const tokens of [[], [{ denom: DENOM, amount: "0" }], [options.tokens[0]!, options.tokens[0]!]])
    await expect(faucet({ tokens })).rejects.toMatchObject({ code: "bad-request" });
});
