/** Connections: two clients that know each other (ICS-03; ibc-go `03-connection/keeper`). */
import type { Context } from "@tandem-ics/runtime";
import type {
  ConnectionEnd,
  Counterparty,
  Params,
  Version,
} from "cosmjs-types/ibc/core/connection/v1/connection";
import type { ClientKeeper } from "../02-client/keeper.ts";
import type { Height } from "../24-host/index.ts";

/** A proof and the height of the consensus state to check it against. */
export interface HandshakeProof {
  readonly proof: Uint8Array;
  readonly proofHeight: Height;
}

/** Keeper of connections. */
export interface ConnectionKeeper {
  params(ctx: Context): Params;
  setParams(ctx: Context, params: Params): void;
  nextSequence(ctx: Context): bigint;
  setNextSequence(ctx: Context, sequence: bigint): void;
  /** Takes the next `connection-{n}`. */
  generateId(ctx: Context): string;
  connection(ctx: Context, connectionId: string): ConnectionEnd | undefined;
  /** Throws `connection/3`. */
  requireConnection(ctx: Context, connectionId: string): ConnectionEnd;
  setConnection(ctx: Context, connectionId: string, connection: ConnectionEnd): void;
  /** All connections, by key; the localhost connection is one of them. */
  connections(ctx: Context): (readonly [connectionId: string, connection: ConnectionEnd])[];
  /** Ids of the connections over a client; `undefined` when there never was one. */
  clientConnections(ctx: Context, clientId: string): readonly string[] | undefined;
  setClientConnections(ctx: Context, clientId: string, connectionIds: readonly string[]): void;
  /** Stores the open connection of the chain to itself. */
  createLocalhostConnection(ctx: Context): void;

  /** Returns the new connection's id. `version` restricts what the counterparty may pick. */
  openInit(
    ctx: Context,
    opening: {
      readonly clientId: string;
      readonly counterparty: Counterparty;
      readonly version?: Version | undefined;
      readonly delayPeriod: bigint;
    },
  ): string;
  /** Returns the new connection's id. */
  openTry(
    ctx: Context,
    opening: HandshakeProof & {
      readonly clientId: string;
      readonly counterparty: Counterparty;
      readonly counterpartyVersions: readonly Version[];
      readonly delayPeriod: bigint;
    },
  ): string;
  openAck(
    ctx: Context,
    opening: HandshakeProof & {
      readonly connectionId: string;
      readonly counterpartyConnectionId: string;
      readonly version: Version;
    },
  ): void;
  openConfirm(ctx: Context, opening: HandshakeProof & { readonly connectionId: string }): void;
}

/** What connections need of clients. */
export type ConnectionClients = Pick<ClientKeeper, "status" | "clientState" | "verifyMembership">;
