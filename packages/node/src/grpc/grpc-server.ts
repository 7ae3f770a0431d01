/** The gRPC port of a node: HTTP/2 without TLS, as the SDK's `grpc.address`. */
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { NodeError } from "../errors.ts";
import { DEFAULT_GRPC_LIMITS, type GrpcDoor, type GrpcLimits } from "./door.ts";
import type { GrpcEngine } from "./engine.ts";

/** A gRPC port that answers. */
export interface GrpcServer {
  readonly host: string;
  readonly port: number;
  /** `http://host:port`, as relayers' files write it. */
  readonly url: string;
  /** Ends all connections and frees the port. */
  close(): Promise<void>;
}

async function loadEngine(door: GrpcDoor, limits: GrpcLimits): Promise<GrpcEngine> {
  const { createGrpcEngine } = await import("./engine.ts");
  return createGrpcEngine(door, limits);
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) =>
      reject(new NodeError("listenFailed", `cannot listen on ${host}:${port}: ${cause.message}`, { cause })),
    );
    server.listen(port, host, resolve);
  });
}

/** Starts to listen. Port 0 takes a free one. Throws NodeError `listenFailed`. */
export async function listenGrpc(
  door: GrpcDoor,
  options: { readonly host: string; readonly port: number; readonly limits?: Partial<GrpcLimits> },
): Promise<GrpcServer> {
  const limits: GrpcLimits = { ...DEFAULT_GRPC_LIMITS, ...options.limits };
  const sockets = new Set<Socket>();
  let loading: Promise<GrpcEngine> | undefined;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined); // followed by "close"
    socket.on("close", () => sockets.delete(socket));
    loading ??= loadEngine(door, limits);
    loading.then(
      (engine) => {
        if (!socket.destroyed) engine.take(socket);
      },
      () => socket.destroy(),
    );
  });
  server.maxConnections = limits.maxConnections;
  await listening(server, options.host, options.port);
  server.on("error", () => undefined); // one connection could not be accepted; the next may be
  const { address, port, family } = server.address() as AddressInfo;
  return {
    host: address,
    port,
    url: `http://${family === "IPv6" ? `[${address}]` : address}:${port}`,
    async close() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      (await loading?.catch(() => undefined))?.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
