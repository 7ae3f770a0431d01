/** Where the files of a node lie: the names of CometBFT and of the Go binaries, so that a home serves either. */
import { join } from "node:path";

/** Paths in a home. */
export interface HomeLayout {
  readonly home: string;
  readonly genesis: string;
  /** The validator's consensus key; secret. */
  readonly validatorKey: string;
  /** What that key signed last. */
  readonly signState: string;
  /** The node's identity on the p2p network; secret. */
  readonly nodeKey: string;
  readonly configFolder: string;
  readonly dataFolder: string;
  /** The application's state; ours alone. */
  readonly appFolder: string;
  /** Snapshots of the application, for nodes that join late. */
  readonly snapshotFolder: string;
  /** Blocks, index and consensus state; ours alone. */
  readonly nodeFolder: string;
}

/** The paths of `home`. */
export function homeLayout(home: string): HomeLayout {
  const configFolder = join(home, "config");
  const dataFolder = join(home, "data");
  return {
    home,
    configFolder,
    dataFolder,
    genesis: join(configFolder, "genesis.json"),
    validatorKey: join(configFolder, "priv_validator_key.json"),
    nodeKey: join(configFolder, "node_key.json"),
    signState: join(dataFolder, "priv_validator_state.json"),
    appFolder: join(dataFolder, "app"),
    snapshotFolder: join(dataFolder, "snapshots"),
    nodeFolder: join(dataFolder, "node"),
  };
}
