/** Chains on disk: closed and opened, and killed at any moment. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StargateClient } from "@cosmjs/stargate";
import { Comet38Client } from "@cosmjs/tendermint-rpc";
import { sha256, utf8 } from "@tandem-ics/crypto";
import {
  createKvStoreApp,
  createNode,
  inMemoryRpcClient,
  kvStoreGenesis,
  manualClock,
  NoQuorumError,
} from "@tandem-ics/node";
import { openLmdbBackend } from "@tandem-ics/store/lmdb";
import { createBankNode, DENOM } from "./bank-chain.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tandem-node-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ACCOUNT = "cosmos1hhg2rlu9jscacku2wwckws7932qqqu8x3gfgw0";

test("a chain of accounts goes on after it was closed, with its history", async () => {
  const genesisTimeNs = 1_700_000_000_000_000_000n;
  const open = () => {
    const [appBackend, nodeBackend] = [
      openLmdbBackend(join(folder, "app")),
      openLmdbBackend(join(folder, "node")),
    ];
    const clock = manualClock(genesisTimeNs + 1_000_000_000_000n);
    const node = createBankNode({
      accounts: [ACCOUNT],
      validators: 3,
      appBackend,
      nodeBackend,
      genesisTimeNs,
      node: { clock },
    });
    node.start();
    const close = (): void => {
      for (const backend of [appBackend, nodeBackend]) backend.close();
    };
    return { node, close };
  };
  const first = open();
  for (let i = 0; i < 5; i++) first.node.produceBlock();
  const hashes = [1n, 2n, 3n, 4n, 5n].map((h) => first.node.blocks.meta(h)!.blockId.hash);
  first.close();
  const second = open();
  expect(second.node.height).toBe(5n);
  for (let i = 0; i < 3; i++) second.node.produceBlock();
  expect([1n, 2n, 3n, 4n, 5n].map((h) => second.node.blocks.meta(h)!.blockId.hash)).toEqual(hashes);
  const client = await StargateClient.create(Comet38Client.create(inMemoryRpcClient(second.node)));
  expect(await client.getHeight()).toBe(8);
  expect((await client.getBalance(ACCOUNT, DENOM)).amount).toBe("1000000000000");
  expect((await client.getBlock(3)).header.height).toBe(3);
  second.close();
});

test("a chain without quorum is served, and goes on when enough validators are back", async () => {
  const node = createBankNode({ accounts: [ACCOUNT], validators: 3 });
  node.start();
  node.produceBlock();
  const [down] = node.keyAddresses();
  node.setDown(down!, true);
  expect(() => node.produceBlock()).toThrow(NoQuorumError);
  const client = Comet38Client.create(inMemoryRpcClient(node));
  expect((await client.status()).syncInfo.latestBlockHeight).toBe(1);
  node.setDown(down!, false);
  node.produceBlock();
  expect((await client.block()).block.header.height).toBe(2);
});

/** Runs the chain until it has made some blocks, then kills it. Gives where it began and the last height it printed. */
function runAndKill(blocks: number): Promise<{ began: number; last: number }> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ["--import", "tsx", "--conditions=@tandem-ics/source", join(__dirname, "chain-on-disk.ts"), folder],
      { cwd: join(__dirname, ".."), stdio: ["ignore", "pipe", "pipe"] },
    );
    let text = "";
    let errors = "";
    child.stdout.on("data", (data: Buffer) => {
      text += data.toString();
      if (text.split("\n").length > blocks) child.kill("SIGKILL");
    });
    child.stderr.on("data", (data: Buffer) => {
      errors += data.toString();
    });
    child.on("close", () => {
      const [start, ...heights] = text.trim().split("\n");
      if (start?.startsWith("start ") !== true) reject(new Error(errors));
      else resolve({ began: Number(start.slice(6)), last: Number(heights.at(-1)) });
    });
  });
}

test("a chain that is killed while it makes blocks loses none that it showed", async () => {
  let known = 0;
  for (const blocks of [40, 65, 30]) {
    const { began, last } = await runAndKill(blocks);
    expect(began).toBeGreaterThanOrEqual(known);
    known = last;
  }
  const keys = [0, 1, 2, 3].map((i) => sha256(utf8(`disk ${i}`)));
  const backends = ["app", "node"].map((part) => openLmdbBackend(join(folder, part)));
  const app = createKvStoreApp(backends[0]!);
  const node = createNode({ app, genesis: kvStoreGenesis(keys), keys, backend: backends[1]! });
  node.start();
  expect(node.height).toBeGreaterThanOrEqual(BigInt(known));
  // a fresh application that executes the whole record comes to the same state
  const replayed = createNode({
    app: createKvStoreApp(),
    genesis: kvStoreGenesis(keys),
    keys,
    backend: backends[1]!,
  });
  expect(() => replayed.start()).not.toThrow();
  for (const backend of backends) backend.close();
}, 60_000);
