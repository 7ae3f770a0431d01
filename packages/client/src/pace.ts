/** How a program waits for a chain to move on. */
import type { RpcClient } from "@cosmjs/tendermint-rpc";
import { ClientError } from "./errors.ts";
import { callRpc } from "./rpc.ts";

/** Waits for blocks. A localnet with a manual clock answers by making one. */
export interface Pace {
  /** Resolves with the latest height once it is above `height`. */
  after(height: bigint): Promise<bigint>;
}

/** Latest height of a chain by `/status`. */
export async function latestHeight(rpc: RpcClient): Promise<bigint> {
  const status = (await callRpc(rpc, "status", {})) as { sync_info: { latest_block_height: string } };
  return BigInt(status.sync_info.latest_block_height);
}

/** Polls `/status`. `intervalMs` between questions, at most `timeoutMs` for one block. */
export function createPollingPace(
  rpc: RpcClient,
  { intervalMs = 100, timeoutMs = 60_000 }: { intervalMs?: number; timeoutMs?: number } = {},
): Pace {
  return {
    async after(height) {
      const deadline = performance.now() + timeoutMs;
      for (;;) {
        const latest = await latestHeight(rpc);
        if (latest > height) return latest;
        if (performance.now() > deadline)
          throw new ClientError("tx-timeout", `no block after height ${height} within ${timeoutMs} ms`, {
            retryable: true,
          });
        await new Promise((resolve) => setTimeout(resolve, intervalMs));
      }
    },
  };
}
