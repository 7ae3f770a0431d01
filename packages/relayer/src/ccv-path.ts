/** The path between a provider and a consumer (ICS-28): its clients exist, the rest is opened here. */
import type { Endpoint } from "./endpoint.ts";
import { RelayError } from "./errors.ts";
import { findClients, readClientState } from "./foreign-client.ts";
import {
  type ChannelId,
  type ConnectionEndpoint,
  connectionChannels,
  finishChannel,
  finishChannels,
  openChannel,
  openConnection,
} from "./handshake.ts";

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
 * The two clients that launch and consumer genesis made. New ones would be refused by both CCV modules.
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
  const [consumerClient] = await findClients(consumer.chain, provider.chain.chainId);
  if (consumerClient === undefined)
    throw new RelayError(
      "client-not-found",
      `${consumer.chain.chainId} has no client of ${provider.chain.chainId}`,
    );
  return { providerClient: clientId, consumerClient };
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
  const { a: consumer, b: provider } = await openConnection(
    { ...consumerEnd, clientId: consumerClient },
    { ...providerEnd, clientId: providerClient },
  );
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
