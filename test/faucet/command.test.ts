/** `tandem faucet start` and `tx` on a chain that they know by its URL, paid by a key of the keyring. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FaucetClient } from "@cosmjs/faucet-client";
import { StargateClient } from "@cosmjs/stargate";
import { type Running, runTandem, startTandem } from "../cli/run-tandem.ts";

// Each command is a process; a busy machine takes long to start one.
jest.setTimeout(180_000);

const MNEMONIC = "gather series sample skin gate mask gossip between equip knife total stereo";
const OTHER = "enlist hip relief stomach skate base shallow young switch frequent cry park";
const SENDER = "cosmos12nt2hqjps8r065wc02qks88tvqzdeua0ld3jxy";
const GUEST = "cosmos17d0jcz59jf68g52vq38tuuncmwwjk42u6mcxej";

let cwd: string;
const running: Running[] = [];
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "tandem-faucet-"));
});
afterAll(async () => {
  for (const process of running) process.kill("SIGKILL");
  await Promise.all(running.map(({ ended }) => ended));
  rmSync(cwd, { recursive: true, force: true });
});

async function ok(...args: string[]): Promise<string> {
  const ran = await runTandem(args, cwd);
  if (ran.code !== 0) throw new Error(`tandem ${args.join(" ")}: ${ran.code}\n${ran.stdout}${ran.stderr}`);
  return ran.stdout;
}

async function ready<T>(...args: string[]): Promise<{ process: Running; report: T }> {
  const process = startTandem([...args, "--json"], cwd);
  running.push(process);
  await process.printed(/\n/);
  return { process, report: JSON.parse(process.stdout()) as T };
}

test("the command gives coins until it is told to end", async () => {
  const words = join(cwd, "mnemonic");
  writeFileSync(words, `${MNEMONIC}\n`);
  await ok("keys", "add", "giver", "--recover", "--source", words);
  await ok(
    ...["chain", "init", "provider", "--chain-id", "faucet-1", "--home", "chain"],
    ...["--account", `${SENDER}=5000000000stake`, "--operator", SENDER, "--stake", "1000000000stake"],
  );
  const chain = await ready<{ rpc: string }>(
    ...[
      "chain",
      "start",
      "provider",
      "--home",
      "chain",
      "--rpc",
      "tcp://127.0.0.1:0",
      "--block-time",
      "200ms",
    ],
  );
  const { rpc } = chain.report;
  const { process, report } = await ready<{ url: string; address: string; chainId: string }>(
    ...["faucet", "start", "--node", rpc, "--from", "giver", "--token", "7stake"],
    ...["--listen", "tcp://127.0.0.1:0", "--gas-prices", "0.01stake"],
  );
  expect(report).toMatchObject({ address: SENDER, chainId: "faucet-1" });
  await new FaucetClient(report.url).credit(GUEST, "stake");
  const client = await StargateClient.connect(rpc);
  expect(await client.getBalance(GUEST, "stake")).toEqual({ denom: "stake", amount: "7" });
  // The same key signs by its name, whatever mnemonic the environment has.
  const other = { TANDEM_MNEMONIC: OTHER };
  const sent = await runTandem(
    ["tx", "bank", "send", GUEST, "5stake", "--from", "giver", "--node", rpc, "--json"],
    cwd,
    other,
  );
  expect([sent.code, JSON.parse(sent.stdout)]).toEqual([0, expect.objectContaining({ code: 0 })]);
  expect(await client.getBalance(GUEST, "stake")).toEqual({ denom: "stake", amount: "12" });
  client.disconnect();
  process.kill("SIGTERM");
  expect((await process.ended).code).toBe(0);
});

test("the command says what it needs", async () => {
  const start = ["faucet", "start", "--node", "http://127.0.0.1:9"];
  const without = await runTandem([...start], cwd, { TANDEM_MNEMONIC: MNEMONIC });
  expect([without.code, without.stderr]).toEqual([2, expect.stringContaining("--token")]);
  const nobody = await runTandem([...start, "--token", "1stake"], cwd, { TANDEM_MNEMONIC: "" });
  expect([nobody.code, nobody.stderr]).toEqual([
    2,
    expect.stringContaining("there is no account that gives"),
  ]);
  const away = await runTandem([...start, "--token", "1stake"], cwd, { TANDEM_MNEMONIC: MNEMONIC });
  expect(away.code).toBe(8);
});
