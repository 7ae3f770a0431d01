/**
 * The short way of the commonest request: a POST of a small body that arrives in one piece on a kept connection, as every
 * JSON-RPC client sends it. Node's HTTP parser and its message objects cost more than most calls. What is read here is a
 * narrow part of HTTP/1.1; at the first byte that is not of it, the connection goes to the full server with all that is
 * unanswered, and stays there.
 */
import { type Server, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { HttpAnswer, RpcHandler } from "./handler.ts";

const REQUEST_LINE = "POST / HTTP/1.1\r\n";
const HEAD_END = "\r\n\r\n";
/** Longer heads are not those of programs that call often. */
const MAX_HEAD_BYTES = 1024;
/** Headers that change nothing about the answer. All others, and any of these twice, want the full server. */
const PLAIN_HEADERS: ReadonlySet<string> = new Set([
  "host",
  "content-type",
  "content-length",
  "accept",
  "accept-encoding",
  "accept-language",
  "user-agent",
  "connection",
]);
const HEADER_LINE = /^([a-z-]+):[ \t]*([\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)[ \t]*$/i;
const LENGTH = /^[1-9][0-9]{0,8}$/;

/** Connections of a port on the short way. */
export interface FastLane {
  /** Ends them. */
  close(): void;
}

/** How long connections may be quiet, in ms. */
export interface FastLaneTimes {
  /** Until the first request. */
  readonly firstRequestMs: number;
  /** Between requests. */
  readonly idleMs: number;
}

/** Length of the body that a head announces; undefined for a head that is not of the narrow kind. */
export function plainBodyLength(head: string): number | undefined {
  if (!head.startsWith(REQUEST_LINE)) return undefined;
  const seen = new Map<string, string>();
  for (const line of head.slice(REQUEST_LINE.length).split("\r\n")) {
    const [, name = "", value = ""] = HEADER_LINE.exec(line) ?? [];
    const lower = name.toLowerCase();
    if (seen.has(lower) || !PLAIN_HEADERS.has(lower)) return undefined;
    seen.set(lower, value);
  }
  const length = seen.get("content-length") ?? "";
  const keepsOpen = (seen.get("connection") ?? "keep-alive").toLowerCase() === "keep-alive";
  return seen.has("host") && keepsOpen && LENGTH.test(length) ? Number(length) : undefined;
}

interface Request {
  readonly body: string;
  /** Bytes of head and body. */
  readonly length: number;
}

/** Reads requests of one connection, the next one mostly with the head of the last. */
function createReader(maxBodyBytes: number): (bytes: Buffer) => Request | undefined {
  let lastHead = "";
  let lastLength: number | undefined;
  return (bytes) => {
    const end = bytes.subarray(0, MAX_HEAD_BYTES).indexOf(HEAD_END);
    if (end < 0) return undefined;
    const head = bytes.toString("latin1", 0, end);
    if (head !== lastHead) {
      lastHead = head;
      lastLength = plainBodyLength(head);
    }
    if (lastLength === undefined || lastLength > maxBodyBytes) return undefined;
    const start = end + HEAD_END.length;
    const length = start + lastLength;
    return length > bytes.length ? undefined : { body: bytes.toString("utf8", start, length), length };
  };
}

/** The two headers that tell the time, made once a second. */
function createTimeHeaders(): () => { serverTime: string; date: string } {
  let second = -1;
  let headers = { serverTime: "", date: "" };
  return () => {
    const now = Math.floor(Date.now() / 1000);
    if (now !== second) {
      second = now;
      headers = {
        serverTime: `X-Server-Time: ${now}\r\n`,
        date: `Date: ${new Date(now * 1000).toUTCString()}\r\n`,
      };
    }
    return headers;
  };
}

/** Puts the short way in front of a server, before it listens. Requests from pages of other origins go to the server. */
export function attachFastLane(server: Server, handler: RpcHandler, times: FastLaneTimes): FastLane {
  const full = server.listeners("connection") as ((socket: Socket) => void)[];
  const sockets = new Set<Socket>();
  const timeHeaders = createTimeHeaders();
  const vary = handler.limits.corsOrigins.length > 0 ? "Vary: Origin\r\n" : "";
  const keepAlive = `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(times.idleMs / 1000)}\r\n\r\n`;

  /** The headers that the full server sends, in its order. */
  function answerText({ status, contentType, cacheable, body }: HttpAnswer, length: number): string {
    const { serverTime, date } = timeHeaders();
    return (
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${serverTime}${vary}Content-Length: ${length}\r\n` +
      (contentType === undefined ? "" : `Content-Type: ${contentType}\r\n`) +
      (cacheable === true ? "Cache-Control: public, max-age=86400\r\n" : "") +
      `${date}${keepAlive}${body}`
    );
  }

  function serve(socket: Socket): void {
    const read = createReader(handler.limits.maxBodyBytes);
    let busy = false;
    /** What arrived behind the request that is being answered. */
    let rest: Buffer | undefined;
    let ended = false;
    sockets.add(socket);

    function leave(): void {
      sockets.delete(socket);
      socket.off("data", onData).off("end", onEnd).off("timeout", onTimeout).off("close", leave);
      socket.off("drain", goOn).off("error", onError);
    }

    /** Everything from `bytes` on is for the full server. */
    function handOver(bytes: Buffer | undefined): void {
      leave();
      socket.setTimeout(0);
      socket.pause();
      if (bytes !== undefined) socket.unshift(bytes);
      for (const listener of full) listener.call(server, socket);
      socket.resume();
    }

    function goOn(): void {
      busy = false;
      const bytes = rest;
      rest = undefined;
      if (socket.isPaused()) socket.resume();
      if (bytes !== undefined) onData(bytes);
      else if (ended) socket.end();
    }

    function onAnswer(answer: HttpAnswer): void {
      if (socket.destroyed) return;
      const length = Buffer.byteLength(answer.body);
      const text = answerText(answer, length);
      // Plain text is written as it lies in memory.
      const written = socket.write(text, length === answer.body.length ? "latin1" : "utf8");
      // A client that does not read is not worked for.
      if (written) goOn();
      else {
        socket.pause();
        socket.once("drain", goOn);
      }
    }

    function onData(bytes: Buffer): void {
      if (busy) {
        rest = rest === undefined ? bytes : Buffer.concat([rest, bytes]);
        socket.pause();
        return;
      }
      const request = read(bytes);
      if (request === undefined) {
        // Nothing more comes behind an end: what is left is no request.
        if (ended) socket.end();
        else handOver(bytes);
        return;
      }
      socket.setTimeout(times.idleMs);
      busy = true;
      if (request.length < bytes.length) rest = bytes.subarray(request.length);
      handler.post(request.body).then(onAnswer, () => socket.destroy());
    }

    function onEnd(): void {
      ended = true;
      if (!busy) socket.end();
    }

    function onTimeout(): void {
      if (socket.bytesRead === 0) handOver(undefined);
      else socket.destroy();
    }

    const onError = (): void => {
      socket.destroy();
    };

    socket.setTimeout(times.firstRequestMs);
    socket.on("data", onData).on("end", onEnd).on("timeout", onTimeout);
    socket.on("error", onError).on("close", leave);
  }

  server.removeAllListeners("connection");
  server.on("connection", serve);
  return {
    close() {
      for (const socket of sockets) socket.destroy();
    },
  };
}
