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

/** Runs `tandem ARGS` in a directory. */
export function runTandem(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, "scripts/tandem.mjs"), ...args], {
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
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? -1, stdout, stderr }));
  });
}

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
