/** A Go chain's history in a file, so that what a random run found can be looked into again without the Go chain. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { RpcClient } from "@cosmjs/tendermint-rpc";
import type { JsonObject } from "../harness/go-genesis.ts";
import { rpcAsk, storeRoot } from "./replay.ts";

interface Kept {
  readonly genesis: JsonObject;
  readonly height: string;
  readonly answers: Readonly<Record<string, unknown>>;
}

const nameOf = (method: string, params: unknown): string => `${method} ${JSON.stringify(params)}`;

/** Writes all blocks of a chain up to `height`, and the roots of its stores after each. */
export async function keepHistory(
  path: string,
  {
    rpc,
    genesis,
    height,
    stores,
  }: { rpc: RpcClient; genesis: JsonObject; height: bigint; stores: readonly string[] },
): Promise<void> {
  const answers: Record<string, unknown> = {};
  const recording: RpcClient = {
    async execute(request) {
      const response = await rpc.execute(request);
      answers[nameOf(request.method, request.params)] = response.result;
      return response;
    },
    disconnect: () => undefined,
  };
  for (let at = 1n; at <= height; at++) {
    for (const method of ["block", "block_results"])
      await recording.execute({ jsonrpc: "2.0", id: 1, method, params: { height: at.toString() } });
    for (const store of stores) await storeRoot(rpcAsk(recording), store, at);
  }
  const kept: Kept = { genesis, height: height.toString(), answers };
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(kept));
}

/** A history that was kept: an RPC that knows its blocks only. */
export function readHistory(path: string): { rpc: RpcClient; genesis: JsonObject; height: bigint } {
  const { genesis, height, answers } = JSON.parse(readFileSync(path, "utf8")) as Kept;
  const rpc: RpcClient = {
    async execute({ id, method, params }) {
      const result = answers[nameOf(method, params)];
      if (result === undefined) throw new Error(`the history does not hold ${nameOf(method, params)}`);
      return { jsonrpc: "2.0", id: id as number, result };
    },
    disconnect: () => undefined,
  };
  return { rpc, genesis, height: BigInt(height) };
}
