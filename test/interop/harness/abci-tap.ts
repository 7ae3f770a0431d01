/**
 * Stands between a CometBFT node and an application and reads what passes (uvarint length, then a `tendermint.abci.Request`).
 * So a test can act at one exact point of a block's life, such as between FinalizeBlock and Commit, with nothing in the
 * product that knows of tests.
 */
import { createConnection, createServer, type Socket } from "node:net";
import { Request } from "cosmjs-types/tendermint/abci/types";

/** A tap that listens. */
export interface AbciTap {
  /** `tcp://127.0.0.1:…`, for CometBFT's `--proxy_app`. */
  readonly address: string;
  close(): Promise<void>;
}

/** Length prefix and message at the start of `bytes`; nothing while they are not whole. */
function firstFrame(bytes: Buffer): { readonly end: number; readonly message: Uint8Array } | undefined {
  let length = 0;
  for (let i = 0; i < Math.min(bytes.length, 5); i++) {
    length += (bytes[i]! & 0x7f) * 2 ** (7 * i);
    if (bytes[i]! < 0x80) {
      const end = i + 1 + length;
      return bytes.length < end ? undefined : { end, message: bytes.subarray(i + 1, end) };
    }
  }
  return undefined;
}

/**
 * Listens before the application at `socketPath`. `passes` is asked about each request before it goes on; a request that
 * may not pass is held back, and its connection with it.
 */
export async function createAbciTap(
  socketPath: string,
  passes: (request: Request) => boolean,
): Promise<AbciTap> {
  const sockets = new Set<Socket>();
  const server = createServer((fromComet) => {
    const toApp = createConnection(socketPath);
    let pending = Buffer.alloc(0);
    let held = false;
    fromComet.on("data", (chunk) => {
      if (held) return;
      pending = Buffer.concat([pending, chunk]);
      for (let frame = firstFrame(pending); frame !== undefined; frame = firstFrame(pending)) {
        if (!passes(Request.decode(frame.message))) {
          held = true;
          return;
        }
        toApp.write(pending.subarray(0, frame.end));
        pending = pending.subarray(frame.end);
      }
    });
    toApp.pipe(fromComet);
    for (const [socket, other] of [
      [fromComet, toApp],
      [toApp, fromComet],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => undefined); // the other end died, which is what such tests are about
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as { port: number };
  return {
    address: `tcp://127.0.0.1:${port}`,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
