/** Ways to send anything at all, and what comes back. */
import { request as httpRequest } from "node:http";
import { type ClientHttp2Session, connect as connectHttp2 } from "node:http2";
import { connect as connectTcp } from "node:net";
import { WebSocket } from "ws";

/** How long anything may take before it counts as hanging. */
export const PATIENCE_MS = 8_000;

/** An HTTP answer. */
export interface HttpReply {
  readonly status: number;
  readonly text: string;
}

/** Rejects when `work` does not settle in time. */
export function inTime<T>(what: string, work: Promise<T>, ms = PATIENCE_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: no answer in ${ms} ms`)), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** One HTTP request, its path as it is. Undefined when the connection ended without an answer. */
export function sendHttp(
  url: string,
  { method, path, bytes }: { method: string; path: string; bytes: Buffer },
): Promise<HttpReply | undefined> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const options = { hostname, port, method, path, headers: { "content-length": bytes.length } };
    let answered = false;
    const request = httpRequest(options, (response) => {
      answered = true;
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", () => resolve(undefined));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
      );
    });
    // A refused body may end in a reset after the answer.
    request.on("error", () => answered || resolve(undefined));
    request.end(bytes);
  });
}

/**
 * Sends bytes, then says that no more will come. Gives what was received once the other side has hung up, or once what came
 * says `isOver`.
 */
export function sendRaw(
  address: { host: string; port: number },
  bytes: Buffer,
  isOver: (received: Buffer) => boolean = () => false,
): Promise<Buffer> {
  return new Promise((resolve) => {
    let received: Buffer = Buffer.alloc(0);
    const socket = connectTcp(address, () => socket.end(bytes));
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (isOver(received)) socket.destroy();
    });
    socket.on("error", () => undefined); // followed by "close"
    socket.on("close", () => resolve(received));
  });
}

const FRAME_START_BYTES = 9;
const GOAWAY = 7;

/** Whether HTTP/2 frames of a server end with its goodbye. Node keeps such a connection open for a while, and reads nothing. */
export function saysGoodbye(received: Buffer): boolean {
  for (let at = 0; at + FRAME_START_BYTES <= received.length; ) {
    if (received[at + 3] === GOAWAY) return true;
    at += FRAME_START_BYTES + received.readUIntBE(at, 3);
  }
  return false;
}

/** A WebSocket client that counts what it gets. */
export interface HostileSocket {
  send(bytes: Buffer, isBinary: boolean): void;
  /** The next message. */
  next(): Promise<string>;
  close(): void;
}

/** Opens a WebSocket. */
export async function openSocket(url: string): Promise<HostileSocket> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/websocket`);
  const messages: string[] = [];
  const waiting: ((message: string) => void)[] = [];
  socket.on("message", (data) => {
    const taker = waiting.shift();
    if (taker === undefined) messages.push(data.toString());
    else taker(data.toString());
  });
  socket.on("error", () => undefined);
  await inTime("opening a WebSocket", new Promise((resolve) => socket.once("open", resolve)));
  return {
    send: (bytes, isBinary) => socket.send(isBinary ? bytes : bytes.toString(), { binary: isBinary }),
    next() {
      const message = messages.shift();
      return message === undefined
        ? new Promise((resolve) => waiting.push(resolve))
        : Promise.resolve(message);
    },
    close: () => socket.terminate(),
  };
}

/** What an upgrade request is. */
export const UPGRADE =
  "GET /websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

/** How a gRPC call ended: its status, or `reset` for a stream or connection that was ended. */
export type GrpcEnd = number | "reset";

/** One gRPC call with any body over a session. */
export function sendGrpc(session: ClientHttp2Session, path: string, body: Buffer): Promise<GrpcEnd> {
  return new Promise((resolve) => {
    let status: GrpcEnd = "reset";
    const read = (headers: Record<string, unknown>): void => {
      const found = headers["grpc-status"];
      if (found !== undefined) status = Number(found);
      else if (headers[":status"] !== undefined && headers[":status"] !== 200) status = 2;
    };
    const stream = session.request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc",
      te: "trailers",
    });
    stream.on("response", read);
    stream.on("trailers", read);
    stream.on("data", () => undefined);
    stream.on("error", () => undefined); // followed by "close"
    stream.on("close", () => resolve(status));
    stream.end(body);
  });
}

/** An HTTP/2 session without TLS; errors end it. */
export function openHttp2(url: string): ClientHttp2Session {
  const session = connectHttp2(url);
  session.on("error", () => undefined);
  return session;
}
