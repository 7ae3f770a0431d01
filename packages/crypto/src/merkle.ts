/** The RFC 6962-shaped Merkle tree of CometBFT (spec: core/data_structures, `crypto/merkle`). */
import { host } from "#host";
import { concatBytes, EMPTY, equalBytes, fromBinary } from "./bytes.ts";

const LEAF = Uint8Array.of(0);
const INNER = Uint8Array.of(1);

/** SHA-256 of `00 ‖ item`. */
export const merkleLeafHash = (item: Uint8Array): Uint8Array => host.sha256(concatBytes(LEAF, item));

/** SHA-256 of `01 ‖ left ‖ right`. */
export const merkleInnerHash = (left: Uint8Array, right: Uint8Array): Uint8Array =>
  host.sha256(concatBytes(INNER, left, right));

/** Leaves left of the root of `n` leaves: the largest power of two strictly below `n`. */
export function merkleSplit(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** Root of the tree over `items`; SHA-256 of nothing when there are none. */
export function merkleRoot(items: readonly Uint8Array[]): Uint8Array {
  if (items.length === 0) return host.sha256(EMPTY);
  return fromBinary(rootOf(items, 0, items.length));
}

/** Hashes stay binary strings inside the tree: half the cost of arrays, and a light client does little else. */
function rootOf(items: readonly Uint8Array[], from: number, to: number): string {
  if (to - from === 1) {
    const item = items[from]!;
    const input = new Uint8Array(item.length + 1); // the first byte, 0, marks a leaf
    input.set(item, 1);
    return host.sha256Binary(input);
  }
  const middle = from + merkleSplit(to - from);
  return innerBinary(rootOf(items, from, middle), rootOf(items, middle, to));
}

const innerInput = new Uint8Array(65);
innerInput[0] = 1;

function innerBinary(left: string, right: string): string {
  for (let i = 0; i < 32; i++) {
    innerInput[i + 1] = left.charCodeAt(i);
    innerInput[i + 33] = right.charCodeAt(i);
  }
  return host.sha256Binary(innerInput);
}

/** Proof that an item stands at `index` of `total`; `aunts` run from the leaf to the root. */
export interface MerkleProof {
  total: number;
  index: number;
  leafHash: Uint8Array;
  aunts: Uint8Array[];
}

/** One proof for each item, in order. */
export function merkleProofs(items: readonly Uint8Array[]): MerkleProof[] {
  const leaves = items.map(merkleLeafHash);
  const proofs = leaves.map((leafHash, index) => ({
    total: leaves.length,
    index,
    leafHash,
    aunts: [] as Uint8Array[],
  }));
  const walk = (from: number, to: number): Uint8Array => {
    if (to - from === 1) return leaves[from]!;
    const middle = from + merkleSplit(to - from);
    const left = walk(from, middle);
    const right = walk(middle, to);
    for (let i = from; i < middle; i++) proofs[i]!.aunts.push(right);
    for (let i = middle; i < to; i++) proofs[i]!.aunts.push(left);
    return merkleInnerHash(left, right);
  };
  if (leaves.length > 0) walk(0, leaves.length);
  return proofs;
}

/** Whether `proof` shows `item` at its index under `root`. Malformed proofs give `false`. */
export function verifyMerkleProof(root: Uint8Array, proof: MerkleProof, item: Uint8Array): boolean {
  if (proof.total < 1 || proof.index < 0 || proof.index >= proof.total) return false;
  if (!equalBytes(merkleLeafHash(item), proof.leafHash)) return false;
  const computed = climb(proof.index, proof.total, proof.leafHash, proof.aunts, proof.aunts.length);
  return computed !== undefined && equalBytes(computed, root);
}

function climb(
  index: number,
  total: number,
  leaf: Uint8Array,
  aunts: readonly Uint8Array[],
  used: number,
): Uint8Array | undefined {
  if (total === 1) return used === 0 ? leaf : undefined;
  if (used === 0) return undefined;
  const split = merkleSplit(total);
  const aunt = aunts[used - 1]!;
  const child =
    index < split
      ? climb(index, split, leaf, aunts, used - 1)
      : climb(index - split, total - split, leaf, aunts, used - 1);
  if (child === undefined) return undefined;
  return index < split ? merkleInnerHash(child, aunt) : merkleInnerHash(aunt, child);
}
