/**
 * The guard over keys in files. Each key's `priv_validator_state.json` is read and written around every vote, so that a key
 * moved between this node and one of CometBFT never signs two blocks of one height (CometBFT `privval/file.go`).
 *
 * A process that dies after the state is written and before its block is leaves keys that signed at a height without a
 * block. Those votes never left the process: they are named in a file beforehand, and the same keys vote again in a later
 * round, which is no double sign. A vote that is not named there was made elsewhere, and the block it was for is unknown.
 */
import { existsSync } from "node:fs";
import {
  BLOCK_ID_FLAG,
  checkSignState,
  commitVoteSignBytes,
  isCometError,
  parseJsonText,
  readJson,
  SIGN_STEP,
  type SignState,
} from "@tandem-ics/comet";
import { toHexUpper } from "@tandem-ics/crypto";
import type { VoteGuard } from "../engine/vote-guard.ts";
import { HomeError } from "./errors.ts";
import { readSignState, type ValidatorKeyFile, writeSignState } from "./key-files.ts";
import { readWholeFile, writeWholeFile } from "./whole-file.ts";

/** Votes that were about to be made here at one height. */
interface Intents {
  readonly height: bigint;
  /** Upper-case hex of the sign bytes. */
  readonly signBytes: readonly string[];
}

function readIntents(path: string): Intents {
  if (!existsSync(path)) return { height: 0n, signBytes: [] };
  const json = readJson(parseJsonText(readWholeFile(path, "")));
  return { height: json.int64("height"), signBytes: json.texts("sign_bytes") };
}

const alreadySigned = (
  { keyFile, stateFile }: ValidatorKeyFile,
  state: SignState,
  height: bigint,
): HomeError =>
  new HomeError(
    "alreadySigned",
    `the key in ${keyFile} signed at height ${state.height}, round ${state.round}; it must not sign at height ${height}`,
    {
      hint:
        `the chain here ends at height ${height - 1n}: go on from a state that holds height ${state.height}, ` +
        `or leave the key out. ${stateFile} says what it signed`,
    },
  );

/** A guard over `keys`; `votesFile` is where votes are named beforehand. */
export function createVoteGuard(keys: readonly ValidatorKeyFile[], votesFile: string): VoteGuard {
  const byAddress = new Map(keys.map((key) => [toHexUpper(key.address), key]));
  let intents = readIntents(votesFile);

  const isOwn = (state: SignState): boolean =>
    intents.height === state.height && intents.signBytes.includes(toHexUpper(state.signBytes));

  function announce(height: bigint, signBytes: Uint8Array): void {
    const earlier = intents.height === height ? intents.signBytes : [];
    intents = { height, signBytes: [...earlier, toHexUpper(signBytes)] };
    writeWholeFile(
      votesFile,
      JSON.stringify({ height: String(intents.height), sign_bytes: intents.signBytes }),
    );
  }

  return {
    firstRound(height, addresses) {
      let round = 0;
      for (const address of addresses) {
        const key = byAddress.get(toHexUpper(address));
        if (key === undefined) continue;
        const state = readSignState(key.stateFile);
        if (state.height < height) continue;
        if (state.height > height || !isOwn(state)) throw alreadySigned(key, state, height);
        round = Math.max(round, state.round + 1);
      }
      return round;
    },
    keep(chainId, commit) {
      const { height, round } = commit;
      let announced = false;
      commit.signatures.forEach(({ blockIdFlag, validatorAddress, signature }, index) => {
        const key = byAddress.get(toHexUpper(validatorAddress));
        if (blockIdFlag !== BLOCK_ID_FLAG.commit || key === undefined) return;
        const signBytes = commitVoteSignBytes(chainId, commit, index);
        const state: SignState = { height, round, step: SIGN_STEP.precommit, signature, signBytes };
        const before = readSignState(key.stateFile);
        try {
          checkSignState(before, state);
        } catch (error) {
          throw isCometError(error) ? alreadySigned(key, before, height) : error;
        }
        // All votes of a commit made here are over the same bytes.
        if (!announced) announce(height, signBytes);
        announced = true;
        writeSignState(key.stateFile, state);
      });
    },
  };
}
