/**
 * The same job by both stacks, side by side in one run: from nothing to an open CCV channel and a first change of stake in
 * force on the consumer. Go: provider and consumer made and driven by their own binaries, with Hermes between them where one
 * is on the PATH, and our relayer where none is. Ours: `tandem up` with one consumer.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Figure, spread } from "./measure.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const CONSUMER = "consumer-1";
/** Blocks of both stacks a second apart. */
const BLOCK_TIME = "1s";

interface Measured {
  readonly seconds: number;
  readonly megabytes: number;
}

/** Greatest resident memory of a process so far, in MB. */
function peakMegabytes(pid: number): number {
  const line = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return line === null ? Number.NaN : Number(line[1]) / 1000;
}

/** `hermes` on the PATH, or in $HERMES. */
function findHermes(): string | undefined {
  const file = process.env["HERMES"] ?? "hermes";
  return spawnSync(file, ["--version"]).status === 0 ? file : undefined;
}

interface HermesChain {
  readonly id: string;
  readonly rpcUrl: string;
  readonly grpcUrl: string;
  readonly prefix: string;
  readonly isConsumer: boolean;
}

const hermesConfig = (chains: readonly HermesChain[]): string =>
  [
    `[global]\nlog_level = "error"`,
    "[mode.clients]\nenabled = true\nrefresh = true\nmisbehaviour = false",
    "[mode.connections]\nenabled = true\n[mode.channels]\nenabled = true",
    "[mode.packets]\nenabled = true\nclear_interval = 100\nclear_on_start = true\ntx_confirmation = false",
    ...chains.map(
      ({ id, rpcUrl, grpcUrl, prefix, isConsumer }) => `[[chains]]
id = "${id}"
type = "CosmosSdk"
rpc_addr = "${rpcUrl}"
grpc_addr = "${grpcUrl}"
event_source = { mode = "push", url = "${rpcUrl.replace("http", "ws")}/websocket", batch_delay = "100ms" }
rpc_timeout = "10s"
account_prefix = "${prefix}"
key_name = "relayer"
key_store_type = "Test"
store_prefix = "ibc"
default_gas = 1000000
max_gas = 10000000
gas_price = { price = 0.0, denom = "stake" }
gas_multiplier = 1.2
clock_drift = "10s"
max_block_time = "30s"
ccv_consumer_chain = ${isConsumer}
trust_threshold = { numerator = "1", denominator = "3" }
address_type = { derivation = "cosmos" }`,
    ),
  ].join("\n");

/** The Go chains, from their first `init` on. */
async function runGo(hermes: string | undefined): Promise<Measured> {
  const { buildPeers } = (await import("../interop/peers/build.mjs" as string)) as {
    buildPeers(say: (line: string) => void): Promise<Record<string, string>>;
  };
  process.env["TANDEM_PEERS"] = JSON.stringify(await buildPeers((line) => console.error(line)));
  // After the variable: the harness reads it as it loads.
  const { createScratch } = await import("../interop/harness/scratch.ts");
  const { createGoConsumer, createGoProvider, STAKE } = await import("../interop/harness/go-chain.ts");
  const { createConsumerFile, updateConsumerFile } = await import("../interop/harness/consumer-files.ts");
  const { accountOf, CONSUMER_PREFIX, PROVIDER_PREFIX } = await import("../interop/harness/accounts.ts");
  const { eventually } = await import("../interop/harness/connect.ts");
  const { RELAYER, relayPath } = await import("../interop/harness/relaying.ts");

  const scratch = createScratch();
  let stopRelayer: () => Promise<unknown> = async () => {};
  try {
    const began = performance.now();
    const file = (name: string, text: string): string => {
      const path = join(scratch.directory, name);
      writeFileSync(path, text);
      return path;
    };
    const provider = await createGoProvider(scratch, {
      chainId: "provider",
      validators: [{ name: "alice", stake: 500_000_000n }],
      accounts: ["owner", RELAYER],
      timeoutCommit: BLOCK_TIME,
    });
    await provider.start();
    const must = async (sent: Promise<{ code: number; log: string }>): Promise<void> => {
      const { code, log } = await sent;
      if (code !== 0) throw new Error(log);
    };
    const created = file("create.json", createConsumerFile({ chainId: CONSUMER }));
    await must(provider.tx("owner", "provider", "create-consumer", created));
    await must(provider.tx("alice", "provider", "opt-in", "0"));
    const onProvider = await provider.client();
    const spawnTime = new Date(Number((await onProvider.status()).timeNs / 1_000_000n)).toISOString();
    const updated = file("update.json", updateConsumerFile("0", { chainId: CONSUMER, spawnTime }));
    await must(provider.tx("owner", "provider", "update-consumer", updated));
    await eventually(onProvider, "launched", async () => {
      const { phase } = await onProvider.query.provider.QueryConsumerChain({ consumerId: "0" });
      return phase === "CONSUMER_PHASE_LAUNCHED";
    });
    const consumer = await createGoConsumer(scratch, {
      chainId: CONSUMER,
      nodes: ["alice"],
      accounts: [RELAYER],
      timeoutCommit: BLOCK_TIME,
    });
    consumer.nodes[0]!.useKeyOf(provider.nodes[0]!);
    await consumer.launch(JSON.stringify(await provider.query("provider", "consumer-genesis", "0")));
    const onConsumer = await consumer.client();

    const pids = [provider, consumer].map((chain) => chain.nodes[0]!.process!.pid);
    if (hermes === undefined) {
      const { relayer } = await relayPath(provider, consumer, "0");
      relayer.start();
      stopRelayer = () => relayer.stop();
    } else {
      const home = join(scratch.directory, "hermes");
      mkdirSync(home);
      const chains: HermesChain[] = [provider, consumer].map((chain, i) => ({
        id: chain.chainId,
        rpcUrl: chain.rpcUrl,
        grpcUrl: chain.nodes[0]!.grpcUrl,
        prefix: i === 0 ? PROVIDER_PREFIX : CONSUMER_PREFIX,
        isConsumer: i === 1,
      }));
      const config = file("hermes.toml", hermesConfig(chains));
      const mnemonic = file("mnemonic", (await accountOf(RELAYER)).mnemonic);
      const run = async (...args: string[]): Promise<void> => {
        const ran = await scratch.run(hermes, ["--config", config, ...args], { env: { HOME: home } });
        if (ran.code !== 0) throw new Error(`hermes ${args.join(" ")}: ${ran.stderr}${ran.stdout}`);
      };
      for (const { id } of chains) await run("keys", "add", "--chain", id, "--mnemonic-file", mnemonic);
      const client = "07-tendermint-0";
      await run("create", "connection", "--a-chain", CONSUMER, "--a-client", client, "--b-client", client);
      await run(
        ...["create", "channel", "--a-chain", CONSUMER, "--a-connection", "connection-0"],
        ...["--a-port", "consumer", "--b-port", "provider", "--order", "ordered", "--channel-version", "1"],
      );
      const service = scratch.start("hermes", hermes, ["--config", config, "start"], { env: { HOME: home } });
      pids.push(service.pid);
    }
    const operator = (
      (await provider.query("staking", "validators")) as {
        validators: { operator_address: string }[];
      }
    ).validators[0]!.operator_address;
    await must(provider.tx("owner", "staking", "delegate", operator, `1000000${STAKE}`));
    await eventually(onConsumer, "the change in force", async () => {
      const { height } = await onConsumer.status();
      return (await onConsumer.validators(height))[0]!.votingPower === 501n;
    });
    const seconds = (performance.now() - began) / 1000;
    return { seconds, megabytes: pids.reduce((sum, pid) => sum + peakMegabytes(pid), 0) };
  } finally {
    await stopRelayer();
    await scratch.end();
  }
}

/** `tandem up` with one consumer, until it returns. */
async function runOurs(): Promise<Measured> {
  const home = mkdtempSync(join(tmpdir(), "tandem-bench-"));
  const tandem = (...args: string[]): string =>
    execFileSync(
      process.execPath,
      [join(root, "scripts/tandem.mjs"), ...args, "--home", home, "--json", "--quiet"],
      { encoding: "utf8" },
    );
  try {
    const began = performance.now();
    tandem("up", "--detach", "--validators", "1", "--consumers", "1", "--block-time", BLOCK_TIME);
    const seconds = (performance.now() - began) / 1000;
    const { pid } = JSON.parse(readFileSync(join(home, "run.json"), "utf8")) as { pid: number };
    const megabytes = peakMegabytes(pid);
    tandem("down");
    return { seconds, megabytes };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** Runs both stacks alternately. */
export async function benchStacks(runs: number): Promise<Figure[]> {
  const hermes = findHermes();
  const relayer = hermes === undefined ? "our relayer, for there is no Hermes here" : "Hermes";
  const go: Measured[] = [];
  const ours: Measured[] = [];
  await runOurs(); // bundles the command
  for (let i = 0; i < runs; i++) {
    go.push(await runGo(hermes));
    ours.push(await runOurs());
    console.error(`  Go ${go.at(-1)!.seconds.toFixed(1)} s, ours ${ours.at(-1)!.seconds.toFixed(2)} s`);
  }
  const ratios = go.map(({ seconds }, i) => seconds / ours[i]!.seconds);
  const figure = (name: string, unit: string, values: number[], note?: string): Figure => ({
    name,
    unit,
    value: spread(values),
    runs,
    ...(note === undefined ? {} : { note }),
  });
  return [
    figure(
      `Go provider and consumer, one node each, with ${relayer}: from nothing to a first change in force`,
      "s",
      go.map((m) => m.seconds),
    ),
    figure(
      "their memory",
      "MB",
      go.map((m) => m.megabytes),
    ),
    figure(
      "`tandem up --detach`, one consumer: the same",
      "s",
      ours.map((m) => m.seconds),
    ),
    figure(
      "its memory",
      "MB",
      ours.map((m) => m.megabytes),
    ),
    figure("Go ÷ ours, run by run", "times", ratios, "aim 50"),
  ];
}
