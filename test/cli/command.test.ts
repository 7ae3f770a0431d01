import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createScratch, type Ran } from "./run-tandem.ts";

const json = ({ stdout }: Ran) => JSON.parse(stdout);

describe("the tandem command without a network", () => {
  const scratch = createScratch();
  afterAll(() => scratch.end());

  test.each([
    ["an unknown command", ["dance"], 2, /unknown command/],
    ["a typo", ["statsu"], 2, /did you mean status\?/],
    ["a typo in a verb", ["stake", "delegat", "alice", "5stake"], 2, /did you mean delegate\?/],
    ["a typo in a flag", ["status", "--jsn"], 2, /did you mean --json\?/],
    ["a missing verb", ["relay"], 2, /Usage: tandem relay/],
    ["a missing argument", ["stake", "delegate", "alice"], 2, /tandem stake delegate --help/],
    ["a network's name that leads elsewhere", ["status", "--net", "../x"], 2, /--net takes a name/],
    ["a seed beside a file", ["up", "-f", "x.yaml", "--seed", "1"], 2, /--seed does not go with --file/],
    ["a missing file", ["up", "-f", "nothing.yaml"], 3, /there is no file nothing.yaml/],
    ["a number that is none", ["up", "--validators", "many"], 2, /whole number/],
    ["a network that does not run", ["status"], 8, /no network runs/],
    [
      "a wait that does not exist",
      ["stake", "delegate", "alice", "5stake", "--wait", "forever"],
      2,
      /--wait takes/,
    ],
  ])("says what is wrong with %s", async (_, args, code, message) => {
    const ran = await scratch.tandem(...args);
    expect(ran.stderr).toMatch(message);
    expect([ran.code, ran.stdout]).toEqual([code, ""]);
    expect(ran.stderr).not.toMatch(/\n\s+at /);
  });

  test.each([
    ["not YAML", "a: [", /is not YAML/],
    ["an unknown field", "validatorz: 4", /validatorz/],
    ["nobody to validate", "consumers: [{ name: lonely, optIn: [] }]", /nobody opts in/],
    ["a stranger as validator", "consumers: [{ name: c, optIn: [mallory] }]", /no validator/],
    ["two equal names", "validators: [{ name: a }, { name: a }]", /taken/],
    ["two equal chains", "consumers: [{ name: c, chainId: a }, { name: c, chainId: b }]", /the name c/],
    [
      "one port twice",
      "{ provider: { ports: { rpc: 4 } }, consumers: [{ name: c, ports: { rpc: 4 } }] }",
      /port 4/,
    ],
  ])("refuses a topology with %s", async (_, text, message) => {
    writeFileSync(join(scratch.cwd, "bad.yaml"), text);
    const ran = await scratch.tandem("up", "-f", "bad.yaml");
    expect(ran.stderr).toMatch(message);
    expect(ran.code).toBe(2);
  });

  test("prints errors as JSON where asked", async () => {
    const ran = await scratch.tandem("status", "--json");
    expect(json(ran).error).toMatchObject({ code: "not-running", hint: "tandem up starts one" });
  });
});

describe("a detached network", () => {
  const scratch = createScratch();
  let up: ReturnType<typeof json>;
  beforeAll(async () => {
    up = json(await scratch.tandem("up", "--detach", "--json", "--block-time", "250ms"));
  }, 60_000);
  afterAll(() => scratch.end());

  test("tells what scripts need", () => {
    expect(Object.keys(up).sort()).toEqual([
      "accounts",
      "chains",
      "controlUrl",
      "dashboardUrl",
      "home",
      "seconds",
    ]);
    expect(up.accounts[0]).toEqual({
      name: "alice",
      address: expect.stringMatching(/^cosmos1/),
      mnemonic: expect.stringMatching(/^(\w+ ){23}\w+$/),
    });
    const consumer = up.chains.find((c: { name: string }) => c.name === "consumer-0");
    expect(consumer).toMatchObject({
      chainId: "consumer-0",
      role: "consumer",
      consumerId: "0",
      phase: "launched",
      height: expect.stringMatching(/^\d+$/),
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      rpc: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      ccvChannel: "channel-0",
      vscId: expect.stringMatching(/^\d+$/),
      clientExpiresIn: expect.stringMatching(/^\d+d\d+h$/),
    });
    expect(consumer.validators[0]).toEqual({
      name: "alice",
      consAddress: expect.stringMatching(/^consumervalcons1/),
      pubKey: expect.stringMatching(/^[\w+/]{43}=$/),
      power: "501",
      jailed: false,
      tombstoned: false,
      missedBlocks: "0",
    });
  });

  test("keeps secrets to its owner", () => {
    const file = join(scratch.cwd, ".tandem/network.json");
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  test("refuses a second network in the same home", async () => {
    const ran = await scratch.tandem("up", "--detach");
    expect(ran.stderr).toMatch(/runs in .* already/);
    expect(ran.code).toBe(7);
  });

  test.each([
    ["an unknown validator", ["stake", "delegate", "alcie", "5000000stake"], 3, /did you mean "alice"/],
    ["an unknown consumer", ["validator", "opt-in", "alice", "consumer-9"], 3, /no consumer "consumer-9"/],
    ["too much", ["stake", "delegate", "alice", "999999999999999999stake"], 4, /insufficient funds/],
    [
      "evidence that is none",
      ["evidence", "submit", "double-sign", "consumer-0", "--file", "bad.json"],
      6,
      /not double-sign evidence/,
    ],
    ["an unknown query", ["query", "grpc", "cosmos.bank.v1beta1.Query/Nothing"], 3, /there is no query/],
    ["a clock that cannot be advanced", ["clock", "advance", "1h"], 7, /system clock/],
  ])("refuses %s", async (_, args, code, message) => {
    writeFileSync(join(scratch.cwd, "bad.json"), "{}");
    const ran = await scratch.tandem(...args);
    expect(ran.stderr).toMatch(message);
    expect(ran.code).toBe(code);
  });

  test("sends transactions and answers queries as the Go binaries do", async () => {
    const { address } = up.accounts[1];
    const sent = json(
      await scratch.tandem("tx", "bank", "send", address, "1000stake", "--from", "alice", "--json"),
    );
    expect(sent).toMatchObject({ code: 0, hash: expect.stringMatching(/^[0-9A-F]{64}$/) });
    const balances = json(await scratch.tandem("query", "bank", "balances", address));
    expect(balances.balances).toEqual([{ denom: "stake", amount: "1000000001000" }]);
    const genesis = json(await scratch.tandem("query", "provider", "consumer-genesis", "0"));
    expect(genesis.params.consumer_id).toBe("0");
    const info = json(await scratch.tandem("query", "ccvconsumer", "provider-info"));
    expect(info.provider).toMatchObject({ chainID: "provider", channelID: "channel-0" });
  });

  test("ends, and goes on from its state when it is started again", async () => {
    const before = json(await scratch.tandem("status", "--json"));
    const down = json(await scratch.tandem("down", "--json"));
    expect(down.ended).toHaveLength(1);
    expect(existsSync(join(scratch.cwd, ".tandem/run.json"))).toBe(false);
    const again = json(await scratch.tandem("up", "--detach", "--json"));
    for (const chain of again.chains) {
      const old = before.chains.find((c: { name: string }) => c.name === chain.name);
      expect(BigInt(chain.height)).toBeGreaterThanOrEqual(BigInt(old.height));
      expect(chain.validators.map((v: { pubKey: string }) => v.pubKey)).toEqual(
        old.validators.map((v: { pubKey: string }) => v.pubKey),
      );
    }
    const result = json(
      await scratch.tandem("stake", "delegate", "bob", "3000000stake", "--wait", "applied", "--json"),
    );
    expect(result.appliedOn).toEqual(["consumer-0", "consumer-1"]);
    expect(readFileSync(join(scratch.cwd, ".tandem/tandem.log"), "utf8")).not.toMatch(/Error/);
  }, 60_000);
});
