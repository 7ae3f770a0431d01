/** All consumers of a provider with their phases. */
import type { ChainClient } from "@tandem-ics/client";
import { ConsumerPhase } from "@tandem-ics/proto";

/** Pages are asked for until there is no next one. */
const PAGE_LIMIT = 1000n;

/** Every consumer, in any phase. */
export async function listConsumers(
  provider: ChainClient,
): Promise<{ readonly consumerId: string; readonly chainId: string; readonly phase: string }[]> {
  const found: { consumerId: string; chainId: string; phase: string }[] = [];
  let key = new Uint8Array();
  do {
    const { chains, pagination } = await provider.query.provider.QueryConsumerChains({
      phase: ConsumerPhase.CONSUMER_PHASE_UNSPECIFIED,
      pagination: { key, offset: 0n, limit: PAGE_LIMIT, countTotal: false, reverse: false },
    });
    found.push(...chains);
    key = new Uint8Array(pagination?.nextKey ?? []);
  } while (key.length > 0);
  return found;
}
