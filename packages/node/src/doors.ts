/** The gRPC and REST ports of a chain, whichever engine makes its blocks. */
import type { Application } from "@tandem-ics/runtime";
import type { GrpcLimits } from "./grpc/door.ts";
import { type GrpcServer, listenGrpc } from "./grpc/grpc-server.ts";
import { createGateway } from "./rest/gateway.ts";
import { listenRest, type RestOptions, type RestServer } from "./rest/rest-server.ts";
import type { Services } from "./services/services.ts";

/** Where gRPC listens: loopback and a free port by default. */
export interface GrpcOptions {
  readonly host?: string;
  readonly port?: number;
  readonly limits?: Partial<GrpcLimits>;
}

/** Opens and closes ports. What the application answers to is read when one opens: an upgrade changes it. */
export interface QueryDoors {
  /** Serves gRPC. May be called more than once. Throws NodeError `listenFailed`. */
  listenGrpc(options?: GrpcOptions): Promise<GrpcServer>;
  /** Serves the REST gateway of an SDK API server. Throws NodeError `listenFailed`. */
  listenRest(options?: RestOptions): Promise<RestServer>;
  /** Ends all connections and frees all ports. */
  close(): Promise<void>;
}

/** What is served. */
export interface QueryDoorsOptions {
  readonly app: Pick<Application, "services">;
  readonly chainId: string;
  readonly services: Services;
  /** Last committed height. */
  height(): bigint;
}

/** Doors of a chain, none of them open. */
export function createQueryDoors({ app, chainId, services, height }: QueryDoorsOptions): QueryDoors {
  const servers = new Set<{ close(): Promise<void> }>();

  function opened<T extends GrpcServer | RestServer>(server: T): T {
    servers.add(server);
    return {
      ...server,
      close: () => {
        servers.delete(server);
        return server.close();
      },
    };
  }

  return {
    async listenGrpc({ host = "127.0.0.1", port = 0, limits } = {}) {
      const door = { services, queries: app.services.queries, height };
      return opened(await listenGrpc(door, { host, port, ...(limits && { limits }) }));
    },
    async listenRest(options) {
      const gateway = createGateway({
        chainId,
        services,
        methods: [...app.services.queries, ...services.methods],
        height,
      });
      return opened(await listenRest(gateway, options));
    },
    async close() {
      await Promise.all([...servers].map((server) => server.close()));
      servers.clear();
    },
  };
}
