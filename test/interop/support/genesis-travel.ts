/** One genesis on two kinds of chain: started on each, for one block from the same state, exported and compared. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createConsumerApp, createProviderApp } from "@tandem-ics/ccv";
import { genesisToSdkJson, parseGenesis, signStateFromJson } from "@tandem-ics/comet";
import { createNode, type Node } from "@tandem-ics/node";
import { exportedGenesis } from "@tandem-ics/node/home";
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
 * The genesis, its chain beginning after everything that the key in `home` signed: a node that is ended in the middle of a
 * height has signed there already. It begins right after an epoch of `epoch` blocks, so that none ends soon.
 */
export function raised(text: string, home: string, epoch = 1n): string {
  const { initialHeight } = parseGenesis(text);
  const signed = signedHeight(home);
  const least = signed < initialHeight ? initialHeight : signed + 1n;
  const height = ((least + epoch - 1n) / epoch) * epoch + (epoch === 1n ? 0n : 1n);
  return text.replace(/"initial_height": ?"?\d+"?/, `"initial_height":${height}`);
}

/**
 * The genesis without `consensus.validators` that have no key, which `interchain-security-cd export` writes and does not
 * read; ours passes over them.
 */
export function readableByGo(text: string): string {
  const doc = JSON.parse(text) as { consensus: { validators?: { pub_key: unknown }[] } };
  if (doc.consensus.validators?.some(({ pub_key }) => pub_key === null)) delete doc.consensus.validators;
  return JSON.stringify(doc);
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
  beginAnew(node!.home, readableByGo(genesis));
  node!.start([]);
  await node!.waitForHeight(first + 1n);
  await chain.stop();
  // Standard output has the log in it when an older height is loaded.
  const path = join(node!.home, "exported.json");
  const { code, stderr } = await chain.cli("export", "--height", first.toString(), "--output-document", path);
  if (code !== 0) throw new Error(`export of ${chain.chainId} ended with ${code}: ${stderr.slice(-3000)}`);
  return JSON.parse(readFileSync(path, "utf8")) as JsonObject;
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
  return { node, app, export: (height) => genesisToSdkJson(exportedGenesis(app, genesis, height)) };
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
