/**
 * How a tree lies in the backend, below its key prefix:
 * `n ‖ be64(version) ‖ be32(nonce)` → a node; `r ‖ be64(version)` → the root of a version;
 * `o ‖ be64(version)` → the nodes of the version before that this version no longer has.
 * This layout is private: it never influences hashes.
 */
import { toBinary } from "@tandem-ics/crypto";
import { StoreError } from "../errors.ts";
import { headOf, IavlNode, writeBinary, writeBytes, writeUvarint } from "./node.ts";

const NODE = 0x6e;
const ROOT = 0x72;
const ORPHANS = 0x6f;

/** Room for all fields of a record besides the key and the value. */
const MAX_FIXED = 2 * (8 + 5 + 8 + 1 + 32) + 16;
/** Records are cut from blocks of this size: one small allocation for many nodes. */
const BLOCK = 16 * 1024;

/** Makes the backend keys of one tree. */
export interface RecordKeys {
  node(version: number, nonce: number): Uint8Array;
  root(version: number): Uint8Array;
  orphans(version: number): Uint8Array;
}

/** Keys below `prefix`. */
export function createRecordKeys(prefix: Uint8Array): RecordKeys {
  const make = (kind: number, version: number, extra: number): Uint8Array => {
    const key = new Uint8Array(prefix.length + 9 + extra);
    key.set(prefix);
    key[prefix.length] = kind;
    writeBe32(key, prefix.length + 1, Math.floor(version / 0x100000000));
    writeBe32(key, prefix.length + 5, version);
    return key;
  };
  return {
    node(version, nonce) {
      const key = make(NODE, version, 4);
      writeBe32(key, prefix.length + 9, nonce);
      return key;
    },
    root: (version) => make(ROOT, version, 0),
    orphans: (version) => make(ORPHANS, version, 0),
  };
}

function writeBe32(out: Uint8Array, at: number, value: number): void {
  out[at] = value >>> 24;
  out[at + 1] = value >>> 16;
  out[at + 2] = value >>> 8;
  out[at + 3] = value;
}

/** The version in a key made by {@link RecordKeys.root}. */
export function versionOfRootKey(key: Uint8Array): number {
  const view = new DataView(key.buffer, key.byteOffset + key.length - 8, 8);
  return view.getUint32(0) * 0x100000000 + view.getUint32(4);
}

let block = new Uint8Array(BLOCK);
let used = 0;

function reserve(length: number): Uint8Array {
  if (used + length > block.length) {
    block = new Uint8Array(Math.max(BLOCK, length));
    used = 0;
  }
  return block;
}

function take(end: number): Uint8Array {
  const record = block.subarray(used, end);
  used = end;
  return record;
}

/**
 * Record of a node whose children are saved. Leaf: `00 ‖ key length ‖ key ‖ value`. Inner:
 * `height ‖ key length ‖ key ‖ left ‖ right`, each child as by {@link writeLink}: an inner node knows the hashes of
 * its children, so that neither proofs nor hashing read siblings.
 */
export function encodeNode(node: IavlNode): Uint8Array {
  const key = node.key!;
  const out = reserve(MAX_FIXED + key.length + (node.value?.length ?? 0));
  let at = used;
  out[at++] = node.height;
  at = writeBytes(out, writeUvarint(out, at, key.length), key);
  if (node.height === 0) return take(writeBytes(out, at, node.value!));
  return take(writeLink(out, writeLink(out, at, node.left!), node.right!));
}

/** `version ‖ nonce ‖ size` (varints) ‖ `height` (a byte) ‖ `hash`. */
function writeLink(out: Uint8Array, at: number, node: IavlNode): number {
  let to = writeUvarint(out, at, node.version);
  to = writeUvarint(out, to, node.nonce);
  to = writeUvarint(out, to, node.size);
  out[to] = node.height;
  return writeBinary(out, to + 1, node.hash);
}

/** Record of the root of a version; empty for an empty tree. */
export function encodeRoot(root: IavlNode | undefined): Uint8Array {
  if (root === undefined) return new Uint8Array(0);
  const out = new Uint8Array(MAX_FIXED);
  return out.slice(0, writeLink(out, 0, root));
}

/** The root of a version, its content not yet loaded. */
export const decodeRoot = (record: Uint8Array): IavlNode | undefined =>
  record.length === 0 ? undefined : readLink(new Reader(record));

/** Fills `node` from its record. */
export function decodeNodeInto(node: IavlNode, record: Uint8Array): void {
  const reader = new Reader(record);
  const height = reader.byte();
  if (height !== node.height) throw new StoreError("logic", "record of another IAVL node");
  node.key = reader.bytes(reader.uvarint());
  node.head = headOf(node.key);
  if (height === 0) node.value = reader.rest();
  else {
    node.left = readLink(reader);
    node.right = readLink(reader);
  }
}

function readLink(reader: Reader): IavlNode {
  const version = reader.uvarint();
  const nonce = reader.uvarint();
  const size = reader.uvarint();
  const height = reader.byte();
  return new IavlNode(height, size, version, nonce, toBinary(reader.bytes(32)));
}

/** Pairs of version and nonce as varints. */
export function encodeOrphans(orphans: readonly number[]): Uint8Array {
  const out = new Uint8Array(orphans.length * 8);
  let at = 0;
  for (const value of orphans) at = writeUvarint(out, at, value);
  return out.slice(0, at);
}

/** What {@link encodeOrphans} wrote. */
export function decodeOrphans(record: Uint8Array): number[] {
  const reader = new Reader(record);
  const out: number[] = [];
  while (!reader.done) out.push(reader.uvarint());
  return out;
}

class Reader {
  readonly #data: Uint8Array;
  #at = 0;

  constructor(data: Uint8Array) {
    this.#data = data;
  }

  get done(): boolean {
    return this.#at === this.#data.length;
  }

  byte(): number {
    const value = this.#data[this.#at++];
    if (value === undefined) throw new StoreError("logic", "truncated IAVL record");
    return value;
  }

  uvarint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
  }

  bytes(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#data.length) throw new StoreError("logic", "truncated IAVL record");
    const out = this.#data.subarray(this.#at, end);
    this.#at = end;
    return out;
  }

  rest(): Uint8Array {
    return this.bytes(this.#data.length - this.#at);
  }
}
