/** Nodes of an IAVL tree and their hashes (IAVL v1, `node.go`). */
import { sha256Binary } from "@tandem-ics/crypto";
import { createScratch } from "../scratch.ts";

/**
 * A leaf (height 0, size 1, with value) or an inner node (with two children; `key` is the smallest key of the right
 * subtree, so a search goes left below it). Saved nodes never change, except that what can be read again from the
 * backend comes and goes: without `key` only the fields below `right` are known.
 */
export class IavlNode {
  key: Uint8Array | undefined;
  /** {@link headOf} the key: most searches need no more of it. */
  head: number;
  value: Uint8Array | undefined;
  left: IavlNode | undefined;
  right: IavlNode | undefined;
  height: number;
  size: number;
  /** Version in which the node was first saved; 0 before. */
  version: number;
  /** Saved: number of the node within its version. Unsaved: the edit that may change the node in place. */
  nonce: number;
  /** Binary string of 32 characters, empty until computed. */
  hash: string;

  constructor(height: number, size: number, version: number, nonce: number, hash: string) {
    this.key = undefined;
    this.head = 0;
    this.value = undefined;
    this.left = undefined;
    this.right = undefined;
    this.height = height;
    this.size = size;
    this.version = version;
    this.nonce = nonce;
    this.hash = hash;
  }
}

/** A new leaf of edit `edit`. */
export function createLeaf(key: Uint8Array, value: Uint8Array, edit: number): IavlNode {
  const leaf = new IavlNode(0, 1, 0, edit, "");
  leaf.key = key;
  leaf.head = headOf(key);
  leaf.value = value;
  return leaf;
}

/** First 30 bits of a key, as if zeros followed it: a small integer whose order never contradicts that of the keys. */
export function headOf(key: Uint8Array): number {
  if (key.length >= 4) return (key[0]! << 22) | (key[1]! << 14) | (key[2]! << 6) | (key[3]! >> 2);
  let head = 0;
  for (let i = 0; i < key.length; i++) head |= key[i]! << (22 - 8 * i);
  return head;
}

/** Order of a key with its head and the key of a node that is loaded. */
export function compareToNode(key: Uint8Array, head: number, node: IavlNode): number {
  const order = head - node.head;
  return order !== 0 ? order : compareKeys(key, node.key!);
}

/** Bytewise order. Keys in a tree differ early, so that a plain loop beats a native call. */
export function compareKeys(a: Uint8Array, b: Uint8Array): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const d = a[i]! - b[i]!;
    if (d !== 0) return d;
  }
  return a.length - b.length;
}

/** Writes an unsigned varint below 2^53 at `at`; gives the position after it. */
export function writeUvarint(out: Uint8Array, at: number, value: number): number {
  let rest = value;
  while (rest >= 0x80000000) {
    out[at++] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  while (rest >= 0x80) {
    out[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  out[at++] = rest;
  return at;
}

/** Writes a binary string as bytes; gives the position after it. */
export function writeBinary(out: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) out[at + i] = text.charCodeAt(i);
  return at + text.length;
}

/** Writes bytes; gives the position after them. */
export function writeBytes(out: Uint8Array, at: number, bytes: Uint8Array): number {
  const n = bytes.length;
  if (n > 48) out.set(bytes, at);
  else for (let i = 0; i < n; i++) out[at + i] = bytes[i]!;
  return at + n;
}

/** Varints of the greatest height, size and version, length bytes and two hashes. */
const MAX_FIXED = 3 * 8 + 2 * 33;
const { bytes: scratch, to: scratchTo } = createScratch(1024);

/** Hash of `node` as a binary string, where unsaved nodes count as saved in `version`. Kept in the nodes. */
export function hashNode(node: IavlNode, version: number): string {
  if (node.hash !== "") return node.hash;
  const hash = node.height === 0 ? hashLeaf(node, version) : hashInner(node, version);
  node.hash = hash;
  return hash;
}

function hashInner(node: IavlNode, version: number): string {
  const left = hashNode(node.left!, version);
  const right = hashNode(node.right!, version);
  let at = writeInnerPrefix(scratch, node.height, node.size, version);
  scratch[at] = 32;
  at = writeBinary(scratch, at + 1, left);
  scratch[at] = 32;
  at = writeBinary(scratch, at + 1, right);
  return sha256Binary(scratchTo(at));
}

function hashLeaf(node: IavlNode, version: number): string {
  const key = node.key!;
  const fits = key.length + MAX_FIXED <= scratch.length;
  const out = fits ? scratch : new Uint8Array(key.length + MAX_FIXED);
  const valueHash = sha256Binary(node.value!);
  let at = writeInnerPrefix(out, 0, 1, version);
  at = writeUvarint(out, at, key.length);
  at = writeBytes(out, at, key);
  out[at] = 32;
  at = writeBinary(out, at + 1, valueHash);
  return sha256Binary(fits ? scratchTo(at) : out.subarray(0, at));
}

/** `zigzag(height) ‖ zigzag(size) ‖ zigzag(version)`: the beginning of every preimage. Gives the position after it. */
export function writeInnerPrefix(out: Uint8Array, height: number, size: number, version: number): number {
  out[0] = 2 * height;
  return writeUvarint(out, writeUvarint(out, 1, 2 * size), 2 * version);
}
