/** `tandem chain start`: a home's chain with the embedded engine. */
import { basename, dirname, resolve } from "node:path";
import { nextHeight } from "@tandem-ics/comet";
import { parseDuration } from "@tandem-ics/localnet";
import { createNode, type Node } from "@tandem-ics/node";
import {
  BECH32_PREFIX,
  type ChainKind,
  createVoteGuard,
  type HomeLayout,
  readGenesisFile,
  readHomeKey,
  readNodeKey,
  readValidatorKey,
  type ValidatorKeyFile,
} from "@tandem-ics/node/home";
import { openLmdbBackend } from "@tandem-ics/store/lmdb";
import type { Command } from "commander";
import pc from "picocolors";
import { usageError } from "../exit-codes.ts";
import type { Output } from "../output.ts";
import { settingsOf } from "../settings.ts";
import {
  addDoorFlags,
  type DoorFlags,
  type DoorUrls,
  doorAddresses,
  listenAddress,
  openDoors,
} from "./chain-doors.ts";
import {
  assertKind,
  chainFailure,
  genesisApplication,
  kindOf,
  layoutOf,
  occupy,
  openApp,
  readFlag,
  refuseRunning,
} from "./chain-home.ts";

interface StartFlags extends DoorFlags {
  readonly rpc: string;
  readonly blockTime: string;
  readonly key: readonly string[];
  readonly moniker: string;
}

/** What `chain start --json` prints when blocks are about to be made. */
export interface StartReport extends DoorUrls {
  readonly kind: ChainKind;
  readonly chainId: string;
  readonly home: string;
  readonly rpc: string;
  readonly pid: number;
  /** Last committed height, decimal. */
  readonly height: string;
  readonly nodeId: string;
  /** Set when no block can be made: the power of the keys held here, and what it must exceed. Decimal. */
  readonly waiting: { readonly power: string; readonly needed: string } | null;
}

function blockTimeMs(text: string): number {
  const ms = Number(readFlag("--block-time", text, parseDuration) / 1_000_000n);
  if (ms < 1 || ms > 86_400_000) throw usageError(`--block-time is between 1ms and 1d, not ${text}`);
  return ms;
}

/** All keys that vote here, the home's first; each once. */
function keysOf(layout: HomeLayout, files: readonly string[]): ValidatorKeyFile[] {
  // A node that runs in a key's own home votes with it.
  for (const file of files)
    if (basename(dirname(resolve(file))) === "config") refuseRunning(dirname(dirname(resolve(file))));
  const keys = [readHomeKey(layout), ...files.map((file) => readValidatorKey(resolve(file)))];
  const seen = new Map<string, string>();
  for (const { address, keyFile } of keys) {
    const id = Buffer.from(address).toString("hex");
    const earlier = seen.get(id);
    if (earlier !== undefined)
      throw usageError(
        `${keyFile} and ${earlier} hold the same key`,
        "two state files for one key guard nothing",
      );
    seen.set(id, keyFile);
  }
  return keys;
}

function waitingOf({ status }: Node): StartReport["waiting"] {
  return status.kind === "waiting" ? { power: String(status.power), needed: String(status.needed) } : null;
}

const waitingText = ({ power, needed }: NonNullable<StartReport["waiting"]>): string =>
  `no block can be made: the keys here hold ${power} of the voting power, more than ${needed} is needed; ` +
  "give the other validators' keys with --key FILE";

/** Says so whenever the validator set grows beyond the keys held here. */
function watchPower(node: Node, out: Output): void {
  let wasWaiting = node.status.kind === "waiting";
  node.onBlock(() => {
    const waiting = waitingOf(node);
    if (waiting !== null && !wasWaiting) out.note(waitingText(waiting));
    wasWaiting = waiting !== null;
  });
}

async function start(kindText: string, flags: StartFlags, command: Command): Promise<void> {
  const { home, out } = settingsOf(command);
  const kind = kindOf(kindText);
  const address = listenAddress(flags.rpc, "--rpc");
  const addresses = doorAddresses(flags);
  const engine = { kind: "timer", blockTimeMs: blockTimeMs(flags.blockTime) } as const;
  const layout = layoutOf(home);
  const read = () => {
    try {
      const genesis = readGenesisFile(layout);
      assertKind(kind, genesis);
      return { genesis, keys: keysOf(layout, flags.key), nodeKey: readNodeKey(layout).seed };
    } catch (error) {
      throw chainFailure(error);
    }
  };
  const { genesis, keys, nodeKey } = read();
  await occupy(layout.home, async ({ ended, fail }) => {
    // The block record is on disk before the application commits: what the application loses is replayed from it.
    const appBackend = openLmdbBackend(layout.appFolder, { sync: "deferred" });
    const nodeBackend = openLmdbBackend(layout.nodeFolder, { sync: "now" });
    const guard = createVoteGuard(keys);
    const node = createNode({
      app: openApp(kind, genesisApplication(genesis), { backend: appBackend }),
      genesis,
      keys: keys.map(({ seed }) => seed),
      guard,
      backend: nodeBackend,
      engine,
      moniker: flags.moniker,
      nodeKey,
      bech32Prefix: BECH32_PREFIX[kind],
      onHalt: fail,
    });
    try {
      node.start();
      // Blocks wait until the door is open: who cannot be reached makes none.
      node.pause();
      const validators = node.state.validators.validators.map((v) => v.address);
      guard.check(nextHeight(node.state), validators);
      const { url } = await node.listen(address);
      const doors = await openDoors(node, addresses);
      node.resume();
      watchPower(node, out);
      const waiting = waitingOf(node);
      const report: StartReport = {
        kind,
        chainId: genesis.chainId,
        home: layout.home,
        rpc: url,
        ...doors,
        pid: process.pid,
        height: String(node.height),
        nodeId: node.nodeId,
        waiting,
      };
      out.result(
        report,
        (r) => `${pc.green("ready")} ${r.chainId} at height ${r.height}, ${r.rpc}, process ${r.pid}`,
      );
      if (waiting !== null) out.note(waitingText(waiting));
      await ended;
    } finally {
      await node.stop();
      appBackend.close();
      nodeBackend.close();
    }
  });
}

const collect = (value: string, earlier: readonly string[]): string[] => [...earlier, value];

/** Adds `chain start`. */
export function addStart(chain: Command): void {
  const command = chain
    .command("start")
    .description("run a home's chain in the foreground, with every validator whose key is here")
    .argument("<kind>", "provider or consumer")
    .option("--rpc <address>", "where JSON-RPC listens; port 0 takes a free one", "tcp://127.0.0.1:26657")
    .option("--block-time <duration>", "time between blocks, such as 500ms", "1s")
    .option("--key <file>", "another priv_validator_key.json that votes here", collect, [])
    .option("--moniker <name>", "name of the node", "tandem");
  addDoorFlags(command).action((kind: string, flags: StartFlags, self: Command) => start(kind, flags, self));
}
