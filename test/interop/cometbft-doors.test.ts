/**
 * gRPC and REST of applications behind a real CometBFT: what `tandem chain serve` opens answers as a Go provider of the
 * same genesis does, and every node of a localnet has such doors while it is up.
 */
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { toBase64 } from "@cosmjs/encoding";
import { coins } from "@cosmjs/proto-signing";
import { SigningStargateClient } from "@cosmjs/stargate";
import { parseGenesis } from "@tandem-ics/comet";
import { codecOf } from "@tandem-ics/proto";
import { TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { createClient, type TestClient } from "../grpc/client.ts";
import { accountOf, walletOf } from "./harness/accounts.ts";
import { type CometNode, createCometNetwork, until } from "./harness/comet-network.ts";
import { describeInterop, peerPath } from "./harness/peers.ts";
import { TANDEM } from "./harness/places.ts";
import { createScratch } from "./harness/scratch.ts";
import { aminoBinaryCases, aminoJsonCases } from "./support/amino-cases.ts";
import { type GoDoors, startGoDoors } from "./support/go-doors.ts";
import { type RestCase, restCases } from "./support/rest-cases.ts";

const CHAIN_ID = "doors-1";
const VALIDATOR = "alice";
/** Blocks that both chains have before anything is asked. */
const HEIGHT = 5n;

/** Types instead of values; lists by what their items have in common. */
function shapeOf(json: unknown): unknown {
  if (Array.isArray(json)) return [...new Set(json.map((item) => JSON.stringify(shapeOf(item))))].sort();
  if (typeof json !== "object" || json === null) return json === null ? "null" : typeof json;
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, shapeOf(value)]));
}

async function ask(url: string, item: RestCase): Promise<{ status: number; told: boolean; body: string }> {
  const answer = await fetch(`${url}${item.path}`, {
    method: item.method ?? (item.body === undefined ? "GET" : "POST"),
    redirect: "manual",
    ...(item.body === undefined ? {} : { body: item.body }),
    ...(item.headers === undefined ? {} : { headers: item.headers }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    told: answer.headers.has("grpc-metadata-x-cosmos-block-height"),
    body: item.shape === true && answer.ok ? JSON.stringify(shapeOf(JSON.parse(text))) : text,
  };
}

describeInterop("`chain serve` beside a Go provider", () => {
  const scratch = createScratch();
  let go: GoDoors;
  let node: CometNode;
  let doors: { readonly grpc: string; readonly rest: string };
  let [ours, theirs]: TestClient[] = [];

  beforeAll(async () => {
    go = await startGoDoors(scratch, { chainId: CHAIN_ID, validator: VALIDATOR, height: HEIGHT });
    const genesis = parseGenesis(readFileSync(join(go.node.home, "config/genesis.json"), "utf8"));
    const network = await createCometNetwork(scratch, {
      chainId: CHAIN_ID,
      powers: [3],
      accounts: [],
      edit: () => genesis,
    });
    node = network.nodes[0]!;
    // The same validator on a chain of its own: neither ever sees the other's votes.
    const key = "config/priv_validator_key.json";
    copyFileSync(join(go.node.home, key), join(node.home, key));
    const open = ["--grpc", "tcp://127.0.0.1:0", "--rest", "tcp://127.0.0.1:0", "--node", node.rpcUrl];
    await node.start({ serve: open });
    await node.waitForHeight(HEIGHT + 1n);
    doors = JSON.parse(/^\{.*"abci".*$/m.exec(node.app!.log())![0]) as typeof doors;
    ours = createClient(Number(new URL(doors.grpc).port));
    theirs = createClient(go.grpcPort);
  });
  afterAll(async () => {
    ours?.close();
    theirs?.close();
    await node?.stop();
    await scratch.end();
  });

  test("REST answers and refuses as Go's", async () => {
    const json = async (path: string) => (await fetch(`${go.restUrl}${path}`)).json() as Promise<unknown>;
    const { validators } = (await json("/cosmos/staking/v1beta1/validators")) as {
      validators: { operator_address: string }[];
    };
    const v = validators[0]!.operator_address;
    const { info } = (await json("/cosmos/slashing/v1beta1/signing_infos")) as {
      info: { address: string }[];
    };
    const { address: a } = await accountOf(VALIDATOR);
    const differences: unknown[] = [];
    for (const item of restCases) {
      const path = item.path.replace("{a}", a).replace("{v}", v).replace("{c}", info[0]!.address);
      const [expected, answer] = await Promise.all(
        [go.restUrl, doors.rest].map((url) => ask(url, { ...item, path })),
      );
      if (JSON.stringify(answer) !== JSON.stringify(expected)) differences.push({ path, expected, answer });
    }
    expect(differences).toEqual([]);
  });

  test("gRPC tells the same services, and blocks, validators and the node in Go's form", async () => {
    const servicesOf = async (client: TestClient): Promise<string[]> => {
      const [answer] = await client.reflect("v1alpha", { listServices: "" });
      return answer!.listServicesResponse!.service.map(({ name }) => name).sort();
    };
    // Ours has the newer name of reflection, too; Go's binary a service of its own tests.
    const expected = (await servicesOf(theirs!)).filter((name) => name !== "testpb.Query");
    expect(await servicesOf(ours!)).toEqual(["grpc.reflection.v1.ServerReflection", ...expected].sort());
    const SERVICE = "cosmos.base.tendermint.v1beta1";
    for (const [noun, fields] of [
      ["LatestBlock", {}],
      ["BlockByHeight", { height: 3n }],
      ["BlockByHeight", { height: 0n }],
      ["BlockByHeight", { height: 1n << 40n }],
      ["LatestValidatorSet", {}],
      ["LatestValidatorSet", { pagination: { key: new Uint8Array([1]), offset: 1n, limit: 7n } }],
      ["ValidatorSetByHeight", { height: 2n, pagination: { offset: (1n << 64n) - 1n } }],
      ["ValidatorSetByHeight", { height: 2n }],
      ["Syncing", {}],
    ] as const) {
      const request = codecOf(`${SERVICE}.Get${noun}Request`);
      const response = codecOf(`${SERVICE}.Get${noun}Response`);
      const data = request.encode(request.fromPartial(fields)).finish();
      const [answer, wanted] = await Promise.all(
        [ours!, theirs!].map(async (client) => {
          const { code, details, value, height } = await client.call(`/${SERVICE}.Service/Get${noun}`, data);
          const shape = code === 0 ? shapeOf(response.decode(value)) : undefined;
          return { code, details, shape, told: height !== undefined };
        }),
      );
      expect([noun, fields, answer]).toEqual([noun, fields, wanted]);
    }
  });

  test("the services of IBC v2 find nothing and refuse as Go's, over gRPC and REST", async () => {
    const ids = ["07-tendermint-0", "x", "", "a/b-0"];
    const page = { limit: 3n, countTotal: true };
    const questions: [service: string, method: string, fields: object][] = ids.flatMap((clientId) => [
      ["client", "CounterpartyInfo", { clientId }],
      ["client", "Config", { clientId }],
      ["channel", "NextSequenceSend", { clientId }],
      ["channel", "PacketCommitments", { clientId, pagination: page }],
      ["channel", "PacketAcknowledgements", { clientId }],
      ["channel", "PacketAcknowledgements", { clientId, packetCommitmentSequences: [1n, 0n] }],
      ...[0n, 1n].flatMap((sequence): [string, string, object][] => [
        ["channel", "PacketCommitment", { clientId, sequence }],
        ["channel", "PacketAcknowledgement", { clientId, sequence }],
        ["channel", "PacketReceipt", { clientId, sequence }],
        ["channel", "UnreceivedPackets", { clientId, sequences: [2n, sequence] }],
        ["channel", "UnreceivedAcks", { clientId, packetAckSequences: [2n, sequence] }],
      ]),
    ]);
    for (const [part, method, fields] of questions) {
      const name = `ibc.core.${part}.v2.Query`;
      const request = codecOf(`ibc.core.${part}.v2.Query${method}Request`);
      const response = codecOf(`ibc.core.${part}.v2.Query${method}Response`);
      const data = request.encode(request.fromPartial(fields)).finish();
      const [answer, expected] = await Promise.all(
        [ours!, theirs!].map(async (client) => {
          // One height, so that the same one stands in both answers.
          const asked = { "x-cosmos-block-height": "3" };
          const { code, details, value } = await client.call(`/${name}/${method}`, data, asked);
          return { code, details, answer: code === 0 ? response.decode(value) : undefined };
        }),
      );
      expect([method, fields, answer]).toEqual([method, fields, expected]);
    }
    const headers = { "x-cosmos-block-height": "3" };
    const clients = "/ibc/core/channel/v2/clients/07-tendermint-0";
    for (const path of [
      `${clients}/next_sequence_send`,
      `${clients}/packet_commitments?pagination.limit=1`,
      `${clients}/packet_commitments/1`,
      `${clients}/packet_commitments/0`,
      `${clients}/packet_commitments/x`,
      `${clients}/packet_commitments/1,2/unreceived_packets`,
      `${clients}/packet_commitments/1,0/unreceived_acks`,
      `${clients}/packet_acks/1`,
      `${clients}/packet_acknowledgements?packet_commitment_sequences=1&packet_commitment_sequences=2`,
      `${clients}/packet_receipts/4`,
      "/ibc/core/client/v2/config/07-tendermint-0",
      "/ibc/core/client/v2/counterparty_info/07-tendermint-0",
      "/cosmos/base/reflection/v1beta1/interfaces",
    ]) {
      const [expected, answer] = await Promise.all(
        [go.restUrl, doors.rest].map((url) => ask(url, { path, headers })),
      );
      expect([path, answer]).toEqual([path, expected]);
    }
  });

  test("turns transactions of the first Cosmos chains into amino's binary form and back as Go does", async () => {
    const both = async (verb: "encode" | "decode", body: object): Promise<[unknown, unknown]> => {
      const item = { path: `/cosmos/tx/v1beta1/${verb}/amino`, body: JSON.stringify(body) };
      const answers = await Promise.all([doors.rest, go.restUrl].map((url) => ask(url, item)));
      return answers.map(({ status, body: text }) => [status, text]) as [unknown, unknown];
    };
    const binaries = [...aminoBinaryCases];
    for (const amino_json of aminoJsonCases) {
      const [answer, expected] = await both("encode", { amino_json });
      expect([amino_json, answer]).toEqual([amino_json, expected]);
      const { amino_binary } = JSON.parse((expected as [number, string])[1]) as { amino_binary?: string };
      if (amino_binary !== undefined) binaries.push(amino_binary);
    }
    for (const amino_binary of binaries) {
      const [answer, expected] = await both("decode", { amino_binary });
      expect([amino_binary, answer]).toEqual([amino_binary, expected]);
    }
  });

  test("a transaction sent over gRPC is found by hash, by events and in its block, as in Go", async () => {
    const { mnemonic, address } = await accountOf(VALIDATOR);
    const signer = await SigningStargateClient.offline(await walletOf(mnemonic));
    const sign = async (sequence: number): Promise<Uint8Array> => {
      const send = {
        typeUrl: "/cosmos.bank.v1beta1.MsgSend",
        value: { fromAddress: address, toAddress: address, amount: coins("1", "stake") },
      };
      const fee = { amount: coins(5, "stake"), gas: "200000" };
      const data = { accountNumber: 0n, sequence, chainId: CHAIN_ID };
      return TxRaw.encode(await signer.sign(address, [send], fee, "memo <&>", data)).finish();
    };
    const SERVICE = "cosmos.tx.v1beta1";
    type Headers = Readonly<Record<string, string>>;
    const call = async (client: TestClient, name: string, fields: object, headers: Headers = {}) => {
      const request = codecOf(`${SERVICE}.${name}Request`);
      const data = request.encode(request.fromPartial(fields)).finish();
      const { code, details, value } = await client.call(`/${SERVICE}.Service/${name}`, data, headers);
      return { code, details, answer: code === 0 ? codecOf(`${SERVICE}.${name}Response`).decode(value) : {} };
    };
    const same = async (name: string, fields: object, headers?: Headers) => {
      const [mine, expected] = await Promise.all(
        [ours!, theirs!].map((client) => call(client, name, fields, headers)),
      );
      expect([name, mine]).toEqual([name, expected]);
      return mine!.answer;
    };
    const good = await sign(1);
    const broadcast = (txBytes: Uint8Array, mode = 2) => same("BroadcastTx", { txBytes, mode });
    await broadcast(await sign(9)); // refused by CheckTx
    await broadcast(new Uint8Array(2_000_000).fill(1)); // too large for the mempool
    await broadcast(good, 0);
    const { txResponse } = (await broadcast(good)) as { txResponse: { code: number; txhash: string } };
    expect(txResponse.code).toBe(0);
    await broadcast(good); // again
    const { txhash } = txResponse;
    type Found = {
      tx: unknown;
      txResponse: { height: bigint; timestamp: string; gasUsed: bigint; events: object[] };
    };
    const found = await Promise.all(
      [ours!, theirs!].map(async (client) => {
        let got = await call(client, "GetTx", { hash: txhash });
        await until(`${txhash} is indexed`, async () => {
          got = await call(client, "GetTx", { hash: txhash });
          return got.code === 0;
        });
        const { tx, txResponse: told } = got.answer as Found;
        const search = { query: `tx.hash='${txhash}'`, orderBy: 2, limit: 1n };
        const byEvents = await call(client, "GetTxsEvent", search);
        expect((byEvents.answer as { txResponses: unknown[] }).txResponses).toEqual([told]);
        const inBlock = await call(client, "GetBlockWithTxs", { height: told.height });
        expect((inBlock.answer as { txs: unknown[] }).txs).toEqual([tx]);
        const { height, timestamp, gasUsed, ...rest } = told;
        return {
          tx,
          rest,
          form: [typeof height, timestamp.replace(/\d/g, "0"), typeof gasUsed],
          block: shapeOf(inBlock.answer),
        };
      }),
    );
    expect(found[0]).toEqual(found[1]);
    for (const hash of ["", "zz", "00", "AB".repeat(32)]) await same("GetTx", { hash });
    for (const query of ["", "tx.height", `tx.height=${"1".repeat(600)}`, "a.b='c'"])
      await same("GetTxsEvent", { query });
    for (const height of [0n, 4n])
      await same("GetBlockWithTxs", { height }, { "x-cosmos-block-height": "3" });
    const simulated = await fetch(`${doors.rest}/cosmos/tx/v1beta1/simulate`, {
      method: "POST",
      body: JSON.stringify({ tx_bytes: toBase64(await sign(2)) }),
    });
    expect(simulated.status).toBe(200);
  });

  test("without its CometBFT the application goes on answering, and the rest is unavailable", async () => {
    await node.comet!.stop();
    const { status, body } = await ask(doors.rest, { path: "/cosmos/base/tendermint/v1beta1/blocks/latest" });
    expect([status, body]).toEqual([503, expect.stringContaining("CometBFT does not answer")]);
    expect((await ask(doors.rest, { path: "/cosmos/bank/v1beta1/params" })).status).toBe(200);
  });
});

describeInterop("doors of a localnet behind CometBFT", () => {
  const scratch = createScratch();
  const home = join(scratch.directory, "net");
  const tandem = async <T>(...args: string[]): Promise<T> => {
    const { code, stdout, stderr } = await scratch.run(process.execPath, [
      TANDEM,
      ...args,
      "--home",
      home,
      "--json",
    ]);
    if (code !== 0) throw new Error(`tandem ${args.join(" ")} ended with ${code}: ${stderr}${stdout}`);
    return JSON.parse(stdout) as T;
  };
  afterAll(async () => {
    await tandem("down").catch(() => undefined); // it never came up
    await scratch.end();
  });

  test("each node opens them while it is up, and a faucet gives through the first", async () => {
    const topology = {
      blockTime: "300ms",
      engine: { kind: "cometbft" },
      chains: [{ name: "hub", validators: 2, faucet: {}, accounts: [{ name: "user", coins: "1stake" }] }],
    };
    const file = join(scratch.directory, "topology.yaml");
    writeFileSync(file, JSON.stringify(topology));
    const { accounts } = await tandem<{ accounts: { name: string; address: string }[] }>(
      ...["up", "--detach", "--file", file, "--cometbft", peerPath("cometbft")],
    );
    interface Doors {
      readonly grpc: string;
      readonly rest: string;
    }
    type Chain = Doors & { readonly faucet: string; readonly nodes: readonly Doors[] };
    const { chains } = await tandem<{ chains: Chain[] }>("status");
    const { nodes, faucet, ...first } = chains[0]!;
    expect(nodes[0]).toMatchObject({ grpc: first.grpc, rest: first.rest });
    const user = accounts.find(({ name }) => name === "user")!.address;
    const given = await fetch(`${faucet}/credit`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ address: user, denom: "stake" }),
    });
    expect([given.status, await given.text()]).toEqual([200, "ok"]);
    const path = `/cosmos/bank/v1beta1/balances/${user}`;
    for (const { rest, grpc } of nodes) {
      await until("the node has the credit", async () =>
        (await ask(rest, { path })).body.includes('"amount":"10000001"'),
      );
      const client = createClient(Number(new URL(grpc).port));
      const { code, value } = await client.call("/cosmos.base.tendermint.v1beta1.Service/GetLatestBlock");
      client.close();
      expect([code, value.length > 0]).toEqual([0, true]);
    }
    await tandem("fault", "down", "alice");
    await expect(fetch(`${nodes[0]!.rest}${path}`)).rejects.toThrow();
    expect((await ask(nodes[1]!.rest, { path })).status).toBe(200);
    await tandem("fault", "heal");
    expect((await ask(nodes[0]!.rest, { path })).body).toContain('"amount":"10000001"');
  });
});
