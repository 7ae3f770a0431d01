/** One genesis on two kinds of chain: started on each, for one block from the same state, exported and compared. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createConsumerApp, createProviderApp } from "@tandem-ics/ccv";
import {
  type GenesisDoc,
  genesisToSdkJson,
  parseGenesis,
  signStateFromJson,
  timeJson,
} from "@tandem-ics/comet";
import { createNode, type Node } from "@tandem-ics/node";
import { stringifyJson } from "@tandem-ics/proto";
import type { Application } from "@tandem-ics/runtime";
import { createMemoryBackend } from "@tandem-ics/store";
import type { GoChain } from "../harness/go-chain.ts";
import type { Json, JsonObject } from "../harness/go-genesis.ts";

/** Which application. */
export type Kind = "provider" | "consumer";

/** Height of the last message that a node's consensus key signed. */
export const signedHeight = (home: string): bigint =>
  signStateFromJson(readFileSync(join(home, "data/priv_validator_state.json"), "utf8")).height;

/**
 * Text of a genesis that the keys in `home` may begin: a chain that is ended in the middle of a height has signed there
 * already, and then has to begin one later.
 */
export function raised(text: string, home: string): string {
  const doc = JSON.parse(text) as JsonObject;
  const initial = BigInt(doc["initial_height"] as number | string);
  const least = signedHeight(home) + 1n;
  return least <= initial ? text : text.replace(/"initial_height": ?"?\d+"?/, `"initial_height":${least}`);
}

/** Gives a home a genesis, and takes away everything but keys and what they signed. */
export function beginAnew(home: string, genesis: string): void {
  const data = join(home, "data");
  for (const name of readdirSync(data))
    if (name !== "priv_validator_state.json") rmSync(join(data, name), { recursive: true });
  writeFileSync(join(home, "config/genesis.json"), genesis);
}

/** Starts the Go chain anew from `genesis` until it has made a block after its first one; gives its state after that one. */
export async function exportedByGo(chain: GoChain, genesis: string): Promise<JsonObject> {
  const [node] = chain.nodes;
  const first = parseGenesis(genesis).initialHeight;
  beginAnew(node!.home, genesis);
  node!.start([]);
  await node!.waitForHeight(first + 1n);
  await chain.stop();
  const { code, stdout, stderr } = await chain.cli("export", "--height", first.toString());
  if (code !== 0) throw new Error(`export of ${chain.chainId} ended with ${code}: ${stderr.slice(-3000)}`);
  return JSON.parse(stdout) as JsonObject;
}

/** A chain of ours that began from a genesis. */
export interface OurBeginning {
  readonly node: Node;
  readonly app: Application;
  /** State after a height that it has; the document that Go's `export` would print. */
  export(height: bigint): string;
}

/** Starts ours in this process from the text of a genesis, and makes its first block. */
export function beginOurs(kind: Kind, text: string, seeds: readonly Uint8Array[]): OurBeginning {
  const genesis = parseGenesis(text);
  const options = { backend: createMemoryBackend(), checkInvariants: true };
  const app = kind === "provider" ? createProviderApp(options) : createConsumerApp(options);
  const node = createNode({ app, genesis, keys: seeds });
  node.start();
  node.produceBlock();
  return { node, app, export: (height) => genesisToSdkJson(exported(app, genesis, height)) };
}

function exported(app: Application, genesis: GenesisDoc, height: bigint): GenesisDoc {
  const state = app.exportGenesis(height);
  const doc = parseGenesis(
    stringifyJson({
      genesis_time: timeJson(genesis.genesisTime),
      chain_id: genesis.chainId,
      initial_height: String(height + 1n),
      consensus_params: state["consensus_params"] ?? null,
      validators: state["validators"] ?? [],
      app_state: state["app_state"] ?? {},
    }),
  );
  return { ...doc, appName: genesis.appName ?? "", appVersion: genesis.appVersion ?? "" };
}

/** Places at which two JSON values differ, as `path: one ≠ other`, at most `limit` of them. */
export function differences(one: Json, other: Json, path = "", limit = 20): string[] {
  if (limit <= 0) return [];
  const both = [one, other];
  if (both.every((value) => typeof value === "object" && value !== null)) {
    const [a, b] = both as [Record<string, Json>, Record<string, Json>];
    const found: string[] = [];
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
      found.push(...differences(a[key] ?? null, b[key] ?? null, `${path}.${key}`, limit - found.length));
    return found;
  }
  const text = (value: Json): string => JSON.stringify(value).slice(0, 120);
  return Object.is(one, other) ? [] : [`${path}: ${text(one)} ≠ ${text(other)}`];
}
