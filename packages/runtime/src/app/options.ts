/** What a base application is made of. */
import type { Backend, Pruning, StoreKind } from "@tandem-ics/store";
import type { AddressCodecs } from "../address.ts";
import type { AnteHandler } from "../ante/dependencies.ts";
import type { DecCoins } from "../coins.ts";
import type { Context, StoreKey } from "../context.ts";
import type { UnboundMessageRouter } from "../message-router.ts";
import type { AppModule, ConsensusParamsKeeper, QueryRoute } from "../module.ts";
import type { ModuleOrder } from "./module-order.ts";
import type { SnapshotPolicy } from "./snapshot-policy.ts";

/** A block under way, between two of its transactions. */
export interface BlockMoment {
  /** Its state. What is written here belongs to the block. */
  readonly ctx: Context;
  /** Transactions executed so far; 0 after the begin of the block. */
  readonly executed: number;
  /** Reads that state as gRPC does; `path` is `/package.Service/Method`. Throws what the query throws. */
  query(path: string, data: Uint8Array): Uint8Array;
}

/** Parts and settings of an application. */
export interface BaseAppOptions {
  /** Reported by `info`. */
  readonly name: string;
  /** Version of the program, reported by `info`. */
  readonly version: string;
  /** Protocol version of a fresh application; becomes `version.app` of headers. Default 0. */
  readonly appVersion?: bigint;
  readonly backend: Backend;
  /**
   * Chain id by the operator's genesis. Needed only between the restoration of a snapshot, which says nothing of it, and
   * the block after it; what genesis and blocks say goes before.
   */
  readonly chainId?: string;
  readonly modules: readonly AppModule[];
  readonly order?: ModuleOrder;
  readonly ante: AnteHandler;
  readonly consensusParams: ConsensusParamsKeeper;
  readonly addresses: AddressCodecs;
  /** What modules were made with that run messages of others; bound to the messages of all modules. */
  readonly router?: UnboundMessageRouter;
  /** Further stores, such as transient ones. */
  readonly stores?: Readonly<Record<StoreKey, StoreKind>>;
  /** Queries that belong to no module. */
  readonly queries?: readonly QueryRoute[];
  /** Default: all heights are kept. */
  readonly pruning?: Pruning;
  /** Takes snapshots, and restores those of others. Needs `chainId`. Default: neither. */
  readonly snapshots?: SnapshotPolicy;
  /** This node's prices, for the node service; checking them is the ante chain's. Default: none. */
  readonly minGasPrices?: DecCoins;
  /** Evaluates all modules' invariants after each block and stops the chain when one is broken. Default off. */
  readonly checkInvariants?: boolean;
  /**
   * Called while a block is executed: after its begin and after each transaction, before its end. For those who follow a
   * block from inside, and for engines of models, whose modules act between transactions. State-breaking if it writes.
   */
  readonly duringBlock?: (moment: BlockMoment) => void;
}
