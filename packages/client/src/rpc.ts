/** Calls of CometBFT's JSON-RPC over CosmJS's one seam, `RpcClient`: HTTP, WebSocket or in memory. */
import type { RpcClient } from "@cosmjs/tendermint-rpc";
import { ClientError } from "./errors.ts";

let nextId = 1;

/** The `result` of one call. 64-bit parameters are decimal strings, bytes base64 or hex as the method wants them. */
export async function callRpc(
  rpc: RpcClient,
  method: string,
  params: Record<string, string | boolean | null>,
): Promise<unknown> {
  try {
    const response = await rpc.execute({ jsonrpc: "2.0", id: nextId++, method, params });
    return response.result;
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    const answered = /"code":\s*-3\d{4}/.test(text);
    throw new ClientError(answered ? "query-failed" : "unreachable", `${method}: ${text}`, {
      cause,
      retryable: !answered,
    });
  }
}
