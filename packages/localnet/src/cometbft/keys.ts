/** Key files of a CometBFT node's home. A validator's key can be exchanged for another one, and back again. */
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import {
  emptySignState,
  keyPairOfSeed,
  nodeKeyToJson,
  privValidatorKeyFromJson,
  privValidatorKeyToJson,
  signStateToJson,
} from "@tandem-ics/comet";
import { ed25519Address, equalBytes, toHexUpper } from "@tandem-ics/crypto";
import type { HomeLayout } from "@tandem-ics/node/home";
import { writeWholeFile } from "@tandem-ics/node/home";

/** Seed of the validator key that lies in a home; undefined when there is none yet. */
export const installedKey = ({ validatorKey }: HomeLayout): Uint8Array | undefined =>
  existsSync(validatorKey) ? privValidatorKeyFromJson(readFileSync(validatorKey, "utf8")).seed : undefined;

const addressOf = (seed: Uint8Array): string => toHexUpper(ed25519Address(keyPairOfSeed(seed).publicKey));

/** Where the state of a key waits that is not in use. */
const keptState = ({ dataFolder }: HomeLayout, seed: Uint8Array): string =>
  join(dataFolder, `priv_validator_state-${addressOf(seed)}.json`);

/**
 * Puts a validator key into a home whose node does not run. Each key keeps a state of its own of what it signed: one that
 * comes back must not sign again what it has signed before.
 */
export function installKey(layout: HomeLayout, seed: Uint8Array): void {
  const before = installedKey(layout);
  if (before !== undefined && equalBytes(before, seed) && existsSync(layout.signState)) return;
  for (const folder of [layout.configFolder, layout.dataFolder])
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (before !== undefined && !equalBytes(before, seed) && existsSync(layout.signState))
    renameSync(layout.signState, keptState(layout, before));
  writeWholeFile(layout.validatorKey, privValidatorKeyToJson(keyPairOfSeed(seed)));
  const kept = keptState(layout, seed);
  if (existsSync(kept)) renameSync(kept, layout.signState);
  else if (!existsSync(layout.signState)) writeWholeFile(layout.signState, signStateToJson(emptySignState()));
}

/** Writes the node's identity on the p2p network. */
export function writeNodeKey(layout: HomeLayout, seed: Uint8Array): void {
  mkdirSync(layout.configFolder, { recursive: true, mode: 0o700 });
  writeWholeFile(layout.nodeKey, nodeKeyToJson(keyPairOfSeed(seed)));
}
