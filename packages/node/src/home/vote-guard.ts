/**
 * The guard over keys in files. Each key's `priv_validator_state.json` is read and written around every vote, so that a key
 * moved between this node and one of CometBFT never signs two blocks of one height (CometBFT `privval/file.go`).
 *
 * A block and its votes are recorded first, then the files are written, then anybody may see the block. A process that dies
 * in between leaves a record that is ahead of its keys' files: the next start brings them up to it. A file that is ahead of
 * the record tells of a vote that was made elsewhere, and the block it was for is unknown.
 */
import {
  BLOCK_ID_FLAG,
  checkSignState,
  commitVoteSignBytes,
  isCometError,
  SIGN_STEP,
  type SignState,
} from "@tandem-ics/comet";
import { equalBytes, toHexUpper } from "@tandem-ics/crypto";
import type { Commit } from "cosmjs-types/tendermint/types/types";
import type { VoteGuard } from "../engine/vote-guard.ts";
import { HomeError } from "./errors.ts";
import { readSignState, replaceSignState, type ValidatorKeyFile, writeSignState } from "./key-files.ts";

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

/** A guard over `keys`. */
export function createVoteGuard(keys: readonly ValidatorKeyFile[]): VoteGuard {
  const byAddress = new Map(keys.map((key) => [toHexUpper(key.address), key]));

  /** The votes of our keys in a commit, as their files will have them. */
  function ownVotes(chainId: string, commit: Commit): { key: ValidatorKeyFile; state: SignState }[] {
    const { height, round } = commit;
    return commit.signatures.flatMap(({ blockIdFlag, validatorAddress, signature }, index) => {
      const key = byAddress.get(toHexUpper(validatorAddress));
      if (blockIdFlag !== BLOCK_ID_FLAG.commit || key === undefined) return [];
      const signBytes = commitVoteSignBytes(chainId, commit, index);
      return [{ key, state: { height, round, step: SIGN_STEP.precommit, signature, signBytes } }];
    });
  }

  return {
    recover(chainId, lastCommit) {
      for (const { key, state } of ownVotes(chainId, lastCommit)) {
        const found = readSignState(key.stateFile);
        if (found.height > state.height || equalBytes(found.signBytes, state.signBytes)) continue;
        if (found.height === state.height) throw alreadySigned(key, found, state.height);
        writeSignState(key.stateFile, state);
      }
    },
    check(height, addresses) {
      for (const address of addresses) {
        const key = byAddress.get(toHexUpper(address));
        if (key === undefined) continue;
        const state = readSignState(key.stateFile);
        if (state.height >= height) throw alreadySigned(key, state, height);
      }
    },
    keep(chainId, commit) {
      for (const { key, state } of ownVotes(chainId, commit)) {
        const before = readSignState(key.stateFile);
        try {
          checkSignState(before, state);
        } catch (error) {
          throw isCometError(error) ? alreadySigned(key, before, commit.height) : error;
        }
        replaceSignState(key.stateFile, state);
      }
    },
  };
}
