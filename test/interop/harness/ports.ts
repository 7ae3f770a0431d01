/** Free loopback ports. */
import { createServer } from "node:net";

/** Below the range from which systems take the ports of outgoing connections: nobody takes them by accident. */
const FIRST = 10_240;
const LAST = 32_767;
const ATTEMPTS = 200;

/** Ports that this process gave out already. */
const given = new Set<number>();

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });

/** A port on which nothing listens on 127.0.0.1. */
export async function freePort(): Promise<number> {
  for (let i = 0; i < ATTEMPTS; i++) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST + 1));
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
  throw new Error(`no free port among ${ATTEMPTS} tried`);
}
