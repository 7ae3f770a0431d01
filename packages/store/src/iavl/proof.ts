/** ICS-23 proofs of an IAVL tree (IAVL v1, `proof_ics23.go`). */
import { fromBinary } from "@tandem-ics/crypto";
import type { CommitmentProof, ExistenceProof, InnerOp } from "cosmjs-types/cosmos/ics23/v1/proofs";
import { StoreError } from "../errors.ts";
import { HASH, LENGTH } from "../ics23/operations.ts";
import { type IavlNode, writeBinary, writeInnerPrefix } from "./node.ts";
import { findPath, type NodeSource, walkLeaves } from "./read.ts";

/** Proof that `key` has its value under the root; `undefined` if it has none. All nodes must be hashed. */
export function proveExistence(
  source: NodeSource,
  root: IavlNode | undefined,
  key: Uint8Array,
): ExistenceProof | undefined {
  const found = findPath(source, root, key);
  if (found === undefined) return undefined;
  const { path, leaf } = found;
  const operations: InnerOp[] = [];
  for (let i = path.length - 1; i >= 0; i--) operations.push(innerOp(path[i]!, path[i + 1] ?? leaf));
  return {
    key: leaf.key!,
    value: leaf.value!,
    leaf: {
      hash: HASH.SHA256,
      prehashKey: HASH.NO_HASH,
      prehashValue: HASH.SHA256,
      length: LENGTH.VAR_PROTO,
      prefix: prefixOf(leaf),
    },
    path: operations,
  };
}

/**
 * Proof that `key` is absent: its neighbours, where there are any. For an empty tree there are none, and nothing
 * verifies. Throws StoreError if the key is present.
 */
export function proveAbsence(
  source: NodeSource,
  root: IavlNode | undefined,
  key: Uint8Array,
): CommitmentProof {
  const right = first(walkLeaves(source, root, { start: key }, true));
  if (right !== undefined && right.length === key.length && right.every((byte, i) => byte === key[i]))
    throw new StoreError("invalidRequest", "key is present: its absence cannot be proven");
  const left = first(walkLeaves(source, root, { end: key, reverse: true }, true));
  const nonexist: NonNullable<CommitmentProof["nonexist"]> = { key };
  if (left !== undefined) nonexist.left = proveExistence(source, root, left)!;
  if (right !== undefined) nonexist.right = proveExistence(source, root, right)!;
  return { nonexist };
}

const first = (leaves: Iterable<readonly [Uint8Array, Uint8Array]>): Uint8Array | undefined => {
  for (const [key] of leaves) return key;
  return undefined;
};

const buffer = new Uint8Array(128);

const prefixOf = (node: IavlNode): Uint8Array =>
  buffer.slice(0, writeInnerPrefix(buffer, node.height, node.size, node.version));

function innerOp(node: IavlNode, child: IavlNode): InnerOp {
  let at = writeInnerPrefix(buffer, node.height, node.size, node.version);
  buffer[at++] = 32;
  if (child === node.left) {
    return { hash: HASH.SHA256, prefix: buffer.slice(0, at), suffix: fromBinary(` ${node.right!.hash}`) };
  }
  at = writeBinary(buffer, at, node.left!.hash);
  buffer[at++] = 32;
  return { hash: HASH.SHA256, prefix: buffer.slice(0, at), suffix: new Uint8Array(0) };
}
