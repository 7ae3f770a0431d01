/** Which channels may become the CCV channel of a consumer (ICS-28; interchain-security `keeper.go`). */
import { channelErrors, clientErrors, connectionErrors } from "@tandem-ics/ibc";
import type { Context } from "@tandem-ics/runtime";
import { CONSUMER_MODULE, PROVIDER_PORT } from "../types/constants.ts";
import { ccvErrors } from "../types/errors.ts";
import { providerErrors } from "./errors.ts";
import type { ProviderDeps } from "./expected-keepers.ts";
import * as state from "./state.ts";

type Deps = Pick<ProviderDeps, "client" | "connection" | "channel">;

/** The consumer behind a connection. */
export function createHandshake({ client, connection, channel }: Deps) {
  function onlyHop(hops: readonly string[], to = "consumer"): string {
    const [hop] = hops;
    if (hop === undefined || hops.length !== 1)
      throw channelErrors.tooManyConnectionHops(`must have direct connection to ${to} chain`);
    return hop;
  }

  /** Tendermint client under a connection. Throws `connection/3`, `client/4`, `client/10`. */
  function underlyingClient(ctx: Context, connectionId: string): { clientId: string; chainId: string } {
    const end = connection.connection(ctx, connectionId);
    if (end === undefined)
      throw connectionErrors.connectionNotFound(`connection not found for connection ID: ${connectionId}`);
    const { clientId } = end;
    const clientState = client.tendermintClientState(ctx, clientId);
    // read again only where there is none of that type: each time costs gas
    if (clientState === undefined && client.clientState(ctx, clientId) === undefined)
      throw clientErrors.clientNotFound(`client not found for client ID: ${clientId}`);
    if (clientState === undefined)
      throw clientErrors.invalidClientType(
        `invalid client type. expected 07-tendermint, got that of ${clientId}`,
      );
    return { clientId, chainId: clientState.chainId };
  }

  function assertNoChannel(ctx: Context, consumerId: string, owner: string): void {
    const previous = state.channelOfConsumer.get(ctx, consumerId);
    if (previous !== undefined)
      throw ccvErrors.duplicateChannel(
        `CCV channel with ID: ${previous} already created for consumer chain ${owner}`,
      );
  }

  return {
    onlyHop,
    underlyingClient,

    /** Throws unless the hop leads to the client of a consumer that has no channel yet. */
    assertConsumerChannel(ctx: Context, hops: readonly string[]): void {
      // Go names the wrong end here.
      const { clientId } = underlyingClient(ctx, onlyHop(hops, "provider"));
      const consumerId = state.consumerOfClient.get(ctx, clientId);
      if (consumerId === undefined)
        throw ccvErrors.consumerChainNotFound(
          `cannot find consumer id associated with client id: ${clientId}`,
        );
      const expected = state.clientOfConsumer.get(ctx, consumerId);
      if (expected === undefined)
        throw ccvErrors.clientNotFound(`cannot find client for consumer chain ${consumerId}`);
      if (expected !== clientId)
        throw providerErrors.invalidConsumerClient(
          `CCV channel must be built on top of CCV client. expected ${expected}, got ${clientId}`,
        );
      assertNoChannel(ctx, consumerId, consumerId);
    },

    /** Makes the channel the CCV channel of its consumer. The first to come here wins. */
    establish(ctx: Context, channelId: string): void {
      const end = channel.channel(ctx, PROVIDER_PORT, channelId);
      if (end === undefined)
        throw channelErrors.channelNotFound(`channel not found for channel ID: ${channelId}`);
      const connectionId = onlyHop(end.connectionHops);
      const { clientId, chainId } = underlyingClient(ctx, connectionId);
      const consumerId = state.consumerOfClient.get(ctx, clientId);
      if (consumerId === undefined)
        throw providerErrors.noConsumerId(
          `cannot find a consumer chain associated for this client: ${clientId}`,
        );
      assertNoChannel(ctx, consumerId, `with id ${consumerId}`);
      state.channelOfConsumer.set(ctx, consumerId, channelId);
      state.consumerOfChannel.set(ctx, channelId, consumerId);
      state.initChainHeight.set(ctx, consumerId, ctx.height);
      ctx.emit("channel_established", {
        module: CONSUMER_MODULE,
        consumer_id: consumerId,
        consumer_chain_id: chainId,
        client_id: clientId,
        channel_id: channelId,
        connection_id: connectionId,
      });
    },
  };
}

/** See {@link createHandshake}. */
export type Handshake = ReturnType<typeof createHandshake>;
