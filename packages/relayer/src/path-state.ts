/**
 * How far a path between two chains has come: its connection and channels as both chains have them. Reads only, and
 * says what is still to be done (ICS-03, ICS-04).
 */
import type { ChainClient } from "@tandem-ics/client";
import { State as ChannelState, Order } from "cosmjs-types/ibc/core/channel/v1/channel";
import { State as ConnectionState } from "cosmjs-types/ibc/core/connection/v1/connection";
import { type ClientEnd, type ConnectionEndpoint, connectionChannels } from "./handshake.ts";
import { allPages } from "./pages.ts";

/** A state of a connection or channel end in one word; `none` where the chain has no such end. */
export type EndState = "none" | "init" | "tryopen" | "open" | "closed";

/** One end as its chain has it. */
export interface PathEndState {
  readonly id: string;
  readonly state: EndState;
}

/** A connection over two given clients. */
export interface ConnectionReport {
  readonly a: PathEndState;
  readonly b: PathEndState;
  readonly open: boolean;
}

/** A channel over the connection. */
export interface ChannelReport {
  readonly a: PathEndState & { readonly port: string };
  readonly b: PathEndState & { readonly port: string };
  readonly ordering: "ordered" | "unordered";
  readonly version: string;
  readonly open: boolean;
}

const CONNECTION_STATES: Readonly<Record<number, EndState>> = {
  [ConnectionState.STATE_INIT]: "init",
  [ConnectionState.STATE_TRYOPEN]: "tryopen",
  [ConnectionState.STATE_OPEN]: "open",
};
const CHANNEL_STATES: Readonly<Record<number, EndState>> = {
  [ChannelState.STATE_INIT]: "init",
  [ChannelState.STATE_TRYOPEN]: "tryopen",
  [ChannelState.STATE_OPEN]: "open",
  [ChannelState.STATE_CLOSED]: "closed",
};
/** Further along comes first, when several connections lie over the same clients. */
const PROGRESS: readonly EndState[] = ["open", "tryopen", "init", "closed", "none"];

const clientConnections = async (chain: ChainClient, clientId: string, otherClient: string) =>
  (
    await allPages(
      (pagination) => chain.query.ibcConnection.Connections({ pagination }),
      (page) => page.connections,
    )
  ).filter((c) => c.clientId === clientId && c.counterparty.clientId === otherClient);

/**
 * The connection over the clients of `a` and `b` that is furthest along; `undefined` when neither chain has one. Ends
 * belong together when one names the other, or when both name each other.
 */
export async function connectionState(a: ClientEnd, b: ClientEnd): Promise<ConnectionReport | undefined> {
  const [onA, onB] = await Promise.all([
    clientConnections(a.chain, a.clientId, b.clientId),
    clientConnections(b.chain, b.clientId, a.clientId),
  ]);
  const reports: ConnectionReport[] = [];
  for (const own of onA) {
    const other = onB.find(
      (c) => c.counterparty.connectionId === own.id || own.counterparty.connectionId === c.id,
    );
    const stateA = CONNECTION_STATES[own.state] ?? "none";
    const stateB = other === undefined ? "none" : (CONNECTION_STATES[other.state] ?? "none");
    reports.push({
      a: { id: own.id, state: stateA },
      b: { id: other?.id ?? "", state: stateB },
      open: stateA === "open" && stateB === "open",
    });
  }
  for (const other of onB)
    if (!reports.some((r) => r.b.id === other.id))
      reports.push({
        a: { id: "", state: "none" },
        b: { id: other.id, state: CONNECTION_STATES[other.state] ?? "none" },
        open: false,
      });
  const rank = (r: ConnectionReport): number => PROGRESS.indexOf(r.a.state) + PROGRESS.indexOf(r.b.state);
  return reports.sort((x, y) => rank(x) - rank(y))[0];
}

/**
 * Of the clients of `b` on `a` and of `a` on `b`, the two over which a connection lies: an open one before one that is
 * under way, the oldest first. Undefined when no connection joins any two of them.
 */
export async function pairedClients(
  a: ChainClient,
  clientsA: readonly string[],
  clientsB: readonly string[],
): Promise<{ a: string; b: string } | undefined> {
  const all = await allPages(
    (pagination) => a.query.ibcConnection.Connections({ pagination }),
    (page) => page.connections,
  );
  const joined = all.filter(
    (c) => clientsA.includes(c.clientId) && clientsB.includes(c.counterparty.clientId),
  );
  const age = (c: (typeof all)[number]): number => Number(c.id.slice(c.id.lastIndexOf("-") + 1));
  const rank = (c: (typeof all)[number]): number => (c.state === ConnectionState.STATE_OPEN ? 0 : 1);
  const [first] = joined.sort((x, y) => rank(x) - rank(y) || age(x) - age(y));
  return first === undefined ? undefined : { a: first.clientId, b: first.counterparty.clientId };
}

/** The ends of the open connection over the clients of `a` and `b`; `undefined` when there is none. */
export async function findConnection(
  a: ClientEnd,
  b: ClientEnd,
): Promise<{ a: ConnectionEndpoint; b: ConnectionEndpoint } | undefined> {
  const found = await connectionState(a, b);
  if (found?.open !== true) return undefined;
  return { a: { ...a, connectionId: found.a.id }, b: { ...b, connectionId: found.b.id } };
}

/** Every channel over a connection, as both chains have it; in the order in which `a` made its ends. */
export async function channelStates(a: ConnectionEndpoint, b: ConnectionEndpoint): Promise<ChannelReport[]> {
  const [onA, onB] = await Promise.all([connectionChannels(a), connectionChannels(b)]);
  const reports = onA.map((own): ChannelReport => {
    const other = onB.find(
      (c) =>
        c.portId === own.counterparty.portId &&
        (c.channelId === own.counterparty.channelId ||
          (c.counterparty.portId === own.portId && c.counterparty.channelId === own.channelId)),
    );
    const stateA = CHANNEL_STATES[own.state] ?? "none";
    const stateB = other === undefined ? "none" : (CHANNEL_STATES[other.state] ?? "none");
    return {
      a: { port: own.portId, id: own.channelId, state: stateA },
      b: { port: own.counterparty.portId, id: other?.channelId ?? "", state: stateB },
      ordering: own.ordering === Order.ORDER_ORDERED ? "ordered" : "unordered",
      version: own.version,
      open: stateA === "open" && stateB === "open",
    };
  });
  const known = new Set(reports.map((r) => `${r.b.port}/${r.b.id}`));
  for (const other of onB)
    if (!known.has(`${other.portId}/${other.channelId}`))
      reports.push({
        a: { port: other.counterparty.portId, id: "", state: "none" },
        b: {
          port: other.portId,
          id: other.channelId,
          state: CHANNEL_STATES[other.state] ?? "none",
        },
        ordering: other.ordering === Order.ORDER_ORDERED ? "ordered" : "unordered",
        version: other.version,
        open: false,
      });
  return reports;
}
