/** One chain twice: CometBFT makes it, and our node makes the very same blocks again. What they answer must be equal. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type AbciServer, serveAbci } from "@tandem-ics/abci";
import { genesisToCometJson, type KeyPair, keyPairOfSeed, privValidatorKeyToJson } from "@tandem-ics/comet";
import { sha256, utf8 } from "@tandem-ics/crypto";
import { createNode, kvStoreGenesis, type Node, type RpcServer } from "@tandem-ics/node";
import { parseTimestamp } from "@tandem-ics/proto";
import { setConfig } from "../harness/go-config.ts";
import { peerPath } from "../harness/peers.ts";
import { freePort } from "../harness/ports.ts";
import type { Scratch } from "../harness/scratch.ts";
import { awaitHeight } from "./await-height.ts";
import { createTwinApp } from "./twin-app.ts";

/** Power of the one validator that has a key: whoever joins later never proposes, and is never missed. */
const POWER = 1_000_000n;
const CHAIN_ID = "twins-1";
const QUIET_MS = 150;

/** A block as `/block` shows it, as far as it is needed to make it again. */
interface ShownBlock {
  readonly block: {
    readonly header: { readonly time: string };
    readonly data: { readonly txs: readonly string[] };
    readonly evidence: { readonly evidence: readonly unknown[] };
  };
}

/** Both of them. */
export interface Twins {
  /** JSON-RPC of CometBFT. */
  readonly goUrl: string;
  /** JSON-RPC of ours. */
  readonly url: string;
  readonly node: Node;
  readonly server: RpcServer;
  readonly key: KeyPair;
  /** A call of CometBFT; throws with the error that it answers. */
  go<T>(method: string, params?: unknown): Promise<T>;
  /** Offers transactions to CometBFT at once, waits until they are in blocks, and makes those blocks here. */
  send(...txs: readonly string[]): Promise<void>;
  /** Waits until CometBFT rests, and makes its new blocks here. Gives the height. */
  follow(): Promise<bigint>;
  close(): Promise<void>;
}

function configureEngine(path: string): void {
  let text = readFileSync(path, "utf8");
  for (const [section, key, value] of [
    // Without transactions it rests: the two are compared at one height.
    ["consensus", "create_empty_blocks", "false"],
    ["consensus", "timeout_commit", '"50ms"'],
    ["rpc", "pprof_laddr", '""'],
    ["rpc", "cors_allowed_origins", '["http://wallet.example"]'],
    ["rpc", "timeout_broadcast_tx_commit", '"2s"'],
  ] as const)
    text = setConfig(text, section, key, value);
  writeFileSync(path, text);
}

/** Starts both. */
export async function startTwins(scratch: Scratch): Promise<Twins> {
  const seed = sha256(utf8("twins"));
  const key = keyPairOfSeed(seed);
  const genesis = kvStoreGenesis([seed], { chainId: CHAIN_ID, powers: [POWER] });
  const home = join(scratch.directory, "comet");
  mkdirSync(home);
  await scratch.run(peerPath("cometbft"), ["init", "--home", home]);
  writeFileSync(join(home, "config/genesis.json"), genesisToCometJson(genesis));
  writeFileSync(join(home, "config/priv_validator_key.json"), privValidatorKeyToJson(key));
  configureEngine(join(home, "config/config.toml"));
  const abci: AbciServer = await serveAbci(createTwinApp(), { address: "tcp://127.0.0.1:0" });
  const goUrl = `http://127.0.0.1:${await freePort()}`;
  const comet = scratch.start("cometbft", peerPath("cometbft"), [
    ...["start", "--home", home, "--proxy_app", abci.address, "--moniker", "twin"],
    ...["--rpc.laddr", goUrl.replace("http", "tcp"), "--p2p.laddr", `tcp://127.0.0.1:${await freePort()}`],
  ]);
  const node = createNode({
    app: createTwinApp(),
    genesis,
    keys: [seed],
    moniker: "twin",
    rpc: { corsOrigins: ["http://wallet.example"], broadcastCommitTimeoutMs: 2_000 },
  });
  node.start();
  const server = await node.listen();
  await awaitHeight(goUrl, comet, 1n);

  async function go<T>(method: string, params: unknown = {}): Promise<T> {
    const response = await fetch(goUrl, {
      method: "POST",
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    const answer = (await response.json()) as { result?: T; error?: unknown };
    if (answer.result === undefined) throw new Error(`${method}: ${JSON.stringify(answer.error)}`);
    return answer.result;
  }

  const goHeight = async (): Promise<bigint> => {
    const { sync_info } = await go<{ sync_info: { latest_block_height: string } }>("status");
    return BigInt(sync_info.latest_block_height);
  };

  /** A block's votes carry the time that the next header shows; the last one's come with the round that follows. */
  async function voteTimeNs(height: bigint): Promise<bigint> {
    const { signed_header } = await go<{
      signed_header: { commit: { signatures: { timestamp: string }[] } };
    }>("commit", { height: String(height) });
    return parseTimestamp(signed_header.commit.signatures[0]!.timestamp);
  }

  /** Nothing waits, and a block without transactions has told what became of the state. */
  async function rests(height: bigint): Promise<boolean> {
    const { total } = await go<{ total: string }>("num_unconfirmed_txs");
    const { block } = await go<ShownBlock>("block", { height: String(height) });
    return total === "0" && block.data.txs.length === 0;
  }

  async function follow(): Promise<bigint> {
    let height = await goHeight();
    for (let before = -1n; before !== height || !(await rests(height)); height = await goHeight()) {
      before = height;
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    }
    while (node.height < height) {
      const next = node.height + 1n;
      const { block } = await go<ShownBlock>("block", { height: String(next) });
      // What clients offered comes into the blocks in which CometBFT has it.
      node.mempool.flush();
      for (const tx of block.data.txs) node.mempool.checkTx(Buffer.from(tx, "base64"));
      node.produceBlock({ timeNs: await voteTimeNs(next) });
    }
    return height;
  }

  await follow();
  return {
    goUrl,
    url: server.url,
    node,
    server,
    key,
    go,
    async send(...txs) {
      for (const tx of txs) await go("broadcast_tx_sync", { tx: Buffer.from(tx).toString("base64") });
      await follow();
    },
    follow,
    async close() {
      await node.stop();
      await comet.stop();
      await abci.close();
    },
  };
}
