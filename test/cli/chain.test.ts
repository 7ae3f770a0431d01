import { spawn } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ran, type Running, runTandem, startTandem } from "./run-tandem.ts";

// Each command is a process; a busy machine takes long to start one.
jest.setTimeout(120_000);

const MNEMONIC = "gather series sample skin gate mask gossip between equip knife total stereo";
const SENDER = "cosmos12nt2hqjps8r065wc02qks88tvqzdeua0ld3jxy";
const GUEST = "cosmos17d0jcz59jf68g52vq38tuuncmwwjk42u6mcxej";
const ENV = { TANDEM_MNEMONIC: MNEMONIC };
const PAIR_KEY = "pair/config/priv_validator_key.json";
const FREE_PORT = "tcp://127.0.0.1:0";

interface Ready {
  readonly rpc: string;
  readonly abci: string;
  readonly pid: number;
  readonly chainId: string;
  readonly height: string;
  readonly waiting: { power: string; needed: string } | null;
}

/** A scratch directory; `end` ends every node that was started in it. */
function createHomes() {
  const cwd = mkdtempSync(join(tmpdir(), "tandem-chain-"));
  const nodes: Running[] = [];
  const tandem = (...args: string[]): Promise<Ran> => runTandem(args, cwd, ENV);
  return {
    cwd,
    tandem,
    path: (...parts: string[]) => join(cwd, ...parts),
    text: (...parts: string[]) => readFileSync(join(cwd, ...parts), "utf8"),
    /** Runs a command that must succeed, and reads what it prints. */
    async ok(...args: string[]) {
      const ran = await tandem(...args);
      if (ran.code !== 0)
        throw new Error(`tandem ${args.join(" ")}: ${ran.code}\n${ran.stdout}${ran.stderr}`);
      return ran.stdout;
    },
    /** Starts a node in the foreground and waits until it is ready. */
    async start(...args: string[]) {
      const running = startTandem(["chain", ...args, "--json"], cwd, ENV);
      nodes.push(running);
      await running.printed(/\n/);
      return { running, ready: JSON.parse(running.stdout()) as Ready };
    },
    async end() {
      for (const node of nodes) node.kill("SIGKILL");
      await Promise.all(nodes.map((node) => node.ended));
      rmSync(cwd, { recursive: true, force: true });
    },
  };
}

async function rpc(url: string, path: string) {
  const response = await fetch(`${url}/${path}`);
  return ((await response.json()) as { result: Record<string, never> }).result as unknown as {
    block: { header: { height: string; app_hash: string; chain_id: string } };
    sync_info: { latest_block_height: string };
    signed_header: { commit: { signatures: { signature: string | null }[] } };
  };
}

const heightOf = async (url: string) => BigInt((await rpc(url, "status")).sync_info.latest_block_height);
const appHashAt = async (url: string, height: bigint) =>
  (await rpc(url, `block?height=${height}`)).block.header.app_hash;

/** Waits until the chain stands at a height. */
async function reached(url: string, height: bigint): Promise<void> {
  while ((await heightOf(url)) < height);
}

const initProvider = (home: string, ...more: string[]): string[] => [
  ...["chain", "init", "provider", "--home", home, "--chain-id", "provider-1"],
  ...["--account", "TANDEM_MNEMONIC=1000000000stake", "--stake", "5000000stake", ...more],
];

describe("chain init", () => {
  const homes = createHomes();
  afterAll(() => homes.end());

  test("makes the files of the Go binaries, readable by their owner only, and shows no secret", async () => {
    const printed = await homes.ok(...initProvider("a"), "--json");
    const shown = JSON.parse(await homes.ok("chain", "keys", "show", "--home", "a", "--json"));
    const key = JSON.parse(homes.text("a/config/priv_validator_key.json"));
    expect(shown).toMatchObject({ address: key.address, pubKey: { key: key.pub_key.value } });
    expect(JSON.parse(printed)).toMatchObject({ chainId: "provider-1", ...shown });
    expect(printed).not.toContain(key.priv_key.value);
    expect(readdirSync(homes.path("a/config")).sort()).toEqual([
      "genesis.json",
      "node_key.json",
      "priv_validator_key.json",
    ]);
    for (const file of ["config/genesis.json", "config/node_key.json", "config/priv_validator_key.json"])
      expect(statSync(homes.path("a", file)).mode & 0o777).toBe(0o600);
    expect(homes.text("a/data/priv_validator_state.json")).toBe(
      '{\n  "height": "0",\n  "round": 0,\n  "step": 0\n}',
    );
    const genesis = JSON.parse(homes.text("a/config/genesis.json"));
    // A Go node that goes on from here needs the sections of the modules that it alone has.
    expect(Object.keys(genesis.app_state)).toEqual(expect.arrayContaining(["gov", "crisis", "provider"]));
    expect([genesis.initial_height, genesis.app_state.bank.supply]).toEqual([
      1,
      [{ denom: "stake", amount: "1005000000" }],
    ]);
  });

  test("keeps keys, and replaces a genesis only when told to", async () => {
    const key = homes.text("a/config/priv_validator_key.json");
    const again = await homes.tandem(...initProvider("a"));
    expect([again.code, again.stderr]).toEqual([7, expect.stringMatching(/genesis already/)]);
    rmSync(homes.path("a/config/genesis.json"));
    await homes.ok(...initProvider("a", "--form", "cometbft", "--initial-height", "7"));
    expect(homes.text("a/config/priv_validator_key.json")).toBe(key);
    expect(JSON.parse(homes.text("a/config/genesis.json")).initial_height).toBe("7");
    await homes.ok(...initProvider("a", "--overwrite"));
    expect(homes.text("a/config/priv_validator_key.json")).not.toBe(key);
  });

  test.each([
    [["chain", "init", "hub", "--chain-id", "x"], /provider or a consumer/],
    [["chain", "init", "provider"], /--chain-id/],
    [["chain", "init", "provider", "--chain-id", "x".repeat(51)], /1 to 50 characters/],
    [["chain", "init", "provider", "--chain-id", "x", "--account", "alice=5stake"], /no address/],
    [["chain", "init", "provider", "--chain-id", "x", "--account", `${SENDER}=5`], /--account/],
    [["chain", "init", "provider", "--chain-id", "x", "--stake", "5atom"], /amount of stake/],
    [["chain", "init", "consumer", "--chain-id", "x", "--stake", "5stake"], /for providers/],
    [["chain", "init", "provider", "--chain-id", "x", "--form", "yaml"], /sdk or cometbft/],
    [["chain", "start", "provider", "--rpc", "26657"], /tcp:\/\/HOST:PORT/],
    [["chain", "start", "provider", "--block-time", "0s"], /--block-time/],
  ])("%j is a usage error that leaves nothing", async (args, message) => {
    const ran = await homes.tandem(...args, "--home", "wrong");
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(existsSync(homes.path("wrong"))).toBe(false);
  });

  test("tells what a home lacks", async () => {
    const none = await homes.tandem("chain", "start", "provider", "--home", "nowhere");
    expect([none.code, none.stderr]).toEqual([3, expect.stringMatching(/genesis\.json[\s\S]*chain init/)]);
    cpSync(homes.path("a"), homes.path("stateless"), { recursive: true });
    rmSync(homes.path("stateless/data/priv_validator_state.json"));
    const stateless = await homes.tandem("chain", "start", "provider", "--home", "stateless");
    expect([stateless.code, stateless.stderr]).toEqual([3, expect.stringMatching(/may sign twice/)]);
    const other = await homes.tandem("chain", "start", "consumer", "--home", "a");
    expect([other.code, other.stderr]).toEqual([2, expect.stringMatching(/no consumer's/)]);
    const export_ = await homes.tandem("chain", "export", "provider", "--home", "a");
    expect([export_.code, export_.stderr]).toEqual([3, expect.stringMatching(/no chain has run/)]);
  });
});

describe("a provider that was killed", () => {
  const homes = createHomes();
  const args = ["start", "provider", "--home", "a", "--rpc", FREE_PORT, "--block-time", "200ms"];
  let hash = "";
  let height = 0n;
  let exported = "";
  afterAll(() => homes.end());

  test("had taken a transaction", async () => {
    await homes.ok(...initProvider("a"));
    const { running, ready } = await homes.start(...args);
    expect(ready).toMatchObject({
      chainId: "provider-1",
      height: "0",
      waiting: null,
      pid: expect.any(Number),
    });
    const sent = await homes.ok("tx", "bank", "send", GUEST, "7stake", "--provider", ready.rpc, "--json");
    expect(JSON.parse(sent).code).toBe(0);
    height = (await heightOf(ready.rpc)) + 1n;
    await reached(ready.rpc, height);
    hash = await appHashAt(ready.rpc, height);

    const second = await homes.tandem("chain", ...args);
    expect([second.code, second.stderr]).toEqual([7, expect.stringMatching(/runs in/)]);
    const export_ = await homes.tandem("chain", "export", "provider", "--home", "a");
    expect([export_.code, export_.stderr]).toEqual([7, expect.stringMatching(/end it first/)]);

    running.kill("SIGKILL");
    await running.ended;
  });

  test("goes on from the same state, and ends when it is told to", async () => {
    const { running, ready } = await homes.start(...args);
    expect(BigInt(ready.height)).toBeGreaterThanOrEqual(height);
    expect(await appHashAt(ready.rpc, height)).toBe(hash);
    await reached(ready.rpc, BigInt(ready.height) + 2n);
    running.kill("SIGTERM");
    const { code, stderr } = await running.ended;
    expect([code, stderr]).toEqual([0, ""]);
    expect(existsSync(homes.path("a/run.json"))).toBe(false);
  });

  test("has signed the height that its state file names, and not one beyond its blocks", async () => {
    const state = JSON.parse(homes.text("a/data/priv_validator_state.json"));
    const { running, ready } = await homes.start(...args);
    expect(state).toMatchObject({ height: ready.height, step: 3 });
    const { commit } = (await rpc(ready.rpc, `commit?height=${ready.height}`)).signed_header;
    expect(commit.signatures.map((s) => s.signature)).toEqual([state.signature]);
    running.kill("SIGINT");
    expect((await running.ended).code).toBe(0);
  });

  test("exports a genesis from which a second home goes on", async () => {
    exported = await homes.ok("chain", "export", "provider", "--home", "a");
    const last = BigInt(JSON.parse(homes.text("a/data/priv_validator_state.json")).height);
    const genesis = JSON.parse(exported);
    expect(genesis).toMatchObject({
      chain_id: "provider-1",
      app_hash: null,
      initial_height: Number(last) + 1,
    });
    expect(genesis.consensus.validators).toHaveLength(1);

    mkdirSync(homes.path("b/data"), { recursive: true });
    cpSync(homes.path("a/config"), homes.path("b/config"), { recursive: true });
    cpSync(homes.path("a/data/priv_validator_state.json"), homes.path("b/data/priv_validator_state.json"));
    writeFileSync(homes.path("b/config/genesis.json"), exported);
    const { ready } = await homes.start("start", "provider", "--home", "b", "--rpc", FREE_PORT);
    await reached(ready.rpc, last + 2n);
    const balance = await homes.ok("query", "bank", "balances", GUEST, "--provider", ready.rpc);
    expect(JSON.parse(balance).balances).toEqual([{ denom: "stake", amount: "7" }]);
  });

  test("exports the state after an earlier block too, and none that is not there", async () => {
    const early = JSON.parse(await homes.ok("chain", "export", "provider", "--home", "a", "--height", "1"));
    expect(early.initial_height).toBe(2);
    expect(JSON.stringify(early.app_state.bank)).not.toContain(GUEST);
    const late = await homes.tandem("chain", "export", "provider", "--home", "a", "--height", "100000");
    expect([late.code, late.stderr]).toEqual([3, expect.stringMatching(/ends at height/)]);
  });

  test("does not sign again below the height that its key signed", async () => {
    mkdirSync(homes.path("c/data"), { recursive: true });
    cpSync(homes.path("a/config"), homes.path("c/config"), { recursive: true });
    cpSync(homes.path("a/data/priv_validator_state.json"), homes.path("c/data/priv_validator_state.json"));
    const before = homes.text("c/data/priv_validator_state.json");
    const ran = await homes.tandem("chain", "start", "provider", "--home", "c", "--rpc", FREE_PORT);
    expect([ran.code, ran.stderr]).toEqual([7, expect.stringMatching(/must not sign at height 1\b/)]);
    expect(homes.text("c/data/priv_validator_state.json")).toBe(before);
  });
});

describe("a validator set whose keys are not all here", () => {
  const homes = createHomes();
  afterAll(() => homes.end());

  test("waits, says so, and makes blocks once the keys are given", async () => {
    await homes.ok("chain", "init", "provider", "--home", "bob", "--chain-id", "pair-1");
    const key = "bob/config/priv_validator_key.json";
    await homes.ok(...initProvider("pair", "--validator", `${key}=${GUEST}=4000000stake`));
    const args = ["start", "provider", "--home", "pair", "--rpc", FREE_PORT, "--block-time", "200ms"];
    const alone = await homes.start(...args);
    expect(alone.ready.waiting).toEqual({ power: "5", needed: "6" });
    const twice = await homes.tandem("chain", "start", "provider", "--home", "bob", "--key", PAIR_KEY);
    expect([twice.code, twice.stderr]).toEqual([7, expect.stringMatching(/runs in/)]);
    alone.running.kill("SIGTERM");
    await alone.running.ended;
    const both = await homes.start(...args, "--key", key);
    expect(both.ready.waiting).toBeNull();
    await reached(both.ready.rpc, 2n);
    both.running.kill("SIGTERM");
    await both.running.ended;
    const signed = (home: string) => JSON.parse(homes.text(home, "data/priv_validator_state.json")).height;
    expect(signed("bob")).toBe(signed("pair"));
  });
});

/** Blocks of shell commands in the document, in their order; those that run in the foreground stand alone. */
const doc = readFileSync(join(__dirname, "../../docs/chain.md"), "utf8");
const blocks = [...doc.matchAll(/```sh\n([\s\S]*?)```/g)].map((match) => match[1]!.trim());
const create = /<!-- create\.json -->\n```json\n([\s\S]*?)```/.exec(doc)![1]!;

describe("docs/chain.md", () => {
  const homes = createHomes();
  const urls = new Map<string, string>();
  const running = new Map<string, Running>();

  /** Ports of the document are free ones here: those that the nodes printed. */
  const withPorts = (text: string) => [...urls].reduce((t, [shown, real]) => t.replaceAll(shown, real), text);
  /** Scripts that run, each with all that it started in a process group of its own. */
  const scripts = new Set<number>();
  const shell = async (script: string): Promise<void> => {
    const child = spawn("sh", ["-ec", script], {
      cwd: homes.cwd,
      env: { ...process.env, ...ENV, NO_COLOR: "1", PATH: `${homes.cwd}/bin:${process.env["PATH"]}` },
      stdio: ["ignore", "ignore", "pipe"],
      detached: true,
    });
    const { pid } = child;
    if (pid !== undefined) scripts.add(pid);
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk;
    });
    const code = await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    if (pid !== undefined) scripts.delete(pid);
    if (code !== 0) throw new Error(`${script}\n${stderr}`);
  };
  afterAll(async () => {
    for (const pid of scripts) process.kill(-pid, "SIGKILL");
    await homes.end();
  });

  test("every command does what it is shown for", async () => {
    mkdirSync(homes.path("bin"));
    const script = join(__dirname, "../../scripts/tandem.mjs");
    writeFileSync(homes.path("bin/tandem"), `#!/bin/sh\nexec "${process.execPath}" "${script}" "$@"\n`);
    chmodSync(homes.path("bin/tandem"), 0o755);
    const { chain_id: _id, metadata: _metadata, ...parameters } = JSON.parse(create);
    writeFileSync(homes.path("create.json"), create);
    const spawned = { ...parameters.initialization_parameters, spawn_time: new Date().toISOString() };
    writeFileSync(
      homes.path("launch.json"),
      JSON.stringify({ ...parameters, consumer_id: "0", initialization_parameters: spawned }),
    );
    for (const block of blocks) {
      const foreground = /^tandem chain ((?:start|serve) .*)$/.exec(block)?.[1];
      if (foreground === undefined) {
        // An export wants the home for itself.
        if (block.startsWith("tandem chain export")) {
          running.get("alice")?.kill("SIGTERM");
          await running.get("alice")?.ended;
        }
        await shell(withPorts(block));
        continue;
      }
      const shown = /tcp:\/\/(127\.0\.0\.1:\d+)/.exec(foreground)?.[1];
      const node = await homes.start(
        ...foreground
          .replace(/tcp:\/\/\S+/, FREE_PORT)
          .replace("unix://", `unix://${homes.cwd}/`)
          .split(" "),
      );
      running.set(/--home (\S+)/.exec(foreground)![1]!, node.running);
      if (shown !== undefined) {
        urls.set(`http://${shown}`, node.ready.rpc);
        await reached(node.ready.rpc, BigInt(node.ready.height) + 1n);
      } else expect(node.ready.abci).toMatch(/^unix:\/\/.*app\.sock$/);
    }
    expect([...running.keys()]).toEqual(["alice", "game", "pair", "next", "served"]);
    const game = await rpc(urls.get("http://127.0.0.1:26659")!, "block");
    expect(game.block.header.chain_id).toBe("game-1");
  }, 300_000);
});
