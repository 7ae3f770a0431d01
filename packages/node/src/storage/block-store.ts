/** Blocks, commits, results, and validators and parameters by height (CometBFT `store`, `state/store.go`). */
import {
  type ChainState,
  decodeChainState,
  defaultConsensusParams,
  encodeChainState,
  type FullConsensusParams,
  incrementProposerPriority,
  updateConsensusParams,
  type ValidatorSet,
  validatorSetFromProto,
  validatorSetToProto,
} from "@tandem-ics/comet";
import { be64, fromBe64 } from "@tandem-ics/crypto";
import type { Backend, BackendBatch } from "@tandem-ics/store";
import { ExecTxResult, ResponseFinalizeBlock } from "cosmjs-types/tendermint/abci/types";
import { Block } from "cosmjs-types/tendermint/types/block";
import { ConsensusParams } from "cosmjs-types/tendermint/types/params";
import { type BlockID, BlockMeta, Commit } from "cosmjs-types/tendermint/types/types";
import { ValidatorSet as ProtoValidatorSet } from "cosmjs-types/tendermint/types/validator";
import { NodeError } from "../errors.ts";
import { txInBlockBytes } from "./block-bytes.ts";
import {
  blockKey,
  commitKey,
  consensusParamsKey,
  heightOfHashKey,
  metaKey,
  responseKey,
  STATE_KEY,
  txResultKey,
  validatorsKey,
} from "./keys.ts";
import { encodeTxResult } from "./result-bytes.ts";

/** A decided and executed block. */
export interface CommittedBlock {
  readonly block: Block;
  readonly blockId: BlockID;
  readonly response: ResponseFinalizeBlock;
  /** The votes that decided it; the next block's `last_commit`. */
  readonly commit: Commit;
}

/** Reads what was recorded. Nothing is pruned: heights from `base` to `height` are all there. */
export interface BlockStore {
  /** First height; 0 before the first block. */
  readonly base: bigint;
  /** Last height; 0 before the first block. */
  readonly height: bigint;
  block(height: bigint): Block | undefined;
  /** Encoded block, as its parts were made of. */
  blockBytes(height: bigint): Uint8Array | undefined;
  meta(height: bigint): BlockMeta | undefined;
  /** Height of the block with this hash. */
  heightOfHash(hash: Uint8Array): bigint | undefined;
  /** Votes that decided a block: of the last height as seen here, below that as the next block has them. */
  commit(height: bigint): Commit | undefined;
  /** What the application answered to a block. */
  response(height: bigint): ResponseFinalizeBlock | undefined;
  txResult(height: bigint, index: number): ExecTxResult | undefined;
  /** A transaction out of its block. */
  tx(height: bigint, index: number): Uint8Array | undefined;
  /** Validators that sign `height`, known up to the height after the last. Priorities are those of one increment. */
  validators(height: bigint): ValidatorSet | undefined;
  /** Parameters for `height`, known up to the height after the last. */
  consensusParams(height: bigint): FullConsensusParams | undefined;
}

/** The engine's part. */
export interface EngineBlockStore extends BlockStore {
  /** State after the last recorded block, or undefined for an empty backend. */
  loadState(): ChainState | undefined;
  /** Adds the state before the first block. */
  saveGenesis(batch: BackendBatch, state: ChainState): void;
  /** Adds a block and the state after it; `before` is the state that it was made from. Visible from {@link advance} on. */
  saveBlock(
    batch: BackendBatch,
    record: CommittedBlock,
    bytes: Uint8Array,
    before: ChainState,
    after: ChainState,
  ): void;
  /** Makes a written block visible. */
  advance(height: bigint): void;
}

const RECENT_BLOCKS = 8;

/** The store in a backend. */
export function createBlockStore(backend: Backend): EngineBlockStore {
  const stateBytes = backend.get(STATE_KEY);
  const found = stateBytes === undefined ? undefined : decodeChainState(stateBytes);
  let base = found === undefined || found.lastBlockHeight === 0n ? 0n : found.initialHeight;
  let height = found?.lastBlockHeight ?? 0n;
  const recent = new Map<bigint, CommittedBlock>();

  /** The last entry of a sparse table at or below a height, with the height at which it begins. */
  function at(key: (height: bigint) => Uint8Array, wanted: bigint): [bigint, Uint8Array] | undefined {
    if (wanted < 0n || wanted > height + 1n) return undefined;
    for (const [found, value] of backend.iterate({ start: key(0n), end: key(wanted + 1n), reverse: true }))
      return [fromBe64(found, 1), value];
    return undefined;
  }

  function remember(record: CommittedBlock): void {
    recent.set(record.block.header.height, record);
    recent.delete(record.block.header.height - BigInt(RECENT_BLOCKS));
  }

  const visible = (wanted: bigint): boolean => wanted >= base && wanted <= height && base > 0n;

  function txResults(wanted: bigint): ExecTxResult[] {
    const out: ExecTxResult[] = [];
    const range = { start: txResultKey(wanted, 0), end: txResultKey(wanted + 1n, 0) };
    for (const [, value] of backend.iterate(range)) out.push(ExecTxResult.decode(value));
    return out;
  }

  const read = <T>(key: Uint8Array, codec: { decode(bytes: Uint8Array): T }): T | undefined => {
    const bytes = backend.get(key);
    return bytes === undefined ? undefined : codec.decode(bytes);
  };

  function saveBlock(
    batch: BackendBatch,
    record: CommittedBlock,
    bytes: Uint8Array,
    before: ChainState,
    after: ChainState,
  ): void {
    const { block, blockId, response, commit } = record;
    const at = block.header.height;
    batch.set(blockKey(at), bytes);
    const meta: BlockMeta = {
      blockId,
      blockSize: BigInt(bytes.length),
      header: block.header,
      numTxs: BigInt(block.data.txs.length),
    };
    batch.set(metaKey(at), BlockMeta.encode(meta).finish());
    batch.set(heightOfHashKey(blockId.hash), be64(at));
    batch.set(commitKey(at), Commit.encode(commit).finish());
    batch.set(responseKey(at), ResponseFinalizeBlock.encode({ ...response, txResults: [] }).finish());
    for (let i = 0; i < response.txResults.length; i++)
      batch.set(txResultKey(at, i), encodeTxResult(response.txResults[i]!));
    if (after.lastHeightValidatorsChanged !== before.lastHeightValidatorsChanged)
      batch.set(validatorsKey(at + 2n), encodeSet(after.nextValidators));
    if (after.lastHeightConsensusParamsChanged !== before.lastHeightConsensusParamsChanged)
      batch.set(consensusParamsKey(at + 1n), ConsensusParams.encode(after.consensusParams).finish());
    batch.set(STATE_KEY, encodeChainState(after));
    remember(record);
  }

  return {
    get base() {
      return base;
    },
    get height() {
      return height;
    },
    block: (wanted) =>
      visible(wanted) ? (recent.get(wanted)?.block ?? read(blockKey(wanted), Block)) : undefined,
    blockBytes: (wanted) => (visible(wanted) ? backend.get(blockKey(wanted)) : undefined),
    meta: (wanted) => (visible(wanted) ? read(metaKey(wanted), BlockMeta) : undefined),
    heightOfHash(hash) {
      const bytes = hash.length === 32 ? backend.get(heightOfHashKey(hash)) : undefined;
      const wanted = bytes === undefined ? undefined : fromBe64(bytes);
      return wanted !== undefined && visible(wanted) ? wanted : undefined;
    },
    commit: (wanted) =>
      visible(wanted) ? (recent.get(wanted)?.commit ?? read(commitKey(wanted), Commit)) : undefined,
    response(wanted) {
      if (!visible(wanted)) return undefined;
      const kept = recent.get(wanted);
      if (kept !== undefined) return kept.response;
      const rest = read(responseKey(wanted), ResponseFinalizeBlock);
      return rest === undefined ? undefined : { ...rest, txResults: txResults(wanted) };
    },
    txResult: (wanted, index) =>
      visible(wanted)
        ? (recent.get(wanted)?.response.txResults[index] ?? read(txResultKey(wanted, index), ExecTxResult))
        : undefined,
    tx(wanted, index) {
      if (!visible(wanted)) return undefined;
      const kept = recent.get(wanted);
      if (kept !== undefined) return kept.block.data.txs[index];
      const bytes = backend.get(blockKey(wanted));
      return bytes === undefined ? undefined : txInBlockBytes(bytes, index);
    },
    validators(wanted) {
      const entry = at(validatorsKey, wanted);
      if (entry === undefined) return undefined;
      const set = validatorSetFromProto(ProtoValidatorSet.decode(entry[1]));
      const steps = Number(wanted - entry[0]);
      return steps === 0 ? set : incrementProposerPriority(set, steps);
    },
    consensusParams(wanted) {
      const entry = at(consensusParamsKey, wanted);
      return entry === undefined
        ? undefined
        : updateConsensusParams(defaultConsensusParams(), ConsensusParams.decode(entry[1]));
    },
    loadState: () => found,
    saveGenesis(batch, state) {
      batch.set(STATE_KEY, encodeChainState(state));
      batch.set(validatorsKey(state.initialHeight), encodeSet(state.validators));
      batch.set(
        consensusParamsKey(state.initialHeight),
        ConsensusParams.encode(state.consensusParams).finish(),
      );
    },
    saveBlock,
    advance(next) {
      if (height !== 0n && next !== height + 1n)
        throw new NodeError("missingData", `block ${next} does not follow block ${height}`);
      if (base === 0n) base = next;
      height = next;
    },
  };
}

const encodeSet = (set: ValidatorSet): Uint8Array =>
  ProtoValidatorSet.encode(validatorSetToProto(set)).finish();
