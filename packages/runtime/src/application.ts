/** The application as engines see it: ABCI 2.0 (CometBFT spec, `abci`), synchronous. */
import type {
  RequestApplySnapshotChunk,
  RequestCheckTx,
  RequestFinalizeBlock,
  RequestInfo,
  RequestInitChain,
  RequestLoadSnapshotChunk,
  RequestOfferSnapshot,
  RequestPrepareProposal,
  RequestProcessProposal,
  RequestQuery,
  ResponseApplySnapshotChunk,
  ResponseCheckTx,
  ResponseCommit,
  ResponseFinalizeBlock,
  ResponseInfo,
  ResponseInitChain,
  ResponseListSnapshots,
  ResponseLoadSnapshotChunk,
  ResponseOfferSnapshot,
  ResponsePrepareProposal,
  ResponseProcessProposal,
  ResponseQuery,
} from "cosmjs-types/tendermint/abci/types";
import type { PendingSignature } from "./ante/dependencies.ts";
import type { JsonObject } from "./module.ts";

/** A unary gRPC call. */
export interface GrpcQuery {
  readonly path: string;
  readonly data: Uint8Array;
  readonly height?: bigint;
}

/**
 * A replicated state machine. It never knows which engine drives it. Methods that execute a block (`initChain`,
 * `finalizeBlock`, `commit`) throw when something is broken: the engine must stop then and never go on.
 */
export interface Application {
  /** Last committed height and app hash; height 0 for a fresh application. */
  info(request: RequestInfo): ResponseInfo;
  /** Genesis. Its writes are saved together with the first block. */
  initChain(request: RequestInitChain): ResponseInitChain;
  /** Whether a transaction may enter the mempool. Never throws for a bad transaction. */
  checkTx(request: RequestCheckTx): ResponseCheckTx;
  /**
   * Signatures that {@link checkTx} will verify, as far as they can be told from the state now; a hint for engines that
   * verify ahead on other threads. Never throws for a bad transaction.
   */
  pendingSignatures?(tx: Uint8Array): readonly PendingSignature[];
  /** Chooses transactions for a block: at most `maxTxBytes` and the block's gas. */
  prepareProposal(request: RequestPrepareProposal): ResponsePrepareProposal;
  /** Whether a proposed block may be voted for. */
  processProposal(request: RequestProcessProposal): ResponseProcessProposal;
  /**
   * Executes what would be the next block and forgets it: the state as it would be "pending". Throws where
   * {@link finalizeBlock} would; the application goes on all the same.
   */
  rehearseBlock?(request: RequestFinalizeBlock): Omit<ResponseFinalizeBlock, "appHash">;
  /** Executes a decided block. Nothing is saved before {@link commit}. */
  finalizeBlock(request: RequestFinalizeBlock): ResponseFinalizeBlock;
  /** Saves the executed block atomically. */
  commit(): ResponseCommit;
  /** Reads committed state; may be called at any time. */
  query(request: RequestQuery): ResponseQuery;
  /**
   * Reads committed state as gRPC does. `path` is `/package.Service/Method`, `height` 0 or absent means the last one.
   * @throws GrpcError with the status to answer; `Unimplemented` for an unknown method.
   */
  grpcQuery(request: GrpcQuery): { readonly value: Uint8Array; readonly height: bigint };
  /** What the application answers to, for reflection. */
  readonly services: { readonly queries: readonly string[]; readonly messages: readonly string[] };
  listSnapshots?(): ResponseListSnapshots;
  offerSnapshot?(request: RequestOfferSnapshot): ResponseOfferSnapshot;
  loadSnapshotChunk?(request: RequestLoadSnapshotChunk): ResponseLoadSnapshotChunk;
  applySnapshotChunk?(request: RequestApplySnapshotChunk): ResponseApplySnapshotChunk;
  /**
   * State at a committed height (default: the last) as a genesis document's contents: `app_state`, `validators`,
   * `consensus_params`, `height` (decimal text). Sections of modules that this application lacks come back unchanged.
   */
  exportGenesis(height?: bigint): JsonObject;
  /** What is broken in the committed state, as `module/invariant: reason`; empty when all is well. */
  invariants(): string[];
  /** Releases the backend. Nothing may be called afterwards. */
  close(): void;
}
