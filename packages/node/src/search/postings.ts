/**
 * The index of event attributes: for each attribute value of a block, the events that have it.
 * Key: kind ‖ tag ‖ 00 01 ‖ value ‖ 00 01 ‖ be64(height), zero bytes of texts as 00 ff. A long value is cut and followed by
 * 00 02 ‖ SHA-256, and stands in the row. Row: 0, or 1 ‖ uvarint length ‖ value; then for each event two varints: distance
 * of its transaction's index from the last one's, and number of the event within the block.
 */
import { be64, concatBytes, EMPTY, fromBe64, fromUtf8, sha256, utf8, uvarint } from "@tandem-ics/crypto";
import type { BackendBatch } from "@tandem-ics/store";
import type { Event } from "cosmjs-types/tendermint/abci/types";
import { type PostingKind, postingPrefix } from "../storage/keys.ts";

/** An event of a block: of transaction `index` (0 for block events), the `event`-th of the block. */
export interface EventPosition {
  readonly height: bigint;
  readonly index: number;
  readonly event: number;
}

const MAX_TAG_BYTES = 400;
const MAX_VALUE_BYTES = 256;
const KEPT_OF_LONG_VALUE = 128;
const SEPARATOR = Uint8Array.of(0x00, 0x01);
const CUT = Uint8Array.of(0x00, 0x02);
const HEIGHT_BYTES = 8;

/** Zero bytes doubled to 00 ff, so that separators stay unique and order is kept. */
function escapeZeros(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(0)) return bytes;
  const out: number[] = [];
  for (const byte of bytes) {
    out.push(byte);
    if (byte === 0) out.push(0xff);
  }
  return Uint8Array.from(out);
}

function unescapeZeros(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(0)) return bytes;
  const out: number[] = [];
  for (let i = 0; i < bytes.length; i++) {
    out.push(bytes[i]!);
    if (bytes[i] === 0) i++;
  }
  return Uint8Array.from(out);
}

const valuePart = (value: Uint8Array): Uint8Array =>
  value.length <= MAX_VALUE_BYTES
    ? escapeZeros(value)
    : concatBytes(escapeZeros(value.subarray(0, KEPT_OF_LONG_VALUE)), CUT, sha256(value));

/** Start of all keys with a tag. */
export const tagPrefix = (kind: PostingKind, tag: string): Uint8Array =>
  concatBytes(Uint8Array.of(postingPrefix(kind)), escapeZeros(utf8(tag)), SEPARATOR);

/** Start of all keys with a tag and a value; a height follows. */
export const valuePrefix = (kind: PostingKind, tag: string, value: string): Uint8Array =>
  concatBytes(tagPrefix(kind, tag), valuePart(utf8(value)), SEPARATOR);

/** Height at the end of a key. */
export const heightOfPosting = (key: Uint8Array): bigint => fromBe64(key, key.length - HEIGHT_BYTES);

/** The value that a row stands for; `prefix` is the length of its tag's prefix. */
export function valueOfPosting(key: Uint8Array, row: Uint8Array, prefix: number): string {
  if (row[0] === 0)
    return fromUtf8(unescapeZeros(key.subarray(prefix, key.length - HEIGHT_BYTES - SEPARATOR.length)));
  const [length, at] = readVarint(row, 1);
  return fromUtf8(row.subarray(at, at + length));
}

function readVarint(bytes: Uint8Array, at: number): [value: number, next: number] {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++]!;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [value, at];
  }
}

/** The events of a row. */
export function* eventsOfPosting(key: Uint8Array, row: Uint8Array): Generator<EventPosition> {
  const height = heightOfPosting(key);
  let at = 1;
  if (row[0] === 1) {
    const [length, start] = readVarint(row, 1);
    at = start + length;
  }
  let index = 0;
  while (at < row.length) {
    const [distance, afterDistance] = readVarint(row, at);
    const [event, next] = readVarint(row, afterDistance);
    index += distance;
    at = next;
    yield { height, index, event };
  }
}

function pushVarint(out: number[], value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    out.push((rest % 128) | 0x80);
    rest = Math.floor(rest / 128);
  }
  out.push(rest);
}

/** Events with one value of an attribute. */
interface Posting {
  /** Index of the last transaction. */
  last: number;
  readonly varints: number[];
}

const newMap = <V>(): Map<string, V> => new Map();
const newPosting = (): Posting => ({ last: 0, varints: [] });

function entryOf<V>(map: Map<string, V>, key: string, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

/** Collects the attributes of one block's events and adds the rows to a batch. */
export interface PostingCollector {
  /** Events of transaction `index`, or of the block (index 0). Only attributes marked for indexing count. */
  add(events: readonly Event[], index: number): void;
  write(batch: BackendBatch): void;
}

/** A collector for one height. Tags that `isReserved` are left out: they would shadow the node's own. */
export function createPostingCollector(
  kind: PostingKind,
  height: bigint,
  isReserved: (tag: string) => boolean,
): PostingCollector {
  // tag up to its first dot → what follows the dot → value
  const types = new Map<string, Map<string, Map<string, Posting>>>();
  let event = 0;

  function add(events: readonly Event[], index: number): void {
    for (const { type, attributes } of events) {
      event++;
      if (type === "") continue;
      // A tag begins anew after its first dot, wherever type and key meet.
      const dot = type.indexOf(".");
      const rest = dot < 0 ? "" : `${type.slice(dot + 1)}.`;
      const keys = entryOf(types, dot < 0 ? type : type.slice(0, dot), newMap<Map<string, Posting>>);
      for (const { key, value, index: indexed } of attributes) {
        if (!indexed || key === "") continue;
        const values = entryOf(keys, rest === "" ? key : rest + key, newMap<Posting>);
        const posting = entryOf(values, value, newPosting);
        pushVarint(posting.varints, index - posting.last);
        pushVarint(posting.varints, event);
        posting.last = index;
      }
    }
  }

  function write(batch: BackendBatch): void {
    const heightBytes = be64(height);
    for (const [begin, keys] of types)
      for (const [rest, values] of keys) {
        const tag = `${begin}.${rest}`;
        const prefix = tagPrefix(kind, tag);
        if (prefix.length > MAX_TAG_BYTES || isReserved(tag)) continue;
        for (const [value, { varints }] of values) {
          const bytes = utf8(value);
          const key = concatBytes(prefix, valuePart(bytes), SEPARATOR, heightBytes);
          const head = bytes.length > MAX_VALUE_BYTES ? concatBytes(uvarint(bytes.length), bytes) : EMPTY;
          const row = new Uint8Array(1 + head.length + varints.length);
          row[0] = head.length === 0 ? 0 : 1;
          row.set(head, 1);
          row.set(varints, 1 + head.length);
          batch.set(key, row);
        }
      }
  }

  return { add, write };
}
