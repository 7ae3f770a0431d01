/** What a JSON-RPC method is made of, and what it works on. */
import type { ChainState, JsonValue } from "@tandem-ics/comet";
import type { Application } from "@tandem-ics/runtime";
import type { RequestQuery, ResponseQuery } from "cosmjs-types/tendermint/abci/types";
import type { EventBus } from "../events/event-bus.ts";
import type { EngineMempool } from "../mempool.ts";
import type { SearchIndex } from "../search/search.ts";
import type { BlockStore } from "../storage/block-store.ts";
import type { EvidencePool } from "../storage/evidence-pool.ts";
import type { LazyJson } from "./lazy-json.ts";
import type { ParamSpecs, ParamTypes, ParamValue } from "./params.ts";

/** Limits of the RPC server; CometBFT's defaults. */
export interface RpcLimits {
  /** Origins that browsers may call from; `*` for all. None: no CORS headers. */
  readonly corsOrigins: readonly string[];
  readonly maxBodyBytes: number;
  /** Requests in one batch; 0 for no limit. */
  readonly maxBatch: number;
  /** Connections of all kinds. */
  readonly maxConnections: number;
  /** Clients with subscriptions. */
  readonly maxWebSocketClients: number;
  readonly maxSubscriptionsPerClient: number;
  readonly broadcastCommitTimeoutMs: number;
  /** Bytes waiting for a slow client before its subscriptions are cancelled. */
  readonly maxClientBufferBytes: number;
  /** Time for one search. */
  readonly searchTimeoutMs: number;
  /** How long `/status` waits for the first block. */
  readonly firstBlockTimeoutMs: number;
}

/** CometBFT's defaults where it has them. */
export const DEFAULT_RPC_LIMITS: RpcLimits = {
  corsOrigins: [],
  maxBodyBytes: 1_000_000,
  maxBatch: 10,
  maxConnections: 900,
  maxWebSocketClients: 100,
  maxSubscriptionsPerClient: 5,
  broadcastCommitTimeoutMs: 10_000,
  maxClientBufferBytes: 16 * 1024 * 1024,
  searchTimeoutMs: 10_000,
  firstBlockTimeoutMs: 10_000,
};

/** What `/status` and GetNodeInfo tell about the node. */
export interface NodeIdentity {
  /** 40 lower-case hex digits. */
  readonly id: string;
  readonly moniker: string;
  readonly chainId: string;
  readonly listenAddress: string;
  /** Changes when the node begins to listen. */
  rpcAddress(): string;
  /** Ed25519 key of the node's own validator. */
  readonly publicKey: Uint8Array;
}

/** Everything that methods read and do. */
export interface RpcEnvironment {
  readonly app: Application;
  readonly blocks: BlockStore;
  readonly index: SearchIndex;
  readonly mempool: EngineMempool;
  readonly evidence: EvidencePool;
  readonly bus: EventBus;
  readonly limits: RpcLimits;
  readonly identity: NodeIdentity;
  /** Genesis as CometBFT prints it. */
  readonly genesisText: string;
  state(): ChainState;
  /** Has a transaction's signatures verified on another thread; undefined when there is nothing to wait for. */
  verifyAhead(tx: Uint8Array): Promise<void> | undefined;
  /** Node-level services in front of the application's queries. */
  query(request: RequestQuery): ResponseQuery | Promise<ResponseQuery>;
  /** Resolves with the next block at or after which `done` holds; rejects after `timeoutMs`. */
  waitForBlock(done: () => boolean, timeoutMs: number): Promise<boolean>;
}

/** A client: one WebSocket, one in-memory client, or one HTTP request. */
export interface RpcConnection {
  /** Sends a message that answers no request. Absent where there is no way back. */
  readonly push?: (message: PushedMessage) => void;
}

/** An event for a subscriber, or the end of its subscription. */
export type PushedMessage =
  | { readonly id: RpcId; readonly query: string; readonly data: LazyJson; readonly events: LazyJson }
  | { readonly id: RpcId; readonly cancelled: string };

/** Request id, echoed with its type. */
export type RpcId = string | number;

/** Who calls. */
export interface RpcCall {
  readonly id: RpcId;
  readonly connection: RpcConnection;
}

/** What a method answers. */
export type RpcResult = JsonValue | LazyJson;

/** One method. */
export interface Endpoint {
  readonly params: ParamSpecs;
  /** Answers may be cached for a day when all parameters named here are given; undefined: never. */
  readonly cacheable: readonly string[] | undefined;
  /** Only over WebSocket (and in memory). */
  readonly streaming: boolean;
  run(args: readonly ParamValue[], call: RpcCall): RpcResult | Promise<RpcResult>;
}

type Arguments<S extends ParamSpecs> = { readonly [K in keyof S]: ParamTypes[S[K]] };

/** Defines a method over named parameters. Whatever it throws becomes −32603 with the error's text. */
export function endpoint<const S extends ParamSpecs>(
  params: S,
  run: (args: Arguments<S>, call: RpcCall) => RpcResult | Promise<RpcResult>,
  options: { cacheable?: readonly (keyof S & string)[]; streaming?: boolean } = {},
): Endpoint {
  const names = Object.keys(params);
  return {
    params,
    cacheable: options.cacheable,
    streaming: options.streaming ?? false,
    run: (args, call) =>
      run(Object.fromEntries(names.map((name, i) => [name, args[i]])) as Arguments<S>, call),
  };
}

/** Methods by name. */
export type Endpoints = Readonly<Record<string, Endpoint>>;

/** A refusal of a method; the message is CometBFT's. */
export class RpcRefusal extends Error {
  constructor(message: string) {
    super(message);
    this.name = "RpcRefusal";
  }
}
