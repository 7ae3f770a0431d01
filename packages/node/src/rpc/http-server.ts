/** The handler on a port: HTTP POST and GET, and WebSocket at `/websocket` (CometBFT `rpc/jsonrpc/server`). */
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { NodeError } from "../errors.ts";
import { applyCors } from "./cors.ts";
import { attachFastLane } from "./fast-lane.ts";
import { type HttpAnswer, RPC_ERROR, type RpcHandler } from "./handler.ts";
import { parseQueryString } from "./query-string.ts";
import { attachWebSocket, type WebSocketPort } from "./web-socket.ts";

/** A port that answers. */
export interface RpcServer {
  readonly host: string;
  readonly port: number;
  /** `http://host:port` */
  readonly url: string;
  /** Ends all connections and frees the port. */
  close(): Promise<void>;
}

const HEADERS_TIMEOUT_MS = 10_000;
// A quiet connection is closed after this; answers that take long need more than CometBFT's 11 s for commits.
const IDLE_TIMEOUT_MS = 60_000;
const PLAIN_TEXT = "text/plain; charset=utf-8";
const DAY = "public, max-age=86400";

/** A body above the limit, or a client that is gone. */
class BodyError extends Error {
  readonly tooLarge: boolean;

  constructor(message: string, tooLarge: boolean) {
    super(message);
    this.tooLarge = tooLarge;
  }
}

function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let done = false;
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) {
        done = true;
        request.removeAllListeners("data");
        request.resume();
        reject(new BodyError("http: request body too large", true));
        return;
      }
      chunks.push(chunk);
    });
    request.on("end", () => {
      done = true;
      resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
    });
    request.on("error", (error) => reject(error));
    request.on("close", () => {
      if (!done) reject(new BodyError("connection closed", false));
    });
  });
}

/** Path and query of a request; slashes are collapsed, escapes that are none stay as they are. */
function targetOf(request: IncomingMessage): { path: string; query: string } {
  const target = (request.url ?? "/").replace(/^[a-z]+:\/\/[^/?]*/i, "");
  const at = target.indexOf("?");
  const raw = (at < 0 ? target : target.slice(0, at)).replace(/\/{2,}/g, "/");
  let path = raw === "" ? "/" : raw;
  try {
    path = decodeURIComponent(path);
  } catch {
    // a malformed escape names no method
  }
  return { path, query: at < 0 ? "" : target.slice(at + 1) };
}

/** Parameters of a GET call: from the query string, else from a form in the body. */
function parameters(query: string, request: IncomingMessage, body: Buffer): (name: string) => string {
  const isForm = /^application\/x-www-form-urlencoded/i.test(request.headers["content-type"] ?? "");
  const given = parseQueryString(query);
  const form = isForm ? parseQueryString(body.toString()) : undefined;
  return (name) => given.get(name) || form?.get(name) || "";
}

const plain = (status: number, body: string): HttpAnswer => ({
  status,
  contentType: PLAIN_TEXT,
  body: `${body}\n`,
});

async function answer(handler: RpcHandler, request: IncomingMessage): Promise<HttpAnswer> {
  const { path, query } = targetOf(request);
  let body: Buffer;
  try {
    body = await readBody(request, handler.limits.maxBodyBytes);
  } catch (error) {
    if (!(error instanceof BodyError) || !error.tooLarge) throw error;
    const refusal = RPC_ERROR.invalidRequest(`error reading request body: ${error.message}`);
    return {
      status: 400,
      contentType: "application/json",
      body: JSON.stringify({ jsonrpc: "2.0", error: refusal }),
    };
  }
  if (path === "/")
    return body.length === 0
      ? handler.endpointsPage(request.headers.host ?? "")
      : handler.post(body.toString());
  // only an upgrade is served there, and it does not come here
  if (path === "/websocket") return plain(400, "Bad Request");
  return handler.uri(path.slice(1), parameters(query, request, body)) ?? plain(404, "404 page not found");
}

function send(response: ServerResponse, { status, contentType, cacheable, body }: HttpAnswer): void {
  const headers: OutgoingHttpHeaders = { "Content-Length": Buffer.byteLength(body) };
  if (contentType !== undefined) headers["Content-Type"] = contentType;
  if (contentType === PLAIN_TEXT) headers["X-Content-Type-Options"] = "nosniff";
  if (cacheable) headers["Cache-Control"] = DAY;
  if (status === 400) headers["Connection"] = "close";
  response.writeHead(status, headers);
  response.end(body);
}

function onRequest(handler: RpcHandler, request: IncomingMessage, response: ServerResponse): void {
  response.setHeader("X-Server-Time", String(Math.floor(Date.now() / 1000)));
  if (applyCors(request, response, handler.limits.corsOrigins)) {
    response.writeHead(204).end();
    return;
  }
  answer(handler, request).then(
    (result) => {
      if (!response.destroyed) send(response, result);
    },
    () => response.destroy(), // the client is gone
  );
}

const BAD_REQUEST =
  "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request";

/** Starts to listen. Port 0 takes a free one. Throws NodeError `listenFailed`. */
export async function listenRpc(handler: RpcHandler, host: string, port: number): Promise<RpcServer> {
  const server = createServer({ maxHeaderSize: 1 << 16 }, (request, response) =>
    onRequest(handler, request, response),
  );
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = IDLE_TIMEOUT_MS;
  server.timeout = IDLE_TIMEOUT_MS;
  server.keepAliveTimeout = IDLE_TIMEOUT_MS;
  server.maxConnections = handler.limits.maxConnections;
  server.on("clientError", (_error: Error, socket: Socket) => {
    if (socket.writable) socket.end(BAD_REQUEST);
    else socket.destroy();
  });
  const sockets = attachWebSocket(server, handler);
  const lane = attachFastLane(server, handler, {
    firstRequestMs: HEADERS_TIMEOUT_MS,
    idleMs: IDLE_TIMEOUT_MS,
  });
  await listening(server, host, port);
  const address = server.address() as AddressInfo;
  const shown = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return {
    host: address.address,
    port: address.port,
    url: `http://${shown}:${address.port}`,
    close() {
      lane.close();
      return close(server, sockets);
    },
  };
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) =>
      reject(new NodeError("listenFailed", `cannot listen on ${host}:${port}: ${cause.message}`, { cause })),
    );
    server.listen(port, host, resolve);
  });
}

async function close(server: Server, sockets: WebSocketPort): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeAllConnections();
  await sockets.close();
  await closed;
}
