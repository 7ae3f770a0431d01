/** The socket server of ABCI 2.0 (CometBFT 0.38 `spec/abci`, "socket protocol"). */
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { Application } from "@tandem-ics/runtime";
import { type AbciAddress, formatAddress, parseAddress } from "./address.ts";
import { serveConnection } from "./connection.ts";
import { AbciError, errorText } from "./errors.ts";
import { type AbciFailure, createResponder } from "./responder.ts";
import { listenOwnerOnly, removeStaleSocket } from "./unix-socket.ts";

/** How an application is served. */
export interface AbciServerOptions {
  /**
   * Where to listen: `unix:///path/to/app.sock` or `tcp://host:port`, port 0 for a free one. The protocol knows no
   * authentication, so whoever can connect drives the application: keep TCP on loopback.
   */
  readonly address: string;
  /**
   * Called after a request was answered by an exception because the application failed or refused: the engine stops
   * then. A failure of `initChain`, `finalizeBlock` or `commit` leaves the application in an unknown state, so that
   * these three are refused from then on: end the process. Default: nothing is told.
   */
  readonly onFailure?: (failure: AbciFailure) => void;
}

/** A server at work. */
export interface AbciServer {
  /** The address with the real port, as CometBFT's `proxy_app` takes it. */
  readonly address: string;
  /** Ends all connections, frees the port or removes the socket file. The application stays open. */
  close(): Promise<void>;
}

// An engine opens four connections; this leaves room for engines that dial again and for people who look.
const MAX_CONNECTIONS = 64;

/**
 * Serves an application to engines: CometBFT opens four connections, for consensus, mempool, queries and snapshots.
 * Requests of one connection are answered in order; those of several in the order of their arrival, never interleaved.
 * Bytes that are no request get an exception and end their connection only.
 * @throws AbciError `invalidAddress`, `addressInUse`, `listenFailed`.
 */
export async function serveAbci(app: Application, options: AbciServerOptions): Promise<AbciServer> {
  const address = parseAddress(options.address);
  const respond = createResponder(app);
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    serveConnection(socket, respond, options.onFailure);
  });
  server.maxConnections = MAX_CONNECTIONS;
  await listen(server, address);
  return { address: formatAddress(boundAddress(server, address)), close: () => close(server, sockets) };
}

async function listen(server: Server, address: AbciAddress): Promise<void> {
  if (address.kind === "unix") await removeStaleSocket(address.path);
  await new Promise<void>((settle, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(listenError(error, address)));
    server.once("listening", settle);
    if (address.kind === "unix") listenOwnerOnly(server, address.path);
    else server.listen({ host: address.host, port: address.port });
  });
  // Not being able to accept one connection (too many open files) must not end the others.
  server.removeAllListeners("error");
  server.on("error", () => undefined);
}

const listenError = (error: NodeJS.ErrnoException, address: AbciAddress): AbciError =>
  error.code === "EADDRINUSE"
    ? new AbciError("addressInUse", `${formatAddress(address)} is in use`, { cause: error })
    : new AbciError("listenFailed", `cannot listen at ${formatAddress(address)}: ${errorText(error)}`, {
        cause: error,
      });

function boundAddress(server: Server, address: AbciAddress): AbciAddress {
  if (address.kind === "unix") return address;
  return { ...address, port: (server.address() as AddressInfo).port };
}

function close(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((settle) => {
    // Called with an error when closed before, which is no fault. The file of a Unix socket goes with the server.
    server.close(() => settle());
    // A peer that was just told of a fault still has to read that: its connection ends by itself, after a while at most.
    for (const socket of sockets) if (!socket.writableEnded) socket.destroy();
  });
}
