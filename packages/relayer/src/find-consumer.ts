/** Which consumer of a provider is meant: by consumer id, by chain id, or by the consumer chain itself. */
import { type ChainClient, ClientError } from "@tandem-ics/client";
import { ConsumerPhase } from "@tandem-ics/proto";
import { RelayError } from "./errors.ts";
import { allPages } from "./pages.ts";

/** A consumer as its provider lists it. */
export interface ConsumerEntry {
  readonly consumerId: string;
  readonly chainId: string;
  /** Such as CONSUMER_PHASE_LAUNCHED. */
  readonly phase: string;
  readonly launched: boolean;
  /** The provider's client of the consumer; empty before launch. */
  readonly clientId: string;
}

/** All consumers of a provider, in any phase. */
export async function listConsumers(provider: ChainClient): Promise<ConsumerEntry[]> {
  const chains = await allPages(
    (pagination) =>
      provider.query.provider.QueryConsumerChains({
        phase: ConsumerPhase.CONSUMER_PHASE_UNSPECIFIED,
        pagination,
      }),
    (page) => page.chains,
  );
  return chains.map(({ consumerId, chainId, clientId, phase }) => ({
    consumerId,
    chainId,
    clientId,
    phase,
    launched: phase === "CONSUMER_PHASE_LAUNCHED",
  }));
}

/** The consumer id that the consumer chain was born with; `undefined` when its version does not tell. */
async function ownConsumerId(consumer: ChainClient): Promise<string | undefined> {
  try {
    const { params } = await consumer.query.ccvconsumer.QueryParams({});
    return params?.consumerId === "" ? undefined : params?.consumerId;
  } catch (error) {
    if (error instanceof ClientError && error.code === "unreachable") throw error;
    return undefined;
  }
}

/**
 * Finds one consumer. `name`: a consumer id or a chain id; without it the consumer chain tells, by its parameters or
 * by its chain id. Several consumers of a provider may have one chain id: the launched one is meant.
 * @throws RelayError `consumer-not-found`, with what there is.
 */
export async function findConsumer(
  provider: ChainClient,
  { name, consumer }: { readonly name?: string | undefined; readonly consumer?: ChainClient | undefined },
): Promise<ConsumerEntry> {
  const all = await listConsumers(provider);
  const wanted = name ?? (consumer === undefined ? undefined : await ownConsumerId(consumer));
  const byId = all.find((c) => c.consumerId === wanted);
  if (byId !== undefined && (name !== undefined || byId.chainId === consumer?.chainId)) return byId;
  const chainId = name ?? consumer?.chainId;
  const sameChain = all.filter((c) => c.chainId === chainId);
  const launched = sameChain.filter((c) => c.launched);
  const [found, second] = launched.length > 0 ? launched : sameChain;
  if (found !== undefined && second === undefined) return found;
  const known = all.map((c) => `${c.consumerId} (${c.chainId})`).join(", ");
  throw new RelayError(
    "consumer-not-found",
    found === undefined
      ? `${provider.chainId} has no consumer ${chainId ?? ""}; there are: ${known === "" ? "none" : known}`
      : `${provider.chainId} has several consumers ${chainId}: ${known}`,
  );
}
