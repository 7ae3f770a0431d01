/**
 * Our provider application behind real CometBFT nodes, every node and every application a process: blocks by consensus,
 * death and recovery of every part, and a node that joins by state sync.
 */
import { readFileSync } from "node:fs";
import { fromBech32 } from "@cosmjs/encoding";
import { type ChainClient, callRpc } from "@tandem-ics/client";
import { toHex } from "@tandem-ics/crypto";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { accountOf } from "./harness/accounts.ts";
import {
  type CometNetwork,
  type CometNode,
  configure,
  createCometNetwork,
  until,
} from "./harness/comet-network.ts";
import { eventually, senderOn } from "./harness/connect.ts";
import { describeInterop } from "./harness/peers.ts";
import { createPhases } from "./harness/phases.ts";
import { createScratch } from "./harness/scratch.ts";

interface BlockAnswer {
  readonly block_id: { readonly hash: string };
  readonly block: { readonly header: { readonly app_hash: string; readonly time: string } };
}

const blockAt = async (client: ChainClient, height: bigint): Promise<BlockAnswer> =>
  (await callRpc(client.rpc, "block", { height: height.toString() })) as BlockAnswer;

const balanceOf = async (client: ChainClient, address: string): Promise<bigint> => {
  const { balance } = await client.query.bank.Balance({ address, denom: "stake" });
  return BigInt(balance?.amount ?? "0");
};

/** How long a chain that makes several blocks a second must have made none to be called halted. */
const STANDSTILL_MS = 6_000;

/** Waits until the latest block of a node is old. Returns its height. */
async function untilHalted(client: ChainClient): Promise<bigint> {
  let last = { height: 0n, timeNs: 0n };
  await until(`${client.chainId} stands still`, async () => {
    last = await client.status();
    return Date.now() - Number(last.timeNs / 1_000_000n) > STANDSTILL_MS;
  });
  return last.height;
}

const send = (from: string, to: string, amount: bigint) => ({
  typeUrl: "/cosmos.bank.v1beta1.MsgSend",
  value: MsgSend.fromPartial({
    fromAddress: from,
    toAddress: to,
    amount: [{ denom: "stake", amount: amount.toString() }],
  }),
});

describeInterop("our application behind CometBFT", () => {
  const phase = createPhases("cometbft");
  const scratch = createScratch();
  let network: CometNetwork;
  let clients: ChainClient[];
  const recipient = accountOf("recipient");

  beforeAll(async () => {
    network = await phase("make", () =>
      createCometNetwork(scratch, {
        chainId: "behind-comet",
        powers: [10, 10, 10, 10],
        accounts: ["alice", "bob", "carol", "dave"],
      }),
    );
    await phase("start", async () => {
      const serve = ["--snapshot-interval", "5", "--snapshot-keep", "1000"];
      await Promise.all(network.nodes.map((node) => node.start({ serve })));
      await Promise.all(network.nodes.map((node) => node.waitForHeight(2n)));
    });
    clients = await Promise.all(network.nodes.map((node) => node.client()));
  });
  afterAll(() => scratch.end());

  /** All given nodes have the same block and app hash at every height up to the least of theirs. */
  async function expectOneChain(nodes: readonly CometNode[], from = 1n): Promise<bigint> {
    const seen = await Promise.all(
      nodes.map(async (node) => {
        const client = await node.client();
        return { client, height: (await client.status()).height };
      }),
    );
    const least = seen.map(({ height }) => height).reduce((a, b) => (a < b ? a : b));
    for (let height = from; height <= least; height++) {
      const answers = await Promise.all(seen.map(({ client }) => blockAt(client, height)));
      const [first, ...others] = answers.map((a) => [height, a.block_id.hash, a.block.header.app_hash]);
      for (const other of others) expect(other).toEqual(first);
    }
    return least;
  }

  test("transactions go in through any node and are seen on all, at equal app hashes", async () => {
    const { address } = await recipient;
    const names = ["alice", "bob", "carol", "dave"];
    const results = await Promise.all(
      clients.map(async (client, i) => {
        const sender = await senderOn(client, names[i]!);
        return sender.send([send(sender.address, address, 1000n + BigInt(i))]);
      }),
    );
    const last = results.map(({ height }) => height).reduce((a, b) => (a > b ? a : b));
    await Promise.all(network.nodes.map((node) => node.waitForHeight(last + 1n)));
    for (const client of clients) expect(await balanceOf(client, address)).toBe(4006n);
    const least = await expectOneChain(network.nodes);
    expect(least).toBeGreaterThanOrEqual(last + 1n);
    // All four sign: this is consensus among them, not one node with followers.
    const signers = await eventually(clients[0]!, "a commit of all four", async () => {
      // The commit in the next block: what a node itself has seen is complete with three of four.
      const { height } = await clients[0]!.status();
      const all = (await clients[0]!.signedHeader(height - 1n)).commit?.signatures ?? [];
      return all.length === 4 && all.every((s) => s.blockIdFlag === 2) && all;
    });
    expect(new Set(signers.map((s) => toHex(s.validatorAddress))).size).toBe(4);
  });

  test("a killed node catches up by replay and blocks of the others", async () => {
    const [first, , , last] = network.nodes as [CometNode, CometNode, CometNode, CometNode];
    const client = clients[0]!;
    await phase("kill a node", () => last.kill());
    const { height } = await client.status();
    const sender = await senderOn(client, "alice");
    const { address } = await recipient;
    const before = await balanceOf(client, address);
    const sent = await sender.send([send(sender.address, address, 7n)]);
    await first.waitForHeight(height + 5n);
    await phase("catch up", async () => {
      await last.start();
      await last.waitForHeight(sent.height + 1n);
    });
    expect(await balanceOf(clients[3]!, address)).toBe(before + 7n);
    await expectOneChain(network.nodes);
  });

  test("with two of four killed the chain stands still, and goes on without a fork", async () => {
    const [a, b, c, d] = network.nodes as [CometNode, CometNode, CometNode, CometNode];
    await Promise.all([c.kill(), d.kill()]);
    const halted = await phase("halt", () => untilHalted(clients[0]!));
    expect((await clients[1]!.status()).height).toBe(halted);
    // It is taken, and waits for a majority.
    const sender = await senderOn(clients[0]!, "carol");
    const hash = await sender.submit([send(sender.address, (await recipient).address, 3n)]);
    const decided = (await blockAt(clients[0]!, halted)).block_id.hash;
    await phase("resume", async () => {
      await Promise.all([c.start(), d.start()]);
      await Promise.all([a, b, c, d].map((node) => node.waitForHeight(halted + 3n)));
    });
    expect((await sender.settle(hash)).height).toBeGreaterThan(halted);
    expect((await blockAt(clients[2]!, halted)).block_id.hash).toBe(decided);
    await expectOneChain(network.nodes);
  });

  test.each(["commit", "finalizeBlock"] as const)(
    "an application killed just before %s recovers",
    async (request) => {
      const node = network.nodes[2]!;
      await node.stop();
      const { height } = await clients[0]!.status();
      await node.start({ killBefore: { request, height: height + 5n } });
      const ended = await node.app!.ended;
      expect(ended.signal).toBe("SIGKILL");
      await node.comet!.ended; // CometBFT does not go on without its application
      const sender = await senderOn(clients[0]!, "alice");
      const sent = await sender.send([send(sender.address, (await recipient).address, 1n)]);
      await phase(`recover from a kill before ${request}`, async () => {
        await node.start();
        await node.waitForHeight(sent.height + 2n);
      });
      await expectOneChain(network.nodes);
    },
  );

  test("a fifth node joins by state sync, without the blocks before", async () => {
    const client = clients[0]!;
    const { height } = await client.status();
    const trusted = height - 3n;
    const { block_id } = await blockAt(client, trusted);
    const fifth = await network.addNode("node-4", (config) => {
      const servers = network.nodes.slice(0, 2).map(({ rpcUrl }) => rpcUrl);
      configure(config, "statesync", "enable", "true");
      configure(config, "statesync", "rpc_servers", JSON.stringify(servers.join(",")));
      configure(config, "statesync", "trust_height", trusted.toString());
      configure(config, "statesync", "trust_hash", JSON.stringify(block_id.hash));
      configure(config, "statesync", "discovery_time", JSON.stringify("5s"));
    });
    const joined = await phase("state sync", async () => {
      await fifth.start();
      return fifth.waitForHeight(height + 5n);
    });
    const own = await fifth.client();
    expect(joined).toBeGreaterThanOrEqual(height + 5n);
    expect(fifth.comet!.log()).toMatch(/Snapshot restored|snapshot restored/i);
    const { earliestHeight } = await own.status();
    expect(earliestHeight).toBeGreaterThan(1n);
    const { address } = await recipient;
    expect(await balanceOf(own, address)).toBe(await balanceOf(client, address));
    await expectOneChain([network.nodes[0]!, fifth], earliestHeight);
    // It executes what comes, and takes transactions, as any other node.
    const sender = await senderOn(own, "bob");
    const before = await balanceOf(own, address);
    const sent = await sender.send([send(sender.address, address, 11n)]);
    await network.nodes[0]!.waitForHeight(sent.height + 1n);
    expect(await balanceOf(client, address)).toBe(before + 11n);
    // A restart does not sync again: it goes on from what it has.
    await fifth.kill();
    await fifth.start();
    await fifth.waitForHeight(sent.height + 3n);
    await expectOneChain([network.nodes[0]!, fifth], earliestHeight);
  });
});

describeInterop("a chain of one node behind CometBFT", () => {
  const scratch = createScratch();
  afterAll(() => scratch.end());

  test("is served over TCP as well", async () => {
    const { nodes } = await createCometNetwork(scratch, {
      chainId: "over-tcp",
      powers: [1],
      accounts: ["alice"],
      transport: "tcp",
    });
    const [node] = nodes as [CometNode];
    await node.start();
    await node.waitForHeight(3n);
    expect(fromBech32((await accountOf("alice")).address).data.length).toBe(20);
    const client = await node.client();
    expect(await balanceOf(client, (await accountOf("alice")).address)).toBe(1_000_000_000_000n);
    await node.stop();
    expect([node.app!.running, node.comet!.running]).toEqual([false, false]);
  });

  test("does not start with vote extensions, and says why", async () => {
    const { nodes } = await createCometNetwork(scratch, {
      chainId: "extended",
      powers: [1],
      accounts: [],
      edit: (doc) => ({
        ...doc,
        consensusParams: { ...doc.consensusParams, abci: { voteExtensionsEnableHeight: 5n } },
      }),
    });
    const [node] = nodes as [CometNode];
    await node.start();
    const { code } = await node.comet!.ended;
    expect(code).not.toBe(0);
    expect(node.comet!.log()).toMatch(
      /enables vote extensions at height 5, which this application does not support/,
    );
    // The application ends as well: what it was asked to begin with is not its chain.
    expect((await node.app!.ended).code).not.toBe(0);
    expect(readFileSync(node.app!.logPath, "utf8")).toMatch(/vote extensions/i);
  });
});
