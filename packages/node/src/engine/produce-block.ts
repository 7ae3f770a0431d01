/** One block: proposed, accepted, voted, executed (CometBFT spec, consensus; `state/execution.go`). */
import {
  applyBlock,
  type ChainState,
  emptyCommit,
  encodeBlock,
  evidenceByteSize,
  finalizeBlockRequest,
  headerHash,
  makeBlock,
  maxDataBytes,
  nextHeight,
  partSetHeader,
  prepareProposalRequest,
  processProposalRequest,
  voteTime,
} from "@tandem-ics/comet";
import { timestampToNs } from "@tandem-ics/proto";
import type { Application } from "@tandem-ics/runtime";
import type { ResponseFinalizeBlock } from "cosmjs-types/tendermint/abci/types";
import { ResponseProcessProposal_ProposalStatus as ProposalStatus } from "cosmjs-types/tendermint/abci/types";
import type { Block } from "cosmjs-types/tendermint/types/block";
import type { Evidence } from "cosmjs-types/tendermint/types/evidence";
import type { BlockID, Commit } from "cosmjs-types/tendermint/types/types";
import { errorText, HaltError } from "../errors.ts";
import { type TxBounds, txProtoSize } from "../mempool.ts";

// What `block.max_bytes` of −1 stands for (CometBFT `types/params.go`, MaxBlockSizeBytes).
const MAX_BLOCK_BYTES = 104_857_600n;

/** Runs a step of the application; a failure stops the chain, with the step named. */
function step<T>(height: bigint, name: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new HaltError(height, `${name}: ${errorText(error)}`, { cause: error });
  }
}

const maxTxBytes = (state: ChainState, evidenceBytes: bigint): bigint => {
  const { maxBytes } = state.consensusParams.block;
  const limit = maxBytes === -1n ? MAX_BLOCK_BYTES : maxBytes;
  return maxDataBytes(limit, evidenceBytes, state.validators.validators.length);
};

/** What the mempool may take for the next block. */
export const txBounds = (state: ChainState): TxBounds => ({
  maxBytes: maxTxBytes(state, 0n),
  maxGas: state.consensusParams.block.maxGas,
});

/** What a proposer has at hand. */
export interface ProposalInput {
  readonly app: Application;
  readonly state: ChainState;
  /** Commit of the last block; absent for the first. */
  readonly lastCommit: Commit | undefined;
  readonly evidence: readonly Evidence[];
  readonly proposerAddress: Uint8Array;
  /** Transactions of at most these bytes and this gas. */
  reap(maxBytes: bigint, maxGas: bigint): Uint8Array[];
}

/**
 * The next block, as the application wants and accepts it.
 * @throws HaltError when the application fails, returns too much, or refuses its own proposal.
 */
export function proposeBlock({ app, state, evidence, ...input }: ProposalInput): Block {
  const height = nextHeight(state);
  const content = {
    state,
    evidence,
    lastCommit: input.lastCommit ?? emptyCommit(),
    proposerAddress: input.proposerAddress,
  };
  const maxBytes = maxTxBytes(state, evidence.length === 0 ? 0n : evidenceByteSize(evidence));
  const reaped = input.reap(maxBytes, state.consensusParams.block.maxGas);
  const draft = makeBlock({ ...content, txs: reaped });
  const { txs } = step(height, "prepareProposal", () =>
    app.prepareProposal(prepareProposalRequest(state, draft, maxBytes)),
  );
  let bytes = 0;
  for (const tx of txs) bytes += txProtoSize(tx.length);
  if (BigInt(bytes) > maxBytes)
    throw new HaltError(height, `prepareProposal: ${bytes} bytes of transactions exceed ${maxBytes}`);
  const same = txs.length === reaped.length && txs.every((tx, i) => tx === reaped[i]);
  const block = same ? draft : makeBlock({ ...content, txs });
  const { status } = step(height, "processProposal", () =>
    app.processProposal(processProposalRequest(state, block)),
  );
  if (status !== ProposalStatus.ACCEPT)
    throw new HaltError(height, "processProposal: the application refuses its own proposal");
  return block;
}

/** A block with its bytes and id, the bytes encoded once. */
export function sealBlock(block: Block): { bytes: Uint8Array; blockId: BlockID } {
  const bytes = encodeBlock(block);
  return { bytes, blockId: { hash: headerHash(block.header), partSetHeader: partSetHeader(bytes) } };
}

/** Time on the votes for `block` when the clock says `nowNs`. */
export const votingTime = (nowNs: bigint, block: Block): bigint =>
  voteTime(nowNs, timestampToNs(block.header.time));

/**
 * Lets the application execute a decided block; nothing is saved. Gives its answer and the state after the block.
 * @throws HaltError when the application fails or its answer breaks a rule of consensus.
 */
export function executeBlock(
  app: Application,
  state: ChainState,
  block: Block,
  blockId: BlockID,
): { response: ResponseFinalizeBlock; after: ChainState } {
  const { height } = block.header;
  const response = step(height, "finalizeBlock", () => app.finalizeBlock(finalizeBlockRequest(state, block)));
  const after = step(height, "answer to finalizeBlock", () => applyBlock(state, block, blockId, response));
  return { response, after };
}
