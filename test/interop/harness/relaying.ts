/** Our relayer between two chains of a test. */
import type { ChainClient, TxSender } from "@tandem-ics/client";
import { type CcvPath, createRelayer, openCcvPath, type Relayer } from "@tandem-ics/relayer";

/** A chain as tests hold it: of Go or ours. */
export interface TestChain {
  client(): Promise<ChainClient>;
  sender(name: string): Promise<TxSender>;
}

/** The account that relays on every chain. */
export const RELAYER = "relayer";

/** An open path with its relayer, which runs when it is told to. */
export interface RelayedPath {
  readonly path: CcvPath;
  readonly relayer: Relayer;
  /** Failures of passes, oldest first. A relayer goes on after one; a test looks at them at its end. */
  readonly errors: readonly unknown[];
}

/** Opens connection, CCV channel and the transfer channel that the consumer begins; makes a relayer over them. */
export async function relayPath(
  provider: TestChain,
  consumer: TestChain,
  consumerId: string,
): Promise<RelayedPath> {
  const endOf = async (chain: TestChain) => ({
    chain: await chain.client(),
    sender: await chain.sender(RELAYER),
  });
  const path = await openCcvPath(await endOf(provider), await endOf(consumer), consumerId);
  const errors: unknown[] = [];
  const relayer = await createRelayer(path.provider, path.consumer, {
    sweepMs: 1000,
    onError: (error) => errors.push(error),
  });
  return { path, relayer, errors };
}
