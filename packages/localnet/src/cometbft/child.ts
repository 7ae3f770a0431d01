/** A `cometbft start` as a child process that does not outlive this one. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { LocalnetError } from "../errors.ts";

/** A program that was started. */
export interface Child {
  readonly pid: number;
  readonly running: boolean;
  /** Resolves when it is gone, with how it ended. */
  readonly ended: Promise<string>;
  /** Asks it to end, and ends it when it does not. */
  stop(): Promise<void>;
}

/** How long a program may take to end by itself, in ms. Shorter than `tandem down` waits for the whole network. */
const STOP_PATIENCE_MS = 5_000;
const TAIL_BYTES = 600;

/**
 * Ends process $0 when its standard input ends without a word, that is when this process is gone. CometBFT means to end by
 * itself once its application is gone; but one that has not reached the application yet tries for ever, and one whose
 * application dies between a block's execution and its commit waits for ever, with a lock that its own stopping needs.
 */
const GUARD = 'read -r word || { kill -TERM "$0"; sleep 3; kill -KILL "$0"; } 2>/dev/null';

function startGuard(pid: number): ChildProcess {
  const guard = spawn("/bin/sh", ["-c", GUARD, String(pid)], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  // The child ends with its application in any case: a guard that cannot be had is no reason not to start.
  guard.on("error", () => undefined);
  guard.stdin?.on("error", () => undefined);
  guard.unref();
  (guard.stdin as unknown as { unref(): void } | null)?.unref();
  return guard;
}

/** Starts a program with its output appended to `log`. Throws LocalnetError `launch-failed` when it cannot be started. */
export async function startChild(file: string, args: readonly string[], log: string): Promise<Child> {
  const output = openSync(log, "a", 0o600);
  // In a group of its own: Ctrl-C in a terminal ends the network in order, not all of its processes at once.
  const child = spawn(file, args, { detached: true, stdio: ["ignore", output, output] });
  closeSync(output);
  let running = true;
  const ended = new Promise<string>((resolve) => {
    child.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
    child.once("error", (error) => resolve(error.message));
  });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (cause) =>
      reject(new LocalnetError("launch-failed", `${file} cannot be started: ${cause.message}`, { cause })),
    );
  });
  const pid = child.pid!;
  const guard = startGuard(pid);
  const gone = ended.then((how) => {
    running = false;
    guard.stdin?.end("ended\n");
    return how;
  });
  return {
    pid,
    get running() {
      return running;
    },
    ended: gone,
    async stop() {
      if (running) child.kill("SIGTERM");
      const force = setTimeout(() => running && child.kill("SIGKILL"), STOP_PATIENCE_MS);
      await gone;
      clearTimeout(force);
    },
  };
}

/** The end of a log, for error messages. */
export function logTail(log: string): string {
  try {
    return readFileSync(log, "utf8").slice(-TAIL_BYTES).trim();
  } catch {
    return ""; // it has not come to writing one
  }
}
