/** WebSocket clients: calls in order, pushed events, and nobody waits for a slow one (CometBFT `ws_handler.go`). */
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocket, WebSocketServer } from "ws";
import type { RpcConnection } from "./endpoint.ts";
import { pushedText, type RpcHandler } from "./handler.ts";

/** All sockets of a port. */
export interface WebSocketPort {
  /** Says goodbye to all clients, then cuts off those that do not answer. */
  close(): Promise<void>;
}

const GOING_AWAY = 1001;
const GOODBYE_MS = 300;

const PING_INTERVAL_MS = 27_000;
const READ_TIMEOUT_MS = 30_000;
/** A client that takes nothing for this long is cut off. */
const WRITE_TIMEOUT_MS = 10_000;
/** Calls of one client that may wait for earlier ones. */
const MAX_WAITING_CALLS = 64;
// The reason that CometBFT names when a subscriber does not keep up.
const TOO_SLOW = "internal subscription event buffer is out of capacity";

/** Serves `/websocket` of an HTTP server. */
export function attachWebSocket(server: Server, handler: RpcHandler): WebSocketPort {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: handler.limits.maxBodyBytes,
    perMessageDeflate: false,
  });
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    if ((request.url ?? "").split("?")[0] !== "/websocket") {
      socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n");
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => serve(client, handler));
  });
  return {
    async close() {
      for (const client of sockets.clients) client.close(GOING_AWAY);
      const gone = new Promise<void>((resolve) => {
        sockets.close(() => resolve());
      });
      const cutOff = setTimeout(() => {
        for (const client of sockets.clients) client.terminate();
      }, GOODBYE_MS);
      await gone;
      clearTimeout(cutOff);
    },
  };
}

function serve(socket: WebSocket, handler: RpcHandler): void {
  const limit = handler.limits.maxClientBufferBytes;
  let waiting = 0;
  let last: Promise<void> = Promise.resolve();
  let stalled: NodeJS.Timeout | undefined;
  let drop = (): void => undefined;

  function write(text: string): void {
    if (socket.readyState !== WebSocket.OPEN) return;
    socket.send(text);
    if (socket.bufferedAmount > limit) drop();
  }

  const connection: RpcConnection = { push: (message) => write(pushedText(message)) };

  // Too much is waiting: no more events, no more calls; the client may still read what it asked for.
  drop = () => {
    if (stalled !== undefined) return;
    let before = socket.bufferedAmount;
    stalled = setInterval(() => {
      if (socket.bufferedAmount < limit / 2) {
        clearInterval(stalled);
        stalled = undefined;
        if (waiting < MAX_WAITING_CALLS) socket.resume();
      } else if (socket.bufferedAmount >= before) socket.terminate();
      before = socket.bufferedAmount;
    }, WRITE_TIMEOUT_MS);
    socket.pause();
    handler.cancelSubscriptions(connection, TOO_SLOW);
  };

  // Calls are answered in their order, one at a time, as CometBFT does.
  function onMessage(text: string): void {
    if (++waiting >= MAX_WAITING_CALLS) socket.pause();
    last = last.then(async () => {
      const answer = await handler.frame(text, connection);
      if (answer !== undefined) write(answer);
      if (--waiting < MAX_WAITING_CALLS && stalled === undefined) socket.resume();
    });
  }

  let heard = Date.now();
  const pings = setInterval(() => {
    if (Date.now() - heard > PING_INTERVAL_MS + READ_TIMEOUT_MS) socket.terminate();
    else socket.ping();
  }, PING_INTERVAL_MS);
  const hear = (): void => {
    heard = Date.now();
  };
  socket.on("pong", hear);
  socket.on("ping", hear);
  socket.on("message", (data) => {
    hear();
    onMessage(data.toString());
  });
  socket.on("error", () => socket.terminate());
  socket.on("close", () => {
    clearInterval(pings);
    clearInterval(stalled);
    handler.disconnected(connection);
  });
}
