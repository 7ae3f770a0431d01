/** `tandem keys` as people and scripts use it. */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Ran } from "./run-tandem.ts";

// Each command is a process; a busy machine takes long to start one.
jest.setTimeout(180_000);

const MNEMONIC = "gather series sample skin gate mask gossip between equip knife total stereo";
const ADDRESS = "cosmos12nt2hqjps8r065wc02qks88tvqzdeua0ld3jxy";
const SECOND = "cosmos10dyr9899g6t0pelew4nvf4j5c3jcgv0r73qga5";
const FAUCET =
  "economy stock theory fatal elder harbor betray wasp final emotion task crumble siren bottom lizard educate guess current outdoor pair theory focus wife stone";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "tandem-keys-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** Runs `tandem keys ARGS` with `input` on standard input. */
function keys(input: string, ...args: string[]): Promise<Ran> {
  const command = join(__dirname, "../../scripts/tandem.mjs");
  const child = spawn(process.execPath, [command, "keys", ...args, "--home", home], {
    env: { ...process.env, NO_COLOR: "1" },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const [stdout, stderr]: Buffer[][] = [[], []];
  child.stdout.on("data", (chunk: Buffer) => stdout!.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr!.push(chunk));
  child.stdin.on("error", () => undefined); // it may end without having read everything
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) =>
      resolve({
        code: code ?? -1,
        stdout: Buffer.concat(stdout!).toString(),
        stderr: Buffer.concat(stderr!).toString(),
      }),
    );
  });
}

async function ok<T = Record<string, string>>(input: string, ...args: string[]): Promise<T> {
  const ran = await keys(input, ...args, "--json");
  if (ran.code !== 0) throw new Error(`keys ${args.join(" ")}: ${ran.code}\n${ran.stdout}${ran.stderr}`);
  return JSON.parse(ran.stdout) as T;
}

test("a key is made, shown, renamed and deleted", async () => {
  const made = await ok("", "add", "alice");
  expect(made).toMatchObject({
    name: "alice",
    type: "local",
    address: expect.stringMatching(/^cosmos1[a-z0-9]{38}$/),
  });
  expect(made["mnemonic"]!.split(" ")).toHaveLength(24);
  expect(JSON.parse(made["pubkey"]!)).toMatchObject({ "@type": "/cosmos.crypto.secp256k1.PubKey" });
  const { mnemonic: _, ...known } = made;
  expect(await ok("", "show", "alice")).toEqual(known);
  expect(await ok("", "show", made["address"]!)).toEqual(known);
  expect(await ok("", "list")).toEqual([known]);
  expect((await keys("", "show", "alice", "-a", "--prefix", "osmo")).stdout).toMatch(/^osmo1[a-z0-9]{38}\n$/);
  expect((await ok("", "show", "alice", "--bech", "val"))["address"]).toMatch(/^cosmosvaloper1/);
  expect((await keys("", "add", "alice")).code).toBe(7);
  expect(await ok("", "rename", "alice", "bob")).toEqual({ ...known, name: "bob" });
  // Not without being told to.
  expect((await keys("", "delete", "bob")).code).toBe(2);
  expect(await ok("n\n", "delete", "bob")).toEqual({ deleted: [] });
  expect(await ok("", "delete", "bob", "--yes")).toEqual({ deleted: ["bob"] });
  expect((await keys("", "show", "bob")).code).toBe(3);
});

test("a key is recovered from its mnemonic, at any path", async () => {
  expect((await ok(`${MNEMONIC}\n`, "add", "operator", "--recover"))["address"]).toBe(ADDRESS);
  const file = join(home, "words");
  writeFileSync(file, FAUCET);
  const second = await ok("", "add", "faucet", "--recover", "--source", file, "--index", "1");
  expect(second["address"]).toBe(SECOND);
  expect(second).not.toHaveProperty("mnemonic");
  const path = ["--hd-path", "m/44'/118'/0'/0/1"];
  const dry = await ok(`${FAUCET}\n`, "add", "nobody", "--recover", ...path, "--dry-run");
  expect(dry["address"]).toBe(SECOND);
  expect(await ok<string[]>("", "list", "-n")).toEqual(["faucet", "operator"]);
  const bad = await keys("gather series sample\n", "add", "x", "--recover");
  expect(bad.code).toBe(2);
  expect(bad.stderr).not.toContain("sample");
});

test("keys of the file backend are encrypted, and open with their passphrase alone", async () => {
  const file = ["--keyring-backend", "file"];
  const short = await keys("short\nshort\n", "add", "x", ...file);
  expect([short.code, short.stderr]).toEqual([2, expect.stringContaining("at least 8")]);
  expect((await keys("long enough\nlong enoagh\n", "add", "x", ...file)).code).toBe(2);
  await ok(`${MNEMONIC}\nlong enough\nlong enough\n`, "add", "op", "--recover", ...file);
  const folder = join(home, "keyring-file");
  expect(readdirSync(folder).sort()).toEqual([
    "54d6ab824181c6fd51d87a81681ceb6004dcf3af.address",
    "keyhash",
    "op.info",
  ]);
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(readFileSync(join(folder, "op.info"), "utf8")).toMatch(/^[\w-]+(\.[\w-]+){4}$/);
  expect((await keys("not this one\n", "show", "op", ...file)).code).toBe(2);
  expect((await ok("long enough\n", "show", "op", ...file))["address"]).toBe(ADDRESS);
});

test("a key goes from one keyring to another, in armor or in hexadecimal", async () => {
  await ok(`${MNEMONIC}\n`, "add", "op", "--recover");
  const armor = await keys("pass phrase\n", "export", "op");
  expect(armor.stdout).toMatch(/^-----BEGIN TENDERMINT PRIVATE KEY-----\nkdf: argon2\n/);
  expect(armor.stdout + armor.stderr).not.toContain("pass phrase");
  const file = join(home, "op.asc");
  writeFileSync(file, armor.stdout);
  const other = ["--keyring-dir", join(home, "other")];
  expect((await keys("pass phrase 2\n", "import", "op", file, ...other)).code).toBe(2);
  expect((await ok("pass phrase\n", "import", "op", file, ...other))["address"]).toBe(ADDRESS);
  // Twice the same key under two names would make the address ambiguous.
  expect((await keys("pass phrase\n", "import", "op2", file)).code).toBe(7);

  expect((await keys("", "export", "op", "--unarmored-hex")).code).toBe(2);
  expect((await keys("n\n", "export", "op", "--unarmored-hex", "--unsafe")).code).toBe(7);
  const plain = await keys("y\n", "export", "op", "--unarmored-hex", "--unsafe");
  expect(plain.stdout).toMatch(/^[0-9a-f]{64}\n$/);
  const third = ["--keyring-dir", join(home, "third")];
  expect((await ok(plain.stdout, "import-hex", "op", ...third))["address"]).toBe(ADDRESS);
  expect((await keys("zz\n", "import-hex", "x", ...third)).code).toBe(2);
});

test("addresses are turned into hexadecimal and back, mnemonics are made", async () => {
  const bytes = "54D6AB824181C6FD51D87A81681CEB6004DCF3AF";
  expect(await ok("", "parse", ADDRESS)).toEqual({ human: "cosmos", bytes });
  const { formats } = await ok<{ formats: string[] }>("", "parse", bytes);
  expect(formats).toHaveLength(6);
  expect(formats[0]).toBe(ADDRESS);
  expect((await keys("", "parse", "nonsense")).code).toBe(2);
  const [one, two] = [await ok("", "mnemonic"), await ok("", "mnemonic")];
  expect(one["mnemonic"]!.split(" ")).toHaveLength(24);
  expect(one["mnemonic"]).not.toBe(two["mnemonic"]);
});
