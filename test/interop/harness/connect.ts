/** Our client library on any chain, by the URL of its JSON-RPC. */
import { HttpClient } from "@cosmjs/tendermint-rpc";
import {
  type ChainClient,
  connectChain,
  createPollingPace,
  createTxSender,
  type TxSender,
} from "@tandem-ics/client";
import { accountOf, walletOf } from "./accounts.ts";

/** Test chains make several blocks a second. */
const POLL_MS = 40;
/** Longest time for one block: machines that build and test at once are slow. */
const BLOCK_PATIENCE_MS = 60_000;

/** Connects to a chain. */
export async function connectUrl(url: string): Promise<ChainClient> {
  const rpc = new HttpClient(url);
  const pace = createPollingPace(rpc, { intervalMs: POLL_MS, timeoutMs: BLOCK_PATIENCE_MS });
  return connectChain(rpc, { pace });
}

/** Sends transactions of the account that belongs to `name` ({@link accountOf}). */
export async function senderOn(chain: ChainClient, name: string, prefix?: string): Promise<TxSender> {
  const { address, mnemonic } = await accountOf(name, prefix);
  return createTxSender({
    chainId: chain.chainId,
    rpc: chain.rpc,
    comet: chain.comet,
    signer: await walletOf(mnemonic, prefix),
    address,
    pace: chain.pace,
  });
}

/** Waits, block by block, until `found` tells something; at most `blocks` of them. */
export async function eventually<T>(
  chain: ChainClient,
  what: string,
  found: () => Promise<T | undefined | false>,
  blocks = 300n,
): Promise<T> {
  const { height: first } = await chain.status();
  for (let height = first; ; height = await chain.pace.after(height)) {
    const value = await found();
    if (value !== undefined && value !== false) return value;
    if (height > first + blocks)
      throw new Error(`${chain.chainId}: not in ${blocks} blocks from ${first}: ${what}`);
  }
}
