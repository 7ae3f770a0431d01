/** What the gRPC server needs of a node. */
import type { Services } from "../services/services.ts";

/** The methods that are served, and the height that they are asked at. */
export interface GrpcDoor {
  readonly services: Services;
  /** `/package.Service/Method` of the application's queries. */
  readonly queries: readonly string[];
  /** Last committed height. */
  height(): bigint;
}

/** Limits of the server; those of messages are the SDK's defaults (`server/config`). */
export interface GrpcLimits {
  /** Bytes of one request. */
  readonly maxReceiveBytes: number;
  /** Connections at one time. */
  readonly maxConnections: number;
  /** Calls at one time on one connection. */
  readonly maxConcurrentStreams: number;
  /** Silence after which a peer is asked whether it is alive, and how long its answer may take. */
  readonly keepaliveMs: number;
  readonly keepaliveTimeoutMs: number;
}

/** The limits unless told otherwise. */
export const DEFAULT_GRPC_LIMITS: GrpcLimits = {
  maxReceiveBytes: 10 * 1024 * 1024,
  maxConnections: 900,
  maxConcurrentStreams: 100,
  keepaliveMs: 60_000,
  keepaliveTimeoutMs: 20_000,
};
