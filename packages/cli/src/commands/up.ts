/** `tandem up`, `down`, `status`: the network as a whole. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type AccountReport,
  type ChainReport,
  createTopology,
  describe,
  Localnet,
  parseDuration,
  parseTopology,
  type RelayerReport,
  type Topology,
} from "@tandem-ics/localnet";
import type { Command } from "commander";
import pc from "picocolors";
import { CliError, toCliError, usageError } from "../exit-codes.ts";
import { callNetwork, isAlive, readRunFile, removeRunFile, writeRunFile } from "../network-door.ts";
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
}

const wholeNumber = (text: string, flag: string): number => {
  if (!/^\d{1,4}$/.test(text)) throw usageError(`${flag} takes a whole number, not "${text}"`);
  return Number(text);
};

function topologyOf(flags: UpFlags, settings: Settings): Topology {
  if (flags.file !== undefined) {
    for (const flag of ["validators", "consumers"] as const)
      if (flags[flag] !== undefined)
        throw usageError(`--${flag} does not go with --file`, "write it into the file");
    if (!existsSync(flags.file))
      throw new CliError({
        code: "not-found",
        message: `there is no file ${flags.file}`,
        hint: "topologies lie in localnet/",
      });
    return parseTopology(readFileSync(flags.file, "utf8"), flags.file);
  }
  if (flags.blockTime !== undefined) parseDuration(flags.blockTime);
  return createTopology({
    ...(flags.validators === undefined ? {} : { validators: wholeNumber(flags.validators, "--validators") }),
    ...(flags.consumers === undefined ? {} : { consumers: wholeNumber(flags.consumers, "--consumers") }),
    ...(flags.blockTime === undefined ? {} : { blockTime: flags.blockTime }),
    ...(settings.seed === undefined ? {} : { seed: settings.seed }),
  });
}

/** At most 25 lines: chains, accounts, relayer, the next step. */
export function upText(report: UpReport): string {
  const shown = report.accounts.filter((a) => !a.name.startsWith("relayer")).slice(0, 6);
  const more = report.accounts.length - shown.length;
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
      ["account", "address"],
      shown.map((a) => [a.name, a.address]),
    ),
    ...(more > 0 ? [pc.dim(`… and ${more} more; mnemonics: tandem up --json`)] : []),
    "",
    `relayer  running   state  ${report.home}`,
    `next     ${pc.cyan(`tandem stake delegate ${report.accounts[0]?.name} 5000000 --wait applied`)}`,
  ].join("\n");
}

/** Starts the network in this process. Resolves once it is stopped. */
async function runHere(
  topology: Topology,
  home: string,
  memory: boolean,
  onReady: (report: UpReport) => void,
  onProgress: (m: string) => void,
): Promise<void> {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  let stop: () => void = () => {};
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, stop);
  const net = await Localnet.start({
    topology,
    clock: "system",
    listen: true,
    ...(memory ? {} : { home }),
    onProgress,
    onStopRequested: stop,
  });
  writeRunFile(home, { pid: process.pid, controlUrl: net.controlUrl ?? "" });
  const described = await describe(net);
  onReady({ ...described, home, controlUrl: net.controlUrl ?? "", dashboardUrl: null });
  await stopped;
  await net.stop();
  removeRunFile(home);
}

type ChildMessage =
  | { kind: "progress"; message: string }
  | { kind: "ready"; report: UpReport }
  | { kind: "failed"; error: { code: string; message: string; hint?: string } };

/** Starts the network in a process of its own, which goes on when this one ends. */
async function runDetached(argv: readonly string[], settings: Settings): Promise<UpReport> {
  mkdirSync(settings.home, { recursive: true, mode: 0o700 });
  const log = openSync(join(settings.home, "tandem.log"), "a", 0o600);
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1]!, ...argv], {
    detached: true,
    stdio: ["ignore", log, log, "ipc"],
    env: { ...process.env, TANDEM_DAEMON: "1" },
  });
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
    child.once("exit", (code) =>
      reject(
        new CliError({
          code: "unexpected",
          message: `the network's process ended (${code ?? "killed"}) before it was ready`,
          hint: `see ${join(settings.home, "tandem.log")}`,
        }),
      ),
    );
  });
}

async function up(flags: UpFlags, command: Command): Promise<void> {
  const settings = settingsOf(command);
  const { home, out } = settings;
  const topology = topologyOf(flags, settings);
  const daemon = process.env["TANDEM_DAEMON"] === "1" && process.send !== undefined;
  const running = readRunFile(home);
  if (running !== undefined)
    throw new CliError({
      code: "already-running",
      message: `a network runs in ${home} already (process ${running.pid})`,
      hint: "tandem down ends it; --home starts another one beside it",
    });
  if (flags.reset) rmSync(home, { recursive: true, force: true });
  if (daemon) return runAsDaemon(topology, home, flags.memory ?? false);
  if (settings.dryRun) {
    out.result(
      {
        home,
        validators: topology.validators.map((v) => v.name),
        consumers: topology.consumers.map((c) => c.name),
      },
      (plan) =>
        `would start ${plan.validators.length} validators and ${plan.consumers.length} consumers in ${plan.home}`,
    );
    return;
  }
  if (flags.detach) {
    out.result(await runDetached(process.argv.slice(2), settings), upText);
    return;
  }
  await runHere(
    topology,
    home,
    flags.memory ?? false,
    (report) => {
      out.result(report, upText);
      out.note("ctrl-c ends the network; its state stays and the next tandem up goes on with it");
    },
    out.note,
  );
}

async function runAsDaemon(topology: Topology, home: string, memory: boolean): Promise<void> {
  const send = (message: ChildMessage): void => {
    if (process.connected) process.send?.(message);
  };
  try {
    await runHere(
      topology,
      home,
      memory,
      (report) => send({ kind: "ready", report }),
      (message) => send({ kind: "progress", message }),
    );
    process.exit(0);
  } catch (error) {
    const { code, message, hint } = toCliError(error);
    send({ kind: "failed", error: { code, message, ...(hint === undefined ? {} : { hint }) } });
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    process.exit(1);
  }
}

/** Longest wait for a network to end by itself. */
const STOP_TIMEOUT_MS = 20_000;

async function down(flags: { purge?: boolean }, command: Command): Promise<void> {
  const { home, out } = settingsOf(command);
  const run = readRunFile(home);
  const report: { home: string; ended: { pid: number; chains: string[] }[]; removed: boolean } = {
    home,
    ended: [],
    removed: false,
  };
  if (run !== undefined) {
    const info = await callNetwork<{ chains: ChainReport[] }>(home, "network.status");
    await callNetwork(home, "network.stop");
    const deadline = performance.now() + STOP_TIMEOUT_MS;
    while (isAlive(run.pid)) {
      if (performance.now() > deadline) {
        process.kill(run.pid, "SIGKILL");
        break;
      }
      await sleep(20);
    }
    removeRunFile(home);
    report.ended.push({ pid: run.pid, chains: info.chains.map((c) => c.name) });
  }
  if (flags.purge) {
    rmSync(home, { recursive: true, force: true });
    report.removed = true;
  }
  out.result(report, (r) =>
    [
      r.ended.length === 0
        ? `nothing runs in ${r.home}`
        : `ended ${r.ended[0]!.chains.join(", ")} (process ${r.ended[0]!.pid})`,
      ...(r.removed
        ? [`removed ${r.home}`]
        : r.ended.length > 0
          ? ["state kept; tandem up goes on with it, tandem down --purge removes it"]
          : []),
    ].join("\n"),
  );
}

interface StatusReport {
  readonly chains: readonly ChainReport[];
  readonly relayer: RelayerReport;
}

function statusText({ chains, relayer }: StatusReport): string {
  const consumers = chains.filter((c) => c.role === "consumer");
  return [
    table(["chain", "role", "height", "phase", "validators", "rpc"], chains.map(chainRows)),
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
    .option("--detach", "go on in the background")
    .option("--reset", "forget the network that lies in the home first")
    .option("--memory", "keep nothing on disk")
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
