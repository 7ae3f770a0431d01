/** Whether a block is the next one of a chain (CometBFT `state/validation.go`). */
import { equalBytes } from "@tandem-ics/crypto";
import type { Block } from "cosmjs-types/tendermint/types/block";
import type { Commit } from "cosmjs-types/tendermint/types/types";
import { validateBlockBasic } from "../block.ts";
import { sameBlockId } from "../block-id.ts";
import { verifyCommit } from "../commit-verification.ts";
import { consensusParamsHash } from "../consensus-params.ts";
import { CometError } from "../errors.ts";
import { evidenceByteSize } from "../evidence/evidence.ts";
import { timestampToNs } from "../time.ts";
import { validatorByAddress } from "../validator-set.ts";
import { validatorSetHash } from "../validators-hash.ts";
import { bftTime, type ChainState, lastValidatorsOf, nextHeight } from "./chain-state.ts";

const mismatch = (field: string, message = `${field} is not that of the chain's state`): CometError =>
  new CometError("blockMismatch", message, { field });

/**
 * The block is well formed, follows from `state`, carries a valid commit of its predecessor and the time that commit says.
 * Evidence is only checked for form and size: a pool that knows old blocks verifies it.
 * @throws CometError `invalidBlock`, `blockMismatch` {field}, and as `verifyCommit` for the last commit.
 */
export function validateBlock(state: ChainState, block: Block): void {
  validateBlockBasic(block);
  const { header } = block;
  const lastCommit = block.lastCommit as Commit;
  if (header.version.app !== state.appVersion) throw mismatch("version");
  if (header.chainId !== state.chainId) throw mismatch("chainId");
  if (header.height !== nextHeight(state)) throw mismatch("height");
  if (!sameBlockId(header.lastBlockId, state.lastBlockId)) throw mismatch("lastBlockId");
  if (!equalBytes(header.appHash, state.appHash)) throw mismatch("appHash");
  if (!equalBytes(header.consensusHash, consensusParamsHash(state.consensusParams)))
    throw mismatch("consensusHash");
  if (!equalBytes(header.lastResultsHash, state.lastResultsHash)) throw mismatch("lastResultsHash");
  if (!equalBytes(header.validatorsHash, validatorSetHash(state.validators)))
    throw mismatch("validatorsHash");
  if (!equalBytes(header.nextValidatorsHash, validatorSetHash(state.nextValidators)))
    throw mismatch("nextValidatorsHash");
  const first = header.height === state.initialHeight;
  if (!first) {
    verifyCommit({
      chainId: state.chainId,
      validators: lastValidatorsOf(state),
      blockId: state.lastBlockId,
      height: header.height - 1n,
      commit: lastCommit,
    });
  } else if (lastCommit.signatures.length > 0)
    throw mismatch("lastCommit", "the first block has no last commit");
  if (validatorByAddress(state.validators, header.proposerAddress) === undefined)
    throw mismatch("proposerAddress", "the proposer is not a validator");
  checkTime(state, block, first);
  if (evidenceByteSize(block.evidence.evidence) > state.consensusParams.evidence.maxBytes)
    throw mismatch("evidence", "there is more evidence than the parameters allow");
}

/** After the commit was verified, since the time comes out of it. */
function checkTime(state: ChainState, { header, lastCommit }: Block, first: boolean): void {
  const timeNs = timestampToNs(header.time);
  if (!first && timeNs <= state.lastBlockTimeNs) throw mismatch("time", "block time does not advance");
  if (timeNs !== bftTime(state, lastCommit as Commit))
    throw mismatch(
      "time",
      first ? "the first block has not genesis time" : "block time is not the votes' median",
    );
}
