/** gRPC and REST of one node behind CometBFT, open while it answers. */
import { createCometDoors, type QueryDoors } from "@tandem-ics/node";
import type { Application } from "@tandem-ics/runtime";
import type { Doors } from "../chain.ts";
import { freePort } from "../ports.ts";
import type { Ports } from "../topology-fields.ts";

/** Ports of a node beside JSON-RPC, the same after each start; none of a door that is to stay shut. */
export interface DoorPorts {
  readonly grpc: number | undefined;
  readonly rest: number | undefined;
}

/** What the doors of a node are made of. */
export interface NodeDoorsOptions {
  readonly chainId: string;
  readonly bech32Prefix: string;
  readonly rpcUrl: string;
  readonly ports: DoorPorts;
}

/** A node's doors. */
export interface NodeDoors {
  /** URLs of those that are not to stay shut, whether they are open now or not. */
  readonly urls: Pick<Doors, "grpc" | "rest">;
  /** Opens them over the application of this start. Throws NodeError `listenFailed`. */
  open(app: Application): Promise<void>;
  /** Before the application is closed. */
  close(): Promise<void>;
}

/** Ports of node `i` of a chain: the topology names those of the first. Throws LocalnetError `port-taken`. */
export async function chooseDoorPorts({ grpc, rest }: Ports, i: number): Promise<DoorPorts> {
  const choose = async (named: number | false | undefined): Promise<number | undefined> => {
    if (named === false) return undefined;
    return i === 0 && named !== undefined ? named : freePort();
  };
  return { grpc: await choose(grpc), rest: await choose(rest) };
}

/** The doors, none of them open. */
export function createNodeDoors({ chainId, bech32Prefix, rpcUrl, ports }: NodeDoorsOptions): NodeDoors {
  const { grpc, rest } = ports;
  let doors: QueryDoors | undefined;
  async function close(): Promise<void> {
    const opened = doors;
    doors = undefined;
    await opened?.close();
  }
  return {
    urls: {
      ...(grpc === undefined ? {} : { grpc: `http://127.0.0.1:${grpc}` }),
      ...(rest === undefined ? {} : { rest: `http://127.0.0.1:${rest}` }),
    },
    async open(app) {
      await close();
      doors = createCometDoors({ app, chainId, rpcUrl, bech32Prefix });
      if (grpc !== undefined) await doors.listenGrpc({ port: grpc });
      // Pages of any origin may read a localnet.
      if (rest !== undefined) await doors.listenRest({ port: rest, cors: true });
    },
    close,
  };
}
