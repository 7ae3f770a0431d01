/**
 * Where a step stands among its siblings, told by the lengths of what surrounds the child (ICS-23, Go `proof.go`).
 * Specs that make no sense give no position, where Go panics or errs: nothing is then proven.
 */
import { equalBytes } from "@tandem-ics/crypto";
import type { InnerOp, InnerSpec } from "cosmjs-types/cosmos/ics23/v1/proofs";

interface Padding {
  minPrefix: number;
  maxPrefix: number;
  suffix: number;
}

/** What surrounds branch `branch`; `undefined` if the child order does not name it. */
function paddingOf(spec: InnerSpec, branch: number): Padding | undefined {
  const position = spec.childOrder.indexOf(branch);
  if (branch < 0 || branch >= spec.childOrder.length || position < 0) return undefined;
  const before = position * spec.childSize;
  return {
    minPrefix: before + spec.minPrefixLength,
    maxPrefix: before + spec.maxPrefixLength,
    suffix: (spec.childOrder.length - 1 - position) * spec.childSize,
  };
}

const hasPadding = (op: InnerOp, padding: Padding): boolean =>
  op.prefix.length >= padding.minPrefix &&
  op.prefix.length <= padding.maxPrefix &&
  op.suffix.length === padding.suffix;

/** The branch that `op` climbs from; `undefined` if the siblings around the child do not add up to one node. */
export function branchOf(spec: InnerSpec, op: InnerOp): number | undefined {
  for (let branch = 0; branch < spec.childOrder.length; branch++) {
    const padding = paddingOf(spec, branch);
    if (padding === undefined) return undefined;
    if (hasPadding(op, padding)) return branch;
  }
  return undefined;
}

/** Whether all siblings left of the child are empty, and there are some. */
export function leftBranchesAreEmpty(spec: InnerSpec, op: InnerOp): boolean {
  const branch = branchOf(spec, op);
  if (branch === undefined || branch === 0) return false;
  const from = op.prefix.length - branch * spec.childSize;
  return from >= 0 && siblingsAreEmpty(spec, branch, op.prefix.subarray(from));
}

/** Whether all siblings right of the child are empty, and there are some. */
export function rightBranchesAreEmpty(spec: InnerSpec, op: InnerOp): boolean {
  const branch = branchOf(spec, op);
  if (branch === undefined) return false;
  const count = spec.childOrder.length - 1 - branch;
  if (count === 0 || op.suffix.length !== count * spec.childSize) return false;
  return siblingsAreEmpty(spec, count, op.suffix);
}

function siblingsAreEmpty(spec: InnerSpec, count: number, siblings: Uint8Array): boolean {
  for (let i = 0; i < count; i++) {
    const position = spec.childOrder.indexOf(i);
    if (position < 0) return false;
    const from = position * spec.childSize;
    if (!equalBytes(spec.emptyChild, siblings.subarray(from, from + spec.childSize))) return false;
  }
  return true;
}

/** Whether `path` leads to the first leaf, empty siblings aside. */
export function isLeftMost(spec: InnerSpec, path: readonly InnerOp[]): boolean {
  const padding = paddingOf(spec, 0);
  return (
    padding !== undefined && path.every((op) => hasPadding(op, padding) || leftBranchesAreEmpty(spec, op))
  );
}

/** Whether `path` leads to the last leaf, empty siblings aside. */
export function isRightMost(spec: InnerSpec, path: readonly InnerOp[]): boolean {
  const padding = paddingOf(spec, spec.childOrder.length - 1);
  return (
    padding !== undefined && path.every((op) => hasPadding(op, padding) || rightBranchesAreEmpty(spec, op))
  );
}

/**
 * Whether no leaf lies between two paths of one tree: above some node they are the same, at that node they part into
 * adjacent branches, and below it the left one keeps right and the right one keeps left.
 */
export function isLeftNeighbour(
  spec: InnerSpec,
  left: readonly InnerOp[],
  right: readonly InnerOp[],
): boolean {
  let l = left.length - 1;
  let r = right.length - 1;
  while (l >= 0 && r >= 0 && sameStep(left[l]!, right[r]!)) {
    l--;
    r--;
  }
  if (l < 0 || r < 0) return false;
  const leftBranch = branchOf(spec, left[l]!);
  const rightBranch = branchOf(spec, right[r]!);
  if (leftBranch === undefined || rightBranch !== leftBranch + 1) return false;
  return isRightMost(spec, left.slice(0, l)) && isLeftMost(spec, right.slice(0, r));
}

const sameStep = (a: InnerOp, b: InnerOp): boolean =>
  equalBytes(a.prefix, b.prefix) && equalBytes(a.suffix, b.suffix);
