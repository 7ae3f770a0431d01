/** gRPC status codes of query handlers; the ABCI and gRPC doors translate them (SDK `baseapp/grpcrouter.go`). */

/** Status codes of gRPC that queries use. */
export const GRPC = {
  unknown: 2,
  invalidArgument: 3,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  failedPrecondition: 9,
  outOfRange: 11,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** Go names of the codes, as in `rpc error: code = NotFound desc = …`. */
export const GRPC_NAMES: Readonly<Record<number, string>> = {
  2: "Unknown",
  3: "InvalidArgument",
  5: "NotFound",
  6: "AlreadyExists",
  7: "PermissionDenied",
  9: "FailedPrecondition",
  11: "OutOfRange",
  12: "Unimplemented",
  13: "Internal",
  14: "Unavailable",
  16: "Unauthenticated",
};

/** A query's refusal with a status of its own. */
export class GrpcError extends Error {
  readonly status: number;

  constructor(status: number, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "GrpcError";
    this.status = status;
  }
}
