/** Starts chains, in memory or on disk, by whichever engine. */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type GenesisDoc, genesisToCometJson, parseGenesis } from "@tandem-ics/comet";
import { writeWholeFile } from "@tandem-ics/node/home";
import type { Chain, StartChainOptions } from "./chain.ts";
import { startCometChain } from "./cometbft/comet-chain.ts";
import { startLocalChain } from "./local-chain.ts";

/** Where a chain on disk keeps its genesis file. */
export const genesisPath = (home: string, name: string): string => join(home, name, "genesis.json");

/** The genesis that the chain's stores began with, if there are any; else `genesis`, which is then kept. */
function keptGenesis(home: string, name: string, genesis: GenesisDoc): GenesisDoc {
  const path = genesisPath(home, name);
  if (existsSync(path)) return parseGenesis(readFileSync(path, "utf8"));
  mkdirSync(join(home, name), { recursive: true, mode: 0o700 });
  writeWholeFile(path, genesisToCometJson(genesis));
  return genesis;
}

/** Starts a chain, in memory or on disk, or goes on with the one that lies there. */
export async function startChain(given: StartChainOptions): Promise<Chain> {
  const { name, role, consumerId, home, cometbft, monitor } = given;
  const genesis = home === undefined ? given.genesis : keptGenesis(home, name, given.genesis);
  const identity = { name, role, consumerId, chainId: genesis.chainId };
  const options: StartChainOptions =
    monitor === undefined
      ? given
      : { ...given, createApp: (backend) => monitor.watch(identity, given.createApp(backend)) };
  return cometbft === undefined
    ? startLocalChain(options, genesis)
    : startCometChain(options, cometbft, genesis);
}
