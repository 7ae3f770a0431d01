/** The ports of a home's chain beside JSON-RPC, as flags name them: gRPC and REST. */
import type { QueryDoors } from "@tandem-ics/node";
import type { Command } from "commander";
import { usageError } from "../exit-codes.ts";

/** Flags of both commands that run a chain. */
export interface DoorFlags {
  readonly grpc?: string;
  readonly rest?: string;
}

interface Address {
  readonly host: string;
  readonly port: number;
}

/** Where the doors listen; those that are wanted. */
export interface DoorAddresses {
  readonly grpc?: Address;
  readonly rest?: Address;
}

/** URLs of the doors in a report; null for one that is not open. */
export interface DoorUrls {
  readonly grpc: string | null;
  readonly rest: string | null;
}

/** `tcp://host:port`; `http` means the same. Port 0 takes a free one. */
export function listenAddress(text: string, flag: string): Address {
  const match = /^(?:(?:tcp|http):\/\/)?(\[[0-9a-fA-F:]+\]|[^:/[\]]+):(\d{1,5})\/?$/.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port > 65_535)
    throw usageError(`${flag} takes tcp://HOST:PORT, not "${text}"`, `${flag} tcp://127.0.0.1:26657`);
  return { host: match[1]!.replace(/^\[|\]$/g, ""), port };
}

/** Adds `--grpc` and `--rest`. */
export const addDoorFlags = (command: Command): Command =>
  command
    .option("--grpc <address>", "where gRPC listens as well; port 0 takes a free one")
    .option("--rest <address>", "where REST listens as well; port 0 takes a free one");

/** The addresses of the flags. Throws a usage error for what is none. */
export const doorAddresses = ({ grpc, rest }: DoorFlags): DoorAddresses => ({
  ...(grpc === undefined ? {} : { grpc: listenAddress(grpc, "--grpc") }),
  ...(rest === undefined ? {} : { rest: listenAddress(rest, "--rest") }),
});

/** Opens the doors that are wanted. Throws NodeError `listenFailed`. */
export async function openDoors(
  doors: Pick<QueryDoors, "listenGrpc" | "listenRest">,
  { grpc, rest }: DoorAddresses,
): Promise<DoorUrls> {
  return {
    grpc: grpc === undefined ? null : (await doors.listenGrpc(grpc)).url,
    rest: rest === undefined ? null : (await doors.listenRest(rest)).url,
  };
}
