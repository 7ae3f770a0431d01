/** What channels need of connections and clients. */
import { assert, type Context } from "@tandem-ics/runtime";
import type { Channel } from "cosmjs-types/ibc/core/channel/v1/channel";
import type { ConnectionEnd } from "cosmjs-types/ibc/core/connection/v1/connection";
import type { ClientKeeper } from "../02-client/keeper.ts";
import { CONNECTION_STATE, connectionStateName } from "../03-connection/connection.ts";
import { connectionErrors } from "../03-connection/errors.ts";
import type { ConnectionKeeper } from "../03-connection/keeper.ts";
import { channelErrors } from "./errors.ts";
import { getChannel } from "./state.ts";

/** Keepers below channels. */
export interface ChannelDeps {
  readonly clients: Pick<
    ClientKeeper,
    "status" | "latestHeight" | "timestampAt" | "clientState" | "verifyMembership" | "verifyNonMembership"
  >;
  readonly connections: Pick<ConnectionKeeper, "connection" | "requireConnection" | "params">;
}

/** The channel at this end. Throws `channel/3`. */
export function requireChannel(ctx: Context, portId: string, channelId: string): Channel {
  const channel = getChannel(ctx, portId, channelId);
  if (channel === undefined)
    throw channelErrors.channelNotFound(`port ID (${portId}) channel ID (${channelId})`);
  return channel;
}

/** The only hop of a stored channel. */
export function hopOf({ connectionHops }: Channel): string {
  const [hop] = connectionHops;
  assert(hop !== undefined, "a stored channel has no connection hop");
  return hop;
}

/** The connection under a channel, whatever its state. Throws `connection/3`. */
export const connectionOf = ({ connections }: ChannelDeps, ctx: Context, channel: Channel): ConnectionEnd =>
  connections.requireConnection(ctx, hopOf(channel));

/** The connection under a channel. Throws `connection/3`, or `connection/6` unless it is open. */
export function openConnectionOf(deps: ChannelDeps, ctx: Context, channel: Channel): ConnectionEnd {
  const connection = connectionOf(deps, ctx, channel);
  assertOpenConnection(connection);
  return connection;
}

/** Throws `connection/6` unless the connection is open. */
export function assertOpenConnection({ state }: ConnectionEnd): void {
  if (state !== CONNECTION_STATE.open)
    throw connectionErrors.invalidConnectionState(
      `connection state is not OPEN (got ${connectionStateName(state)})`,
    );
}
