/** `tandem chain export`: the state of a chain in a home as the genesis of another one (SDK `server/export.go`). */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { GenesisDoc } from "@tandem-ics/comet";
import { type SavedChain, savedChain } from "@tandem-ics/localnet";
import { exportedGenesis, genesisText, readGenesisFile } from "@tandem-ics/node/home";
import { openLmdbBackend } from "@tandem-ics/store/lmdb";
import type { Command } from "commander";
import { CliError, usageError } from "../exit-codes.ts";
import { settingsOf } from "../settings.ts";
import {
  assertKind,
  chainFailure,
  formOf,
  genesisApplication,
  kindOf,
  layoutOf,
  occupy,
  openApp,
} from "./chain-home.ts";

function heightOf(text: string | undefined): bigint | undefined {
  if (text === undefined || text === "-1") return undefined;
  if (!/^[1-9]\d{0,18}$/.test(text)) throw usageError(`--height takes a height, not "${text}"`);
  return BigInt(text);
}

interface ExportFlags {
  readonly height?: string;
  readonly form: string;
}

/** What lies in the home: a network with a chain of that name, or one chain, of that kind. */
function chainIn(home: string, nameOrKind: string): SavedChain {
  const ofNetwork = savedChain(home, nameOrKind);
  if (ofNetwork !== undefined) return ofNetwork;
  const kind = kindOf(nameOrKind);
  const layout = layoutOf(home);
  let genesis: GenesisDoc;
  try {
    genesis = readGenesisFile(layout);
  } catch (error) {
    throw chainFailure(error);
  }
  assertKind(kind, genesis);
  return {
    genesis,
    appFolder: layout.appFolder,
    open: (backend) => openApp(kind, genesisApplication(genesis), { backend }),
  };
}

const missing = (message: string): CliError => new CliError({ code: "not-found", message });

async function exportState(nameOrKind: string, flags: ExportFlags, command: Command): Promise<void> {
  const home = resolve(settingsOf(command).home);
  const wanted = heightOf(flags.height);
  const form = formOf(flags.form);
  const { genesis, appFolder, open } = chainIn(home, nameOrKind);
  if (!existsSync(appFolder)) throw missing(`no chain has run in ${home}`);
  await occupy(home, async () => {
    const app = open(openLmdbBackend(appFolder));
    try {
      const info = app.info({ version: "", blockVersion: 0n, p2pVersion: 0n, abciVersion: "" });
      const height = wanted ?? info.lastBlockHeight;
      if (height === 0n) throw missing(`the chain in ${home} has made no block yet`);
      if (height > info.lastBlockHeight)
        throw missing(`the chain in ${home} ends at height ${info.lastBlockHeight}`);
      process.stdout.write(`${genesisText(exportedGenesis(app, genesis, height), form)}\n`);
    } finally {
      app.close();
    }
  });
}

/** Adds `chain export`. */
export function addExport(chain: Command): void {
  chain
    .command("export")
    .description("print the state of a chain that does not run as a genesis")
    .argument(
      "<kind>",
      "provider or consumer; where a network lies in the home, the name of one of its chains",
    )
    .option("--height <n>", "state after this block; the last one by default")
    .option("--form <form>", "sdk, or cometbft for a chain behind cometbft", "sdk")
    .action((kind: string, flags: ExportFlags, command: Command) => exportState(kind, flags, command));
}
