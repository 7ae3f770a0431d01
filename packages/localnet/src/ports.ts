/** Ports that a topology names, and free ones. */
import { createServer } from "node:net";
import { LocalnetError } from "./errors.ts";
import type { Topology } from "./topology.ts";

/** Throws `port-taken` when a port that the topology names is in use: before anything is started. */
export async function checkPorts({ provider, consumers, chains }: Topology): Promise<void> {
  const first = provider === undefined ? [] : [{ ...provider, name: "provider" }];
  const named = [...first, ...consumers, ...chains].flatMap(({ name, ports }) =>
    [ports.rpc, ports.grpc, ports.rest, ports.faucet].map((port) => ({ name, port })),
  );
  const users = new Map<number, string>();
  for (const { name, port } of named) {
    if (port === undefined || port === false) continue;
    const other = users.get(port);
    if (other !== undefined)
      throw new LocalnetError("bad-topology", `${other} and ${name} both name port ${port}`);
    users.set(port, name);
    await checkPort(name, port);
  }
}

function checkPort(name: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (cause) =>
      reject(
        new LocalnetError("port-taken", `port ${port} of ${name} cannot be opened: ${cause.message}`, {
          hint: "end what listens there, or name another port; without one a free port is taken",
          cause,
        }),
      ),
    );
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve()));
  });
}

/** Below the range from which systems take the ports of outgoing connections: nobody takes them by accident. */
const FIRST_FREE = 10_240;
const LAST_FREE = 32_767;
const ATTEMPTS = 200;

/** Ports that this process gave out: whoever asked may not listen yet. */
const given = new Set<number>();

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen({ port, host: "127.0.0.1", exclusive: true }, () => probe.close(() => resolve(true)));
  });

/** A port on which nothing listens on 127.0.0.1, for a program that cannot be handed an open one. Throws `port-taken`. */
export async function freePort(): Promise<number> {
  for (let i = 0; i < ATTEMPTS; i++) {
    const port = FIRST_FREE + Math.floor(Math.random() * (LAST_FREE - FIRST_FREE + 1));
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
  throw new LocalnetError(
    "port-taken",
    `none of ${ATTEMPTS} ports between ${FIRST_FREE} and ${LAST_FREE} is free`,
  );
}
