/** Key files of a home and of keys beside it (CometBFT `privval/file.go`, `p2p/key.go`). */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import {
  emptySignState,
  type KeyPair,
  keyPairOfSeed,
  nodeKeyFromJson,
  nodeKeyToJson,
  privValidatorKeyFromJson,
  privValidatorKeyToJson,
  type SignState,
  signStateFromJson,
  signStateToJson,
} from "@tandem-ics/comet";
import { ed25519Address } from "@tandem-ics/crypto";
import { HomeError } from "./errors.ts";
import type { HomeLayout } from "./layout.ts";
import { readWholeFile, replaceFile, writeWholeFile } from "./whole-file.ts";

/** A validator's key, with the file that says what it signed. */
export interface ValidatorKeyFile extends KeyPair {
  /** 20-byte consensus address. */
  readonly address: Uint8Array;
  readonly keyFile: string;
  readonly stateFile: string;
}

const SEED_BYTES = 32;
const NO_STATE = JSON.stringify({ height: "0", round: 0, step: 0 });
const STATE_HINT =
  "bring it along from the node that used the key: without it the key may sign twice. " +
  `For a key that never signed, write ${NO_STATE}`;

function parsed<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HomeError("badFile", `${path}: ${why}`, { cause });
  }
}

/** Content of a `priv_validator_state.json`. @throws HomeError `missingFile`, `badFile`. */
export function readSignState(path: string): SignState {
  const text = readWholeFile(path, STATE_HINT);
  return parsed(path, () => signStateFromJson(text));
}

/** Replaces a `priv_validator_state.json`; on disk when this returns. */
export const writeSignState = (path: string, state: SignState): void =>
  writeWholeFile(path, signStateToJson(state));

/** Replaces a `priv_validator_state.json` of a key whose vote is on disk elsewhere: a stop of the machine may undo it. */
export const replaceSignState = (path: string, state: SignState): void =>
  replaceFile(path, signStateToJson(state));

/** Where the state of a key lies: in `data` beside the key's `config`, as in a home; else beside the key itself. */
export function stateFileOf(keyFile: string): string {
  const folder = dirname(keyFile);
  if (basename(folder) === "config") return join(dirname(folder), "data", "priv_validator_state.json");
  const name = basename(keyFile, ".json");
  return join(folder, `${name.endsWith("_key") ? name.slice(0, -"_key".length) : name}_state.json`);
}

/** The key of a `priv_validator_key.json`, wherever it lies. @throws HomeError `missingFile`, `badFile`. */
export function readValidatorKey(keyFile: string, stateFile = stateFileOf(keyFile)): ValidatorKeyFile {
  const text = readWholeFile(keyFile, "tandem chain init makes one");
  const pair = parsed(keyFile, () => privValidatorKeyFromJson(text));
  readSignState(stateFile);
  return { ...pair, address: ed25519Address(pair.publicKey), keyFile, stateFile };
}

/** The validator key of a home. @throws HomeError `missingFile`, `badFile`. */
export const readHomeKey = ({ validatorKey, signState }: HomeLayout): ValidatorKeyFile =>
  readValidatorKey(validatorKey, signState);

/** The p2p identity of a home; made where there is none, as Go nodes do. @throws HomeError `badFile`. */
export function readNodeKey({ nodeKey }: HomeLayout): KeyPair {
  if (!existsSync(nodeKey)) {
    const pair = keyPairOfSeed(randomBytes(SEED_BYTES));
    writeWholeFile(nodeKey, nodeKeyToJson(pair));
    return pair;
  }
  const text = readWholeFile(nodeKey, "tandem chain init makes one");
  return parsed(nodeKey, () => nodeKeyFromJson(text));
}

/**
 * Makes the folders and the key files that are missing; all of them anew with `replace`. A key that is kept needs its state.
 * @throws HomeError `missingFile`, `badFile`.
 */
export function createKeyFiles(layout: HomeLayout, options: { replace: boolean }): ValidatorKeyFile {
  for (const folder of [layout.configFolder, layout.dataFolder])
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (options.replace || !existsSync(layout.validatorKey)) {
    // A state that lies here without its key belongs to a key that signed: it is not taken over by another one.
    writeSignState(layout.signState, emptySignState());
    writeWholeFile(layout.validatorKey, privValidatorKeyToJson(keyPairOfSeed(randomBytes(SEED_BYTES))));
  }
  if (options.replace) writeWholeFile(layout.nodeKey, nodeKeyToJson(keyPairOfSeed(randomBytes(SEED_BYTES))));
  readNodeKey(layout);
  return readHomeKey(layout);
}
