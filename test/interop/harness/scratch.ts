/** A scratch directory and the processes that a test runs in it. All of it is gone after `end`, or after a crash. */
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tellWatchdog } from "./watchdog.ts";

/** How a program ended. */
export interface Ended {
  /** Exit code, or -1 after a signal. */
  readonly code: number;
  readonly signal: NodeJS.Signals | undefined;
}

/** A program that runs until it is told to end. */
export interface Service {
  readonly name: string;
  readonly pid: number;
  readonly ended: Promise<Ended>;
  readonly running: boolean;
  /** Standard output and error. */
  readonly logPath: string;
  log(): string;
  /** Asks it to end, and forces it when it does not. */
  stop(): Promise<Ended>;
  /** Ends it as a power cut would. */
  kill(): Promise<Ended>;
}

/** What a finished program left. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a program is run. */
export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  readonly cwd?: string;
}

/** A scratch directory with what runs in it. */
export interface Scratch {
  readonly directory: string;
  /** Runs a program to its end. */
  run(file: string, args: readonly string[], options?: RunOptions): Promise<Ran>;
  /** Starts a program in a process group of its own, with its output in `NAME.log`. */
  start(name: string, file: string, args: readonly string[], options?: RunOptions): Service;
  /** Ends all programs and removes the directory. */
  end(): Promise<void>;
}

/** How long a program may take to end by itself. */
const STOP_PATIENCE_MS = 15_000;

/** Signals a process group; one that is gone needs none. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Makes a scratch directory. */
export function createScratch(): Scratch {
  const directory = mkdtempSync(join(tmpdir(), "tandem-interop-"));
  tellWatchdog("directory", directory);
  const services = new Set<Service>();

  function spawned(file: string, args: readonly string[], options: RunOptions, output: "pipe" | number) {
    const child = spawn(file, args, {
      cwd: options.cwd ?? directory,
      env: { ...process.env, NO_COLOR: "1", ...options.env },
      detached: true,
      stdio: [options.input === undefined ? "ignore" : "pipe", output, output],
    });
    const { pid } = child;
    if (pid !== undefined) tellWatchdog("group", pid);
    child.stdin?.on("error", () => undefined); // it may end before it has read everything
    child.stdin?.end(options.input);
    const ended = new Promise<Ended>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => resolve({ code: code ?? -1, signal: signal ?? undefined }));
    }).finally(() => {
      if (pid === undefined) return;
      signal(pid, "SIGKILL"); // children that it left behind
      tellWatchdog("ended", pid);
    });
    ended.catch(() => undefined);
    return { child, ended };
  }

  return {
    directory,
    async run(file, args, options = {}) {
      const { child, ended } = spawned(file, args, options, "pipe");
      const [stdout, stderr] = [child.stdout!, child.stderr!].map((stream) => {
        const chunks: Buffer[] = [];
        stream.on("data", (chunk: Buffer) => chunks.push(chunk));
        return chunks;
      }) as [Buffer[], Buffer[]];
      const { code } = await ended;
      return { code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
    },
    start(name, file, args, options = {}) {
      const logPath = join(directory, `${name}.log`);
      mkdirSync(join(logPath, ".."), { recursive: true });
      const output = openSync(logPath, "a");
      const { child, ended } = spawned(file, args, options, output);
      closeSync(output);
      const pid = child.pid ?? 0;
      let running = pid !== 0;
      const service: Service = {
        name,
        pid,
        ended,
        get running() {
          return running;
        },
        logPath,
        log: () => readFileSync(logPath, "utf8"),
        async stop() {
          if (running) signal(pid, "SIGTERM");
          const force = setTimeout(() => running && signal(pid, "SIGKILL"), STOP_PATIENCE_MS);
          try {
            return await ended;
          } finally {
            clearTimeout(force);
          }
        },
        async kill() {
          if (running) signal(pid, "SIGKILL");
          return ended;
        },
      };
      services.add(service);
      const gone = (): void => {
        running = false;
        services.delete(service);
      };
      ended.then(gone, gone);
      return service;
    },
    async end() {
      await Promise.allSettled([...services].map((service) => service.stop()));
      rmSync(directory, { recursive: true, force: true, maxRetries: 20 });
      tellWatchdog("removed", directory);
    },
  };
}
