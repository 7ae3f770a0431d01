import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { CliError } from "../exit-codes.ts";
import { feesOf } from "./fees.ts";
import { denomOnChain } from "./ibc-transfer.ts";
import { createRemoteRpc, mnemonicFromEnv, rpcAddress } from "./remote-chain.ts";

describe("the address of a node", () => {
  test.each([
    ["http://127.0.0.1:26657", "http://127.0.0.1:26657"],
    ["https://rpc.example.org/cosmos/", "https://rpc.example.org/cosmos"],
    ["tcp://127.0.0.1:26657", "http://127.0.0.1:26657"],
    ["ws://127.0.0.1:26657/websocket", "http://127.0.0.1:26657"],
    ["wss://rpc.example.org/cosmos/websocket", "https://rpc.example.org/cosmos"],
    ["127.0.0.1:26657", "http://127.0.0.1:26657"],
    ["https://user:word@rpc.example.org/?key=1", "https://user:word@rpc.example.org/?key=1"],
  ])("%s is %s", (given, address) => expect(rpcAddress(given)).toBe(address));

  test.each(["", "ftp://x", "http://", "unix:///run/node.sock"])("%j is none", (given) =>
    expect(() => rpcAddress(given)).toThrow(CliError),
  );
});

test("a password in the address reaches the node as a header, and no error", async () => {
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization, request.url);
    response.writeHead(401).end();
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const rpc = createRemoteRpc(`http://user:word@127.0.0.1:${port}/rpc?key=secret`);
  const failure = rpc.execute({ jsonrpc: "2.0", id: 1, method: "status", params: {} });
  await expect(failure).rejects.toThrow(`http://127.0.0.1:${port}/rpc does not answer: HTTP status 401`);
  expect(seen).toEqual([`Basic ${Buffer.from("user:word").toString("base64")}`, "/rpc?key=secret"]);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await expect(
    createRemoteRpc(`127.0.0.1:${port}`).execute({ jsonrpc: "2.0", id: 1, method: "status", params: {} }),
  ).rejects.toMatchObject({
    code: "unreachable",
    retryable: true,
    message: expect.stringMatching(/ECONNREFUSED/),
  });
});

describe("what a transaction costs", () => {
  test("is simulated and free by default", () =>
    expect(feesOf({})).toEqual({
      gas: { kind: "simulate", factor: 1.4 },
      gasPrice: undefined,
      fee: undefined,
      memo: undefined,
      prefix: undefined,
    }));

  test("is what the flags say, with coins in the order that chains want", () => {
    const { gas, fee, memo } = feesOf({ gas: "300000", fees: "5stake,7atom", note: "hello" });
    expect([gas, memo]).toEqual([{ kind: "fixed", limit: 300_000n }, "hello"]);
    expect(fee).toEqual([
      { denom: "atom", amount: "7" },
      { denom: "stake", amount: "5" },
    ]);
    expect(feesOf({ gasPrices: "0.025stake", gasAdjustment: "2" })).toMatchObject({
      gas: { kind: "simulate", factor: 2 },
      gasPrice: { denom: "stake" },
    });
  });

  test.each([
    [{ gas: "0" }],
    [{ gas: "-5" }],
    [{ gasAdjustment: "0.5" }],
    [{ gasAdjustment: "much" }],
    [{ gasPrices: "stake" }],
    [{ fees: "5" }],
    [{ fees: "5stake", gasPrices: "1stake" }],
    [{ note: "a", memo: "b" }],
  ])("%j is refused", (flags) => expect(() => feesOf(flags)).toThrow(CliError));
});

test("a denomination with its path is the one that the chain holds", () => {
  // Osmosis' coin on the Cosmos Hub, as the Hub's bank lists it.
  expect(denomOnChain("transfer/channel-141/uosmo")).toBe(
    "ibc/14F9BC3E44B8A9C1BE1FB08980FAB87034C9905EF17CF2F5008FC085218811CC",
  );
  for (const denom of ["stake", "ibc/14F9", "factory/cosmos1abc/coin"])
    expect(denomOnChain(denom)).toBe(denom);
});

describe("a mnemonic of the environment", () => {
  const names = ["TANDEM_MNEMONIC", "TANDEM_PROVIDER_MNEMONIC"] as const;
  const before = names.map((name) => process.env[name]);
  afterEach(() =>
    names.forEach((name, i) => {
      if (before[i] === undefined) delete process.env[name];
      else process.env[name] = before[i];
    }),
  );

  test("is the end's own, or that of all, or none", () => {
    process.env["TANDEM_MNEMONIC"] = "all words";
    process.env["TANDEM_PROVIDER_MNEMONIC"] = " own words\n";
    expect([mnemonicFromEnv("provider"), mnemonicFromEnv("consumer")]).toEqual(["own words", "all words"]);
    process.env["TANDEM_PROVIDER_MNEMONIC"] = "";
    process.env["TANDEM_MNEMONIC"] = "";
    expect(mnemonicFromEnv("provider")).toBeUndefined();
  });
});
