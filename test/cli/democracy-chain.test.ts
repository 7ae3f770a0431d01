/** A democracy consumer in a home of its own: chosen at its making, known by its genesis from then on. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HttpClient } from "@cosmjs/tendermint-rpc";
import { createPollingPace } from "@tandem-ics/client";
import { type Running, runTandem, startTandem } from "./run-tandem.ts";

// Each command is a process; a busy machine takes long to start one.
jest.setTimeout(120_000);

const cwd = mkdtempSync(join(tmpdir(), "tandem-democracy-"));
const nodes: Running[] = [];
afterAll(async () => {
  for (const node of nodes) node.kill("SIGKILL");
  await Promise.all(nodes.map((node) => node.ended));
  rmSync(cwd, { recursive: true, force: true });
});

async function ok(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runTandem(args, cwd);
  if (code !== 0) throw new Error(`tandem ${args.join(" ")}: ${code}\n${stdout}${stderr}`);
  return stdout;
}

/** Runs a home's chain until `height`, and ends it. */
async function runTo(home: string, height: bigint): Promise<string> {
  const running = startTandem(
    [
      ...["chain", "start", "consumer", "--home", home, "--rpc", "tcp://127.0.0.1:0"],
      ...["--block-time", "50ms", "--json"],
    ],
    cwd,
  );
  nodes.push(running);
  await running.printed(/\n/);
  const { rpc } = JSON.parse(running.stdout()) as { rpc?: string };
  if (rpc === undefined) throw new Error(running.stdout());
  const pace = createPollingPace(new HttpClient(rpc), { intervalMs: 40, timeoutMs: 60_000 });
  for (let at = 0n; at < height; ) at = await pace.after(at);
  const { result } = (await (await fetch(`${rpc}/abci_info`)).json()) as {
    result: { response: { data: string } };
  };
  running.kill("SIGTERM");
  await running.ended;
  return result.response.data;
}

test("is made by --app, runs, is exported, and goes on from the export elsewhere", async () => {
  const init = ["chain", "init", "consumer", "--chain-id", "democ-1", "--home", "a", "--app", "democracy"];
  const holder = ["--account", "cosmos17d0jcz59jf68g52vq38tuuncmwwjk42u6mcxej=1000000000000stake"];
  const { pubKey } = JSON.parse(await ok(...init, "--json")) as { pubKey: { key: string } };
  const ccv = {
    params: {
      enabled: true,
      blocks_per_distribution_transmission: "1000",
      distribution_transmission_channel: "",
      provider_fee_pool_addr_str: "",
      ccv_timeout_period: "2419200s",
      transfer_timeout_period: "3600s",
      consumer_redistribution_fraction: "0.75",
      historical_entries: "100",
      unbonding_period: "1728000s",
      soft_opt_out_threshold: "0",
      reward_denoms: [],
      provider_reward_denoms: [],
      retry_delay_period: "3600s",
      consumer_id: "0",
    },
    new_chain: false,
    provider_client_id: "07-tendermint-0",
    provider_channel_id: "channel-0",
    provider: { initial_val_set: [{ pub_key: { ed25519: pubKey.key }, power: "100" }] },
  };
  writeFileSync(join(cwd, "ccv.json"), JSON.stringify(ccv));
  await ok(...init, ...holder, "--ccv", "ccv.json");
  expect(await runTo("a", 4n)).toBe("interchain-security-cd");

  const exported = await ok("chain", "export", "consumer", "--home", "a");
  const { app_name, app_state, initial_height } = JSON.parse(exported);
  expect(app_name).toBe("interchain-security-cd");
  expect(Object.keys(app_state)).toEqual(expect.arrayContaining(["gov", "mint", "staking", "distribution"]));
  // What was minted and kept since the second block.
  const pool = BigInt(app_state.distribution.fee_pool.community_pool[0].amount.split(".")[0]);
  expect(pool).toBeGreaterThan(0n);

  cpSync(join(cwd, "a/config"), join(cwd, "b/config"), { recursive: true });
  writeFileSync(join(cwd, "b/config/genesis.json"), exported);
  // What the key has signed comes along with it.
  cpSync(join(cwd, "a/data/priv_validator_state.json"), join(cwd, "b/data/priv_validator_state.json"));
  expect(await runTo("b", BigInt(initial_height) + 2n)).toBe("interchain-security-cd");
  const again = JSON.parse(await ok("chain", "export", "consumer", "--home", "b"));
  expect(
    BigInt(again.app_state.distribution.fee_pool.community_pool[0].amount.split(".")[0]),
  ).toBeGreaterThan(pool);
  expect(JSON.parse(readFileSync(join(cwd, "b/config/genesis.json"), "utf8")).chain_id).toBe("democ-1");
});

test.each([
  [
    ["chain", "init", "consumer", "--chain-id", "x", "--home", "c", "--app", "republic"],
    "consumer or democracy",
  ],
  [
    ["chain", "init", "provider", "--chain-id", "x", "--home", "c", "--app", "democracy"],
    "--app is for consumers",
  ],
  [
    ["chain", "serve", "consumer", "--home", "a", "--abci", "tcp://127.0.0.1:0", "--app", "consumer"],
    "is for democracy",
  ],
])("%j is refused", async (args, words) => {
  const { code, stderr } = await runTandem(args, cwd);
  expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
});
