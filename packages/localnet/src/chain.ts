/** A chain of the network: application, engine, and the door that everything here uses, its RPC. */
import type { ChainClient, Pace } from "@tandem-ics/client";
import type { GenesisDoc } from "@tandem-ics/comet";
import { type Clock, type Node, NoQuorumError } from "@tandem-ics/node";
import type { Application } from "@tandem-ics/runtime";
import type { Backend } from "@tandem-ics/store";
import type { ChainRole } from "./chain-role.ts";
import type { CometSetup } from "./cometbft/setup.ts";
import type { ChainEngine, KeysOf } from "./engine.ts";
import type { Monitor } from "./invariants/monitor.ts";
import { InvariantBroken } from "./invariants/violation.ts";
import type { ChainSettings } from "./topology-fields.ts";

export type { ChainRole } from "./chain-role.ts";

/** Where a chain is reached, as URLs; those that are open. */
export interface Doors {
  readonly rpc?: string;
  readonly grpc?: string;
  readonly rest?: string;
}

/** A running chain. */
export interface Chain {
  readonly name: string;
  /** Changes once, from plain to consumer, on a chain that becomes one. */
  role: ChainRole;
  readonly chainId: string;
  /** On the provider; consumers only. */
  consumerId: string | undefined;
  readonly bech32Prefix: string;
  /** Of stake; fees may have another one. */
  readonly denom: string;
  /** What the topology says of it beside. */
  readonly settings: ChainSettings;
  /** What makes its blocks. */
  readonly engine: ChainEngine;
  /** The node of the engine in this process. Throws LocalnetError `bad-request` on a chain behind CometBFT. */
  readonly node: Node;
  readonly client: ChainClient;
  /** `http://127.0.0.1:…` once it listens. */
  readonly rpcUrl: string | undefined;
  /** All doors that are open. */
  readonly doors: Doors;
  /** Opens the doors that the topology wants, on the ports that it names. Gives the URL of JSON-RPC. */
  listen(): Promise<string>;
  /** Opens the doors that list what the chain answers to anew, on their ports: its software is another one now. */
  reopenDoors(): Promise<void>;
  /** Puts on disk what a chain with {@link StartChainOptions.settleLater} has made so far. */
  settle(): void;
  close(): Promise<void>;
}

/** Options of {@link startChain}. */
export interface StartChainOptions {
  readonly name: string;
  readonly role: ChainRole;
  readonly consumerId?: string;
  readonly bech32Prefix: string;
  readonly denom: string;
  readonly genesis: GenesisDoc;
  /** Seeds of the validators that vote from the start. */
  readonly keys: readonly Uint8Array[];
  /** All keys that a validator may use here, those assigned to it later included. */
  readonly keysOf: KeysOf;
  readonly clock: Clock;
  /** Undefined: blocks are made by `produceBlock` only. */
  readonly blockTimeMs: number | undefined;
  /** Directory for state; memory without one. */
  readonly home: string | undefined;
  /** Nothing has to survive before `settle`: the chain begins with a network that is of no use until it is complete. */
  readonly settleLater: boolean;
  readonly createApp: (backend: Backend) => Application;
  /** How clients of the engine in this process wait. */
  readonly pace: (node: Node) => Pace;
  /** Behind CometBFT; else the engine in this process. */
  readonly cometbft: CometSetup | undefined;
  /** Ports, limits and prices that the topology names. */
  readonly settings: ChainSettings;
  /** Looks at every block; undefined where nobody asked for that. */
  readonly monitor: Monitor | undefined;
}

/** What a chain is called, whichever engine makes its blocks. */
export const identityOf = (
  { name, role, consumerId, bech32Prefix, denom, settings }: StartChainOptions,
  { chainId }: GenesisDoc,
): Pick<Chain, "name" | "role" | "chainId" | "consumerId" | "bech32Prefix" | "denom" | "settings"> => ({
  name,
  role,
  chainId,
  consumerId,
  bech32Prefix,
  denom,
  settings,
});

/** The broken invariant for which a chain stands still; else the error itself. */
export const causeOf = (error: unknown): unknown => {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof InvariantBroken) return at;
  return error;
};

/** Makes a block, or says why there is none: too few validators are up. */
export function tryProduceBlock(chain: Chain): string | undefined {
  try {
    chain.node.produceBlock();
    return undefined;
  } catch (error) {
    if (error instanceof NoQuorumError) return error.message;
    throw causeOf(error);
  }
}
