// Builds the programs that the interop suites run against: interchain-security's provider and consumer, and CometBFT,
// from the Go module proxy, at the versions in the go.mod files beside this file. They are kept outside the work tree,
// under a key of all that decides their bytes. Also run by hand: `node test/interop/peers/build.mjs`.
import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { access, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as rest } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

const here = dirname(fileURLToPath(import.meta.url));

/** What is built: a binary, the module that pins its version, its package. */
const PEERS = [
  { name: "cometbft", module: "cometbft", source: "github.com/cometbft/cometbft/cmd/cometbft" },
  {
    name: "interchain-security-pd",
    module: "daemons",
    source: "github.com/cosmos/interchain-security/v7/cmd/interchain-security-pd",
  },
  {
    name: "interchain-security-cd",
    module: "daemons",
    source: "github.com/cosmos/interchain-security/v7/cmd/interchain-security-cd",
  },
  {
    name: "interchain-security-cdd",
    module: "daemons",
    source: "github.com/cosmos/interchain-security/v7/cmd/interchain-security-cdd",
  },
];
const MODULES = [...new Set(PEERS.map((peer) => peer.module))];

/** `tool` lines in go.mod, and the modules themselves, want it. */
const LEAST_GO = [1, 24];
const SAY_EVERY_MS = 15_000;
/** How often somebody who waits for another build looks again. */
const LOOK_EVERY_MS = 1000;

const exists = (path) =>
  access(path).then(
    () => true,
    () => false,
  );

/** Go's own words about itself, such as `go version go1.26.0 linux/amd64`; throws a reason when there is none to use. */
async function goVersion() {
  let text;
  try {
    text = (await promisify(execFile)("go", ["version"], { env: goEnv() })).stdout.trim();
  } catch {
    throw new NoPeers("there is no Go toolchain: install Go 1.24 or newer, so that `go version` answers");
  }
  const found = /go(\d+)\.(\d+)/.exec(text);
  const [major, minor] = found === null ? [0, 0] : [Number(found[1]), Number(found[2])];
  if (major < LEAST_GO[0] || (major === LEAST_GO[0] && minor < LEAST_GO[1]))
    throw new NoPeers(`Go ${LEAST_GO.join(".")} or newer is needed, here is "${text}"`);
  return text;
}

const goEnv = () => ({ ...process.env, GOFLAGS: "-buildvcs=false" });

/** A reason why there are no peers here, as opposed to a build that broke. */
export class NoPeers extends Error {}

/** Directory of the binaries that belong to these go.mod files, this Go and this platform. */
async function peersDirectory() {
  const hash = createHash("sha256").update(await goVersion());
  for (const module of MODULES)
    for (const file of ["go.mod", "go.sum"]) hash.update(await readFile(join(here, module, file)));
  const cache =
    process.env["TANDEM_PEERS_DIR"] ??
    join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "tandem", "peers");
  return join(cache, hash.digest("hex").slice(0, 16));
}

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
};

/** Runs `work` while no other process holds `path`. A lock whose holder died counts for nothing. */
async function underLock(path, say, work) {
  for (let said = false; ; said = true) {
    try {
      const file = await open(path, "wx");
      await file.writeFile(String(process.pid));
      await file.close();
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    const holder = Number(await readFile(path, "utf8").catch(() => ""));
    if (holder > 0 && !isAlive(holder)) {
      // Moved first: two that find it dead must not remove a lock that a third has taken since.
      const dead = `${path}.${process.pid}`;
      await rename(path, dead).catch(() => undefined);
      await rm(dead, { force: true });
      continue;
    }
    if (!said) say(`process ${holder || "?"} builds them already: waiting for it`);
    await rest(LOOK_EVERY_MS);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

/** One `go build`, telling that it goes on. */
async function build({ name, module, source }, target, say) {
  const started = Date.now();
  const elapsed = () => `${Math.round((Date.now() - started) / 1000)} s`;
  say(`building ${name} (${source})`);
  const fresh = `${target}.${process.pid}`;
  const child = spawn("go", ["build", "-mod=readonly", "-o", fresh, source], {
    cwd: join(here, module),
    env: goEnv(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let told = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      told = (told + chunk).slice(-20_000);
    });
  const ticker = setInterval(() => say(`still building ${name}, ${elapsed()}`), SAY_EVERY_MS);
  try {
    const code = await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    if (code !== 0) throw new Error(`go build ${source} ended with ${code}:\n${told}`);
    await rename(fresh, target);
    say(`built ${name} in ${elapsed()}`);
  } finally {
    clearInterval(ticker);
    if (child.exitCode === null) child.kill("SIGKILL");
    await rm(fresh, { force: true });
  }
}

/**
 * Builds what is missing and returns the path of each binary by its name. `say` is told each step. Throws `NoPeers`
 * where none can be built.
 */
export async function buildPeers(say = () => {}) {
  const directory = await peersDirectory();
  const paths = Object.fromEntries(PEERS.map(({ name }) => [name, join(directory, name)]));
  const missing = async () => {
    const found = await Promise.all(PEERS.map(async (peer) => !(await exists(paths[peer.name]))));
    return PEERS.filter((_, i) => found[i]);
  };
  if ((await missing()).length === 0) return paths;
  await mkdir(directory, { recursive: true });
  await underLock(join(directory, "lock"), say, async () => {
    const wanted = await missing();
    if (wanted.length > 0)
      say(
        `building ${wanted.map(({ name }) => name).join(", ")} into ${directory}; a first build takes about ten minutes on 2 cores, later ones seconds`,
      );
    for (const peer of wanted) await build(peer, paths[peer.name], say);
  });
  return paths;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    for (const path of Object.values(await buildPeers((line) => process.stderr.write(`${line}\n`))))
      process.stdout.write(`${path}\n`);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error instanceof NoPeers ? 2 : 1;
  }
}
