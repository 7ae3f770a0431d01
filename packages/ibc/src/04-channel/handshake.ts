/**
 * The steps that open and close a channel, without the application's part (ICS-04; ibc-go
 * `04-channel/keeper/handshake.go`). `check…` refuses and gives ids, `write…` stores and tells.
 */
import { assert, type Context } from "@tandem-ics/runtime";
import type { Channel, Counterparty } from "cosmjs-types/ibc/core/channel/v1/channel";
import type { ConnectionEnd } from "cosmjs-types/ibc/core/connection/v1/connection";
import { clientErrors } from "../02-client/errors.ts";
import { connectionErrors } from "../03-connection/errors.ts";
import type { HandshakeProof } from "../03-connection/keeper.ts";
import { verifyChannel } from "../03-connection/verify.ts";
import { supportsFeature, versionText } from "../03-connection/version.ts";
import type { ChannelEnd, OpeningChannel } from "../05-port/app.ts";
import { assertOneHop, CHANNEL_STATE, channelStateName, orderingName } from "./channel.ts";
import {
  assertOpenConnection,
  type ChannelDeps,
  connectionOf,
  openConnectionOf,
  requireChannel,
} from "./deps.ts";
import { channelErrors } from "./errors.ts";
import { emitChannel } from "./events.ts";
import { generateChannelId, getChannel, setChannel, startSequences } from "./state.ts";

/** A channel before it has an id. */
export type NewChannel = Omit<OpeningChannel, "channelId">;

/** A connection carries channels of an ordering once its version is settled and has it. */
function assertOrdering({ versions }: ConnectionEnd, ordering: number): void {
  const [version] = versions;
  if (versions.length !== 1 || version === undefined)
    throw connectionErrors.invalidVersion(
      `single version must be negotiated on connection before opening channel, got: [${versions.map(versionText).join(" ")}]`,
    );
  if (!supportsFeature(version, orderingName(ordering)))
    throw connectionErrors.invalidVersion(
      `connection version ${versionText(version)} does not support channel ordering: ${orderingName(ordering)}`,
    );
}

function assertActive({ clients }: ChannelDeps, ctx: Context, { clientId }: ConnectionEnd): void {
  const status = clients.status(ctx, clientId);
  if (status !== "Active") throw clientErrors.clientNotActive(`client (${clientId}) status is ${status}`);
}

/** What the other end must have stored. */
const expectedEnd = (
  connection: ConnectionEnd,
  end: Pick<Channel, "state" | "ordering" | "counterparty" | "version">,
): Channel => ({ ...end, connectionHops: [connection.counterparty.connectionId] });

/** Checks that a channel may start on this connection, which need not be open yet. Returns the new channel's id. */
export function checkOpenInit(deps: ChannelDeps, ctx: Context, opening: NewChannel): string {
  const connection = deps.connections.requireConnection(ctx, assertOneHop(opening.connectionHops));
  assertOrdering(connection, opening.ordering);
  assertActive(deps, ctx, connection);
  return generateChannelId(ctx);
}

/** Stores a started channel. */
export function writeOpenInit(ctx: Context, opening: OpeningChannel, version: string): void {
  const channel = { ...channelFrom(opening, version), state: CHANNEL_STATE.init };
  setChannel(ctx, opening.portId, opening.channelId, channel);
  startSequences(ctx, opening.portId, opening.channelId);
  emitChannel(ctx, "channel_open_init", opening, channel);
}

const channelFrom = (opening: OpeningChannel, version: string): Omit<Channel, "state"> => ({
  ordering: opening.ordering,
  counterparty: opening.counterparty,
  connectionHops: [...opening.connectionHops],
  version,
});

/** Verifies that the other end has started this channel. Returns the new channel's id. */
export function checkOpenTry(
  deps: ChannelDeps,
  ctx: Context,
  opening: NewChannel & HandshakeProof & { readonly counterpartyVersion: string },
): string {
  const hop = assertOneHop(opening.connectionHops);
  const channelId = generateChannelId(ctx);
  const connection = deps.connections.requireConnection(ctx, hop);
  assertOpenConnection(connection);
  assertOrdering(connection, opening.ordering);
  const expected = expectedEnd(connection, {
    state: CHANNEL_STATE.init,
    ordering: opening.ordering,
    counterparty: { portId: opening.portId, channelId: "" },
    version: opening.counterpartyVersion,
  });
  verifyChannel(deps, ctx, { ...opening, connection }, { ...opening.counterparty, expected });
  return channelId;
}

/** Stores an answered channel. */
export function writeOpenTry(ctx: Context, opening: OpeningChannel, version: string): void {
  const channel = { ...channelFrom(opening, version), state: CHANNEL_STATE.tryOpen };
  startSequences(ctx, opening.portId, opening.channelId);
  setChannel(ctx, opening.portId, opening.channelId, channel);
  emitChannel(ctx, "channel_open_try", opening, channel);
}

/** The answer to a channel that this chain has started. */
export interface OpenAck extends ChannelEnd {
  readonly counterpartyChannelId: string;
  readonly counterpartyVersion: string;
}

/** Verifies that the other end has answered. */
export function checkOpenAck(deps: ChannelDeps, ctx: Context, ack: OpenAck & HandshakeProof): void {
  const channel = requireChannel(ctx, ack.portId, ack.channelId);
  if (channel.state !== CHANNEL_STATE.init)
    throw channelErrors.invalidChannelState(
      `channel state should be INIT (got ${channelStateName(channel.state)})`,
    );
  verifyOtherEnd(deps, ctx, ack, {
    channel,
    counterparty: { portId: channel.counterparty.portId, channelId: ack.counterpartyChannelId },
    state: CHANNEL_STATE.tryOpen,
    version: ack.counterpartyVersion,
  });
}

/** Opens the end that started, under the version of the other one. */
export function writeOpenAck(ctx: Context, ack: OpenAck): void {
  const channel = existing(ctx, ack);
  const opened: Channel = {
    ...channel,
    state: CHANNEL_STATE.open,
    version: ack.counterpartyVersion,
    counterparty: { ...channel.counterparty, channelId: ack.counterpartyChannelId },
  };
  setChannel(ctx, ack.portId, ack.channelId, opened);
  emitChannel(ctx, "channel_open_ack", ack, opened);
}

/** Verifies that the other end is open. */
export function checkOpenConfirm(deps: ChannelDeps, ctx: Context, end: ChannelEnd & HandshakeProof): void {
  const channel = requireChannel(ctx, end.portId, end.channelId);
  if (channel.state !== CHANNEL_STATE.tryOpen)
    throw channelErrors.invalidChannelState(
      `channel state is not TRYOPEN (got ${channelStateName(channel.state)})`,
    );
  verifyOtherEnd(deps, ctx, end, {
    channel,
    counterparty: channel.counterparty,
    state: CHANNEL_STATE.open,
    version: channel.version,
  });
}

/** Opens the end that answered. */
export function writeOpenConfirm(ctx: Context, end: ChannelEnd): void {
  const opened: Channel = { ...existing(ctx, end), state: CHANNEL_STATE.open };
  setChannel(ctx, end.portId, end.channelId, opened);
  emitChannel(ctx, "channel_open_confirm", end, opened);
}

/** Closes this end. */
export function closeInit(deps: ChannelDeps, ctx: Context, { portId, channelId }: ChannelEnd): void {
  const channel = requireNotClosed(ctx, portId, channelId);
  const connection = connectionOf(deps, ctx, channel);
  assertActive(deps, ctx, connection);
  assertOpenConnection(connection);
  const closed: Channel = { ...channel, state: CHANNEL_STATE.closed };
  setChannel(ctx, portId, channelId, closed);
  emitChannel(ctx, "channel_close_init", { portId, channelId }, closed);
}

/** Closes this end because the other one is closed. */
export function closeConfirm(deps: ChannelDeps, ctx: Context, end: ChannelEnd & HandshakeProof): void {
  const channel = requireNotClosed(ctx, end.portId, end.channelId);
  verifyOtherEnd(deps, ctx, end, {
    channel,
    counterparty: channel.counterparty,
    state: CHANNEL_STATE.closed,
    version: channel.version,
  });
  const closed: Channel = { ...channel, state: CHANNEL_STATE.closed };
  setChannel(ctx, end.portId, end.channelId, closed);
  emitChannel(ctx, "channel_close_confirm", end, closed);
}

function requireNotClosed(ctx: Context, portId: string, channelId: string): Channel {
  const channel = requireChannel(ctx, portId, channelId);
  if (channel.state === CHANNEL_STATE.closed)
    throw channelErrors.invalidChannelState("channel is already CLOSED");
  return channel;
}

function existing(ctx: Context, { portId, channelId }: ChannelEnd): Channel {
  const channel = getChannel(ctx, portId, channelId);
  assert(channel !== undefined, `channel ${portId}/${channelId} is gone within its handshake step`);
  return channel;
}

function verifyOtherEnd(
  deps: ChannelDeps,
  ctx: Context,
  end: ChannelEnd & HandshakeProof,
  other: {
    readonly channel: Channel;
    readonly counterparty: Counterparty;
    readonly state: number;
    readonly version: string;
  },
): void {
  const connection = openConnectionOf(deps, ctx, other.channel);
  const expected = expectedEnd(connection, {
    state: other.state,
    ordering: other.channel.ordering,
    counterparty: { portId: end.portId, channelId: end.channelId },
    version: other.version,
  });
  const proof = { proof: end.proof, proofHeight: end.proofHeight, connection };
  verifyChannel(deps, ctx, proof, { ...other.counterparty, expected });
}
