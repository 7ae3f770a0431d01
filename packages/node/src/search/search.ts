/** Transactions and blocks by their events. All conditions must be met by one and the same event. */
import { rememberedTxHash } from "@tandem-ics/comet";
import { be64, concatBytes, fromHex, prefixEnd } from "@tandem-ics/crypto";
import type { Backend, BackendBatch } from "@tandem-ics/store";
import type { ExecTxResult } from "cosmjs-types/tendermint/abci/types";
import { NodeError } from "../errors.ts";
import { BLOCK_HEIGHT_TAG, TX_HASH_TAG, TX_HEIGHT_TAG } from "../events/event-map.ts";
import type { Condition, Query } from "../query/query.ts";
import type { BlockStore, CommittedBlock } from "../storage/block-store.ts";
import { be32, type PostingKind, txLocationKey } from "../storage/keys.ts";
import { heightFits, type NumberRange, planSearch, type SearchPlan, valueInRange } from "./plan.ts";
import {
  createPostingCollector,
  type EventPosition,
  eventsOfPosting,
  heightOfPosting,
  tagPrefix,
  valueOfPosting,
  valuePrefix,
} from "./postings.ts";

/** Where a transaction stands. */
export interface TxPosition {
  readonly height: bigint;
  readonly index: number;
}

/** A transaction with its result. */
export interface IndexedTx extends TxPosition {
  readonly tx: Uint8Array;
  readonly result: ExecTxResult;
}

/** A computation that can be interrupted at each `yield`. */
export type Interruptible<T> = Generator<undefined, T, undefined>;

/** What was indexed. Searches come unordered. */
export interface SearchIndex {
  /** A transaction by its 32-byte hash. */
  tx(hash: Uint8Array): IndexedTx | undefined;
  /** The transaction at a position. */
  txAt(position: TxPosition): IndexedTx | undefined;
  /** Throws NodeError `invalidQuery` for a `tx.hash` that is no hex. */
  searchTxs(query: Query): Interruptible<TxPosition[]>;
  /** Heights of blocks. */
  searchBlocks(query: Query): Interruptible<bigint[]>;
}

/** The engine's part. */
export interface EngineSearchIndex extends SearchIndex {
  add(batch: BackendBatch, block: CommittedBlock): void;
}

// Rows looked at between two interruptions: well below a millisecond.
const ROWS_AT_ONCE = 256;

type Matches = Map<string, EventPosition>;
const idOf = ({ height, index, event }: EventPosition): string => `${height}/${index}/${event}`;

const SPACE_AROUND = /^\p{White_Space}+|\p{White_Space}+$/gu;
/** What conditions other than equality see of a value: of a transaction's, no space around it. */
const compared = (kind: PostingKind, value: string): string =>
  kind === "tx" ? value.replace(SPACE_AROUND, "") : value;

/** The index in a backend. */
export function createSearchIndex(backend: Backend, blocks: BlockStore): EngineSearchIndex {
  /** Rows of a range, in slices. */
  function* rows(
    start: Uint8Array,
    end: Uint8Array | undefined,
    visit: (key: Uint8Array, row: Uint8Array) => void,
  ): Interruptible<void> {
    let from: Uint8Array | undefined = start;
    while (from !== undefined) {
      let seen = 0;
      let last: Uint8Array | undefined;
      for (const [key, row] of backend.iterate({ start: from, end })) {
        visit(key, row);
        last = key;
        if (++seen === ROWS_AT_ONCE) break;
      }
      from = seen < ROWS_AT_ONCE || last === undefined ? undefined : concatBytes(last, Uint8Array.of(0));
      if (from !== undefined) yield;
    }
  }

  /** Events with any value of a tag that `accepts`. */
  function* scanTag(
    kind: PostingKind,
    tag: string,
    plan: SearchPlan,
    accepts: (value: string) => boolean,
  ): Interruptible<Matches> {
    const found: Matches = new Map();
    const prefix = tagPrefix(kind, tag);
    yield* rows(prefix, prefixEnd(prefix), (key, row) => {
      if (!heightFits(plan, heightOfPosting(key)) || !accepts(valueOfPosting(key, row, prefix.length)))
        return;
      for (const position of eventsOfPosting(key, row)) found.set(idOf(position), position);
    });
    return found;
  }

  function* scanValue(kind: PostingKind, condition: Condition, plan: SearchPlan): Interruptible<Matches> {
    const found: Matches = new Map();
    const prefix = valuePrefix(kind, condition.tag, condition.argument?.text ?? "");
    const [low, high] = heightSpan(plan);
    const start = concatBytes(prefix, be64(low));
    yield* rows(start, concatBytes(prefix, be64(high + 1n)), (key, row) => {
      if (!heightFits(plan, heightOfPosting(key))) return;
      for (const position of eventsOfPosting(key, row)) found.set(idOf(position), position);
    });
    return found;
  }

  /** Heights outside of which nothing can fit. */
  function heightSpan({ height, heights }: SearchPlan): [bigint, bigint] {
    if (height !== undefined) return [height, height];
    const low = heights?.low === undefined ? blocks.base : floor(heights.low.value);
    const high = heights?.high === undefined ? blocks.height : floor(heights.high.value);
    return [larger(low, blocks.base), smaller(high, blocks.height)];
  }

  function scan(kind: PostingKind, condition: Condition, plan: SearchPlan, heightTag: string) {
    const { tag, operator, argument } = condition;
    // CometBFT keeps block heights under another form of key, which these conditions never find.
    if (tag === heightTag && kind === "block") return nothing();
    if (tag === heightTag) return everything(kind, plan, operator === "EXISTS" ? undefined : argument?.text);
    if (operator === "=") return scanValue(kind, condition, plan);
    return scanTag(
      kind,
      tag,
      plan,
      (value) => argument === undefined || compared(kind, value).includes(argument.text),
    );
  }

  // biome-ignore lint/correctness/useYield: a search that has nothing to look at
  function* nothing(): Interruptible<Matches> {
    return new Map();
  }

  const scanRange = (kind: PostingKind, range: NumberRange, plan: SearchPlan) =>
    scanTag(kind, range.tag, plan, (value) => valueInRange(range, compared(kind, value)));

  /** All transactions or blocks of fitting heights, as event 0 of each: no condition on an event joins them. */
  function* everything(kind: PostingKind, plan: SearchPlan, part?: string): Interruptible<Matches> {
    const found: Matches = new Map();
    const [low, high] = heightSpan(plan);
    for (let height = low; height <= high; height++) {
      if (height % BigInt(ROWS_AT_ONCE) === 0n) yield;
      if (!heightFits(plan, height) || (part !== undefined && !height.toString().includes(part))) continue;
      const count = kind === "block" ? 1 : Number(blocks.meta(height)?.numTxs ?? 0n);
      for (let index = 0; index < count; index++)
        found.set(`${height}/${index}/0`, { height, index, event: 0 });
    }
    return found;
  }

  function* search(kind: PostingKind, query: Query, heightTag: string): Interruptible<Matches> {
    const plan = planSearch(query.conditions, heightTag);
    const scans = [
      ...plan.ranges.map((range) => scanRange(kind, range, plan)),
      ...plan.conditions.map((condition) => scan(kind, condition, plan, heightTag)),
    ];
    if (scans.length === 0) {
      // With nothing else asked, transactions are found by the height's text: `4.5` is that of none.
      const none = kind === "tx" && plan.heightText !== String(plan.height);
      return plan.heights === undefined && (plan.height === undefined || none)
        ? new Map()
        : yield* everything(kind, plan);
    }
    let found: Matches | undefined;
    for (const next of scans) {
      const matches = yield* next;
      if (found === undefined) found = matches;
      else for (const id of found.keys()) if (!matches.has(id)) found.delete(id);
      if (found.size === 0) break;
    }
    return found ?? new Map();
  }

  function txAt(position: TxPosition): IndexedTx | undefined {
    const tx = blocks.tx(position.height, position.index);
    const result = blocks.txResult(position.height, position.index);
    return tx === undefined || result === undefined
      ? undefined
      : { height: position.height, index: position.index, tx, result };
  }

  function locate(hash: Uint8Array): TxPosition | undefined {
    const bytes = hash.length === 32 ? backend.get(txLocationKey(hash)) : undefined;
    if (bytes === undefined) return undefined;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return { height: view.getBigUint64(0), index: view.getUint32(8) };
  }

  /** A `tx.hash` condition decides alone, whatever else is asked. */
  function hashAsked(query: Query): Uint8Array | undefined {
    const condition = query.conditions.find(({ tag }) => tag === TX_HASH_TAG);
    if (condition === undefined) return undefined;
    const text = condition.argument?.text ?? "";
    if (!/^(?:[0-9a-fA-F]{2})*$/.test(text))
      throw new NodeError(
        "invalidQuery",
        `error during searching for a hash in the query: ${hexError(text)}`,
      );
    if (text === "")
      throw new NodeError(
        "invalidQuery",
        "error while retrieving the result: transaction hash cannot be empty",
      );
    return fromHex(text);
  }

  return {
    tx(hash) {
      const position = locate(hash);
      return position === undefined ? undefined : txAt(position);
    },
    txAt,
    *searchTxs(query) {
      const hash = hashAsked(query);
      if (hash !== undefined) {
        const position = locate(hash);
        return position === undefined ? [] : [position];
      }
      const unique = new Map<string, TxPosition>();
      for (const { height, index } of (yield* search("tx", query, TX_HEIGHT_TAG)).values())
        unique.set(`${height}/${index}`, { height, index });
      return [...unique.values()];
    },
    *searchBlocks(query) {
      const heights = new Set<bigint>();
      for (const { height } of (yield* search("block", query, BLOCK_HEIGHT_TAG)).values())
        if (height >= blocks.base && height <= blocks.height) heights.add(height);
      return [...heights];
    },
    add(batch, { block, response }) {
      const { height } = block.header;
      const { txs } = block.data;
      const ofTxs = createPostingCollector(
        "tx",
        height,
        (tag) => tag === TX_HASH_TAG || tag === TX_HEIGHT_TAG,
      );
      for (let index = 0; index < txs.length; index++) {
        const result = response.txResults[index]!;
        const hash = rememberedTxHash(txs[index]!);
        // A transaction that succeeded once is what its hash stands for, even if it came again and failed.
        const earlier = result.code === 0 ? undefined : locate(hash);
        if (earlier !== undefined && blocks.txResult(earlier.height, earlier.index)?.code === 0) continue;
        batch.set(txLocationKey(hash), concatBytes(be64(height), be32(index)));
        ofTxs.add(result.events, index);
      }
      ofTxs.write(batch);
      const ofBlock = createPostingCollector("block", height, (tag) => tag === BLOCK_HEIGHT_TAG);
      ofBlock.add(response.events, 0);
      ofBlock.write(batch);
    },
  };
}

const larger = (a: bigint, b: bigint): bigint => {
  if (a < b) return b;
  return a;
};
const smaller = (a: bigint, b: bigint): bigint => {
  if (a < b) return a;
  return b;
};
const floor = ({ digits, scale }: { digits: bigint; scale: number }): bigint => digits / 10n ** BigInt(scale);

/** Go's message for text that is no hex. */
export function hexError(text: string): string {
  const rune = /[^0-9a-fA-F]/u.exec(text)?.[0];
  if (rune === undefined) return "encoding/hex: odd length hex string";
  const code = Buffer.from(rune)[0]!;
  return `encoding/hex: invalid byte: U+${code.toString(16).toUpperCase().padStart(4, "0")}${runeText(code)}`;
}

const runeText = (code: number): string =>
  code >= 0x20 && code < 0x7f
    ? ` '${String.fromCharCode(code)}'`
    : code > 0xa0
      ? ` '${String.fromCharCode(code)}'`
      : "";

/** Runs a search at one go. */
export function runAtOnce<T>(search: Interruptible<T>): T {
  for (;;) {
    const step = search.next();
    if (step.done) return step.value;
  }
}

/** Runs a search in slices of about `sliceMs`, letting other work in between; gives up after `limitMs`. */
export async function runInSlices<T>(search: Interruptible<T>, sliceMs: number, limitMs: number): Promise<T> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const sliceEnd = performance.now() + sliceMs;
    do {
      const step = search.next();
      if (step.done) return step.value;
    } while (performance.now() < sliceEnd);
    if (performance.now() > deadline)
      throw new NodeError("invalidQuery", "the search takes too long: narrow it by height");
    await new Promise((resolve) => setImmediate(resolve));
  }
}
