/**
 * A faucet's door, as `@cosmjs/faucet-client` and CosmJS's own faucet have it: POST /credit, GET /status, GET /healthz.
 * Web pages may use it: coins of a test chain are for everybody.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { LocalnetError } from "../errors.ts";
import { FaucetRefusal } from "./credit-request.ts";
import { createFaucet, type Faucet, type FaucetOptions } from "./faucet.ts";

/** What a faucet needs, and where it listens. */
export interface FaucetServerOptions extends FaucetOptions {
  /** Loopback by default. */
  readonly host?: string;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Told of failures of credits and of the door that are not the asker's fault. */
  readonly onFailure?: (error: unknown) => void;
}

/** A running faucet. */
export interface FaucetServer {
  readonly url: string;
  /** Ends it; credits under way are answered first. */
  close(): Promise<void>;
}

/** An address and a denomination fit many times over. */
const MAX_BODY_BYTES = 10_000;
/** Longest time in which a request must have arrived, in ms. */
const REQUEST_TIMEOUT_MS = 10_000;
/** Most connections at a time: each credit holds one for a block. */
const MAX_CONNECTIONS = 1_000;

const WELCOME = `A faucet. GET /status tells what it gives; POST /credit {"address": "…", "denom": "…"} gives it.\n`;

const CORS = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET, POST, OPTIONS",
  "access-control-allow-headers": "*",
  "access-control-max-age": "86400",
};

interface Answer {
  readonly status: number;
  readonly body: string | object;
}

function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= MAX_BODY_BYTES) chunks.push(chunk);
      else reject(new FaucetRefusal(413, `a request has at most ${MAX_BODY_BYTES} bytes`));
    });
    request.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    request.on("error", reject);
  });
}

/** What each path allows. */
const METHODS: Readonly<Record<string, readonly string[]>> = {
  "/": ["GET", "HEAD"],
  "/healthz": ["GET", "HEAD"],
  "/status": ["GET", "HEAD"],
  "/credit": ["POST"],
};

async function answerTo(faucet: Faucet, request: IncomingMessage): Promise<Answer> {
  const path = (request.url ?? "/").replace(/\?.*$/s, "").replace(/(?<=.)\/+$/, "");
  const { method = "" } = request;
  const allowed = Object.hasOwn(METHODS, path) ? METHODS[path]! : undefined;
  if (allowed === undefined) throw new FaucetRefusal(404, "there are /credit, /status and /healthz");
  if (method === "OPTIONS") return { status: 204, body: "" };
  if (!allowed.includes(method)) throw new FaucetRefusal(405, `${path} takes ${allowed[0]}, not ${method}`);
  if (path === "/credit") {
    await faucet.credit(await readBody(request));
    return { status: 200, body: "ok" };
  }
  return path === "/status" ? { status: 200, body: await faucet.status() } : { status: 200, body: WELCOME };
}

function send(request: IncomingMessage, response: ServerResponse, { status, body }: Answer): void {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const type = typeof body === "string" ? "text/plain; charset=utf-8" : "application/json; charset=utf-8";
  const none = status === 204;
  response.writeHead(status, {
    ...CORS,
    ...(none ? {} : { "content-type": type, "content-length": Buffer.byteLength(text) }),
    ...(status === 405 ? { allow: METHODS[request.url ?? ""]?.join(", ") ?? "GET, POST" } : {}),
    // What was not read would be taken for the next request.
    ...(request.complete ? {} : { connection: "close" }),
  });
  response.end(none || request.method === "HEAD" ? undefined : text);
}

async function serve(
  faucet: Faucet,
  request: IncomingMessage,
  response: ServerResponse,
  onFailure: (error: unknown) => void,
): Promise<void> {
  let answer: Answer;
  try {
    answer = await answerTo(faucet, request);
  } catch (error) {
    const known = error instanceof FaucetRefusal;
    answer = known
      ? { status: error.status, body: error.message }
      : { status: 500, body: "the faucet failed" };
    if (answer.status >= 500) onFailure(known ? (error.cause ?? error) : error);
  }
  if (!response.destroyed) send(request, response, answer);
}

/** Starts a faucet. Throws LocalnetError `port-taken` when it cannot listen. */
export async function startFaucet(options: FaucetServerOptions): Promise<FaucetServer> {
  const { host = "127.0.0.1", port = 0, onFailure = () => undefined } = options;
  const faucet = createFaucet(options);
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    void serve(faucet, request, response, onFailure);
  });
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) =>
      reject(
        new LocalnetError("port-taken", `the faucet cannot listen on ${host}:${port}: ${cause.message}`, {
          hint: "name another port, or 0 for a free one",
          cause,
        }),
      ),
    );
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const at = typeof address === "object" && address !== null ? address.port : port;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${at}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}
