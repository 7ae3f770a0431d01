/** A running chain whose blocks are written down, so that a chain made of its export can go on with the same ones. */
import { CONSUMER_APPLICATIONS, createProviderApp } from "@tandem-ics/ccv";
import { type JsonValue as CometJson, consensusParamsFromRpcJson, readJson } from "@tandem-ics/comet";
import { toBase64, toHex } from "@tandem-ics/crypto";
import type { Chain } from "@tandem-ics/localnet";
import { nsToTimestamp, parseJson, stringifyJson } from "@tandem-ics/proto";
import type { Application, JsonObject } from "@tandem-ics/runtime";
import { createMemoryBackend } from "@tandem-ics/store";
import { Pairs } from "cosmjs-types/cosmos/store/internal/kv/v1beta1/kv";
import type { Timestamp } from "cosmjs-types/google/protobuf/timestamp";
import {
  type RequestFinalizeBlock,
  RequestInitChain,
  type ResponseFinalizeBlock,
} from "cosmjs-types/tendermint/abci/types";

/** A block and what the application said to it. */
interface RecordedBlock {
  readonly request: RequestFinalizeBlock;
  readonly response: ResponseFinalizeBlock;
}

/** What was exported after a block. */
export interface Moment {
  /** What the chain was in, for the reader of a failure. */
  readonly label: string;
  readonly height: bigint;
  /** Genesis document's parts, as text: what a file would hold. */
  readonly exported: string;
}

/** A chain and everything that happened on it since. */
export interface RecordedChain {
  readonly chain: Chain;
  readonly moments: readonly Moment[];
  /** Exports now. */
  take(label: string): void;
  /**
   * Makes a chain of each export, goes on with at most `blocks` of the blocks that the old one made since, and tells
   * what differs: answers to blocks, rows of stores, the next export. Empty when nothing does. `edit` changes what the new
   * chains are made of.
   */
  differences(blocks?: number, edit?: (appState: JsonObject) => JsonObject): string[];
}

/** Rows that no genesis has: headers of past blocks. */
const HISTORICAL = { staking: 0x50, ccvconsumer: 0x0b } as const;

type StoreName = string;
type Edit = (appState: JsonObject) => JsonObject;

const STORES: Readonly<Record<string, readonly StoreName[]>> = {
  provider: [
    ...["acc", "bank", "staking", "crisis", "mint", "distribution", "slashing", "gov", "params", "ibc"],
    ...["upgrade", "evidence", "transfer", "provider", "consensus"],
  ],
  consumer: [
    ...["acc", "bank", "crisis", "slashing", "params", "ibc", "upgrade", "evidence", "transfer"],
    ...["ccvconsumer", "consensus", "authz", "feegrant"],
  ],
  democracy: [
    ...["acc", "bank", "staking", "crisis", "mint", "distribution", "slashing", "gov", "params", "ibc"],
    ...["upgrade", "evidence", "transfer", "ccvconsumer", "consensus", "authz", "feegrant"],
  ],
};

/** All rows of a store after a block, by key in hex. */
function rowsOf(app: Application, store: StoreName, height: bigint): Map<string, string> {
  const rows = new Map<string, string>();
  for (let first = 0; first < 256; first++) {
    const { value } = app.query({
      path: `/store/${store}/subspace`,
      data: Uint8Array.of(first),
      height,
      prove: false,
    });
    for (const row of Pairs.decode(value).pairs) {
      if (HISTORICAL[store as keyof typeof HISTORICAL] === first) continue;
      rows.set(toHex(row.key), toHex(row.value));
    }
  }
  return rows;
}

function rowDifferences(
  of: string,
  was: Map<string, string>,
  is: Map<string, string>,
  [old, own]: readonly [Hashes, Hashes],
): string[] {
  const lines: string[] = [];
  for (const [key, value] of was)
    if (is.get(key) !== value && own.named(is.get(key) ?? "gone") !== old.named(value))
      lines.push(`${of} ${key}: was ${value}, is ${is.get(key) ?? "gone"}`);
  for (const [key, value] of is) if (!was.has(key)) lines.push(`${of} ${key}: was absent, is ${value}`);
  return lines;
}

const sorted = (response: ResponseFinalizeBlock): string =>
  JSON.stringify(
    {
      ...response,
      appHash: "",
      validatorUpdates: response.validatorUpdates.map((update) => stringOf(update)).sort(),
    },
    bigintText,
  );
/** App hashes by what they are of: trees of another history have others, and headers in the state tell of them. */
class Hashes {
  readonly #names = new Map<string, string>();
  note(height: bigint, hash: Uint8Array): void {
    for (const text of [toHex(hash), toBase64(hash), toHex(hash).toUpperCase()])
      this.#names.set(text, `<app hash ${height}>`);
  }
  named(text: string): string {
    let out = text;
    for (const [hash, name] of this.#names) out = out.replaceAll(hash, name);
    return out;
  }
}
const bigintText = (_: string, value: unknown): unknown =>
  typeof value === "bigint" ? value.toString() : value instanceof Uint8Array ? toBase64(value) : value;
const stringOf = (value: unknown): string => JSON.stringify(value, bigintText);

/** The first place in which two texts differ, with what stands around it. */
function excerpt(was: string, is: string): string {
  let at = 0;
  while (at < was.length && was[at] === is[at]) at++;
  const from = Math.max(0, at - 120);
  return `\n  was …${was.slice(from, at + 160)}\n  is  …${is.slice(from, at + 160)}`;
}

/** What an application says to a block, or why it halts. */
function executed(app: Application, request: RequestFinalizeBlock): ResponseFinalizeBlock | string {
  try {
    return app.finalizeBlock(request);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Begins to write down. */
export function recordChain(chain: Chain, kind: "provider" | "consumer" | "democracy"): RecordedChain {
  const { app } = chain.node as { app: { -readonly [K in keyof Application]: Application[K] } };
  const create = kind === "provider" ? createProviderApp : CONSUMER_APPLICATIONS[kind].create;
  const blocks = new Map<bigint, RecordedBlock>();
  const moments: Moment[] = [];
  const times = new Map<bigint, Timestamp>();
  const finalizeBlock = app.finalizeBlock.bind(app);
  app.finalizeBlock = (request) => {
    const response = finalizeBlock(request);
    blocks.set(request.height, { request, response });
    return response;
  };

  function reopened({ exported }: Moment, timeNs: Timestamp, edit: Edit): Application {
    const { app_state, consensus_params, height } = parseJson(exported) as JsonObject;
    const fresh = create({
      backend: createMemoryBackend(),
      bech32Prefix: chain.bech32Prefix,
      checkInvariants: true,
    });
    fresh.initChain(
      RequestInitChain.fromPartial({
        chainId: chain.chainId,
        time: timeNs,
        initialHeight: BigInt(height as string) + 1n,
        consensusParams: consensusParamsFromRpcJson(readJson(consensus_params as CometJson)),
        appStateBytes: Buffer.from(stringifyJson(edit(app_state as JsonObject))),
      }),
    );
    return fresh;
  }

  function differencesOf(moment: Moment, most: number, edit: Edit): string[] {
    const begin = times.get(moment.height)!;
    const fresh = reopened(moment, begin, edit);
    const lines: string[] = [];
    const hashes = [new Hashes(), new Hashes()] as const;
    let at = moment.height;
    for (let made = 0; made < most && lines.length === 0; made++) {
      const block = blocks.get(at + 1n);
      if (block === undefined) break;
      at += 1n;
      const response = executed(fresh, block.request);
      if (typeof response === "string") {
        lines.push(`block ${at}: halts the new chain: ${response}`);
        break;
      }
      fresh.commit();
      hashes[0].note(at, block.response.appHash);
      hashes[1].note(at, response.appHash);
      const [was, is] = [sorted(block.response), sorted(response)];
      if (was !== is) lines.push(`block ${at}: answered otherwise${excerpt(was, is)}`);
      if (made > 0 && made < most - 1 && blocks.has(at + 1n) && lines.length === 0) continue;
      for (const store of STORES[kind]!)
        lines.push(...rowDifferences(store, rowsOf(app, store, at), rowsOf(fresh, store, at), hashes));
      const [before, after] = [app.exportGenesis(at), fresh.exportGenesis(at)].map(
        (genesis) => parseJson(stringifyJson(genesis)) as { app_state: JsonObject; validators: unknown },
      );
      for (const name of Object.keys(before!.app_state)) {
        const [a, b] = [before!, after!].map((genesis, i) =>
          hashes[i as 0 | 1].named(stringOf(genesis.app_state[name])),
        );
        if (a !== b) lines.push(`export of ${name} at ${at}${excerpt(a!, b!)}`);
      }
      if (stringOf(before!.validators) !== stringOf(after!.validators)) lines.push(`validators at ${at}`);
    }
    if (at === moment.height) lines.push("no block was made since");
    fresh.close();
    return lines.map((line) => `${chain.name}, ${moment.label} (height ${moment.height}): ${line}`);
  }

  return {
    chain,
    moments,
    take(label) {
      const { height } = chain.node;
      times.set(height, nsToTimestamp(chain.node.state.lastBlockTimeNs));
      moments.push({ label, height, exported: stringifyJson(app.exportGenesis(height)) });
    },
    differences: (most = 30, edit = (appState) => appState) =>
      moments.flatMap((moment) => differencesOf(moment, most, edit)),
  };
}
