/** `tandem chain export`: the state of a home's chain as the genesis of another one (SDK `server/export.go`). */
import { existsSync } from "node:fs";
import type { GenesisDoc } from "@tandem-ics/comet";
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

async function exportState(kindText: string, flags: ExportFlags, command: Command): Promise<void> {
  const { home } = settingsOf(command);
  const kind = kindOf(kindText);
  const wanted = heightOf(flags.height);
  const form = formOf(flags.form);
  const layout = layoutOf(home);
  const missing = (message: string): CliError => new CliError({ code: "not-found", message });
  const readGenesis = (): GenesisDoc => {
    try {
      return readGenesisFile(layout);
    } catch (error) {
      throw chainFailure(error);
    }
  };
  const genesis = readGenesis();
  assertKind(kind, genesis);
  if (!existsSync(layout.appFolder)) throw missing(`no chain has run in ${layout.home}`);
  await occupy(layout.home, async () => {
    const app = openApp(kind, genesisApplication(genesis), { backend: openLmdbBackend(layout.appFolder) });
    try {
      const info = app.info({ version: "", blockVersion: 0n, p2pVersion: 0n, abciVersion: "" });
      const height = wanted ?? info.lastBlockHeight;
      if (height === 0n) throw missing(`the chain in ${layout.home} has made no block yet`);
      if (height > info.lastBlockHeight)
        throw missing(`the chain in ${layout.home} ends at height ${info.lastBlockHeight}`);
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
    .argument("<kind>", "provider or consumer")
    .option("--height <n>", "state after this block; the last one by default")
    .option("--form <form>", "sdk, or cometbft for a chain behind cometbft", "sdk")
    .action((kind: string, flags: ExportFlags, command: Command) => exportState(kind, flags, command));
}
