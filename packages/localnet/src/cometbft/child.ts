/** A program as a child process that does not outlive this one, however this one ends. */
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
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

const TAIL_BYTES = 600;
/** Above the shell's own patience: `tandem down` waits longer than this for the whole network. */
const STOP_PATIENCE_MS = 6_000;

/**
 * Runs the program, tells its process id on descriptor 3, and ends it when standard input ends, that is when this process
 * asks for it or is gone: SIGTERM, and SIGKILL three seconds later. CometBFT means to end by itself once its application is
 * gone; but one that has not reached the application yet tries for ever, and one whose application dies between a block's
 * execution and its commit waits for ever, with a lock that its own stopping needs. The shell is started before the
 * program, so that there is no moment without a guard.
 */
const GUARDED = `exec 4<&0 </dev/null
"$@" 3>&- 4<&- &
child=$!
echo "$child" >&3
exec 3>&-
{ read -r word <&4; kill -TERM "$child"; sleep 3; kill -KILL "$child"; } 2>/dev/null &
guard=$!
exec 4<&-
wait "$child"
code=$?
kill "$guard" 2>/dev/null
exit "$code"`;

/** Starts a program with its output appended to `log`. Throws LocalnetError `launch-failed` when it cannot be started. */
export async function startChild(file: string, args: readonly string[], log: string): Promise<Child> {
  const output = openSync(log, "a", 0o600);
  // In a group of its own: Ctrl-C in a terminal ends the network in order, not all of its processes at once.
  const shell = spawn("/bin/sh", ["-c", GUARDED, "tandem", file, ...args], {
    detached: true,
    stdio: ["pipe", output, output, "pipe"],
  });
  closeSync(output);
  const input = shell.stdin as unknown as Writable;
  input.on("error", () => undefined); // the program ended first
  let running = true;
  const ended = new Promise<string>((resolve) => {
    const finish = (how: string): void => {
      running = false;
      resolve(how);
    };
    shell.once("exit", (code, signal) => finish(signal ?? `exit code ${code}`));
    shell.once("error", (error) => finish(error.message));
  });
  const pid = await new Promise<number>((resolve, reject) => {
    createInterface({ input: shell.stdio[3] as Readable }).once("line", (line) => resolve(Number(line)));
    void ended.then((how) =>
      reject(new LocalnetError("launch-failed", `${file} cannot be started: ${how}`, { hint: `see ${log}` })),
    );
  });
  return {
    pid,
    get running() {
      return running;
    },
    ended,
    async stop() {
      input.end();
      const force = setTimeout(() => running && shell.kill("SIGKILL"), STOP_PATIENCE_MS);
      await ended;
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
