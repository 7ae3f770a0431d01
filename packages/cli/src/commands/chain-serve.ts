/** `tandem chain serve`: a home's application alone, behind a CometBFT that dials it (ABCI 2.0). */
import { existsSync, mkdirSync } from "node:fs";
import { AbciError, serveAbci } from "@tandem-ics/abci";
import type { ConsumerApplicationName } from "@tandem-ics/ccv";
import { createCometDoors } from "@tandem-ics/node";
import { BECH32_PREFIX, type ChainKind, readGenesisFile } from "@tandem-ics/node/home";
import { openLmdbBackend } from "@tandem-ics/store/lmdb";
import { openSnapshotDirectory } from "@tandem-ics/store/snapshots";
import type { Command } from "commander";
import pc from "picocolors";
import { wholeNumber } from "../arguments.ts";
import { CliError, usageError } from "../exit-codes.ts";
import { settingsOf } from "../settings.ts";
import { addDoorFlags, type DoorFlags, type DoorUrls, doorAddresses, openDoors } from "./chain-doors.ts";
import {
  applicationOf,
  assertKind,
  chainFailure,
  genesisApplication,
  kindOf,
  layoutOf,
  occupy,
  openApp,
} from "./chain-home.ts";

interface ServeFlags extends DoorFlags {
  readonly abci: string;
  readonly node: string;
  readonly chainId?: string;
  readonly app?: string;
  readonly snapshotInterval: string;
  readonly snapshotKeep: string;
}

/** What `chain serve --json` prints when CometBFT may dial. */
interface ServeReport extends DoorUrls {
  readonly kind: ChainKind;
  readonly chainId: string;
  readonly home: string;
  /** What CometBFT's `proxy_app` takes. */
  readonly abci: string;
  readonly pid: number;
  /** Last committed height, decimal. */
  readonly height: string;
}

/** What is served: by the genesis where there is one, which must then be of this kind; else by the flags. */
interface Served {
  readonly chainId: string;
  readonly application: ConsumerApplicationName;
}

function servedBy(kind: ChainKind, home: string, { chainId: given, app }: ServeFlags): Served {
  const wanted = app === undefined ? undefined : applicationOf(app);
  if (wanted !== undefined && kind === "provider") throw usageError("--app is for consumers");
  const layout = layoutOf(home);
  if (!existsSync(layout.genesis)) {
    if (given === undefined)
      throw usageError(
        `there is no ${layout.genesis}`,
        "--chain-id ID does instead, when CometBFT has the genesis",
      );
    return { chainId: given, application: wanted ?? "consumer" };
  }
  try {
    const genesis = readGenesisFile(layout);
    assertKind(kind, genesis);
    if (given !== undefined && given !== genesis.chainId)
      throw usageError(`--chain-id is ${given}, but ${layout.genesis} is of ${genesis.chainId}`);
    const application = genesisApplication(genesis);
    if (wanted !== undefined && wanted !== application)
      throw usageError(`--app is ${wanted}, but ${layout.genesis} is for ${application}`);
    return { chainId: genesis.chainId, application };
  } catch (error) {
    throw chainFailure(error);
  }
}

/** What a failed request means for the process: after one that executes a block nothing can be trusted. */
const BLOCK_REQUESTS: readonly string[] = ["initChain", "finalizeBlock", "commit"];

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Says what went wrong and is no reason to end. */
const complain = (what: string, error: unknown): void =>
  void process.stderr.write(`${what}: ${textOf(error)}\n`);

/** How often snapshots are taken, and how many are kept. */
function snapshotPace({ snapshotInterval, snapshotKeep }: ServeFlags) {
  if (!/^\d{1,15}$/.test(snapshotInterval))
    throw usageError(`--snapshot-interval takes a number of blocks, not "${snapshotInterval}"`);
  return { interval: BigInt(snapshotInterval), keepRecent: wholeNumber(snapshotKeep, "--snapshot-keep") };
}

/** JSON-RPC of the CometBFT that will dial. Throws a usage error for what is no URL. */
function cometUrl(url: string): string {
  if (!/^https?:\/\/[^/\s]+/.test(url))
    throw usageError(`--node takes an http URL, not "${url}"`, "--node http://127.0.0.1:26657");
  return url;
}

function listenFailure(error: unknown): unknown {
  if (!(error instanceof AbciError)) return error;
  const code = error.code === "invalidAddress" ? "usage" : "port-taken";
  return new CliError({ code, message: error.message }, { cause: error });
}

async function serve(kindText: string, flags: ServeFlags, command: Command): Promise<void> {
  const { home, out } = settingsOf(command);
  const kind = kindOf(kindText);
  const pace = snapshotPace(flags);
  const addresses = doorAddresses(flags);
  const rpcUrl = cometUrl(flags.node);
  const { chainId, application } = servedBy(kind, home, flags);
  const layout = layoutOf(home);
  mkdirSync(layout.dataFolder, { recursive: true, mode: 0o700 });
  await occupy(layout.home, async ({ ended, fail }) => {
    // CometBFT forgets a block's transactions once the commit is answered: the disk has it by then.
    const app = openApp(kind, application, {
      backend: openLmdbBackend(layout.appFolder, { sync: "now" }),
      chainId,
      snapshots: {
        store: openSnapshotDirectory(layout.snapshotFolder),
        ...pace,
        onFailure: (error) => complain("a snapshot could not be taken", error),
      },
    });
    const doors = createCometDoors({ app, chainId, rpcUrl, bech32Prefix: BECH32_PREFIX[kind] });
    try {
      const server = await serveAbci(app, {
        address: flags.abci,
        onFailure: ({ method, error }) => {
          if (!BLOCK_REQUESTS.includes(method)) return complain(method, error);
          fail(new CliError({ code: "halted", message: `${method}: ${textOf(error)}` }, { cause: error }));
        },
      }).catch((error: unknown) => {
        throw listenFailure(error);
      });
      try {
        const { lastBlockHeight } = app.info({
          version: "",
          blockVersion: 0n,
          p2pVersion: 0n,
          abciVersion: "",
        });
        const report: ServeReport = {
          kind,
          chainId,
          home: layout.home,
          abci: server.address,
          ...(await openDoors(doors, addresses)),
          pid: process.pid,
          height: String(lastBlockHeight),
        };
        out.result(
          report,
          (r) => `${pc.green("ready")} ${r.chainId} at height ${r.height}, ${r.abci}, process ${r.pid}`,
        );
        await ended;
      } finally {
        await server.close();
      }
    } finally {
      await doors.close();
      app.close();
    }
  });
}

/** Adds `chain serve`. */
export function addServe(chain: Command): void {
  const command = chain
    .command("serve")
    .description("serve a home's application to CometBFT, which makes the blocks")
    .argument("<kind>", "provider or consumer")
    .requiredOption(
      "--abci <address>",
      "unix:///path/app.sock or tcp://127.0.0.1:26658: CometBFT's proxy_app",
    )
    .option(
      "--node <url>",
      "JSON-RPC of that CometBFT: gRPC and REST ask it for blocks and transactions",
      "http://127.0.0.1:26657",
    )
    .option("--chain-id <id>", "where the home has no genesis")
    .option("--app <name>", "what a consumer without a genesis in the home runs: consumer or democracy")
    .option(
      "--snapshot-interval <blocks>",
      "take a snapshot every so many blocks, for nodes that join late",
      "0",
    )
    .option("--snapshot-keep <n>", "how many snapshots are kept; 0 keeps all", "2");
  addDoorFlags(command).action((kind: string, flags: ServeFlags, self: Command) => serve(kind, flags, self));
}
