/** A WebSocket to each twin: the same frames out, and what comes back side by side. */
import { WebSocket } from "ws";

/** How long the two may take for an answer. */
const PATIENCE_MS = 15_000;

interface Ear {
  readonly socket: WebSocket;
  next(): Promise<string>;
}

async function open(url: string): Promise<Ear> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/websocket`);
  const heard: string[] = [];
  const waiting: ((text: string) => void)[] = [];
  socket.on("message", (data) => {
    const taker = waiting.shift();
    if (taker === undefined) heard.push(data.toString());
    else taker(data.toString());
  });
  await new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  return {
    socket,
    next: () =>
      new Promise((resolve, reject) => {
        const text = heard.shift();
        if (text !== undefined) {
          resolve(text);
          return;
        }
        const late = setTimeout(() => reject(new Error(`${url} says nothing`)), PATIENCE_MS);
        waiting.push((message) => {
          clearTimeout(late);
          resolve(message);
        });
      }),
  };
}

/**
 * An event without what says nothing: Go writes maps in any order, and a list that came empty over the ABCI socket as null
 * (an SDK application is in one process with its engine, and has an empty list).
 */
function inOrder(text: string): string {
  const message = JSON.parse(text.replaceAll('"validator_updates":null', '"validator_updates":[]')) as {
    result?: { events?: Record<string, unknown> };
  };
  const events = message.result?.events;
  if (events !== undefined)
    message.result!.events = Object.fromEntries(Object.entries(events).sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify(message);
}

/** Both connections. */
export interface TwinSockets {
  send(frame: string): void;
  /** All messages of each up to the answer to call `id`, CometBFT's first; sorted, for events come in any order. */
  untilAnswer(id: number): Promise<[string[], string[]]>;
  /** What both answer to a frame, and whether they are equal. */
  ask(frame: string): Promise<[string, string]>;
  close(): void;
}

/** Connects to both. */
export async function openTwinSockets(goUrl: string, url: string): Promise<TwinSockets> {
  const ears = [await open(goUrl), await open(url)] as const;
  const send = (frame: string): void => {
    for (const { socket } of ears) socket.send(frame);
  };
  const take = async (ear: Ear, id: number): Promise<string[]> => {
    const out: string[] = [];
    for (;;) {
      const text = await ear.next();
      if (text.startsWith(`{"jsonrpc":"2.0","id":${id},`)) return out.sort();
      out.push(inOrder(text));
    }
  };
  return {
    send,
    async untilAnswer(id) {
      const [go, ours] = await Promise.all(ears.map((ear) => take(ear, id)));
      return [go!, ours!];
    },
    async ask(frame) {
      send(frame);
      const [go, ours] = await Promise.all(ears.map((ear) => ear.next()));
      return [go!, ours!];
    },
    close() {
      for (const { socket } of ears) socket.terminate();
    },
  };
}
