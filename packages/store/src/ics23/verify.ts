/** Verifying proofs of one tree (ICS-23, Go `proof.go` and `ics23.go`). */
import { compareBytes, equalBytes } from "@tandem-ics/crypto";
import type { CommitmentProof, ExistenceProof, NonExistenceProof } from "cosmjs-types/cosmos/ics23/v1/proofs";
import { checkExistence } from "./check.ts";
import { decompress } from "./compress.ts";
import { branchOf, isLeftMost, isLeftNeighbour, isRightMost } from "./neighbours.ts";
import { applyInner, applyLeaf, doHashOrNothing, ProofError } from "./operations.ts";
import type { ProofSpec } from "./specs.ts";

/** Root that an existence proof leads to. It proves nothing yet. Throws {@link ProofError}. */
export const calculateExistenceRoot = (proof: ExistenceProof): Uint8Array => climb(proof, undefined);

function climb(proof: ExistenceProof, spec: ProofSpec | undefined): Uint8Array {
  if (proof.leaf === undefined) throw new ProofError("existence proof has no leaf operation");
  const childSize = spec?.innerSpec?.childSize ?? 0;
  let hash = applyLeaf(proof.leaf, proof.key, proof.value);
  for (const step of proof.path) {
    hash = applyInner(step, hash);
    if (childSize >= 32 && hash.length > childSize) throw new ProofError("inner hash is longer than a child");
  }
  return hash;
}

/** Root that a proof of any kind leads to, of its first part if it has several. Throws {@link ProofError}. */
export function calculateRoot(proof: CommitmentProof): Uint8Array {
  if (proof.exist !== undefined) return calculateExistenceRoot(proof.exist);
  if (proof.nonexist !== undefined) {
    const side = proof.nonexist.left ?? proof.nonexist.right;
    if (side === undefined) throw new ProofError("nonexistence proof has neither side");
    return calculateExistenceRoot(side);
  }
  const entry = decompress(proof).batch?.entries[0];
  if (entry?.exist === undefined && entry?.nonexist === undefined)
    throw new ProofError("proof has no content");
  return calculateRoot(entry);
}

/**
 * Throws {@link ProofError} unless `proof` fits `spec` and leads from `key` and `value` to `root`. Stricter than Go in
 * one point: each step must hold the siblings of exactly one node, so that bytes beside the child on both sides of a
 * binary tree are refused whatever they hash to.
 */
export function verifyExistence(
  proof: ExistenceProof,
  spec: ProofSpec,
  root: Uint8Array,
  key: Uint8Array,
  value: Uint8Array,
): void {
  checkExistence(proof, spec);
  if (!equalBytes(key, proof.key)) throw new ProofError("proof is for another key");
  if (!equalBytes(value, proof.value)) throw new ProofError("proof is for another value");
  for (const step of proof.path)
    if (branchOf(spec.innerSpec!, step) === undefined)
      throw new ProofError("inner: not the siblings of one node");
  if (!equalBytes(root, climb(proof, spec))) throw new ProofError("proof leads to another root");
}

/** Throws {@link ProofError} unless the neighbours in `proof` exist under `root` and `key` would lie between them. */
export function verifyNonExistence(
  { left, right }: NonExistenceProof,
  spec: ProofSpec,
  root: Uint8Array,
  key: Uint8Array,
): void {
  if (left !== undefined) verifyExistence(left, spec, root, left.key, left.value);
  if (right !== undefined) verifyExistence(right, spec, root, right.key, right.value);
  if (left === undefined && right === undefined) throw new ProofError("nonexistence proof has neither side");
  if (right !== undefined && !isBelow(spec, key, right.key))
    throw new ProofError("key is not left of the right side");
  if (left !== undefined && !isBelow(spec, left.key, key))
    throw new ProofError("key is not right of the left side");
  const inner = spec.innerSpec;
  if (inner === undefined) throw new ProofError("spec has no inner spec");
  if (left === undefined) {
    if (!isLeftMost(inner, right!.path)) throw new ProofError("the right side is not the first leaf");
  } else if (right === undefined) {
    if (!isRightMost(inner, left.path)) throw new ProofError("the left side is not the last leaf");
  } else if (!isLeftNeighbour(inner, left.path, right.path))
    throw new ProofError("the sides are not neighbours");
}

function isBelow(spec: ProofSpec, a: Uint8Array, b: Uint8Array): boolean {
  return compareBytes(keyForComparison(spec, a), keyForComparison(spec, b)) < 0;
}

function keyForComparison(spec: ProofSpec, key: Uint8Array): Uint8Array {
  if (!spec.prehashKeyBeforeComparison || spec.leafSpec === undefined) return key;
  return doHashOrNothing(spec.leafSpec.prehashKey, key);
}

/** Whether `proof`, or an entry of it if it is a batch, proves that `key` holds `value` under `root`. */
export function verifyMembership(
  spec: ProofSpec,
  root: Uint8Array,
  proof: CommitmentProof,
  key: Uint8Array,
  value: Uint8Array,
): boolean {
  return holds(() => {
    const plain = decompress(proof);
    const candidates = plain.exist !== undefined ? [plain] : (plain.batch?.entries ?? []);
    const found = candidates.find(({ exist }) => exist !== undefined && equalBytes(exist.key, key))?.exist;
    if (found === undefined) throw new ProofError("no existence proof for this key");
    verifyExistence(found, spec, root, key, value);
  });
}

/** Whether `proof`, or an entry of it if it is a batch, proves that `key` is absent under `root`. */
export function verifyNonMembership(
  spec: ProofSpec,
  root: Uint8Array,
  proof: CommitmentProof,
  key: Uint8Array,
): boolean {
  return holds(() => {
    const plain = decompress(proof);
    const candidates = plain.nonexist !== undefined ? [plain] : (plain.batch?.entries ?? []);
    const found = candidates.find(
      ({ nonexist }) => nonexist !== undefined && surrounds(spec, nonexist, key),
    )?.nonexist;
    if (found === undefined) throw new ProofError("no nonexistence proof around this key");
    verifyNonExistence(found, spec, root, key);
  });
}

const surrounds = (spec: ProofSpec, { left, right }: NonExistenceProof, key: Uint8Array): boolean =>
  (left === undefined || isBelow(spec, left.key, key)) &&
  (right === undefined || isBelow(spec, key, right.key));

function holds(check: () => void): boolean {
  try {
    check();
    return true;
  } catch (error) {
    if (error instanceof ProofError) return false;
    throw error;
  }
}
