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
  /**
   * How often a peer is asked whether it is alive, and how long its answer may take. Node's HTTP/2 leaves connections open
   * on which a peer broke the protocol: so those end too.
   */
  readonly keepaliveMs: number;
  readonly keepaliveTimeoutMs: number;
}

/** The limits unless told otherwise. */
export const DEFAULT_GRPC_LIMITS: GrpcLimits = {
  maxReceiveBytes: 10 * 1024 * 1024,
  maxConnections: 900,
  maxConcurrentStreams: 100,
  keepaliveMs: 20_000,
  keepaliveTimeoutMs: 10_000,
};
