/** `tandem up`, `down`, `status`: the network as a whole. */
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import {
  type AccountReport,
  type ChainReport,
  createTopology,
  describe,
  type InvariantBroken,
  Localnet,
  parseTopology,
  type RelayerReport,
  readNetworkFile,
  sameTopology,
  type Topology,
  type TopologyInput,
} from "@tandem-ics/localnet";
import type { Command } from "commander";
import pc from "picocolors";
import { readText, wholeNumber } from "../arguments.ts";
import { CliError, EXIT, exitCodeOf, toCliError, usageError } from "../exit-codes.ts";
import {
  announce,
  callNetwork,
  claimHome,
  endNetwork,
  logPath,
  purgeHome,
  readRunFile,
  refuseSecond,
  releaseHome,
  watchHome,
} from "../network-door.ts";
import { table } from "../output.ts";
import { type Settings, settingsOf } from "../settings.ts";
import { chainRows, validatorTable } from "./tables.ts";

/** What `tandem up --json` prints. */
export interface UpReport {
  readonly home: string;
  readonly seconds: number;
  readonly controlUrl: string;
  readonly dashboardUrl: string | null;
  readonly chains: readonly ChainReport[];
  readonly accounts: readonly AccountReport[];
}

interface UpFlags {
  readonly file?: string;
  readonly validators?: string;
  readonly consumers?: string;
  readonly blockTime?: string;
  readonly detach?: boolean;
  readonly reset?: boolean;
  readonly memory?: boolean;
  readonly engine?: string;
  readonly nodes?: string;
  readonly cometbft?: string;
  readonly checkInvariants?: boolean;
}

/** What makes the blocks, as the flags say; undefined when they say nothing. */
function engineOf({ engine, nodes }: UpFlags): TopologyInput["engine"] {
  if (engine !== undefined && engine !== "local" && engine !== "cometbft")
    throw usageError(`--engine is local or cometbft, not "${engine}"`);
  if (engine === "cometbft")
    return nodes === undefined ? { kind: engine } : { kind: engine, nodes: wholeNumber(nodes, "--nodes") };
  if (nodes !== undefined) throw usageError("--nodes goes with --engine cometbft");
  return engine === undefined ? undefined : { kind: engine };
}

function topologyOf(flags: UpFlags, settings: Settings): Topology {
  if (flags.file !== undefined) {
    const { validators, consumers, blockTime, engine, nodes } = flags;
    const others = { validators, consumers, "block-time": blockTime, engine, nodes, seed: settings.seed };
    for (const [flag, value] of Object.entries(others))
      if (value !== undefined)
        throw usageError(`--${flag} does not go with --file`, "write it into the file");
    return parseTopology(readText(flags.file), flags.file);
  }
  const engine = engineOf(flags);
  return createTopology({
    ...(engine === undefined ? {} : { engine }),
    ...(flags.validators === undefined ? {} : { validators: wholeNumber(flags.validators, "--validators") }),
    ...(flags.consumers === undefined ? {} : { consumers: wholeNumber(flags.consumers, "--consumers") }),
    ...(flags.blockTime === undefined ? {} : { blockTime: flags.blockTime }),
    ...(settings.seed === undefined ? {} : { seed: settings.seed }),
  });
}

/** At most 25 lines: chains, accounts, relayer, the next step. */
export function upText(report: UpReport): string {
  const shared = report.accounts.every((a) => a.chain === undefined);
  const shown = report.accounts.filter((a) => !a.name.startsWith("relayer")).slice(0, 6);
  const more = report.accounts.length - shown.length;
  const nodes = report.chains[0]?.nodes?.length;
  const [chain] = report.chains;
  const payer = chain?.role === "plain" ? chain.validators[0]?.name : report.accounts[0]?.name;
  const relays = report.accounts.some((a) => a.name.startsWith("relayer"));
  const then = chain?.role === "plain" ? "" : " --wait applied";
  return [
    `${pc.green("ready")} in ${report.seconds.toFixed(2)} s`,
    "",
    table(
      ["chain", "role", "height", "phase", "validators", "rpc"],
      report.chains.map(chainRows).slice(0, 8),
    ),
    ...(report.chains.length > 8 ? [`… and ${report.chains.length - 8} more chains`] : []),
    "",
    table(
      ["account", "address", ...(shared ? [] : ["chain"])],
      shown.map((a) => [a.name, a.address, ...(shared ? [] : [a.chain ?? ""])]),
    ),
    ...(more > 0 ? [pc.dim(`… and ${more} more; mnemonics: tandem up --json`)] : []),
    "",
    relays ? `relayer  running   state  ${report.home}` : `state    ${report.home}`,
    ...(nodes === undefined ? [] : [`engine   CometBFT, ${nodes} node${nodes === 1 ? "" : "s"} a chain`]),
    `next     ${pc.cyan(`tandem stake delegate ${payer} 5000000${then}`)}`,
  ].join("\n");
}

/** A network that lies in the home goes on as it is: what was asked for must be the same. */
function refuseOther(flags: UpFlags, settings: Settings, topology: Topology): void {
  const { file, validators, consumers, blockTime, engine, nodes } = flags;
  const asked = [file, validators, consumers, blockTime, engine, nodes, settings.seed].some(
    (flag) => flag !== undefined,
  );
  const saved = asked && !flags.memory ? readNetworkFile(settings.home) : undefined;
  if (saved?.complete && !sameTopology(saved.topology, topology))
    throw new CliError({
      code: "unsafe",
      message: `another network lies in ${settings.home}`,
      hint: "tandem up goes on with it; --reset removes it; --net NAME starts this one beside it",
    });
}

/** What is started, and where. */
interface Launch {
  readonly topology: Topology;
  readonly home: string;
  readonly memory: boolean;
  /** The `cometbft` program that was named. */
  readonly cometbft: string | undefined;
  /** Evaluates invariants after each block; as the topology says when undefined. */
  readonly checkInvariants: boolean | undefined;
}

/** Starts the network in this process. Resolves once it is stopped. */
async function runHere(
  { topology, home, memory, cometbft, checkInvariants }: Launch,
  onReady: (report: UpReport) => void,
  onProgress: (m: string) => void,
): Promise<void> {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  let stop: () => void = () => {};
  let fail: (error: InvariantBroken) => void = () => {};
  const stopped = new Promise<void>((resolve, reject) => {
    stop = resolve;
    fail = reject;
  });
  // While the network starts, its start fails with the same error.
  stopped.catch(() => {});
  // Once: a second signal ends the process at once.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, stop);
  claimHome(home);
  let unwatch = (): void => {};
  try {
    const net = await Localnet.start({
      topology,
      clock: "system",
      listen: true,
      ...(memory ? {} : { home }),
      ...(cometbft === undefined ? {} : { cometbft }),
      ...(checkInvariants === undefined ? {} : { checkInvariants }),
      onInvariantBroken: fail,
      onProgress,
      onStopRequested: stop,
      onUnexpected: (method, error) => process.stderr.write(`${method}: ${inspect(error)}\n`),
    });
    try {
      const described = await describe(net);
      announce(home, net.controlUrl ?? "");
      unwatch = watchHome(home, stop);
      onReady({ ...described, home, controlUrl: net.controlUrl ?? "", dashboardUrl: null });
      await stopped;
    } finally {
      unwatch();
      await net.stop();
    }
  } finally {
    releaseHome(home, process.pid);
  }
}

type ChildMessage =
  | { kind: "progress"; message: string }
  | { kind: "ready"; report: UpReport }
  | { kind: "failed"; error: { code: string; message: string; hint?: string } };

/** Starts the network in a process of its own, which goes on when this one ends. */
async function runDetached(argv: readonly string[], settings: Settings): Promise<UpReport> {
  mkdirSync(settings.home, { recursive: true, mode: 0o700 });
  const log = openSync(logPath(settings.home), "a", 0o600);
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1]!, ...argv], {
    detached: true,
    stdio: ["ignore", log, log, "ipc"],
    env: { ...process.env, TANDEM_DAEMON: "1" },
  });
  closeSync(log);
  return new Promise<UpReport>((resolve, reject) => {
    child.on("message", (message: ChildMessage) => {
      if (message.kind === "progress") settings.out.note(message.message);
      if (message.kind === "failed") reject(new CliError(message.error));
      if (message.kind === "ready") {
        child.disconnect();
        child.unref();
        resolve(message.report);
      }
    });
    child.once("error", reject);
    child.once("exit", (code, signal) =>
      reject(
        new CliError({
          code: "unexpected",
          message: `the network's process ended (${signal ?? code}) before it was ready`,
          hint: `see ${logPath(settings.home)}`,
        }),
      ),
    );
  });
}

async function up(flags: UpFlags, command: Command): Promise<void> {
  const settings = settingsOf(command);
  const { home, out } = settings;
  const topology = topologyOf(flags, settings);
  const { memory = false, cometbft, checkInvariants } = flags;
  const launch: Launch = { topology, home, memory, cometbft, checkInvariants };
  // The parent has looked at the home, and reset it.
  if (process.env["TANDEM_DAEMON"] === "1" && process.send !== undefined) return runAsDaemon(launch);
  refuseSecond(home);
  if (!flags.reset) refuseOther(flags, settings, topology);
  if (settings.dryRun) {
    const validators = topology.validators.map((v) => v.name);
    const consumers = topology.consumers.map((c) => c.name);
    const chains = topology.chains.map((c) => c.name);
    const parts = [
      ...(topology.provider === undefined
        ? []
        : [`${validators.length} validators and ${consumers.length} consumers`]),
      ...(chains.length === 0 ? [] : [`the chain${chains.length === 1 ? "" : "s"} ${chains.join(", ")}`]),
    ];
    out.result(
      { home, validators, consumers, ...(chains.length === 0 ? {} : { chains }) },
      () => `would start ${parts.join(", and ")} in ${home}`,
    );
    return;
  }
  if (flags.reset) purgeHome(home);
  if (flags.detach) {
    out.result(await runDetached(process.argv.slice(2), settings), upText);
    return;
  }
  const onReady = (report: UpReport): void => {
    out.result(report, upText);
    out.note("ctrl-c ends the network; its state stays and the next tandem up goes on with it");
  };
  await runHere(launch, onReady, out.note);
}

async function runAsDaemon(launch: Launch): Promise<void> {
  // The command that started this may be gone: nobody is told then, and the network goes on.
  const send = (message: ChildMessage): void => {
    if (process.connected) process.send?.(message, undefined, undefined, () => {});
  };
  try {
    await runHere(
      launch,
      (report) => send({ kind: "ready", report }),
      (message) => send({ kind: "progress", message }),
    );
    process.exit(EXIT.ok);
  } catch (error) {
    const told = toCliError(error);
    const { code, message, hint } = told;
    process.stderr.write(`${inspect(error)}\n`);
    const failed = { kind: "failed", error: { code, message, ...(hint === undefined ? {} : { hint }) } };
    const exit = (): never => process.exit(exitCodeOf(told));
    if (process.connected) process.send?.(failed, undefined, undefined, exit);
    else exit();
  }
}

/** Names of the chains that lie in `home`. */
function savedChains(home: string): string[] {
  try {
    return (readNetworkFile(home)?.chains ?? []).map((c) => c.name);
  } catch {
    return [];
  }
}

async function down(flags: { purge?: boolean }, command: Command): Promise<void> {
  const { home, out, dryRun } = settingsOf(command);
  const run = readRunFile(home);
  const chains = run === undefined ? [] : savedChains(home);
  const report = {
    home,
    ended: run === undefined ? [] : [{ pid: run.pid, chains }],
    removed: flags.purge === true,
  };
  if (dryRun) {
    out.result(
      report,
      (r) => `would end ${r.ended.length} processes${r.removed ? ` and remove ${home}` : ""}`,
    );
    return;
  }
  const { killed } = run === undefined ? { killed: false } : await endNetwork(home, run);
  if (killed) out.note("the process did not answer and was killed; what it had committed is kept");
  if (flags.purge) purgeHome(home);
  out.result(report, (r) =>
    [
      ...r.ended.map(({ pid }) => `ended ${chains.join(", ") || "the network"} (process ${pid})`),
      ...(r.ended.length === 0 ? [`nothing runs in ${r.home}`] : []),
      ...(r.removed ? [`removed ${r.home}`] : []),
      ...(chains.length > 0 && !r.removed
        ? ["state kept; tandem up goes on with it, tandem down --purge removes it"]
        : []),
    ].join("\n"),
  );
}

interface StatusReport {
  readonly chains: readonly ChainReport[];
  readonly relayer: RelayerReport;
}

/** The other doors of chains, where there are any. */
function doorRows(chains: readonly ChainReport[]): string[] {
  const open = chains.filter((c) => (c.grpc ?? c.rest ?? c.faucet) !== undefined);
  if (open.length === 0) return [];
  return [
    "",
    table(
      ["chain", "grpc", "rest", "faucet"],
      open.map((c) => [c.name, c.grpc ?? "", c.rest ?? "", c.faucet ?? ""]),
    ),
  ];
}

function statusText({ chains, relayer }: StatusReport): string {
  const consumers = chains.filter((c) => c.role === "consumer");
  const others = relayer.paths.filter((p) => p.chains !== undefined);
  return [
    table(["chain", "role", "height", "phase", "validators", "rpc"], chains.map(chainRows)),
    ...doorRows(chains),
    "",
    ...(consumers.length === 0
      ? []
      : [
          table(
            ["consumer", "id", "channel", "vsc", "client expires", "packets", "acks"],
            consumers.map((c) => {
              const path = relayer.paths.find((p) => p.consumer === c.name);
              return [
                c.name,
                c.consumerId ?? "",
                c.ccvChannel ?? "–",
                c.vscId ?? "–",
                c.clientExpiresIn ?? "–",
                String(path?.packets ?? 0),
                String(path?.acknowledgements ?? 0),
              ];
            }),
          ),
          "",
        ]),
    ...(others.length === 0
      ? []
      : [
          table(
            ["path", "channels", "packets", "acks"],
            others.map((p) => [
              p.consumer,
              (p.channels ?? []).join(" ↔ "),
              String(p.packets),
              String(p.acknowledgements),
            ]),
          ),
          "",
        ]),
    validatorTable(chains),
    "",
    `relayer ${relayer.running ? pc.green("running") : pc.yellow("stopped")}`,
    ...relayer.paths.flatMap((p) =>
      p.lastError === undefined ? [] : [pc.yellow(`${p.consumer}: ${p.lastError}`)],
    ),
    ...chains.flatMap((c) =>
      c.halted === undefined ? [] : [pc.red(`${c.name} makes no blocks: ${c.halted}`)],
    ),
  ].join("\n");
}

async function status(flags: { watch?: boolean }, command: Command): Promise<void> {
  const { home, out } = settingsOf(command);
  for (;;) {
    const report = await callNetwork<StatusReport>(home, "network.status");
    if (flags.watch && !out.json && process.stdout.isTTY) process.stdout.write("\u001b[2J\u001b[H");
    out.result(report, statusText);
    if (!flags.watch) return;
    await sleep(1000);
  }
}

/** Adds `up`, `down` and `status`. */
export function addNetworkCommands(program: Command): void {
  program
    .command("up")
    .description("start provider, consumers and relayer; or go on with the network that lies in the home")
    .option("-f, --file <topology>", "a topology file (YAML)")
    .option("--validators <n>", "how many validators")
    .option("--consumers <n>", "how many consumers")
    .option("--block-time <duration>", "time between blocks, such as 500ms")
    .option("--engine <kind>", "what makes the blocks: local (in this process) or cometbft")
    .option("--nodes <n>", "CometBFT nodes of each chain; one a validator by default")
    .option("--cometbft <file>", "the cometbft program; by default $TANDEM_COMETBFT, then the one in PATH")
    .option("--detach", "go on in the background")
    .option("--reset", "forget the network that lies in the home first")
    .option("--memory", "keep nothing on disk")
    .option(
      "--check-invariants",
      "evaluate every invariant after each block; stop with exit code 6 when one is broken",
    )
    .action(async (flags: UpFlags, command: Command) => up(flags, command));
  program
    .command("down")
    .description("end the network; its state stays")
    .option("--purge", "remove its state too")
    .action(async (flags: { purge?: boolean }, command: Command) => down(flags, command));
  program
    .command("status")
    .description("heights, phases, validator sets, packets, clients")
    .option("--watch", "again every second")
    .action(async (flags: { watch?: boolean }, command: Command) => status(flags, command));
}
