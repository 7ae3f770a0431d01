/** HTTP/2 by hand: frames as hostile programs write them. */
import { createConnection } from "node:net";

/** What a client says first. */
export const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
/** Kinds of frames. */
export const FRAME = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;
/** Flags of frames. */
export const END_STREAM = 1;
export const END_HEADERS = 4;

/** A frame; `length` may differ from the payload's. */
export function frame(
  kind: number,
  flags: number,
  stream: number,
  payload: Uint8Array,
  length?: number,
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE((length ?? payload.length) & 0xff_ffff, 0, 3);
  head.writeUInt8(kind & 0xff, 3);
  head.writeUInt8(flags & 0xff, 4);
  head.writeUInt32BE(stream >>> 0, 5);
  return Buffer.concat([head, payload]);
}

/** A literal header without indexing, in HPACK. Texts below 127 bytes. */
const header = (name: string, value: string): Buffer =>
  Buffer.concat([
    Buffer.of(0, name.length),
    Buffer.from(name, "latin1"),
    Buffer.of(value.length),
    Buffer.from(value, "latin1"),
  ]);

/** A header block. */
export const headerBlock = (fields: readonly (readonly [string, string])[]): Buffer =>
  Buffer.concat(fields.map(([name, value]) => header(name, value)));

/** The headers of a good call. */
export const CALL: readonly (readonly [string, string])[] = [
  [":method", "POST"],
  [":scheme", "http"],
  [":path", "/cosmos.bank.v1beta1.Query/Params"],
  [":authority", "localhost"],
  ["content-type", "application/grpc"],
  ["te", "trailers"],
];

/** {@link CALL} with some of its headers replaced, or left out by `undefined`. */
export const callWith = (changes: Readonly<Record<string, string | undefined>>): Buffer =>
  headerBlock(
    [
      ...CALL.filter(([name]) => !(name in changes)),
      ...Object.entries(changes).flatMap(([name, value]) =>
        value === undefined ? [] : ([[name, value]] as const),
      ),
    ].sort(([a], [b]) => Number(b.startsWith(":")) - Number(a.startsWith(":"))),
  );

/** A length-prefixed gRPC message. */
export function message(data: Uint8Array, options: { flag?: number; length?: number } = {}): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(options.flag ?? 0, 0);
  head.writeUInt32BE(options.length ?? data.length, 1);
  return Buffer.concat([head, data]);
}

/** What came back, until the server closed the connection or said that it is over (GOAWAY). */
export interface Exchange {
  readonly received: Buffer;
  readonly over: boolean;
}

/** Whether a frame of a kind is among what a server sent. */
function has(received: Buffer, kind: number): boolean {
  for (let at = 0; at + 9 <= received.length; at += 9 + received.readUIntBE(at, 3))
    if (received[at + 3] === kind) return true;
  return false;
}

/**
 * Writes bytes on a connection of its own. Resolves when the server ends it; with `probe` also when it answers a PING that
 * is sent behind the bytes, without it the client ends its half behind them.
 */
export function exchange(port: number, bytes: Uint8Array, { probe = true } = {}): Promise<Exchange> {
  const token = Buffer.from("h0st1le!");
  return new Promise((resolve) => {
    let received = Buffer.alloc(0);
    const socket = createConnection({ port, host: "127.0.0.1" });
    const finish = (over: boolean): void => {
      socket.destroy();
      resolve({ received, over });
    };
    socket.on("connect", () => {
      socket.write(bytes);
      if (probe) socket.write(frame(FRAME.ping, 0, 0, token));
      else socket.end();
    });
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (has(received, FRAME.goaway)) finish(true);
      else if (probe && received.includes(frame(FRAME.ping, 1, 0, token))) finish(false);
    });
    socket.on("error", () => undefined); // a reset is an answer too
    socket.on("close", () => finish(true));
  });
}
