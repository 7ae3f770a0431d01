/** The command on chains that it knows only by URL: nodes of their own, a consumer launched by hand, another home. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DirectSecp256k1HdWallet } from "@cosmjs/proto-signing";
import { HttpClient } from "@cosmjs/tendermint-rpc";
import { createPollingPace, latestHeight } from "@tandem-ics/client";
import { type Ran, type Running, runTandem, startTandem } from "./run-tandem.ts";

const MNEMONIC = "gather series sample skin gate mask gossip between equip knife total stereo";
const SENDER = "cosmos12nt2hqjps8r065wc02qks88tvqzdeua0ld3jxy";
const FREE_PORT = "tcp://127.0.0.1:0";
const FAR_AWAY = "2100-01-01T00:00:00Z";
const NOBODY = "http://127.0.0.1:9";

/** A scratch directory; `end` ends every process that was started in it. */
function createScratch() {
  const cwd = mkdtempSync(join(tmpdir(), "tandem-remote-"));
  const processes: Running[] = [];
  const env: NodeJS.ProcessEnv = { TANDEM_MNEMONIC: MNEMONIC };
  const tandem = (...args: string[]): Promise<Ran> => runTandem(args, cwd, env);
  const started = (args: readonly string[]): Running => {
    const running = startTandem(args, cwd, env);
    processes.push(running);
    return running;
  };
  return {
    cwd,
    env,
    tandem,
    started,
    path: (...parts: string[]) => join(cwd, ...parts),
    /** Runs a command that must succeed, and reads what it prints. */
    async ok(...args: string[]): Promise<string> {
      const ran = await tandem(...args);
      if (ran.code !== 0)
        throw new Error(`tandem ${args.join(" ")}: ${ran.code}\n${ran.stdout}${ran.stderr}`);
      return ran.stdout;
    },
    /** Starts a node and waits until it is ready. */
    async node(...args: string[]): Promise<{ running: Running; rpc: string }> {
      const running = started(["chain", "start", ...args, "--block-time", "200ms", "--json"]);
      await running.printed(/\n/);
      return { running, rpc: JSON.parse(running.stdout()).rpc };
    },
    async end() {
      for (const running of processes) running.kill("SIGKILL");
      await Promise.all(processes.map((running) => running.ended));
      rmSync(cwd, { recursive: true, force: true });
    },
  };
}

/** Waits for `count` more blocks. */
async function blocks(url: string, count: bigint): Promise<void> {
  const rpc = new HttpClient(url);
  await createPollingPace(rpc).after((await latestHeight(rpc)) + count - 1n);
}

// Every command is a process, and each of them may have to wait for the machine.
jest.setTimeout(600_000);

describe("a command that is given URLs", () => {
  const scratch = createScratch();
  afterAll(() => scratch.end());
  const both = ["--provider", NOBODY, "--consumer", NOBODY];

  test.each([
    ["nobody at the address", ["relay", "status", ...both], 8, /does not answer[\s\S]*JSON-RPC/],
    ["nobody there for a query", ["query", "staking", "params", "--node", NOBODY], 8, /does not answer/],
    ["one end of a path", ["relay", "once", "--provider", NOBODY], 2, /two ends[\s\S]*--consumer is missing/],
    ["one end of a plain path", ["relay", "once", "--b", NOBODY], 2, /--a is missing/],
    ["two kinds of path", ["relay", "once", "--a", NOBODY, "--b", NOBODY, ...both], 2, /do not go with/],
    ["no URL to connect", ["relay", "connect"], 2, /joins chains by URL/],
    ["an end to stop", ["relay", "stop", ...both], 2, /Ctrl-C/],
    ["no address", ["query", "staking", "params", "--node", "ftp://x"], 2, /no address of a node/],
    ["two prices", ["relay", "once", ...both, "--fees", "1stake", "--gas-prices", "1stake"], 2, /two ways/],
    ["gas that is none", ["relay", "once", ...both, "--gas", "much"], 2, /--gas takes/],
    ["a price that is none", ["relay", "once", ...both, "--gas-prices", "cheap"], 2, /0\.025stake/],
    [
      "a provider's command for a consumer",
      ["tx", "provider", "opt-in", "0", "--consumer", NOBODY],
      2,
      /--provider/,
    ],
    [
      "evidence for nobody",
      ["evidence", "submit", "double-sign", "0", "--file", "none.json", "--consumer", NOBODY],
      3,
      /no file none.json/,
    ],
  ])("says what is wrong with %s", async (_, args, code, message) => {
    const ran = await scratch.tandem(...args);
    expect(ran.stderr).toMatch(message);
    expect([ran.code, ran.stdout]).toEqual([code, ""]);
    expect(ran.stderr).not.toMatch(/\n\s+at /);
  });

  test("says how to sign when nobody does, and shows no secret", async () => {
    const unsigned = await runTandem(["relay", "once", ...both], scratch.cwd, { TANDEM_MNEMONIC: "" });
    expect([unsigned.code, unsigned.stderr]).toEqual([
      2,
      expect.stringMatching(/TANDEM_MNEMONIC[\s\S]*never flags/),
    ]);
  });
});

describe("chains known by their URLs", () => {
  const scratch = createScratch();
  const { env, ok, tandem, path } = scratch;
  const provider: { rpc: string; running: Running | undefined } = { rpc: "", running: undefined };
  let consumer = "";
  let other = "";
  let ends: string[] = [];
  const json = async (...args: string[]) => JSON.parse(await ok(...args, "--json"));
  afterAll(() => scratch.end());

  async function startProvider(rpc = FREE_PORT): Promise<void> {
    const keys = ["--key", "bob/config/priv_validator_key.json"];
    const { running, rpc: url } = await scratch.node("provider", "--home", "alice", "--rpc", rpc, ...keys);
    Object.assign(provider, { rpc: url, running });
  }

  /** A file of the Go binary's create-consumer and update-consumer. */
  function consumerFile(name: string, spawnTime: string, more: object): string {
    const parameters = {
      initial_height: { revision_number: 1, revision_height: 1 },
      genesis_hash: "",
      binary_hash: "",
      spawn_time: spawnTime,
      unbonding_period: 1_209_600_000_000_000,
      ccv_timeout_period: 2_419_200_000_000_000,
      transfer_timeout_period: 3_600_000_000_000,
      consumer_redistribution_fraction: "0.75",
      blocks_per_distribution_transmission: 1000,
      historical_entries: 10_000,
      distribution_transmission_channel: "",
    };
    const shaping = {
      top_N: 0,
      validators_power_cap: 0,
      validator_set_cap: 0,
      allowlist: [],
      denylist: [],
      min_stake: 0,
      allow_inactive_vals: false,
      prioritylist: [],
    };
    writeFileSync(
      path(name),
      JSON.stringify({ ...more, initialization_parameters: parameters, power_shaping_parameters: shaping }),
    );
    return name;
  }

  const validatorsOf = async (
    url: string,
  ): Promise<{ pub_key: { value: string }; voting_power: string }[]> => {
    const response = await fetch(`${url}/validators`);
    return ((await response.json()) as { result: { validators: never[] } }).result.validators;
  };

  /** Relays until the consumer's validator set is as it should be. */
  async function relayUntil(
    holds: (set: Awaited<ReturnType<typeof validatorsOf>>) => boolean,
  ): Promise<void> {
    for (let tries = 0; !holds(await validatorsOf(consumer)); tries++) {
      if (tries > 20)
        throw new Error(`the consumer's set is ${JSON.stringify(await validatorsOf(consumer))}`);
      await blocks(provider.rpc, 1n);
      await ok("relay", "once", ...ends);
      await blocks(consumer, 2n);
    }
  }

  test("a provider of two validators runs", async () => {
    const bob = await DirectSecp256k1HdWallet.generate(12, { prefix: "cosmos" });
    const operator = (await bob.getAccounts())[0]!.address;
    env["BOB_MNEMONIC"] = bob.mnemonic;
    await ok("chain", "init", "provider", "--home", "bob", "--chain-id", "provider-1");
    const own = ["--account", "TANDEM_MNEMONIC=1000000000stake", "--stake", "6000000stake"];
    const second = ["--account", `${operator}=1000000stake`];
    const key = `bob/config/priv_validator_key.json=${operator}=3000000stake`;
    const init = ["chain", "init", "provider", "--home", "alice", "--chain-id", "provider-1"];
    await ok(...init, ...own, ...second, "--validator", key);
    const file = path("alice/config/genesis.json");
    const genesis = readFileSync(file, "utf8");
    expect(genesis).toMatch(/"blocks_per_epoch": ?"\d+"/);
    writeFileSync(file, genesis.replace(/"blocks_per_epoch": ?"\d+"/, '"blocks_per_epoch":"3"'));
    await startProvider();
    await blocks(provider.rpc, 1n);
  });

  test("a consumer is created, opted into and launched with the Go binary's commands", async () => {
    for (const home of ["game", "game-bob"])
      await ok("chain", "init", "consumer", "--home", home, "--chain-id", "game-1");
    const metadata = { name: "game", description: "a consumer", metadata: "{}" };
    const to = ["--provider", provider.rpc];
    await ok(
      "tx",
      "provider",
      "create-consumer",
      consumerFile("c.json", FAR_AWAY, { chain_id: "game-1", metadata }),
      ...to,
    );
    const pubkey = async (home: string) => (await ok("chain", "show-validator", "--home", home)).trim();
    await ok(
      "tx",
      "provider",
      "opt-in",
      "0",
      await pubkey("game"),
      ...to,
      "--gas-prices",
      "0.025stake",
      "-y",
    );
    const asBob = await runTandem(
      [
        "tx",
        "provider",
        "opt-in",
        "0",
        await pubkey("game-bob"),
        ...to,
        "--fees",
        "7stake",
        "--gas",
        "400000",
      ],
      scratch.cwd,
      { TANDEM_MNEMONIC: MNEMONIC, TANDEM_PROVIDER_MNEMONIC: env["BOB_MNEMONIC"]! },
    );
    expect([asBob.code, asBob.stderr]).toEqual([0, ""]);
    await ok(
      "tx",
      "provider",
      "update-consumer",
      consumerFile("u.json", new Date().toISOString(), { consumer_id: "0" }),
      ...to,
    );
    const launched = async () =>
      JSON.parse(await ok("query", "provider", "list-consumer-chains", "3", ...to)).chains.length > 0;
    while (!(await launched())) await blocks(provider.rpc, 1n);

    writeFileSync(path("ccv.json"), await ok("query", "provider", "consumer-genesis", "0", ...to));
    const init = ["chain", "init", "consumer", "--home", "game", "--chain-id", "game-1", "--ccv", "ccv.json"];
    await ok(...init, "--account", "TANDEM_MNEMONIC=1000000000stake");
    const key = "game-bob/config/priv_validator_key.json";
    consumer = (await scratch.node("consumer", "--home", "game", "--rpc", FREE_PORT, "--key", key)).rpc;
    ends = ["--provider", provider.rpc, "--consumer", consumer];
    await blocks(consumer, 1n);
  });

  test("nothing is relayed before the chains are connected", async () => {
    const ran = await tandem("relay", "once", ...ends);
    expect([ran.code, ran.stderr]).toEqual([
      3,
      expect.stringMatching(/no open connection[\s\S]*relay connect/),
    ]);
    expect((await json("relay", "status", ...ends)).connected).toBe(false);
  });

  test.each([
    [
      "a consumer as provider",
      () => ["--provider", consumer, "--consumer", consumer],
      /it is a consumer: --consumer/,
    ],
    [
      "a provider as consumer",
      () => ["--provider", provider.rpc, "--consumer", provider.rpc],
      /it is a provider/,
    ],
  ])("%s is refused", async (_, args, message) => {
    const ran = await tandem("relay", "connect", ...args());
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringMatching(message)]);
  });

  test("an unknown consumer, and one of another URL, are told apart", async () => {
    const none = await tandem("relay", "connect", "nothing-1", ...ends);
    expect([none.code, none.stderr]).toEqual([3, expect.stringMatching(/there are: 0 \(game-1\)/)]);
  });

  test("the guide's commands do what they are shown for", async () => {
    await ok(
      "chain",
      "init",
      "provider",
      "--home",
      "other",
      "--chain-id",
      "other-1",
      "--stake",
      "5000000stake",
      "--account",
      "TANDEM_MNEMONIC=1000000000stake",
    );
    other = (await scratch.node("provider", "--home", "other", "--rpc", FREE_PORT)).rpc;
    const { validators } = JSON.parse(await ok("query", "staking", "validators", ...ends));
    const wallet = await DirectSecp256k1HdWallet.fromMnemonic(MNEMONIC, { prefix: "consumer" });
    Object.assign(env, {
      PROVIDER: provider.rpc.replace("http:", "ws:").concat("/websocket"),
      CONSUMER: consumer.replace("http:", "tcp:"),
      OTHER: other.replace("http://", ""),
      VALIDATOR: validators.find((v: { tokens: string }) => v.tokens === "6000000").operator_address,
      RECEIVER: (await wallet.getAccounts())[0]!.address,
      KEY: path("game-bob/config/priv_validator_key.json"),
    });
    const doc = readFileSync(join(__dirname, "../../docs/real-chains.md"), "utf8");
    const commands = [...doc.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap((match) =>
      match[1]!.trim().split("\n"),
    );
    expect(commands).toHaveLength(17);
    for (const command of commands) {
      const args = command
        .replace(/^tandem /, "")
        .split(" ")
        .map((word) => word.replace(/^"\$(\w+)"$/, (_, name: string) => env[name]!));
      if (args[1] !== "start") {
        await ok(...args);
        // What the guide does next needs a block or an epoch between.
        await blocks(provider.rpc, 1n);
        continue;
      }
      const running = scratch.started(args);
      await running.printed(/follows provider-1 connection-0 and game-1 connection-0/);
      running.kill("SIGINT");
      expect(await running.ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/stopped after/) });
    }
  });

  test("the path is open, on every channel that the guide opened", async () => {
    const status = await json("relay", "status", ...ends);
    expect(status).toMatchObject({
      consumerId: "0",
      provider: {
        chainId: "provider-1",
        client: "07-tendermint-0",
        connection: "connection-0",
        channel: "channel-0",
      },
      consumer: {
        chainId: "game-1",
        client: "07-tendermint-0",
        connection: "connection-0",
        channel: "channel-0",
      },
      connected: true,
    });
    expect(status.channels.map((c: { open: boolean; ordering: string }) => [c.open, c.ordering])).toEqual([
      [true, "ordered"],
      [true, "unordered"],
    ]);
    expect((await json("relay", "connect", ...ends, "--dry-run")).steps).toEqual([]);
    const plain = await json("relay", "status", "--a", provider.rpc, "--b", other);
    expect(plain.channels).toMatchObject([{ open: true, version: "ics20-1" }]);
  });

  test("what was transferred has arrived", async () => {
    const { balances } = JSON.parse(
      await ok("query", "bank", "balances", env["RECEIVER"]!, "--consumer", consumer),
    );
    expect(balances.filter((b: { denom: string }) => b.denom.startsWith("ibc/"))).toEqual([
      { denom: expect.stringMatching(/^ibc\/[0-9A-F]{64}$/), amount: "100" },
    ]);
  });

  test("evidence had the validator punished, and the consumer loses it", async () => {
    expect(statSync(path("evidence.json")).mode & 0o777).toBe(0o600);
    const { validators } = JSON.parse(await ok("query", "staking", "validators", "--provider", provider.rpc));
    expect(validators.filter((v: { jailed: boolean }) => v.jailed)).toMatchObject([{ tokens: "2850000" }]);
    await relayUntil((set) => set.length === 1 && set[0]!.voting_power === "11");
  });

  test("evidence that does not hold is not sent; what the chain refuses is told with its meaning", async () => {
    const submit = [
      "evidence",
      "submit",
      "double-sign",
      "0",
      "--file",
      "evidence.json",
      "--provider",
      provider.rpc,
    ];
    const again = await tandem(...submit);
    expect([again.code, again.stderr]).toEqual([6, expect.stringMatching(/tombstoned already/)]);
    const sent = await tandem(...submit, "--unchecked", "--gas", "900000", "--json");
    expect(sent.code).toBe(4);
    expect(JSON.parse(sent.stdout).error).toMatchObject({
      code: "tx-failed",
      abci: { code: expect.any(Number), codespace: expect.any(String) },
      message: expect.stringMatching(/tombstoned/),
      hint: expect.stringMatching(/already/),
    });
    const file = JSON.parse(readFileSync(path("evidence.json"), "utf8"));
    file.evidence.vote_b.signature = file.evidence.vote_a.signature;
    writeFileSync(path("forged.json"), JSON.stringify(file));
    const forged = await tandem(...submit.with(5, "forged.json"), "--dry-run");
    expect([forged.code, forged.stderr]).toEqual([
      6,
      expect.stringMatching(/vote B is signed for game-1: wrong/),
    ]);
  });

  test("evidence is made only by those who say that they mean it", async () => {
    const make = ["evidence", "make", "double-sign", "--key", path("game/config/priv_validator_key.json")];
    const to = ["--consumer", consumer, "--out", "never.json"];
    const unsure = await tandem(...make, ...to);
    expect([unsure.code, unsure.stderr]).toEqual([7, expect.stringMatching(/tombstoned for good/)]);
    const strange = await tandem(
      ...make.with(4, path("alice/config/priv_validator_key.json")),
      ...to,
      "--yes",
    );
    expect([strange.code, strange.stderr]).toEqual([3, expect.stringMatching(/not in the validator set/)]);
    const there = await tandem(...make, "--consumer", consumer, "--out", "evidence.json", "--yes");
    expect([there.code, there.stderr]).toEqual([7, expect.stringMatching(/there already/)]);
  });

  test("a relayer goes on when a node has been away", async () => {
    const delegate = () =>
      ok("tx", "staking", "delegate", env["VALIDATOR"]!, "1000000stake", "--provider", provider.rpc);
    const relayer = scratch.started(["relay", "start", ...ends, "--json"]);
    await relayer.printed(/"event":"started"/);
    await delegate();
    await relayer.printed(/"event":"carried"/);
    provider.running!.kill("SIGTERM");
    await provider.running!.ended;
    await relayer.printed(/"event":"error".*does not answer/);
    await startProvider(provider.rpc.replace("http:", "tcp:"));
    await blocks(provider.rpc, 1n);
    await delegate();
    await relayer.printed(/"event":"error"[\s\S]*"event":"carried"/);
    relayer.kill("SIGTERM");
    const { code, stdout, stderr } = await relayer.ended;
    expect([code, stderr]).toEqual([0, ""]);
    const events = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events.at(-1)).toMatchObject({ event: "stopped", path: "game-1" });
    expect(events.at(-1).packets).toBeGreaterThanOrEqual(2);
    await relayUntil((set) => set[0]!.voting_power === "13");
  });

  test("--from must be the account that signs, and a wrong mnemonic is not repeated", async () => {
    const send = ["tx", "bank", "send", SENDER, "1stake", "--provider", provider.rpc];
    const from = await tandem(...send, "--from", "cosmos17d0jcz59jf68g52vq38tuuncmwwjk42u6mcxej");
    expect([from.code, from.stderr]).toEqual([2, expect.stringMatching(/mnemonic in the environment is of/)]);
    const wrong = await runTandem(send, scratch.cwd, { TANDEM_MNEMONIC: "legal winner tiger" });
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringMatching(/BIP-39/)]);
    expect(wrong.stderr).not.toMatch(/legal|tiger/);
  });

  test("an account that the chain does not know is told to get coins", async () => {
    const poor = await DirectSecp256k1HdWallet.generate(12, { prefix: "cosmos" });
    const args = ["tx", "bank", "send", SENDER, "1stake", "--provider", provider.rpc];
    const ran = await runTandem(args, scratch.cwd, { TANDEM_MNEMONIC: poor.mnemonic });
    expect([ran.code, ran.stderr]).toEqual([3, expect.stringMatching(/send it coins first/)]);
  });
});
