/** Runs the `tandem` command as a user does, and ends every network that a test started. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(__dirname, "../..");

/** What a command left. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A `tandem ARGS` that runs. */
export interface Running {
  readonly ended: Promise<Ran>;
  stdout(): string;
  /** Waits until standard output holds a match. */
  printed(pattern: RegExp): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts `tandem ARGS` in a directory. */
export function startTandem(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Running {
  // Every network that tests start is looked at after each of its blocks.
  const more = args[0] === "up" ? ["--check-invariants"] : [];
  const child = spawn(process.execPath, [join(root, "scripts/tandem.mjs"), ...args, ...more], {
    cwd,
    env: { ...process.env, NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk;
  });
  const ended = new Promise<Ran>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? -1, stdout, stderr }));
  });
  return {
    ended,
    stdout: () => stdout,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (pattern.test(stdout)) resolve();
        };
        child.stdout.on("data", look);
        child.once("close", () => reject(new Error(`ended before it printed ${pattern}: ${stderr}`)));
        look();
      }),
    kill: (signal) => void child.kill(signal),
  };
}

/** Runs `tandem ARGS` in a directory. */
export const runTandem = (args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<Ran> =>
  startTandem(args, cwd, env).ended;

/** A scratch directory with a `tandem` bound to it. `end` stops what runs there and removes it. */
export function createScratch() {
  const cwd = mkdtempSync(join(tmpdir(), "tandem-test-"));
  return {
    cwd,
    tandem: (...args: string[]) => runTandem(args, cwd),
    async end() {
      await runTandem(["down", "--purge"], cwd);
      rmSync(cwd, { recursive: true, force: true });
    },
  };
}
