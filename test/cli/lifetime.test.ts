import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createScratch, type Ran, startTandem } from "./run-tandem.ts";

const json = ({ stdout }: Ran) => JSON.parse(stdout);
type Chain = { name: string; height: string; rpc: string; validators: { name: string; pubKey: string }[] };

describe("the life of a network", () => {
  const scratch = createScratch();
  const home = join(scratch.cwd, ".tandem");
  const run = () => JSON.parse(readFileSync(join(home, "run.json"), "utf8"));
  const chains = async (): Promise<Chain[]> => json(await scratch.tandem("status", "--json")).chains;
  /** Ends the network's process as a power cut would, and waits until it is gone. */
  const kill = async (): Promise<void> => {
    process.kill(run().pid, "SIGKILL");
    while ((await scratch.tandem("status")).code === 0);
  };
  beforeAll(async () => {
    await scratch.tandem("up", "--detach", "--consumers", "1", "--block-time", "250ms");
  }, 60_000);
  afterAll(() => scratch.end());

  test("goes on after its process was killed, from the heights that it had", async () => {
    const before = await chains();
    await kill();
    const again: Chain[] = json(await scratch.tandem("up", "--detach", "--json")).chains;
    for (const [i, chain] of again.entries())
      expect(BigInt(chain.height)).toBeGreaterThanOrEqual(BigInt(before[i]!.height));
  }, 60_000);

  test("completes a consumer whose creation was cut off", async () => {
    const saved = () => JSON.parse(readFileSync(join(home, "network.json"), "utf8"));
    const cutOff = scratch.tandem("consumer", "create", "game-1", "--opt-in", "alice,carol");
    while (saved().pending.length === 0) await new Promise((done) => setImmediate(done));
    await kill();
    expect((await cutOff).code).toBe(8);
    await scratch.tandem("up", "--detach");
    const game = (await chains()).find((c) => c.name === "game-1");
    expect(game?.validators.map((v) => v.name)).toEqual(["alice", "carol"]);
    expect(saved().pending).toEqual([]);
    expect(existsSync(join(home, "game-1"))).toBe(true);
    const again = await scratch.tandem("consumer", "create", "game-1");
    expect([again.code, again.stderr]).toEqual([2, expect.stringMatching(/already/)]);
  }, 60_000);

  test("names stand for addresses and ids in the Go binaries' commands", async () => {
    const chain = json(await scratch.tandem("query", "provider", "consumer-chain", "game-1"));
    expect(chain).toMatchObject({ chain_id: "game-1", consumer_id: "1" });
    const sent = await scratch.tandem("tx", "bank", "send", "bob", "5stake", "--from", "alice", "--json");
    expect(json(sent).code).toBe(0);
    const optedIn = await scratch.tandem("tx", "provider", "opt-in", "game-1", "--from", "bob", "--json");
    expect(json(optedIn).code).toBe(0);
    const wrong = await scratch.tandem("query", "bank", "balances", "bbo");
    expect([wrong.code, wrong.stderr]).toEqual([3, expect.stringMatching(/did you mean "bob"/)]);
  }, 60_000);

  test("lists pending work item by item, and carries it when told to", async () => {
    await scratch.tandem("relay", "stop");
    const refused = await scratch.tandem("stake", "delegate", "bob", "7000000", "--wait", "applied");
    expect([refused.code, refused.stderr]).toEqual([8, expect.stringMatching(/relayer is stopped/)]);
    await scratch.tandem("stake", "delegate", "bob", "7000000");
    let pending = json(await scratch.tandem("relay", "once", "consumer-0", "--dry-run", "--json"));
    while (pending.packets === 0)
      pending = json(await scratch.tandem("relay", "once", "consumer-0", "--dry-run", "--json"));
    expect(pending.items).toEqual([
      expect.objectContaining({ kind: "packet", from: "provider", to: "consumer-0", consumer: "consumer-0" }),
    ]);
    const carried = json(await scratch.tandem("relay", "once", "--json"));
    expect(carried).toMatchObject({ packets: expect.any(Number), acknowledgements: expect.any(Number) });
    expect(carried.packets).toBeGreaterThan(0);
    await scratch.tandem("relay", "start");
  }, 60_000);

  test("a fault for some blocks ends by itself", async () => {
    await scratch.tandem("fault", "down", "dave", "--for", "2blocks");
    while (json(await scratch.tandem("fault", "list", "--json")).length > 0);
    expect((await scratch.tandem("fault", "list")).stdout).toBe("no faults\n");
  }, 60_000);

  test("runs beside another one, and purging one leaves the other", async () => {
    await scratch.tandem("up", "--net", "other", "--detach", "--consumers", "0");
    writeFileSync(join(home, "mine.txt"), "not the network's");
    await scratch.tandem("down", "--purge");
    expect(readdirSync(home).sort()).toEqual(["mine.txt", "nets"]);
    expect((await scratch.tandem("status", "--net", "other")).code).toBe(0);
    await scratch.tandem("down", "--net", "other", "--purge");
    expect(readdirSync(home)).toEqual(["mine.txt"]);
  }, 60_000);
});

describe("a home", () => {
  const scratch = createScratch();
  const home = join(scratch.cwd, ".tandem");
  afterAll(() => scratch.end());

  test.each(["SIGINT", "SIGTERM"] as const)(
    "keeps the state of a network in the foreground that ends by %s",
    async (signal) => {
      const up = startTandem(["up", "--consumers", "1"], scratch.cwd);
      await up.printed(/^next /m);
      expect(up.stdout().split("\n").length).toBeLessThanOrEqual(26);
      up.kill(signal);
      expect((await up.ended).code).toBe(0);
      expect(existsSync(join(home, "run.json"))).toBe(false);
      expect(existsSync(join(home, "network.json"))).toBe(true);
    },
    60_000,
  );

  test("refuses another topology than the one that lies there", async () => {
    const ran = await scratch.tandem("up", "--detach", "--consumers", "3");
    expect([ran.code, ran.stderr]).toEqual([7, expect.stringMatching(/another network lies in/)]);
  });

  test("is not blocked by what a dead process left, even if its id is used again", async () => {
    const stale = { pid: process.pid, started: "long ago", controlUrl: "http://127.0.0.1:9" };
    writeFileSync(join(home, "run.json"), JSON.stringify(stale));
    expect((await scratch.tandem("status")).code).toBe(8);
    expect((await scratch.tandem("up", "--detach")).code).toBe(0);
    expect((await scratch.tandem("down")).code).toBe(0);
  }, 60_000);

  test("takes no network whose port is in use, and keeps nothing of it", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    writeFileSync(join(scratch.cwd, "ports.yaml"), `provider: { ports: { rpc: ${port} } }`);
    const ran = await scratch.tandem("up", "-f", "ports.yaml", "--detach", "--net", "ports");
    await new Promise((resolve) => server.close(resolve));
    expect([ran.code, ran.stderr]).toEqual([8, expect.stringMatching(`port ${port} of provider`)]);
    expect(existsSync(join(home, "nets/ports/network.json"))).toBe(false);
  }, 60_000);

  test("that is removed under a network takes the network with it", async () => {
    await scratch.tandem("up", "--net", "gone", "--detach", "--consumers", "0");
    const { pid } = JSON.parse(readFileSync(join(home, "nets/gone/run.json"), "utf8"));
    rmSync(join(home, "nets/gone"), { recursive: true });
    const runs = (): boolean => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    while (runs()) await new Promise((done) => setTimeout(done, 20));
    expect((await scratch.tandem("status", "--net", "gone")).code).toBe(8);
  }, 30_000);

  test("that holds a half-made network starts anew", async () => {
    const half = join(home, "nets/half");
    mkdirSync(half, { recursive: true });
    const { topology, version } = JSON.parse(readFileSync(join(home, "network.json"), "utf8"));
    const file = { version, complete: false, topology, chains: [], pending: [], assignedKeys: {} };
    writeFileSync(join(half, "network.json"), JSON.stringify(file));
    const up = await scratch.tandem("up", "--net", "half", "--detach", "--json", "--consumers", "0");
    expect(json(up).chains).toHaveLength(1);
    await scratch.tandem("down", "--net", "half", "--purge");
  }, 60_000);
});
