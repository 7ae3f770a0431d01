/** A node: an application made reachable. Local engine, mempool, record of blocks, index, JSON-RPC, WebSocket. */

export { type Clock, type ManualClock, manualClock, systemClock } from "./clock.ts";
export { type CometDoorsOptions, createCometDoors } from "./comet-doors.ts";
export type { GrpcOptions, QueryDoors } from "./doors.ts";
export type { DoubleSignOptions, Equivocation } from "./engine/equivocation.ts";
export type { ForkOptions } from "./engine/fork.ts";
export { COMETBFT_VERSION } from "./engine/handshake.ts";
export type { BlockPace } from "./engine/timer.ts";
export type { VoteGuard } from "./engine/vote-guard.ts";
export { HaltError, HandshakeError, NodeError, type NodeErrorCode, NoQuorumError } from "./errors.ts";
export { DEFAULT_GRPC_LIMITS, type GrpcLimits } from "./grpc/door.ts";
export type { GrpcServer } from "./grpc/grpc-server.ts";
export { createKvStoreApp, type KvStoreApp, type KvStoreChain, kvStoreGenesis } from "./kvstore-app.ts";
export { DEFAULT_MEMPOOL_LIMITS, type Mempool, type MempoolLimits } from "./mempool.ts";
export { createNode, type EngineKind, type Node, type NodeOptions, type NodeStatus } from "./node.ts";
export {
  type Argument,
  type Condition,
  type EventMap,
  type Operator,
  parseQuery,
  type Query,
} from "./query/query.ts";
export type { RestOptions, RestServer } from "./rest/rest-server.ts";
export { DEFAULT_RPC_LIMITS, type RpcLimits } from "./rpc/endpoint.ts";
export type { HttpAnswer, RpcHandler, RpcOutcome } from "./rpc/handler.ts";
export type { RpcServer } from "./rpc/http-server.ts";
export { type InMemoryRpcClient, inMemoryRpcClient } from "./rpc/in-memory-client.ts";
export {
  type IndexedTx,
  type Interruptible,
  runAtOnce,
  runInSlices,
  type SearchIndex,
  type TxPosition,
} from "./search/search.ts";
export type { GrpcAnswer, Services } from "./services/services.ts";
export type { VersionInfo } from "./services/tendermint-service.ts";
export type { BlockStore, CommittedBlock } from "./storage/block-store.ts";
export type { EvidencePool } from "./storage/evidence-pool.ts";
