/** The block to come out of a chain's state (CometBFT `state/state.go`, MakeBlock). */
import type { Block } from "cosmjs-types/tendermint/types/block";
import type { Evidence } from "cosmjs-types/tendermint/types/evidence";
import type { Commit, Header } from "cosmjs-types/tendermint/types/types";
import { commitHash } from "../commit.ts";
import { consensusParamsHash } from "../consensus-params.ts";
import { evidenceHash } from "../evidence/evidence.ts";
import { BLOCK_PROTOCOL } from "../header.ts";
import { dataHash } from "../results.ts";
import { nsToTimestamp } from "../time.ts";
import { validatorSetHash } from "../validators-hash.ts";
import { bftTime, type ChainState, nextHeight } from "./chain-state.ts";

/** What a proposer puts into a block. */
export interface BlockContent {
  state: ChainState;
  txs: readonly Uint8Array[];
  evidence: readonly Evidence[];
  /** Commit for the last block; the empty one for the first. */
  lastCommit: Commit;
  proposerAddress: Uint8Array;
  /** Block time if not the one that {@link bftTime} demands, for blocks that are wrong on purpose. Nanoseconds. */
  timeNs?: bigint;
}

/** The block of the next height. Nothing is checked; see `validateBlock`. */
export function makeBlock(content: BlockContent): Block {
  const { state, lastCommit, proposerAddress } = content;
  const txs = [...content.txs];
  const evidence = [...content.evidence];
  const header: Header = {
    version: { block: BLOCK_PROTOCOL, app: state.appVersion },
    chainId: state.chainId,
    height: nextHeight(state),
    time: nsToTimestamp(content.timeNs ?? bftTime(state, lastCommit)),
    lastBlockId: state.lastBlockId,
    lastCommitHash: commitHash(lastCommit),
    dataHash: dataHash(txs),
    validatorsHash: validatorSetHash(state.validators),
    nextValidatorsHash: validatorSetHash(state.nextValidators),
    consensusHash: consensusParamsHash(state.consensusParams),
    appHash: state.appHash,
    lastResultsHash: state.lastResultsHash,
    evidenceHash: evidenceHash(evidence),
    proposerAddress,
  };
  return { header, data: { txs }, evidence: { evidence }, lastCommit };
}
