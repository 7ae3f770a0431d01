/** A chain of a network that lies on disk, for who reads its state without starting it. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  CHANGEOVER_PLAN,
  CONSUMER_APPLICATIONS,
  createDemocracyApp,
  createPlainApp,
  createProviderApp,
} from "@tandem-ics/ccv";
import { type GenesisDoc, parseGenesis } from "@tandem-ics/comet";
import type { Application } from "@tandem-ics/runtime";
import type { Backend } from "@tandem-ics/store";
import { LocalnetError } from "./errors.ts";
import { appOptions } from "./launch.ts";
import { readNetworkFile, type SavedNetwork } from "./network-file.ts";
import { genesisPath } from "./start-chain.ts";
import { providerSpecOf } from "./topology.ts";
import { createSoftware } from "./upgradable-app.ts";
import { suggest } from "./world.ts";

/** What lies there. */
export interface SavedChain {
  /** What it began with. */
  readonly genesis: GenesisDoc;
  /** Store of its application. */
  readonly appFolder: string;
  /** Opens its application on that store. */
  open(backend: Backend): Application;
}

type Entry = SavedNetwork["chains"][number];

function opener({ topology, pending }: SavedNetwork, { name, spec }: Entry): SavedChain["open"] {
  const plain = topology.chains.find((chain) => chain.name === name);
  if (plain === undefined) {
    const create =
      spec === undefined ? createProviderApp : CONSUMER_APPLICATIONS[spec.application ?? "consumer"].create;
    return (backend) => create({ backend, ...appOptions(spec ?? providerSpecOf(topology)) });
  }
  const software = createSoftware((backend) => createPlainApp({ backend, ...appOptions(plain) }));
  const becoming = spec ?? pending.find((consumer) => consumer.name === name);
  const changeover = becoming?.changeover?.launched?.section;
  if (becoming !== undefined && changeover !== undefined)
    software.prepare({
      plan: CHANGEOVER_PLAN,
      open: (backend) => createDemocracyApp({ backend, ...appOptions(becoming), changeover }),
    });
  return software.open;
}

/**
 * The chain of that name in the network that lies in `home`; undefined when none lies there. Throws LocalnetError
 * `unknown-name`, also where its state lies with nodes of CometBFT, and `bad-topology` for a file that cannot be read.
 */
export function savedChain(home: string, name: string): SavedChain | undefined {
  const saved = readNetworkFile(home);
  if (saved === undefined) return undefined;
  const entry = saved.chains.find((chain) => chain.name === name);
  if (entry === undefined) {
    const names = saved.chains.map((chain) => chain.name);
    throw new LocalnetError("unknown-name", `there is no chain "${name}" in ${home}`, {
      hint: suggest(name, names),
    });
  }
  const appFolder = join(home, name, "app");
  if (!existsSync(appFolder))
    throw new LocalnetError("unknown-name", `there is no state of ${name} in ${home}`, {
      hint: `behind CometBFT each node has a home of its own, below ${join(home, name)}`,
    });
  return {
    genesis: parseGenesis(readFileSync(genesisPath(home, name), "utf8")),
    appFolder,
    open: opener(saved, entry),
  };
}
