/** Follows the blocks of a chain through its RPC. */
import type { RpcClient } from "@cosmjs/tendermint-rpc";
import { ClientError, callRpc } from "@tandem-ics/client";

/** What was seen. */
export interface BlockWatch {
  /** Last block that can be read in full: committed by the application, its results and transactions indexed. */
  readonly height: bigint;
  /** Milliseconds since that height was first seen. */
  readonly idleMs: number;
  /** Calls back after each height seen; several blocks may have come. Gives a function that ends it. */
  onBlock(callback: () => void): () => void;
  stop(): void;
}

/** Parts of {@link watchBlocks}. */
export interface BlockWatchOptions {
  readonly rpc: RpcClient;
  readonly intervalMs: number;
  /** Called with each new height before anybody else hears of it. */
  readonly onHeight: (height: bigint) => Promise<void>;
}

/**
 * CometBFT counts a block as the latest before the application has executed it (`/status`), and indexes it after that:
 * whoever asks at once finds neither results nor transactions.
 */
async function readableHeight(rpc: RpcClient, known: bigint): Promise<bigint> {
  const info = (await callRpc(rpc, "abci_info", {})) as { response: { last_block_height?: string } };
  const committed = BigInt(info.response.last_block_height ?? "0");
  if (committed <= known) return known;
  const query = { query: `block.height = ${committed}`, page: "1", per_page: "1", order_by: "asc" };
  const found = (await callRpc(rpc, "block_search", query)) as { total_count: string };
  return found.total_count === "0" ? known : committed;
}

const complain = (error: unknown): void =>
  void process.stderr.write(`following blocks: ${error instanceof Error ? error.message : String(error)}\n`);

/** Starts following. */
export function watchBlocks({ rpc, intervalMs, onHeight }: BlockWatchOptions): BlockWatch {
  const listeners = new Set<() => void>();
  let height = 0n;
  let since = performance.now();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  function seen(latest: bigint): void {
    height = latest;
    since = performance.now();
    for (const listener of [...listeners])
      try {
        listener();
      } catch (error) {
        complain(error); // the others are told all the same
      }
  }

  async function look(): Promise<void> {
    let latest = height;
    try {
      latest = await readableHeight(rpc, height);
      if (latest > height && !stopped) await onHeight(latest);
    } catch (error) {
      latest = height;
      // No node answers just now: how long it has been still says so. Anything else is a fault of ours.
      if (!(error instanceof ClientError)) complain(error);
    }
    if (latest > height && !stopped) seen(latest);
    if (!stopped) again();
  }

  function again(): void {
    timer = setTimeout(() => void look(), intervalMs);
    timer.unref();
  }

  void look();
  return {
    get height() {
      return height;
    },
    get idleMs() {
      return performance.now() - since;
    },
    onBlock(callback) {
      listeners.add(callback);
      return () => listeners.delete(callback);
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      listeners.clear();
    },
  };
}
