/** `tandem tx` offline and with files, and `tandem consumer create` with all of its shape, on a network that runs. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createScratch, type Ran } from "./run-tandem.ts";

// Every command is a process, and each of them may have to wait for the machine.
jest.setTimeout(300_000);

const RECEIVER = "cosmos1w7f3xx7e75p4l7qdym5msqem9rd4dyc4752spg";
const MNEMONIC = "gather series sample skin gate mask gossip between equip knife total stereo";
const NOBODY = ["--node", "http://127.0.0.1:9"];

const scratch = createScratch();
let chainId = "";
const addresses = new Map<string, string>();

async function ok(...args: string[]): Promise<string> {
  const ran = await scratch.tandem(...args);
  if (ran.code !== 0) throw new Error(`tandem ${args.join(" ")}: ${ran.code}\n${ran.stdout}${ran.stderr}`);
  return ran.stdout.trim();
}
const json = async (...args: string[]) => JSON.parse(await ok(...args));
const addressOf = (name: string): string => addresses.get(name)!;

/** Number and sequence of an account, as flags. */
async function accountFlags(name: string): Promise<string[]> {
  const { account } = await json("query", "auth", "account", addressOf(name));
  return ["--account-number", account.account_number, "--sequence", account.sequence];
}

const balanceOf = async (address: string): Promise<bigint> => {
  const { balances } = await json("query", "bank", "balances", address);
  return BigInt(balances.find((coin: { denom: string }) => coin.denom === "stake")?.amount ?? 0);
};

beforeAll(async () => {
  const up = await json(
    ...["up", "--detach", "--json", "--validators", "4", "--consumers", "0", "--block-time", "250ms"],
  );
  chainId = up.chains[0].chainId;
  for (const name of ["alice", "bob"]) {
    const { address, mnemonic } = up.accounts.find((account: { name: string }) => account.name === name);
    addresses.set(name, address);
    writeFileSync(join(scratch.cwd, `${name}.txt`), mnemonic);
    await ok("keys", "add", name, "--recover", "--source", `${name}.txt`);
  }
});
afterAll(() => scratch.end());

test.each(["direct", "amino-json"])("a transaction signed offline (%s) is taken", async (mode) => {
  const unsigned = await json(
    ...["tx", "bank", "send", addressOf("alice"), RECEIVER, "7stake", "--generate-only", ...NOBODY],
    ...["--note", "<for> you", "--timeout-height", "1000000", "--fees", "3stake", "--gas", "200000"],
  );
  expect(unsigned).toMatchObject({
    body: { memo: "<for> you", timeout_height: "1000000" },
    auth_info: { signer_infos: [], fee: { amount: [{ denom: "stake", amount: "3" }], gas_limit: "200000" } },
    signatures: [],
  });
  writeFileSync(join(scratch.cwd, "unsigned.json"), JSON.stringify(unsigned));
  const offline = ["--offline", "--chain-id", chainId, ...(await accountFlags("alice"))];
  const silent = await ok(
    ...["tx", "sign", "unsigned.json", "--from", "alice", "--sign-mode", mode, ...offline, ...NOBODY],
    ...["--output-document", "signed.json"],
  );
  expect(silent).toBe("");
  expect(await json("tx", "validate-signatures", "signed.json", "--json")).toMatchObject({ valid: true });
  const bytes = await ok("tx", "encode", "signed.json");
  writeFileSync(join(scratch.cwd, "decoded.json"), await ok("tx", "decode", bytes));
  const before = await balanceOf(RECEIVER);
  const sent = await json("tx", "broadcast", "decoded.json", "--json");
  expect(sent).toMatchObject({ code: 0, hash: expect.stringMatching(/^[0-9A-F]{64}$/) });
  expect(await balanceOf(RECEIVER)).toBe(before + 7n);
  // The same bytes once more: the node knows them.
  const again = await scratch.tandem("tx", "broadcast", "decoded.json");
  expect([again.code, again.stderr]).toEqual([4, expect.stringMatching(/sdk\/19.*in cache/)]);
  const late = await scratch.tandem("tx", "validate-signatures", "signed.json");
  // Only amino signs the sequence, which is over now.
  expect([late.code, late.stderr]).toEqual(
    mode === "direct" ? [0, ""] : [6, expect.stringMatching(/validation failed/)],
  );
});

test("--offline signs with what the flags say, and then gives it to the node", async () => {
  const line = ["tx", "bank", "send", "alice", RECEIVER, "1stake", "--offline", "--chain-id", chainId];
  const right = await accountFlags("alice");
  expect(await json(...line, ...right, "--json")).toMatchObject({ code: 0 });
  const again = await scratch.tandem(...line, ...right, "--note", "again");
  expect([again.code, again.stderr]).toEqual([4, expect.stringMatching(/sequence mismatch/)]);
});

test("members of a group sign apart, and their signatures together are the group's", async () => {
  const group = await json(
    "keys",
    "add",
    "group",
    "--multisig",
    "alice,bob",
    "--multisig-threshold",
    "2",
    "--json",
  );
  addresses.set("group", group.address);
  await ok("tx", "bank", "send", group.address, "50stake", "--from", "alice");
  writeFileSync(
    join(scratch.cwd, "group.json"),
    await ok("tx", "bank", "send", RECEIVER, "9stake", "--from", "group", "--generate-only", "--gas", "auto"),
  );
  for (const name of ["alice", "bob"])
    writeFileSync(
      join(scratch.cwd, `${name}.json`),
      await ok("tx", "sign", "group.json", "--from", name, "--multisig", "group"),
    );
  const one = await ok("tx", "multi-sign", "group.json", "group", "alice.json");
  writeFileSync(join(scratch.cwd, "half.json"), one);
  expect(await scratch.tandem("tx", "broadcast", "half.json")).toMatchObject({
    code: 4,
    stderr: expect.stringMatching(/sdk\/4/),
  });
  writeFileSync(
    join(scratch.cwd, "whole.json"),
    await ok("tx", "multisign", "group.json", "group", "bob.json", "alice.json"),
  );
  const before = await balanceOf(RECEIVER);
  await ok("tx", "broadcast", "whole.json");
  expect(await balanceOf(RECEIVER)).toBe(before + 9n);
  // Its sequence is over now: what the members signed holds for it no more.
  const late = await scratch.tandem("tx", "multisign", "group.json", "group", "bob.json", "alice.json");
  expect([late.code, late.stderr]).toEqual([6, expect.stringMatching(/couldn't verify signature/)]);
});

test("who pays for another signs as well", async () => {
  const line = [
    "tx",
    "bank",
    "send",
    RECEIVER,
    "2stake",
    "--from",
    "alice",
    "--fee-payer",
    "bob",
    "--fees",
    "11stake",
  ];
  const alone = await scratch.tandem(...line);
  expect([alone.code, alone.stderr]).toEqual([2, expect.stringMatching(/fee payer .* must sign as well/)]);
  writeFileSync(join(scratch.cwd, "paid.json"), await ok(...line, "--generate-only"));
  const first = ["tx", "sign", "paid.json", "--from", "alice"];
  writeFileSync(join(scratch.cwd, "direct.json"), await ok(...first));
  const two = await scratch.tandem("tx", "sign", "direct.json", "--from", "bob");
  expect([two.code, two.stderr]).toEqual([2, expect.stringMatching(/maximum 1 DIRECT signer/)]);
  writeFileSync(join(scratch.cwd, "amino.json"), await ok(...first, "--sign-mode", "amino-json"));
  writeFileSync(join(scratch.cwd, "both.json"), await ok("tx", "sign", "amino.json", "--from", "bob"));
  const before = await balanceOf(addressOf("bob"));
  await ok("tx", "broadcast", "both.json");
  expect(await balanceOf(addressOf("bob"))).toBe(before - 11n);
});

test("a transaction after its last block is refused, and simulated gas is printed", async () => {
  const late = await scratch.tandem(
    ...["tx", "bank", "send", "alice", RECEIVER, "1stake", "--timeout-height", "1", "--gas", "100000"],
  );
  expect([late.code, late.stderr]).toEqual([4, expect.stringMatching(/sdk\/30/)]);
  const unsigned = await ok("tx", "bank", "send", "alice", RECEIVER, "1stake", "--generate-only");
  writeFileSync(join(scratch.cwd, "try.json"), unsigned);
  const tried = await json("tx", "simulate", "try.json", "--from", "alice");
  expect(Number(tried.gas_info.gas_used)).toBeGreaterThan(40_000);
});

const offline = ["--offline", "-a", "1", "-s", "1"];
const send = ["tx", "bank", "send", RECEIVER, "1stake"];

test.each<[string, string[], number, RegExp]>([
  [
    "--offline without numbers",
    [...send, "--from", "alice", "--offline"],
    2,
    /account-number and sequence must be set/,
  ],
  [
    "--offline and --gas auto",
    [...send, "--from", "alice", ...offline, "--gas", "auto"],
    2,
    /cannot estimate gas/,
  ],
  ["--offline without a chain id", [...send, "--from", "alice", ...offline], 2, /chain ID required/],
  [
    "a chain id for what is not signed",
    [...send, "--from", RECEIVER, ...offline, "--generate-only", "--chain-id", "x"],
    2,
    /chain ID cannot be used/,
  ],
  ["a mnemonic as memo", [...send, "--from", "alice", "--note", MNEMONIC], 2, /mnemonic seed in the memo/],
  ["a sign mode", [...send, "--from", "alice", "--sign-mode", "amino-jsn"], 2, /did you mean "amino-json"/],
  [
    "another sign mode",
    [...send, "--from", "alice", "--sign-mode", "textual"],
    2,
    /textual is not supported/,
  ],
  [
    "a sequence",
    [...send, "--from", "alice", "--offline", "-a", "1", "-s", "-1"],
    2,
    /64 bits|argument missing|unknown option/,
  ],
  [
    "a timeout",
    [...send, "--from", "alice", "--timeout-height", "soon"],
    2,
    /--timeout-height takes a whole number/,
  ],
  ["a granter", [...send, "--from", "alice", "--fee-granter", "cosmos1X"], 2, /--fee-granter is no address/],
  ["a file that is no transaction", ["tx", "encode", "alice.txt"], 2, /alice\.txt is no transaction/],
  ["bytes that are none", ["tx", "decode", "xyz!"], 2, /no base64[\s\S]*--hex/],
  [
    "a group's key that is none",
    ["tx", "sign", "unsigned.json", "--from", "alice", "--multisig", "bob"],
    2,
    /no group's key/,
  ],
  [
    "a stranger's signature",
    ["tx", "sign", "unsigned.json", "--from", "bob"],
    2,
    /does not match the given signer/,
  ],
  ["broadcasting offline", ["tx", "broadcast", "unsigned.json", "--offline"], 2, /during offline mode/],
  [
    "a group without members",
    ["keys", "add", "g", "--multisig", ",", "--multisig-threshold", "1"],
    2,
    /0 < 1/,
  ],
  ["a public key that is none", ["keys", "add", "g", "--pubkey", "{}"], 2, /no public key/],
])("says what is wrong with %s", async (_, args, code, message) => {
  const ran: Ran = await scratch.tandem(...args);
  expect(ran.stderr).toMatch(message);
  expect([ran.code, ran.stdout]).toEqual([code, ""]);
  expect(ran.stderr).not.toMatch(/\n\s+at /);
});

test("a consumer is created with all of its shape", async () => {
  await ok(
    ...[
      "consumer",
      "create",
      "game-1",
      "--set-cap",
      "2",
      "--power-cap",
      "60",
      "--prioritylist",
      "dave,carol",
    ],
    ...["--allowlist", "bob,carol,dave", "--denylist", "bob", "--min-stake", "1000000", "--allow-inactive"],
  );
  const chain = await json("query", "provider", "consumer-chain", "game-1");
  const shape = chain.power_shaping_params;
  expect([shape.allowlist.length, shape.denylist.length, shape.prioritylist.length]).toEqual([3, 1, 2]);
  expect(shape).toMatchObject({
    validator_set_cap: 2,
    validators_power_cap: 60,
    min_stake: "1000000",
    allow_inactive_vals: true,
  });
  const [game] = await json("validator", "list", "--chain", "game-1", "--json");
  const voting = game.validators.filter((v: { power: string }) => v.power !== "0");
  expect(voting.map((v: { name: string }) => v.name).sort()).toEqual(["carol", "dave"]);
});

test.each<[string, string[], RegExp]>([
  ["a stranger", ["--denylist", "zoe"], /zoe, which is no validator/],
  ["no stake", ["--min-stake", "1unit"], /--min-stake takes a whole number/],
  ["no names", ["--allowlist", ","], /--allowlist takes names/],
  ["a top of too few", ["--top-n", "30"], /topN/],
])("a consumer is not created with %s", async (_, flags, message) => {
  const ran = await scratch.tandem("consumer", "create", "game-2", ...flags);
  expect([ran.code, ran.stderr]).toEqual([2, expect.stringMatching(message)]);
});
