/** Finds the network of a home directory, talks to its control API, and ends its process. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { removeNetwork } from "@tandem-ics/localnet";
import { CliError } from "./exit-codes.ts";

/** What a network leaves in its home while it runs. */
export interface RunFile {
  readonly pid: number;
  /** When that process started, as the system tells it: process ids are used again. */
  readonly started: string | undefined;
  /** Undefined while the network starts. */
  readonly controlUrl: string | undefined;
}

const runPath = (home: string): string => join(home, "run.json");

/** Where a detached network writes what it has to say. */
export const logPath = (home: string): string => join(home, "tandem.log");

/** When a process started, in some form; undefined when it does not run. */
function startOf(pid: number): string | undefined {
  try {
    if (existsSync("/proc/self/stat")) {
      // The command name may hold spaces and parentheses: fields are counted after the last one.
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return fields[0] === "Z" ? undefined : fields[19];
    }
    const ps = execFileSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
    return ps === "" || ps.startsWith("Z") ? undefined : ps.replace(/^\S+\s+/, "");
  } catch {
    return undefined;
  }
}

const isAlive = (run: RunFile): boolean => {
  const started = startOf(run.pid);
  return started !== undefined && started === run.started;
};

/** The network that runs or starts in `home`; undefined when none does. */
export function readRunFile(home: string): RunFile | undefined {
  try {
    const run = JSON.parse(readFileSync(runPath(home), "utf8")) as RunFile;
    return isAlive(run) ? run : undefined;
  } catch {
    return undefined; // none, or half written by a process that died: nothing runs here
  }
}

/** Refuses when a network runs or starts in `home` already. */
export function refuseSecond(home: string): void {
  const running = readRunFile(home);
  if (running === undefined) return;
  throw new CliError({
    code: "already-running",
    message: `a network runs in ${home} already (process ${running.pid})`,
    hint: "tandem down ends it; --net NAME or --home DIR starts another one beside it",
  });
}

/** Takes `home` for this process, so that no second network starts there. Throws `already-running`. */
export function claimHome(home: string): void {
  const claim: RunFile = { pid: process.pid, started: startOf(process.pid), controlUrl: undefined };
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      writeFileSync(runPath(home), JSON.stringify(claim), { mode: 0o600, flag: "wx" });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      refuseSecond(home);
      rmSync(runPath(home), { force: true });
    }
  }
  refuseSecond(home);
}

/** Tells others where this process can be reached. */
export function announce(home: string, controlUrl: string): void {
  const run: RunFile = { pid: process.pid, started: startOf(process.pid), controlUrl };
  const fresh = `${runPath(home)}.new`;
  writeFileSync(fresh, JSON.stringify(run), { mode: 0o600 });
  renameSync(fresh, runPath(home));
}

/** Time between two looks at the home, in ms. */
const WATCH_MS = 1000;

/**
 * Calls back when `home` is no longer this process's: somebody removed the directory, and nobody could reach or end
 * the network any more. Gives a function that ends the watch.
 */
export function watchHome(home: string, onLost: () => void): () => void {
  const timer = setInterval(() => {
    if (readRunFile(home)?.pid === process.pid) return;
    clearInterval(timer);
    onLost();
  }, WATCH_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** Takes back what process `pid` left in `home`; what another one has left there since stays. */
export function releaseHome(home: string, pid: number): void {
  try {
    if ((JSON.parse(readFileSync(runPath(home), "utf8")) as RunFile).pid !== pid) return;
  } catch {
    return; // gone already
  }
  try {
    rmSync(runPath(home), { force: true });
    rmSync(`${runPath(home)}.new`, { force: true });
  } catch {
    // a disk that takes no writes: whoever reads the claim later sees that its process is gone
  }
}

/** Removes the network that lies in `home`, its log and, when nothing else lies there, the directory. */
export function purgeHome(home: string): void {
  removeNetwork(home);
  for (const file of [runPath(home), logPath(home)]) rmSync(file, { force: true });
  removeEmpty(home);
  // A network beside the default one lies in HOME/nets.
  const parent = dirname(home);
  if (basename(parent) === "nets") {
    removeEmpty(parent);
    removeEmpty(dirname(parent));
  }
}

function removeEmpty(directory: string): void {
  if (existsSync(directory) && readdirSync(directory).length === 0) rmdirSync(directory);
}

/** Longest wait for a network to end by itself, and then for its process to be gone, in ms. */
const STOP_TIMEOUT_MS = 10_000;
const KILL_TIMEOUT_MS = 5_000;

async function untilGone(run: RunFile, ms: number): Promise<boolean> {
  const deadline = performance.now() + ms;
  while (isAlive(run)) {
    if (performance.now() > deadline) return false;
    await sleep(20);
  }
  return true;
}

/** Ends the process of a network: it is asked to, and killed when it does not answer. Tells whether it had to be. */
export async function endNetwork(home: string, run: RunFile): Promise<{ killed: boolean }> {
  const stop = (signal: NodeJS.Signals): void => {
    try {
      process.kill(run.pid, signal);
    } catch {
      // gone in the meantime
    }
  };
  stop("SIGTERM");
  const killed = !(await untilGone(run, STOP_TIMEOUT_MS));
  if (killed) {
    stop("SIGKILL");
    if (!(await untilGone(run, KILL_TIMEOUT_MS)))
      throw new CliError({ code: "timed-out", message: `process ${run.pid} does not end` });
  }
  releaseHome(home, run.pid);
  return { killed };
}

/** Calls a method of the network in `home`. */
export async function callNetwork<T>(home: string, method: string, ...params: unknown[]): Promise<T> {
  const run = readRunFile(home);
  if (run === undefined)
    throw new CliError({
      code: "not-running",
      message: `no network runs in ${home}`,
      hint: "tandem up starts one",
    });
  if (run.controlUrl === undefined)
    throw new CliError({
      code: "not-running",
      message: `the network in ${home} is still starting`,
      hint: "tandem up --detach returns when it is ready",
    });
  let body: { result?: T; error?: ConstructorParameters<typeof CliError>[0] };
  try {
    const response = await fetch(run.controlUrl, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ method, params }),
    });
    body = (await response.json()) as typeof body;
  } catch (cause) {
    throw new CliError(
      {
        code: "unreachable",
        message: `the network in ${home} does not answer at ${run.controlUrl}`,
        hint: `tandem down ends it; ${logPath(home)} may tell why`,
      },
      { cause },
    );
  }
  if (body.error !== undefined) throw new CliError(body.error);
  return body.result as T;
}
