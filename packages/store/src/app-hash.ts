/** The app hash: a Merkle tree over the roots of the stores (SDK `store/types/commit_info.go`). */
import {
  compareBytes,
  concatBytes,
  EMPTY,
  lengthPrefixed,
  merkleProofs,
  merkleRoot,
  merkleSplit,
  sha256,
  utf8,
} from "@tandem-ics/crypto";
import type { ExistenceProof, InnerOp } from "cosmjs-types/cosmos/ics23/v1/proofs";
import { HASH, TENDERMINT_SPEC } from "./ics23/index.ts";

/** Root hash of each IAVL store; any order. */
export type StoreHashes = ReadonlyMap<string, Uint8Array>;

/** Names in the order of their bytes. */
export const sortNames = (names: Iterable<string>): string[] =>
  [...names].sort((a, b) => compareBytes(utf8(a), utf8(b)));

/** One leaf for each store: `length ‖ name ‖ 20 ‖ sha256(root)`. */
function leaves(hashes: StoreHashes, names: readonly string[]): Uint8Array[] {
  return names.map((name) =>
    concatBytes(lengthPrefixed(utf8(name)), lengthPrefixed(sha256(hashes.get(name)!))),
  );
}

/** Merkle root over all stores by name; SHA-256 of nothing without stores. State-breaking. */
export const appHashOf = (hashes: StoreHashes): Uint8Array =>
  merkleRoot(leaves(hashes, sortNames(hashes.keys())));

/** ICS-23 proof that store `name` has its root hash under the app hash. `name` must be among the stores. */
export function proveStore(hashes: StoreHashes, name: string): ExistenceProof {
  const names = sortNames(hashes.keys());
  const index = names.indexOf(name);
  const { aunts } = merkleProofs(leaves(hashes, names))[index]!;
  return {
    key: utf8(name),
    value: hashes.get(name)!,
    leaf: { ...TENDERMINT_SPEC.leafSpec! },
    path: innerOps(index, names.length, aunts),
  };
}

/** Aunts run from the leaf to the root, and so do the operations. */
function innerOps(index: number, total: number, aunts: readonly Uint8Array[]): InnerOp[] {
  if (total <= 1) return [];
  const split = merkleSplit(total);
  const aunt = aunts[aunts.length - 1]!;
  const isLeft = index < split;
  const below = isLeft
    ? innerOps(index, split, aunts.slice(0, -1))
    : innerOps(index - split, total - split, aunts.slice(0, -1));
  const step: InnerOp = isLeft
    ? { hash: HASH.SHA256, prefix: Uint8Array.of(1), suffix: aunt }
    : { hash: HASH.SHA256, prefix: concatBytes(Uint8Array.of(1), aunt), suffix: EMPTY };
  return [...below, step];
}
