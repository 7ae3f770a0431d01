/** `tandem tx provider`, `tandem tx gov` and `tandem query provider` before any chain is asked: arguments, files, help. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ran, runTandem } from "./run-tandem.ts";

const FROM = "cosmos13v4t6pckeyc9qs4cr7esp59ersgl7c03x2mnsx";
const OPERATOR = "cosmosvaloper13v4t6pckeyc9qs4cr7esp59ersgl7c03r70xu4";
const NOBODY = "http://127.0.0.1:9";
const KEY = '{"@type":"/cosmos.crypto.ed25519.PubKey","key":"EMylM2m/3ZKIbVROsJonCoy+0RYJ6yi5BViCsN5va3M="}';

// Every command is a process, and each of them may have to wait for the machine.
jest.setTimeout(300_000);

const cwd = mkdtempSync(join(tmpdir(), "tandem-provider-"));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const tandem = (...args: string[]): Promise<Ran> => runTandem(args, cwd);

function file(name: string, content: unknown): string {
  writeFileSync(join(cwd, name), typeof content === "string" ? content : JSON.stringify(content));
  return name;
}

/** The message of a command, as it would be signed. */
async function messageOf(...args: string[]): Promise<Record<string, unknown>> {
  const ran = await tandem("tx", ...args, "--from", FROM, "--generate-only");
  if (ran.code !== 0) throw new Error(`tandem tx ${args.join(" ")}: ${ran.stderr}`);
  return JSON.parse(ran.stdout).body.messages[0];
}

const METADATA = { name: "game", description: "a consumer", metadata: "{}" };

describe("messages without a chain", () => {
  test("an opt-in speaks for the validator of its signer", async () => {
    expect(await messageOf("provider", "opt-in", "3", KEY)).toEqual({
      "@type": "/interchain_security.ccv.provider.v1.MsgOptIn",
      chain_id: "",
      provider_addr: OPERATOR,
      consumer_key: KEY,
      signer: FROM,
      consumer_id: "3",
    });
  });

  test("a key may lie in a file", async () => {
    const message = await messageOf("provider", "assign-consensus-key", "3", file("key.json", `${KEY}\n`));
    expect(message["consumer_key"]).toBe(KEY);
  });

  test("a create-consumer file is Go JSON, and keys that mean nothing are told of", async () => {
    const name = file(
      "create.json",
      `{"chain_id":"game-1","metadata":${JSON.stringify(METADATA)},
        "initialization_parameters":{"initial_height":{"revision_number":1,"revision_height":1},
          "unbonding_period":1728000000000000,"ccv_timeout_period":2419200000000000,"transfer_timeout_period":1800000000000,
          "consumer_redistribution_fraction":"0.75","blocks_per_distribution_transmission":1000,"historical_entries":10000},
        "infraction_parameters":{"double_sign":{"slash_fraction":"0.05","jail_duration":9223372036854775807,"tombstone":true}},
        "power_shaping_parameter":{"top_N":0}}`,
    );
    const ran = await tandem("tx", "provider", "create-consumer", name, "--from", FROM, "--generate-only");
    expect(ran.stderr).toContain(
      'create.json: "power_shaping_parameter" means nothing; did you mean "power_shaping_parameters"?',
    );
    const [message] = JSON.parse(ran.stdout).body.messages;
    expect(message).toMatchObject({
      submitter: FROM,
      chain_id: "game-1",
      initialization_parameters: { spawn_time: "0001-01-01T00:00:00Z", unbonding_period: "1728000s" },
      infraction_parameters: {
        double_sign: { slash_fraction: "0.050000000000000000", jail_duration: "9223372036.854775807s" },
        downtime: null,
      },
      power_shaping_parameters: null,
    });
  });

  test("a proposal carries messages of governance", async () => {
    const update = {
      "@type": "/interchain_security.ccv.provider.v1.MsgUpdateConsumer",
      owner: "cosmos10d07y265gmmuvt4z0w9aw880jnsr700j6zn9kn",
      consumer_id: "0",
      power_shaping_parameters: { top_N: 67 },
    };
    const name = file("proposal.json", {
      messages: [update],
      deposit: "10000000stake,5ucosm",
      title: "Top N",
      summary: "because",
    });
    expect(await messageOf("gov", "submit-proposal", name)).toMatchObject({
      "@type": "/cosmos.gov.v1.MsgSubmitProposal",
      messages: [{ owner: update.owner, power_shaping_parameters: { top_N: 67, min_stake: "0" } }],
      initial_deposit: [
        { denom: "stake", amount: "10000000" },
        { denom: "ucosm", amount: "5" },
      ],
      proposer: FROM,
      expedited: false,
    });
  });

  test("votes are named as in the Go binaries", async () => {
    expect(await messageOf("gov", "vote", "7", "no_with_veto")).toMatchObject({
      proposal_id: "7",
      option: "VOTE_OPTION_NO_WITH_VETO",
    });
    expect(await messageOf("gov", "weighted-vote", "7", "yes=0.6,abstain=0.4")).toMatchObject({
      options: [
        { option: "VOTE_OPTION_YES", weight: "0.600000000000000000" },
        { option: "VOTE_OPTION_ABSTAIN", weight: "0.400000000000000000" },
      ],
    });
  });
});

const generate = ["--from", FROM, "--generate-only"];
const long = { chain_id: "x".repeat(51), metadata: METADATA };

test.each<[string, () => string[], number, RegExp]>([
  [
    "a command",
    () => ["tx", "provider", "optin", "0"],
    2,
    /unknown command 'optin'[\s\S]*did you mean opt-in/,
  ],
  ["a query", () => ["query", "provider", "param"], 2, /unknown command 'param'[\s\S]*did you mean params/],
  [
    "an argument too many",
    () => ["tx", "provider", "opt-out", "0", "1", ...generate],
    2,
    /too many arguments/,
  ],
  ["an argument too few", () => ["tx", "provider", "opt-out", ...generate], 2, /missing.*consumer-id/],
  [
    "a consumer id",
    () => ["tx", "provider", "opt-out", "-1x", ...generate],
    2,
    /unknown option|cannot be parsed/,
  ],
  [
    "a consumer id that is none",
    () => ["tx", "provider", "opt-in", "x", ...generate],
    2,
    /parsing "x": invalid syntax/,
  ],
  [
    "a rate above 1",
    () => ["tx", "provider", "set-consumer-commission-rate", "0", "1.1", ...generate],
    2,
    /range \[0, 1\]/,
  ],
  [
    "a rate that is none",
    () => ["tx", "provider", "set-consumer-commission-rate", "0", ".5", ...generate],
    2,
    /invalid decimal length[\s\S]*such as 0\.05/,
  ],
  [
    "a key that is none",
    () => ["tx", "provider", "assign-consensus-key", "0", "{", ...generate],
    2,
    /ConsumerKey/,
  ],
  [
    "a file that is not there",
    () => ["tx", "provider", "create-consumer", "none.json", ...generate],
    3,
    /no file none\.json/,
  ],
  [
    "a file that is none",
    () => ["tx", "provider", "create-consumer", file("list.json", "[]"), ...generate],
    2,
    /list\.json: .*JSON object/,
  ],
  [
    "an integer as text",
    () => [
      "tx",
      "provider",
      "update-consumer",
      file("text.json", '{"consumer_id":"0","power_shaping_parameters":{"top_N":"60"}}'),
      ...generate,
    ],
    2,
    /power_shaping_parameters\.top_N: expected an uint32 as a number/,
  ],
  [
    "an update of nobody",
    () => ["tx", "provider", "update-consumer", file("nobody.json", "{}"), ...generate],
    2,
    /consumer_id can't be empty/,
  ],
  [
    "a chain id that is too long",
    () => ["tx", "provider", "create-consumer", file("long.json", long), ...generate],
    2,
    /got: 51, max: 50/,
  ],
  ["a way to vote", () => ["tx", "gov", "vote", "1", "yse", ...generate], 2, /did you mean "yes"/],
  [
    "a phase",
    () => ["query", "provider", "list-consumer-chains", "lanched", "--node", NOBODY],
    2,
    /did you mean "launched"/,
  ],
  [
    "an address",
    () => ["query", "provider", "validator-provider-key", "0", "cosmosvalcons1x", "--node", NOBODY],
    2,
    /no address/,
  ],
  [
    "two ways to turn pages",
    () => ["query", "provider", "list-consumer-chains", "--page", "2", "--offset", "1", "--node", NOBODY],
    2,
    /two ways/,
  ],
  [
    "a page key",
    () => ["query", "provider", "list-consumer-chains", "--page-key", "!", "--node", NOBODY],
    2,
    /next_key/,
  ],
])("says what is wrong with %s", async (_, args, code, message) => {
  const ran = await tandem(...args());
  expect(ran.stderr).toMatch(message);
  expect([ran.code, ran.stdout]).toEqual([code, ""]);
  expect(ran.stderr).not.toMatch(/\n\s+at /);
});

test("help shows the file and an example, and errors are JSON where JSON is asked for", async () => {
  const help = await tandem("tx", "provider", "create-consumer", "--help");
  expect([help.code, help.stdout]).toEqual([
    0,
    expect.stringMatching(/"unbonding_period": 1728000000000000[\s\S]*Example:/),
  ]);
  const refused = await tandem("tx", "provider", "opt-in", "x", ...generate, "-o", "json");
  expect(JSON.parse(refused.stdout).error).toMatchObject({
    code: "usage",
    abci: { codespace: "provider", code: 49 },
  });
});
