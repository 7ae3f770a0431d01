/**
 * `tandem up --engine cometbft`: a whole localnet behind real CometBFT nodes, through the command alone. Four nodes for
 * each chain, faults, evidence, another key, death by SIGKILL, and nothing left when it is down.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HttpClient } from "@cosmjs/tendermint-rpc";
import { callRpc, latestHeight } from "@tandem-ics/client";
import { ed25519Address, fromBase64, toHexUpper } from "@tandem-ics/crypto";
import { until } from "./harness/comet-network.ts";
import { describeInterop, peerPath } from "./harness/peers.ts";
import { TANDEM } from "./harness/places.ts";
import { createScratch, type Service } from "./harness/scratch.ts";

const NODES = 4;
const PATIENCE_MS = 600_000;

interface NodeReport {
  readonly name: string;
  readonly validator: string;
  readonly rpc: string;
  readonly home: string;
  readonly up: boolean;
}

interface ChainReport {
  readonly name: string;
  readonly height: string;
  readonly phase: string;
  readonly ccvChannel?: string;
  readonly halted?: string;
  readonly validators: readonly {
    readonly name: string;
    readonly power: string;
    readonly pubKey: string;
    readonly tombstoned: boolean;
  }[];
  readonly nodes: readonly NodeReport[];
}

/** What a node's own application answered to a block. */
async function appHashAt({ rpc }: NodeReport, height: bigint): Promise<string> {
  const results = (await callRpc(new HttpClient(rpc), "block_results", { height: height.toString() })) as {
    app_hash: string;
  };
  return results.app_hash;
}

const reaches = (node: NodeReport, height: bigint): Promise<void> =>
  until(`${node.name} has height ${height}`, async () => {
    const reached = await latestHeight(new HttpClient(node.rpc)).catch(() => 0n); // not listening yet
    // One more: the application has certainly executed a block on which another one was built.
    return reached > height;
  });

/** Addresses whose votes for the block stand in a commit. */
async function signersOf({ rpc }: NodeReport, height: bigint): Promise<string[]> {
  const { signed_header } = (await callRpc(new HttpClient(rpc), "commit", { height: height.toString() })) as {
    signed_header: { commit: { signatures: { block_id_flag: number; validator_address: string }[] } };
  };
  return signed_header.commit.signatures
    .filter((signature) => signature.block_id_flag === 2)
    .map((signature) => signature.validator_address);
}

const FLAGS = ["--engine", "cometbft", "--nodes", String(NODES), "--consumers", "1", "--block-time", "300ms"];

describeInterop("a localnet behind CometBFT", () => {
  const scratch = createScratch();
  const home = join(scratch.directory, "net");
  let network: Service;

  const tandem = (...args: string[]) => scratch.run(process.execPath, [TANDEM, ...args, "--home", home]);
  async function json<T>(...args: string[]): Promise<T> {
    const { code, stdout, stderr } = await tandem(...args, "--json");
    if (code !== 0) throw new Error(`tandem ${args.join(" ")} ended with ${code}: ${stderr}${stdout}`);
    return JSON.parse(stdout) as T;
  }
  const chains = async () => {
    const [provider, consumer] = (await json<{ chains: [ChainReport, ChainReport] }>("status")).chains;
    return { provider, consumer, both: [provider, consumer] };
  };
  const powersOf = (chain: ChainReport): Record<string, string> =>
    Object.fromEntries(chain.validators.map((v) => [v.name, v.power]));

  /** Everything that runs with its files below a directory; the command that asks is not among them. */
  async function processesIn(directory: string): Promise<string[]> {
    const { stdout } = await scratch.run("ps", ["-A", "-o", "args="]);
    return stdout.split("\n").filter((line) => line.includes(directory));
  }

  /** Starts the network in the foreground and waits until it says that it is ready. */
  async function up(...flags: string[]): Promise<void> {
    const args = [TANDEM, "up", ...flags, "--cometbft", peerPath("cometbft"), "--home", home];
    network = scratch.start("up", process.execPath, args);
    const said = network.log().length;
    const ready = new Promise<void>((resolve, reject) => {
      void network.ended.then(({ code }) => reject(new Error(`it ended with ${code}: ${network.log()}`)));
      const look = (): void => {
        if (/^ready in /m.test(network.log().slice(said))) resolve();
        else if (network.running) setTimeout(look, 100);
      };
      look();
    });
    await ready;
  }

  /** The same application hashes on every node of a chain, for all heights up to the least of theirs. */
  async function assertAgreement({ nodes, height }: ChainReport, from = 1n): Promise<void> {
    for (const node of nodes) await reaches(node, BigInt(height));
    for (let at = from; at <= BigInt(height); at++) {
      const hashes = await Promise.all(nodes.map((node) => appHashAt(node, at)));
      expect([at, new Set(hashes).size]).toEqual([at, 1]);
    }
  }

  beforeAll(async () => {
    // Whoever is down here is so for as long as a busy machine takes: not for so long as to be jailed for it.
    const topology = {
      blockTime: "300ms",
      engine: { kind: "cometbft", nodes: NODES },
      provider: { signedBlocksWindow: 100_000 },
      consumers: 1,
    };
    writeFileSync(join(scratch.directory, "topology.yaml"), JSON.stringify(topology));
    await up("--file", join(scratch.directory, "topology.yaml"));
  }, PATIENCE_MS);
  afterAll(async () => {
    await tandem("down");
    await scratch.end();
  }, PATIENCE_MS);

  test(
    "has an open CCV channel, and every application of a chain has the same hashes",
    async () => {
      const { consumer, both } = await chains();
      expect([consumer.phase, consumer.ccvChannel]).toEqual(["launched", "channel-0"]);
      for (const chain of both) {
        expect(chain.nodes.map((node) => [node.validator, node.up])).toEqual(
          ["alice", "bob", "carol", "dave"].map((name) => [name, true]),
        );
        await assertAgreement(chain);
      }
    },
    PATIENCE_MS,
  );

  test(
    "carries a delegation to the consumer",
    async () => {
      const before = await chains();
      await json("stake", "delegate", "alice", "5000000", "--wait", "applied");
      const after = await chains();
      const expected = String(BigInt(powersOf(before.provider)["alice"]!) + 5n);
      expect(after.both.map((chain) => powersOf(chain)["alice"])).toEqual([expected, expected]);
    },
    PATIENCE_MS,
  );

  test(
    "goes on without a validator, which catches up when it comes back",
    async () => {
      await tandem("fault", "down", "dave");
      const { provider, both } = await chains();
      expect(both.map(({ nodes }) => nodes.map((node) => node.up))).toEqual([
        [true, true, true, false],
        [true, true, true, false],
      ]);
      expect(await processesIn(provider.nodes[3]!.home)).toEqual([]);
      const missed = both.map((chain) => BigInt(chain.height) + 3n);
      for (const [i, chain] of both.entries()) await reaches(chain.nodes[0]!, missed[i]!);
      await tandem("fault", "heal");
      const healed = await chains();
      for (const [i, chain] of healed.both.entries()) await assertAgreement(chain, missed[i]! - 3n);
      expect(await json("fault", "list")).toEqual([]);
    },
    PATIENCE_MS,
  );

  test(
    "stands still without a third of the power, says so through a node that is up, and goes on when it is back",
    async () => {
      await tandem("fault", "down", "alice", "--chain", "consumer-0");
      const { consumer } = await chains();
      expect(consumer.halted).toMatch(/^\d+ of the \d+ voting power needed is up/);
      await tandem("fault", "heal");
      for (const node of consumer.nodes) await reaches(node, BigInt(consumer.height) + 2n);
      expect((await chains()).consumer.halted).toBeUndefined();
    },
    PATIENCE_MS,
  );

  test(
    "puts a newly assigned key into the validator's node",
    async () => {
      await json("validator", "assign-key", "bob", "consumer-0", "--wait", "applied");
      const { provider, consumer } = await chains();
      const keyOf = (chain: ChainReport) => chain.validators.find((v) => v.name === "bob")!.pubKey;
      expect(keyOf(consumer)).not.toBe(keyOf(provider));
      const installed = readFileSync(join(consumer.nodes[1]!.home, "config/priv_validator_key.json"), "utf8");
      expect(JSON.parse(installed).pub_key.value).toBe(keyOf(consumer));
      const address = toHexUpper(ed25519Address(fromBase64(keyOf(consumer))));
      let height = BigInt(consumer.height);
      await until("the new key signs a block", async () => {
        await reaches(consumer.nodes[0]!, height);
        return (await signersOf(consumer.nodes[0]!, height++)).includes(address);
      });
    },
    PATIENCE_MS,
  );

  test(
    "punishes a double sign on the consumer by evidence that was sent, and one on the provider by itself",
    async () => {
      const file = join(scratch.directory, "evidence.json");
      await json("fault", "double-sign", "carol", "--chain", "consumer-0", "--out", file);
      await json("evidence", "submit", "double-sign", "consumer-0", "--file", file, "--wait", "applied");
      const stateOf = (chain: ChainReport, name: string) => chain.validators.find((v) => v.name === name);
      const afterCarol = await chains();
      expect(stateOf(afterCarol.provider, "carol")).toMatchObject({ power: "0", tombstoned: true });
      expect(stateOf(afterCarol.consumer, "carol")).toBeUndefined();

      await json("fault", "double-sign", "dave", "--chain", "provider", "--out", file);
      await until("dave is tombstoned", async () => {
        const { provider } = await chains();
        return stateOf(provider, "dave")?.tombstoned === true && stateOf(provider, "dave")?.power === "0";
      });
    },
    PATIENCE_MS,
  );

  test(
    "leaves no process after SIGKILL, and goes on from where it was",
    async () => {
      const before = await chains();
      await network.kill();
      await until("every process is gone", async () => (await processesIn(home)).length === 0);
      await up();
      const after = await chains();
      for (const [i, chain] of after.both.entries()) {
        expect(BigInt(chain.height)).toBeGreaterThanOrEqual(BigInt(before.both[i]!.height));
        await assertAgreement(chain, BigInt(before.both[i]!.height) - 2n);
      }
      await json("stake", "delegate", "alice", "5000000", "--wait", "applied");
      expect(powersOf((await chains()).consumer)["alice"]).toBe(powersOf((await chains()).provider)["alice"]);
    },
    PATIENCE_MS,
  );

  test(
    "killed while it starts, it leaves no process either",
    async () => {
      const other = join(scratch.directory, "other");
      const args = ["up", ...FLAGS, "--cometbft", peerPath("cometbft"), "--home", other];
      const service = scratch.start("other", process.execPath, [TANDEM, ...args]);
      await until("a node was started", async () =>
        (await processesIn(other)).some((line) => line.includes("start --home")),
      );
      await service.kill();
      await until("every process is gone", async () => (await processesIn(other)).length === 0);
    },
    PATIENCE_MS,
  );

  test(
    "is gone without a trace when it is down",
    async () => {
      const { both } = await chains();
      const { code } = await tandem("down");
      expect(code).toBe(0);
      expect((await network.ended).code).toBe(0);
      expect(await processesIn(home)).toEqual([]);
      for (const node of both.flatMap((chain) => chain.nodes)) {
        await expect(fetch(`${node.rpc}/health`)).rejects.toThrow();
        expect(readdirSync(node.home)).not.toContain("app.sock");
      }
    },
    PATIENCE_MS,
  );
});
