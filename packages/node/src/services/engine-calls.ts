/**
 * What the node's services ask of an engine: the same few calls of CometBFT's RPC that those of the SDK make. A local
 * engine answers out of its own record, a CometBFT over its port.
 */
import type { Validator } from "@tandem-ics/comet";
import type { Timestamp } from "cosmjs-types/google/protobuf/timestamp";
import type { DefaultNodeInfo } from "cosmjs-types/tendermint/p2p/types";
import type { Block } from "cosmjs-types/tendermint/types/block";
import type { BlockID } from "cosmjs-types/tendermint/types/types";
import type { IndexedTx } from "../search/search.ts";

/** At once where the record is in this process. */
export type Awaitable<T> = T | Promise<T>;

/** Where an engine stands. */
export interface EngineStatus {
  readonly nodeInfo: DefaultNodeInfo;
  /** Last block that was decided; a moment later the application has executed it. */
  readonly height: bigint;
  readonly catchingUp: boolean;
}

/** A transaction with its result and the time of its block. */
export interface DatedTx extends IndexedTx {
  readonly time: Timestamp | undefined;
}

/** What CheckTx said. */
export interface BroadcastAnswer {
  readonly code: number;
  readonly codespace: string;
  readonly data: Uint8Array;
  readonly log: string;
}

/** One page of a search. */
export interface TxPage {
  readonly txs: readonly DatedTx[];
  /** On all pages. */
  readonly total: number;
}

/** The calls. Refusals are errors with CometBFT's text; NodeError with a code where the mempool refuses. */
export interface EngineCalls {
  status(): Awaitable<EngineStatus>;
  /** The last block without a height. */
  block(height?: bigint): Awaitable<{ readonly blockId: BlockID; readonly block: Block }>;
  /** Who signs at `height`, by default the one after the last. */
  validators(
    height: bigint | undefined,
    page: number,
    perPage: number,
  ): Awaitable<{
    readonly height: bigint;
    readonly validators: readonly Validator[];
    readonly total: number;
  }>;
  /** By its 32-byte hash. */
  tx(hash: Uint8Array): Awaitable<DatedTx | undefined>;
  searchTxs(query: string, page: number, perPage: number, order: "asc" | "desc"): Promise<TxPage>;
  /** Offers a transaction. Throws NodeError `txInCache`, `mempoolFull`, `txTooLarge`, `preCheckFailed`. */
  broadcast(tx: Uint8Array, mode: "sync" | "async"): Awaitable<BroadcastAnswer>;
}
