/** The path between a provider and a consumer (ICS-28): its clients exist, the rest is opened here. */
import type { ChainClient } from "@tandem-ics/client";
import { State } from "cosmjs-types/ibc/core/connection/v1/connection";
import type { Endpoint } from "./endpoint.ts";
import { RelayError } from "./errors.ts";
import { findClients, readClientState } from "./foreign-client.ts";
import {
  type ChannelId,
  type ClientEnd,
  type ConnectionEndpoint,
  connectionChannels,
  finishChannel,
  finishChannels,
  openChannel,
  openConnection,
} from "./handshake.ts";
import { allPages } from "./pages.ts";

const PROVIDER_PORT = "provider";
const CONSUMER_PORT = "consumer";
const CCV_VERSION = "1";

/** An open CCV path. */
export interface CcvPath {
  readonly provider: ConnectionEndpoint;
  readonly consumer: ConnectionEndpoint;
  readonly providerChannel: ChannelId;
  readonly consumerChannel: ChannelId;
}

/**
 * The connection under the CCV channel that the consumer's module began or has: on a chain that ran by itself that is the
 * old one, which need not be over its first client. All others the module refuses.
 */
async function channelConnection({ query }: ChainClient) {
  const channels = await allPages(
    (pagination) => query.ibcChannel.Channels({ pagination }),
    (page) => page.channels,
  );
  const [connectionId] = channels.find(({ portId }) => portId === CONSUMER_PORT)?.connectionHops ?? [];
  if (connectionId === undefined) return undefined;
  const { connection } = await query.ibcConnection.Connection({ connectionId });
  return connection && { connectionId, connection };
}

/**
 * The two clients that launch and consumer genesis made or took. New ones would be refused by both CCV modules.
 * @throws RelayError `client-not-found` while the consumer is not launched.
 */
export async function ccvClients(
  provider: Endpoint,
  consumer: Endpoint,
  consumerId: string,
): Promise<{ providerClient: string; consumerClient: string }> {
  const { clientId } = await provider.chain.query.provider.QueryConsumerChain({ consumerId });
  if (clientId === "")
    throw new RelayError(
      "client-not-found",
      `consumer ${consumerId} has no client on ${provider.chain.chainId}: not launched`,
      {
        retryable: true,
      },
    );
  const { chainId } = await readClientState(provider.chain, clientId);
  if (chainId !== consumer.chain.chainId)
    throw new RelayError(
      "client-not-found",
      `consumer ${consumerId} is ${chainId}, not ${consumer.chain.chainId}`,
    );
  // The genesis client is the first one of the provider: later ones can be made by anybody.
  const consumerClient =
    (await channelConnection(consumer.chain))?.connection.clientId ??
    (await findClients(consumer.chain, provider.chain.chainId))[0];
  if (consumerClient === undefined)
    throw new RelayError(
      "client-not-found",
      `${consumer.chain.chainId} has no client of ${provider.chain.chainId}`,
    );
  return { providerClient: clientId, consumerClient };
}

/** The ends of the connection that a CCV channel has already; `undefined` when there is none, or it is not open. */
async function channelEnds(
  consumer: ClientEnd,
  provider: ClientEnd,
): Promise<{ a: ConnectionEndpoint; b: ConnectionEndpoint } | undefined> {
  const known = await channelConnection(consumer.chain);
  const other = known?.connection.counterparty.connectionId ?? "";
  if (known?.connection.state !== State.STATE_OPEN || other === "") return undefined;
  const { connection } = await provider.chain.query.ibcConnection.Connection({ connectionId: other });
  if (connection?.state !== State.STATE_OPEN || connection.clientId !== provider.clientId) return undefined;
  return {
    a: { ...consumer, connectionId: known.connectionId },
    b: { ...provider, connectionId: other },
  };
}

/** Opens connection, CCV channel and the transfer channel that the consumer begins; takes up what is there already. */
export async function openCcvPath(
  providerEnd: Endpoint,
  consumerEnd: Endpoint,
  consumerId: string,
  progress: (step: string) => void = () => {},
): Promise<CcvPath> {
  const { providerClient, consumerClient } = await ccvClients(providerEnd, consumerEnd, consumerId);
  progress("connection");
  const ends = [
    { ...consumerEnd, clientId: consumerClient },
    { ...providerEnd, clientId: providerClient },
  ] as const;
  const { a: consumer, b: provider } = (await channelEnds(...ends)) ?? (await openConnection(...ends));
  progress("channel");
  const existing = (await connectionChannels(consumer)).find((c) => c.portId === CONSUMER_PORT);
  const channel =
    existing === undefined
      ? await openChannel(consumer, provider, {
          portA: CONSUMER_PORT,
          portB: PROVIDER_PORT,
          ordering: "ordered",
          version: CCV_VERSION,
        })
      : await finishChannel(consumer, provider, { portId: existing.portId, channelId: existing.channelId });
  progress("transfer channel");
  const { failures } = await finishChannels(consumer, provider);
  if (failures.length > 0) throw failures[0];
  return { provider, consumer, providerChannel: channel.b, consumerChannel: channel.a };
}
