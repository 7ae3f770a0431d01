/** Ports that a topology names. */
import { createServer } from "node:net";
import { LocalnetError } from "./errors.ts";
import type { Topology } from "./topology.ts";

/** Throws `port-taken` when a port that the topology names is in use: before anything is started. */
export async function checkPorts({ provider, consumers }: Topology): Promise<void> {
  const named = [
    { name: "provider", port: provider.ports.rpc },
    ...consumers.map((c) => ({ name: c.name, port: c.rpcPort })),
  ];
  const users = new Map<number, string>();
  for (const { name, port } of named) {
    if (port === undefined) continue;
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
