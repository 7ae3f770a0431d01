/** One side of a path: a chain and the account that pays there. */
import type { ChainClient, TxSender } from "@tandem-ics/client";

/** A chain and a sender on it. */
export interface Endpoint {
  readonly chain: ChainClient;
  readonly sender: TxSender;
}

/**
 * The least height at which a header exists that proves what block `height` wrote: `height + 1`, or the latest height
 * when that is above. Waits for it.
 */
export async function provableHeight(chain: ChainClient, height: bigint): Promise<bigint> {
  const { height: latest } = await chain.status();
  return latest > height ? latest : chain.pace.after(height);
}
