/**
 * Opening connections and channels (ICS-03, ICS-04). Every step is chosen by the two ends as the chains have them,
 * read together with their proofs: a handshake that somebody began, or that a restart cut off, is taken up where it is.
 */
import type { EncodeObject } from "@cosmjs/proto-signing";
import { type ChainClient, ClientError, type ProvenValue } from "@tandem-ics/client";
import { channelPath, connectionPath } from "@tandem-ics/ibc/24-host";
import {
  Channel,
  Counterparty as ChannelCounterparty,
  State as ChannelState,
  type IdentifiedChannel,
  Order,
} from "cosmjs-types/ibc/core/channel/v1/channel";
import {
  MsgChannelOpenAck,
  MsgChannelOpenConfirm,
  MsgChannelOpenInit,
  MsgChannelOpenTry,
} from "cosmjs-types/ibc/core/channel/v1/tx";
import {
  ConnectionEnd,
  State as ConnectionState,
  type IdentifiedConnection,
} from "cosmjs-types/ibc/core/connection/v1/connection";
import {
  MsgConnectionOpenAck,
  MsgConnectionOpenConfirm,
  MsgConnectionOpenInit,
  MsgConnectionOpenTry,
} from "cosmjs-types/ibc/core/connection/v1/tx";
import { type Endpoint, provableHeight } from "./endpoint.ts";
import { RelayError } from "./errors.ts";
import { clientUpdates } from "./foreign-client.ts";
import { allPages } from "./pages.ts";

/** An endpoint with its client of the other chain. */
export interface ClientEnd extends Endpoint {
  readonly clientId: string;
}

/** An endpoint with its connection to the other chain. */
export interface ConnectionEndpoint extends ClientEnd {
  readonly connectionId: string;
}

/** A channel end. */
export interface ChannelId {
  readonly portId: string;
  readonly channelId: string;
}

const COMMITMENT_PREFIX = { keyPrefix: new TextEncoder().encode("ibc") };
/** Steps of a handshake, and some more for what others do meanwhile. */
const MAX_STEPS = 12;

/** Sends `messages` to `to` after bringing its client of `from` to the height that their proofs need. */
async function sendProven(
  to: ClientEnd,
  from: Endpoint,
  proof: ProvenValue,
  messages: readonly EncodeObject[],
): Promise<bigint> {
  const updates = await clientUpdates(
    to.chain,
    from.chain,
    to.clientId,
    proof.proofHeight.revisionHeight,
    to.sender.address,
  );
  return (await to.sender.send([...updates, ...messages])).height;
}

/** Value of an attribute of the first event of a type. */
function attribute(
  events: readonly { type: string; attributes: readonly { key: string; value: string }[] }[],
  type: string,
  key: string,
): string {
  for (const event of events)
    if (event.type === type) {
      const found = event.attributes.find((a) => a.key === key);
      if (found !== undefined) return found.value;
    }
  throw new RelayError("handshake", `no ${key} in an event ${type}`);
}

/**
 * An end of a handshake with its proof. Queries tell of ends that the last block made, whose state only the next header
 * proves: that one is waited for then.
 */
async function proveEnd(chain: ChainClient, path: string, floor: bigint): Promise<ProvenValue> {
  const height = await provableHeight(chain, floor);
  const proven = await chain.prove(path, height);
  return proven.value.length > 0 ? proven : chain.prove(path, await chain.pace.after(height));
}

/** Opens a connection over two existing clients, or finishes one that is under way, or returns an open one. */
export async function openConnection(
  a: ClientEnd,
  b: ClientEnd,
): Promise<{ a: ConnectionEndpoint; b: ConnectionEndpoint }> {
  let idA = await connectionOver(a, b.clientId);
  let floorA = 0n;
  let floorB = 0n;
  if (idA === undefined) {
    const { events, height } = await a.sender.send([
      {
        typeUrl: "/ibc.core.connection.v1.MsgConnectionOpenInit",
        value: MsgConnectionOpenInit.fromPartial({
          clientId: a.clientId,
          counterparty: { clientId: b.clientId, connectionId: "", prefix: COMMITMENT_PREFIX },
          version: DEFAULT_VERSION,
          delayPeriod: 0n,
          signer: a.sender.address,
        }),
      },
    ]);
    idA = attribute(events, "connection_open_init", "connection_id");
    floorA = height;
  }
  for (let step = 0; step < MAX_STEPS; step++) {
    const provenA = await proveEnd(a.chain, connectionPath(idA), floorA);
    const endA = ConnectionEnd.decode(provenA.value);
    const idB = endA.counterparty.connectionId || (await connectionFor(b, a.clientId, idA));
    if (idB === undefined || idB === "") {
      floorB = await sendProven(b, a, provenA, [connectionTry(b, a, idA, endA, provenA)]);
      continue;
    }
    const provenB = await proveEnd(b.chain, connectionPath(idB), floorB);
    const endB = ConnectionEnd.decode(provenB.value);
    if (endA.state === ConnectionState.STATE_OPEN && endB.state === ConnectionState.STATE_OPEN)
      return { a: { ...a, connectionId: idA }, b: { ...b, connectionId: idB } };
    if (endA.state === ConnectionState.STATE_INIT && endB.state === ConnectionState.STATE_TRYOPEN)
      floorA = await sendProven(a, b, provenB, [connectionAck(a, idA, idB, endB, provenB)]);
    else if (endA.state === ConnectionState.STATE_OPEN && endB.state === ConnectionState.STATE_TRYOPEN)
      floorB = await sendProven(b, a, provenA, [connectionConfirm(b, idB, provenA)]);
    else
      throw new RelayError(
        "handshake",
        `connections ${idA} (${endA.state}) and ${idB} (${endB.state}) cannot be joined`,
      );
  }
  throw new RelayError("handshake", `connection ${idA} did not open in ${MAX_STEPS} steps`, {
    retryable: true,
  });
}

const DEFAULT_VERSION = { identifier: "1", features: ["ORDER_ORDERED", "ORDER_UNORDERED"] };

const connectionTry = (
  to: ClientEnd,
  from: ClientEnd,
  fromId: string,
  end: ConnectionEnd,
  proof: ProvenValue,
): EncodeObject => ({
  typeUrl: "/ibc.core.connection.v1.MsgConnectionOpenTry",
  value: MsgConnectionOpenTry.fromPartial({
    clientId: to.clientId,
    counterparty: { clientId: from.clientId, connectionId: fromId, prefix: COMMITMENT_PREFIX },
    delayPeriod: end.delayPeriod,
    counterpartyVersions: end.versions,
    proofHeight: proof.proofHeight,
    proofInit: proof.proof,
    signer: to.sender.address,
  }),
});

const connectionAck = (
  to: ClientEnd,
  ownId: string,
  otherId: string,
  end: ConnectionEnd,
  proof: ProvenValue,
): EncodeObject => ({
  typeUrl: "/ibc.core.connection.v1.MsgConnectionOpenAck",
  value: MsgConnectionOpenAck.fromPartial({
    connectionId: ownId,
    counterpartyConnectionId: otherId,
    version: end.versions[0]!,
    proofHeight: proof.proofHeight,
    proofTry: proof.proof,
    signer: to.sender.address,
  }),
});

const connectionConfirm = (to: ClientEnd, ownId: string, proof: ProvenValue): EncodeObject => ({
  typeUrl: "/ibc.core.connection.v1.MsgConnectionOpenConfirm",
  value: MsgConnectionOpenConfirm.fromPartial({
    connectionId: ownId,
    proofAck: proof.proof,
    proofHeight: proof.proofHeight,
    signer: to.sender.address,
  }),
});

/** A connection of `end`'s client whose counterparty client is `otherClient`; an open one if there is one. */
async function connectionOver(end: ClientEnd, otherClient: string): Promise<string | undefined> {
  const found = await clientConnections(end);
  const fitting = found.filter(({ connection }) => connection.counterparty.clientId === otherClient);
  const open = fitting.find(({ connection }) => connection.state === ConnectionState.STATE_OPEN);
  const initial = fitting.find(({ connection }) => connection.state === ConnectionState.STATE_INIT);
  return (open ?? initial)?.id;
}

/** The connection on `end` that answers `otherId`. */
async function connectionFor(
  end: ClientEnd,
  otherClient: string,
  otherId: string,
): Promise<string | undefined> {
  const found = await clientConnections(end);
  return found.find(
    ({ connection }) =>
      connection.counterparty.clientId === otherClient && connection.counterparty.connectionId === otherId,
  )?.id;
}

async function clientConnections(
  end: ClientEnd,
): Promise<{ id: string; connection: IdentifiedConnection }[]> {
  const all = await allPages(
    (pagination) => end.chain.query.ibcConnection.Connections({ pagination }),
    (page) => page.connections,
  );
  return all
    .filter((connection) => connection.clientId === end.clientId)
    .map((connection) => ({ id: connection.id, connection }));
}

/** What a new channel is to be. */
export interface ChannelOptions {
  readonly portA: string;
  readonly portB: string;
  readonly ordering: "ordered" | "unordered";
  readonly version: string;
}

/** Begins a channel at `a` and opens it. */
export async function openChannel(
  a: ConnectionEndpoint,
  b: ConnectionEndpoint,
  options: ChannelOptions,
): Promise<{ a: ChannelId; b: ChannelId }> {
  const { events, height } = await a.sender.send([
    {
      typeUrl: "/ibc.core.channel.v1.MsgChannelOpenInit",
      value: MsgChannelOpenInit.fromPartial({
        portId: options.portA,
        channel: {
          state: ChannelState.STATE_INIT,
          ordering: options.ordering === "ordered" ? Order.ORDER_ORDERED : Order.ORDER_UNORDERED,
          counterparty: { portId: options.portB, channelId: "" },
          connectionHops: [a.connectionId],
          version: options.version,
        },
        signer: a.sender.address,
      }),
    },
  ]);
  const channelId = attribute(events, "channel_open_init", "channel_id");
  return finishChannel(a, b, { portId: options.portA, channelId }, height);
}

/** Finishes the handshake of a channel that is in INIT (or further) at `a`. `floor`: a height at which it was there. */
export async function finishChannel(
  a: ConnectionEndpoint,
  b: ConnectionEndpoint,
  own: ChannelId,
  floor = 0n,
): Promise<{ a: ChannelId; b: ChannelId }> {
  let floorA = floor;
  let floorB = 0n;
  for (let step = 0; step < MAX_STEPS; step++) {
    const provenA = await proveEnd(a.chain, channelPath(own.portId, own.channelId), floorA);
    const endA = Channel.decode(provenA.value);
    const portB = endA.counterparty.portId;
    const channelB = endA.counterparty.channelId || (await channelFor(b, own, portB));
    if (channelB === undefined || channelB === "") {
      floorB = await sendProven(b, a, provenA, [channelTry(b, own, endA, provenA)]);
      continue;
    }
    const other = { portId: portB, channelId: channelB };
    const provenB = await proveEnd(b.chain, channelPath(portB, channelB), floorB);
    const endB = Channel.decode(provenB.value);
    if (endA.state === ChannelState.STATE_OPEN && endB.state === ChannelState.STATE_OPEN)
      return { a: own, b: other };
    if (endA.state === ChannelState.STATE_INIT && endB.state === ChannelState.STATE_TRYOPEN)
      floorA = await sendProven(a, b, provenB, [channelAck(a, own, other, endB, provenB)]);
    else if (endA.state === ChannelState.STATE_OPEN && endB.state === ChannelState.STATE_TRYOPEN)
      floorB = await sendProven(b, a, provenA, [channelConfirm(b, other, provenA)]);
    else
      throw new RelayError(
        "handshake",
        `channels ${own.channelId} (${endA.state}) and ${channelB} (${endB.state}) cannot be joined`,
      );
  }
  throw new RelayError("handshake", `channel ${own.channelId} did not open in ${MAX_STEPS} steps`, {
    retryable: true,
  });
}

const channelTry = (
  to: ConnectionEndpoint,
  from: ChannelId,
  end: Channel,
  proof: ProvenValue,
): EncodeObject => ({
  typeUrl: "/ibc.core.channel.v1.MsgChannelOpenTry",
  value: MsgChannelOpenTry.fromPartial({
    portId: end.counterparty.portId,
    channel: {
      state: ChannelState.STATE_TRYOPEN,
      ordering: end.ordering,
      counterparty: ChannelCounterparty.fromPartial(from),
      connectionHops: [to.connectionId],
      version: end.version,
    },
    counterpartyVersion: end.version,
    proofInit: proof.proof,
    proofHeight: proof.proofHeight,
    signer: to.sender.address,
  }),
});

const channelAck = (
  to: ConnectionEndpoint,
  own: ChannelId,
  other: ChannelId,
  end: Channel,
  proof: ProvenValue,
): EncodeObject => ({
  typeUrl: "/ibc.core.channel.v1.MsgChannelOpenAck",
  value: MsgChannelOpenAck.fromPartial({
    ...own,
    counterpartyChannelId: other.channelId,
    // The version that the other application chose: for CCV not the one that was proposed.
    counterpartyVersion: end.version,
    proofTry: proof.proof,
    proofHeight: proof.proofHeight,
    signer: to.sender.address,
  }),
});

const channelConfirm = (to: ConnectionEndpoint, own: ChannelId, proof: ProvenValue): EncodeObject => ({
  typeUrl: "/ibc.core.channel.v1.MsgChannelOpenConfirm",
  value: MsgChannelOpenConfirm.fromPartial({
    ...own,
    proofAck: proof.proof,
    proofHeight: proof.proofHeight,
    signer: to.sender.address,
  }),
});

/** The channel on `end` that answers `other`. */
async function channelFor(
  end: ConnectionEndpoint,
  other: ChannelId,
  portId: string,
): Promise<string | undefined> {
  return (await connectionChannels(end)).find(
    (channel) =>
      channel.portId === portId &&
      channel.counterparty.portId === other.portId &&
      channel.counterparty.channelId === other.channelId,
  )?.channelId;
}

/** All channels over the endpoint's connection. */
export const connectionChannels = (end: ConnectionEndpoint): Promise<IdentifiedChannel[]> =>
  allPages(
    (pagination) =>
      end.chain.query.ibcChannel.ConnectionChannels({ connection: end.connectionId, pagination }),
    (page) => page.channels,
  );

/** What {@link finishChannels} did. */
export interface FinishedChannels {
  readonly finished: number;
  /** One error for each handshake that could not be finished. */
  readonly failures: readonly unknown[];
}

/**
 * Finishes every handshake that is under way over the connection, whichever side began it. Anybody can begin a channel
 * that the other side refuses: such ones are put into `refused` and passed over from then on.
 */
export async function finishChannels(
  a: ConnectionEndpoint,
  b: ConnectionEndpoint,
  refused: Set<string> = new Set(),
): Promise<FinishedChannels> {
  let finished = 0;
  const failures: unknown[] = [];
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    for (const own of await beganAt(from, to)) {
      const key = `${from.chain.chainId}/${own.portId}/${own.channelId}`;
      if (refused.has(key)) continue;
      try {
        await finishChannel(from, to, own);
        finished++;
      } catch (error) {
        if (error instanceof ClientError && error.code === "tx-failed") refused.add(key);
        failures.push(error);
      }
    }
  }
  return { finished, failures };
}

/** Channels that `from` began and that are not open on both sides: INIT there, or still in TRYOPEN at `to`. */
async function beganAt(from: ConnectionEndpoint, to: ConnectionEndpoint): Promise<ChannelId[]> {
  const [own, others] = await Promise.all([connectionChannels(from), connectionChannels(to)]);
  const unconfirmed = new Set(
    others
      .filter(({ state }) => state === ChannelState.STATE_TRYOPEN)
      .map(({ counterparty }) => `${counterparty.portId}/${counterparty.channelId}`),
  );
  return own
    .filter(
      ({ state, portId, channelId }) =>
        state === ChannelState.STATE_INIT ||
        (state === ChannelState.STATE_OPEN && unconfirmed.has(`${portId}/${channelId}`)),
    )
    .map(({ portId, channelId }) => ({ portId, channelId }));
}
