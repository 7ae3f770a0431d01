/** One connection of an engine: requests in, responses out in the same order. */
import type { Socket } from "node:net";
import type { Response } from "cosmjs-types/tendermint/abci/types";
import { createFrameReader } from "./frames.ts";
import { decodeRequest, encodeResponse } from "./request-codec.ts";
import { type AbciFailure, type Answer, exception, type Responder } from "./responder.ts";

// How long a peer that was told of its fault may take to read that and hang up.
const LINGER_MS = 2_000;

/**
 * Serves until either side ends the connection. Nothing is read while the peer does not take its responses, so that at
 * most one chunk of requests and one response more than the socket holds are kept for it.
 */
export function serveConnection(
  socket: Socket,
  respond: Responder,
  onFailure: ((failure: AbciFailure) => void) | undefined,
): void {
  const frames = createFrameReader();
  let ended = false;

  /** Responses wait in the socket until the peer wants them, or until they are as many as it holds. */
  function send(response: Response): void {
    if (socket.writableCorked === 0) socket.cork();
    for (const piece of encodeResponse(response)) socket.write(piece);
    if (response.flush !== undefined || response.exception !== undefined || socket.writableNeedDrain)
      socket.uncork();
  }

  function endWith(response: Response): void {
    ended = true;
    send(response);
    hangUp(socket);
  }

  function answer({ response, failure }: Answer): void {
    if (failure === undefined) {
      send(response);
      return;
    }
    endWith(response);
    onFailure?.(failure);
  }

  /** The answer to the next request, undefined while it is not all there. */
  function next(): Answer | undefined {
    try {
      const frame = frames.next();
      return frame === undefined ? undefined : respond(decodeRequest(frame));
    } catch (error) {
      endWith(exception(error));
      return undefined;
    }
  }

  function proceed(): void {
    while (!ended) {
      if (socket.writableNeedDrain) {
        socket.pause();
        return;
      }
      const found = next();
      if (found === undefined) break;
      answer(found);
    }
    socket.resume();
  }

  socket.on("data", (chunk: Buffer) => {
    // What comes after a fault is read and dropped, or else the peer may be told of a reset instead of its fault.
    if (ended) return;
    frames.push(chunk);
    proceed();
  });
  socket.on("drain", proceed);
  // A peer that is gone is no fault: the engine dials again.
  socket.on("error", () => socket.destroy());
}

/** Ends a connection once its responses are out, whether the peer hangs up in turn or not. */
export function hangUp(socket: Socket): void {
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  timer.unref();
  socket.once("close", () => clearTimeout(timer));
  socket.end();
}
