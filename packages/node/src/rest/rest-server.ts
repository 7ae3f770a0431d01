/** The gateway on a port, with the limits and the CORS rules of an SDK API server (`server/api`, gorilla handlers). */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { GRPC } from "@tandem-ics/runtime";
import { errorText, NodeError } from "../errors.ts";
import { errorAnswer, type Gateway, type RestAnswer } from "./gateway.ts";

/** How a gateway is served. */
export interface RestOptions {
  /** Loopback by default. */
  readonly host?: string;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Lets pages of any origin read the answers (`enabled-unsafe-cors`); off by default, as in the SDK. */
  readonly cors?: boolean;
  /** Bytes of a body; 1,000,000 by default. */
  readonly maxBodyBytes?: number;
  /** Connections at a time; 1000 by default. */
  readonly maxConnections?: number;
  /** Milliseconds that a client may take to send a request; 10,000 by default. */
  readonly readTimeoutMs?: number;
}

/** A port that answers. */
export interface RestServer {
  readonly host: string;
  readonly port: number;
  /** `http://host:port` */
  readonly url: string;
  /** Ends all connections and frees the port. */
  close(): Promise<void>;
}

const DEFAULTS = {
  host: "127.0.0.1",
  port: 0,
  cors: false,
  maxBodyBytes: 1_000_000,
  maxConnections: 1000,
  readTimeoutMs: 10_000,
};
const MAX_HEADER_BYTES = 1 << 16;
const IDLE_TIMEOUT_MS = 60_000;
const CORS_METHODS = ["GET", "HEAD", "POST"];
// the first four need no leave; content-type is the one that the SDK gives
const CORS_HEADERS = ["accept", "accept-language", "content-language", "origin", "content-type"];

/** The body, or why there is none: it is above the limit, or the client is gone. */
function readBody(request: IncomingMessage, limit: number): Promise<Buffer | "tooLarge" | "gone"> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) {
        chunks.push(chunk);
        return;
      }
      request.removeAllListeners("data");
      request.resume();
      resolve("tooLarge");
    });
    request.on("end", () => resolve(Buffer.concat(chunks)));
    request.on("error", () => resolve("gone"));
    request.on("close", () => resolve("gone"));
  });
}

// The server below the gateway is CometBFT's, which refuses large bodies in its own words.
const TOO_LARGE: RestAnswer = {
  status: 400,
  headers: { "Content-Type": "application/json", Connection: "close" },
  body: JSON.stringify({
    jsonrpc: "2.0",
    error: {
      code: -32600,
      message: "Invalid Request",
      data: "error reading request body: http: request body too large",
    },
  }),
};

const empty = (status: number, headers: Record<string, string> = {}): RestAnswer => ({
  status,
  headers,
  body: "",
});

/** The answer to a preflight request. */
function preflight(request: IncomingMessage): RestAnswer {
  const method = request.headers["access-control-request-method"];
  if (method === undefined) return empty(400);
  if (!CORS_METHODS.includes(method)) return empty(405);
  const asked = (request.headers["access-control-request-headers"] ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "");
  if (asked.some((name) => !CORS_HEADERS.includes(name))) return empty(403);
  const allowed: Record<string, string> = asked.includes("content-type")
    ? { "Access-Control-Allow-Headers": "Content-Type" }
    : {};
  return empty(200, { ...allowed, "Access-Control-Allow-Origin": "*" });
}

function send(response: ServerResponse, answer: RestAnswer): void {
  response.writeHead(answer.status, { ...answer.headers, "Content-Length": Buffer.byteLength(answer.body) });
  response.end(answer.body);
}

/** A refusal before there is a request: what came is no HTTP, too long or too slow. */
function rawRefusal(error: NodeJS.ErrnoException): string {
  const [status, text] =
    error.code === "HPE_HEADER_OVERFLOW"
      ? [431, "Request Header Fields Too Large"]
      : error.code === "ERR_HTTP_REQUEST_TIMEOUT"
        ? [408, "Request Timeout"]
        : [400, "Bad Request"];
  const { body } = errorAnswer(GRPC.invalidArgument, text);
  const head = `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close`;
  return `HTTP/1.1 ${status} ${text}\r\n${head}\r\n\r\n${body}`;
}

/** Starts to listen. Throws NodeError `listenFailed`. */
export async function listenRest(gateway: Gateway, options: RestOptions = {}): Promise<RestServer> {
  const { host, port, cors, maxBodyBytes, maxConnections, readTimeoutMs } = { ...DEFAULTS, ...options };

  async function answer(request: IncomingMessage): Promise<RestAnswer | undefined> {
    const body = await readBody(request, maxBodyBytes);
    if (body === "gone") return undefined;
    if (body === "tooLarge") return TOO_LARGE;
    return gateway.handle({
      verb: request.method ?? "GET",
      target: request.url ?? "/",
      headers: request.headers,
      body,
    });
  }

  function onRequest(request: IncomingMessage, response: ServerResponse): void {
    response.setHeader("X-Server-Time", String(Math.floor(Date.now() / 1000)));
    if (cors && request.method === "OPTIONS") {
      request.resume();
      send(response, request.headers.origin === undefined ? empty(200) : preflight(request));
      return;
    }
    if (cors && request.headers.origin !== undefined) response.setHeader("Access-Control-Allow-Origin", "*");
    answer(request).then(
      (result) => {
        if (result === undefined || response.destroyed) response.destroy();
        else send(response, result);
      },
      (error: unknown) => send(response, errorAnswer(GRPC.internal, errorText(error))),
    );
  }

  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: readTimeoutMs,
      requestTimeout: readTimeoutMs,
      keepAliveTimeout: IDLE_TIMEOUT_MS,
      connectionsCheckingInterval: Math.min(5000, readTimeoutMs),
    },
    onRequest,
  );
  server.timeout = IDLE_TIMEOUT_MS;
  server.maxConnections = maxConnections;
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    if (socket.writable) socket.end(rawRefusal(error));
    else socket.destroy();
  });
  await listening(server, host, port);
  const address = server.address() as AddressInfo;
  const shown = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return {
    host: address.address,
    port: address.port,
    url: `http://${shown}:${address.port}`,
    close: () => close(server),
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

function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeAllConnections();
  return closed;
}
