/** Proof specs: the shapes of trees that proofs may come from (ICS-23, Go `proof.go`). */
import type { InnerSpec, LeafOp, ProofSpec as WireProofSpec } from "cosmjs-types/cosmos/ics23/v1/proofs";
import { HASH, LENGTH } from "./operations.ts";

/** A proof spec, with the field that the generated type lacks. */
export interface ProofSpec extends WireProofSpec {
  /** Keys are ordered by their prehash (sparse trees). Field 5 of the message. */
  prehashKeyBeforeComparison?: boolean;
}

const leafSpec = (): LeafOp => ({
  hash: HASH.SHA256,
  prehashKey: HASH.NO_HASH,
  prehashValue: HASH.SHA256,
  length: LENGTH.VAR_PROTO,
  prefix: Uint8Array.of(0),
});

const innerSpec = (childSize: number, minPrefixLength: number, maxPrefixLength: number): InnerSpec => ({
  childOrder: [0, 1],
  childSize,
  minPrefixLength,
  maxPrefixLength,
  emptyChild: new Uint8Array(0),
  hash: HASH.SHA256,
});

/** IAVL trees: one for each store of an SDK chain. */
export const IAVL_SPEC: ProofSpec = {
  leafSpec: leafSpec(),
  innerSpec: innerSpec(33, 4, 12),
  maxDepth: 0,
  minDepth: 0,
};

/** CometBFT's simple Merkle tree: the stores under an app hash. */
export const TENDERMINT_SPEC: ProofSpec = {
  leafSpec: leafSpec(),
  innerSpec: innerSpec(32, 1, 1),
  maxDepth: 0,
  minDepth: 0,
};

/** Celestia's sparse Merkle tree. */
export const SMT_SPEC: ProofSpec = {
  leafSpec: { ...leafSpec(), prehashKey: HASH.SHA256, length: LENGTH.NO_PREFIX },
  innerSpec: { ...innerSpec(32, 1, 1), emptyChild: new Uint8Array(32) },
  maxDepth: 256,
  minDepth: 0,
  prehashKeyBeforeComparison: true,
};

/** Specs of an SDK chain, leaf to root: what a client of it holds. */
export const PROOF_SPECS: readonly ProofSpec[] = [IAVL_SPEC, TENDERMINT_SPEC];

/**
 * Whether two specs are alike for the purpose of the extra IAVL checks. Leaf prefix, depths, the values in the child
 * order and the empty child are not compared, as in Go `ProofSpec.SpecEquals`.
 */
export function specEquals(a: ProofSpec, b: ProofSpec): boolean {
  return sameLeaf(a.leafSpec, b.leafSpec) && sameInner(a.innerSpec, b.innerSpec);
}

function sameLeaf(a: LeafOp | undefined, b: LeafOp | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (
    a.hash === b.hash &&
    a.prehashKey === b.prehashKey &&
    a.prehashValue === b.prehashValue &&
    a.length === b.length
  );
}

function sameInner(a: InnerSpec | undefined, b: InnerSpec | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (
    a.hash === b.hash &&
    a.minPrefixLength === b.minPrefixLength &&
    a.maxPrefixLength === b.maxPrefixLength &&
    a.childSize === b.childSize &&
    a.childOrder.length === b.childOrder.length
  );
}
