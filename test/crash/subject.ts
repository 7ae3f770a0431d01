/** A chain in a home on disk, run by the `tandem` command as operators run it, and ended as power cuts do. */
import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toBech32 } from "@cosmjs/encoding";
import { secp256k1Address, secp256k1PublicKey, sha256, utf8 } from "@tandem-ics/crypto";
import { type Ran, runTandem } from "../cli/run-tandem.ts";

const root = join(__dirname, "../..");
/** Fee and stake of the chain. */
export const DENOM = "stake";
/** Its id. */
export const CHAIN_ID = "crash-1";

/** An account that sends. */
export interface Account {
  readonly privateKey: Uint8Array;
  readonly address: string;
}

/** Accounts that have coins from the start. */
export const ACCOUNTS: readonly Account[] = Array.from({ length: 6 }, (_, i) => {
  const privateKey = sha256(utf8(`crash account ${i}`));
  return { privateKey, address: toBech32("cosmos", secp256k1Address(secp256k1PublicKey(privateKey))) };
});

/** A node that runs. */
export interface Run {
  readonly pid: number;
  /** Resolves with its URL and height once it answers; rejects when it ends before. */
  readonly ready: Promise<{ readonly url: string; readonly height: bigint }>;
  readonly ended: Promise<Ran>;
  /** Milliseconds from its start until it was ready. */
  readyAfterMs(): number | undefined;
  signal(name: NodeJS.Signals): void;
}

/** A home and the nodes that were started on it. */
export interface Subject {
  readonly directory: string;
  readonly home: string;
  run(...args: string[]): Promise<Ran>;
  start(options?: { home?: string; env?: NodeJS.ProcessEnv; shell?: string }): Run;
  end(): Promise<void>;
}

/** One file that loads quickly, and stays what it is while the sources change. */
async function freezeCommand(directory: string): Promise<string> {
  const built = await runTandem(["--version"], directory);
  if (built.code !== 0) throw new Error(built.stderr);
  const frozen = join(root, `packages/cli/dist/crash-${process.pid}.mjs`);
  copyFileSync(join(root, "packages/cli/dist/tandem.mjs"), frozen);
  return frozen;
}

function watch(child: ChildProcess): Run {
  const began = performance.now();
  let stdout = "";
  let stderr = "";
  let readyAfter: number | undefined;
  const ended = new Promise<Ran>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? -1, stdout, stderr }));
  });
  const ready = new Promise<{ url: string; height: bigint }>((resolve, reject) => {
    child.stdout!.on("data", (chunk: Buffer) => {
      stdout += chunk;
      if (readyAfter !== undefined || !/^\{.*\n/.test(stdout)) return;
      const { rpc, height } = JSON.parse(stdout.slice(0, stdout.indexOf("\n"))) as {
        rpc?: string;
        height: string;
      };
      if (rpc === undefined) return; // an error, which the end tells
      readyAfter = performance.now() - began;
      resolve({ url: rpc, height: BigInt(height) });
    });
    ended.then(
      (ran) => reject(new Error(`ended before it was ready: ${ran.code}\n${ran.stdout}${ran.stderr}`)),
      reject,
    );
  });
  ready.catch(() => undefined);
  child.stderr!.on("data", (chunk: Buffer) => {
    stderr += chunk;
  });
  const { pid = 0 } = child;
  return {
    pid,
    ready,
    ended,
    readyAfterMs: () => readyAfter,
    signal: (name) => void child.kill(name),
  };
}

/** Makes a chain; nothing runs yet. `blockTime` as `--block-time`. */
export async function createSubject(blockTime: string): Promise<Subject> {
  const directory = mkdtempSync(join(tmpdir(), "tandem-crash-"));
  const home = join(directory, "home");
  const command = await freezeCommand(directory);
  const running = new Set<Run>();
  const run = (...args: string[]): Promise<Ran> => {
    const child = spawn(process.execPath, [command, ...args], {
      cwd: directory,
      env: { ...process.env, NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    return watch(child).ended;
  };
  const made = await run(
    ...["chain", "init", "provider", "--home", home, "--chain-id", CHAIN_ID],
    ...ACCOUNTS.flatMap(({ address }) => ["--account", `${address}=1000000000000${DENOM}`]),
    ...["--operator", ACCOUNTS[0]!.address, "--stake", `1000000000${DENOM}`],
  );
  if (made.code !== 0) throw new Error(made.stdout + made.stderr);
  return {
    directory,
    home,
    run,
    start({ home: where = home, env = {}, shell } = {}) {
      const args = [command, "chain", "start", "provider", "--home", where, "--json"];
      args.push("--rpc", "tcp://127.0.0.1:0", "--block-time", blockTime);
      const child = spawn(
        shell === undefined ? process.execPath : "/bin/sh",
        shell === undefined ? args : ["-c", `${shell}; exec "$0" "$@"`, process.execPath, ...args],
        { cwd: directory, env: { ...process.env, NO_COLOR: "1", ...env }, stdio: ["ignore", "pipe", "pipe"] },
      );
      const node = watch(child);
      running.add(node);
      const gone = (): void => void running.delete(node);
      node.ended.then(gone, gone);
      return node;
    },
    async end() {
      for (const node of running) {
        node.signal("SIGKILL");
        await node.ended;
      }
      rmSync(command, { force: true });
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
