/** Whether the steps of a proof have the form that a spec prescribes (ICS-23, Go `ops.go` and `proof.go`). */
import type { ExistenceProof, InnerOp, InnerSpec, LeafOp } from "cosmjs-types/cosmos/ics23/v1/proofs";
import { HASH, ProofError } from "./operations.ts";
import { IAVL_SPEC, type ProofSpec, specEquals } from "./specs.ts";

/** Steps allowed above a leaf when the spec names no limit. */
const DEFAULT_MAX_DEPTH = 128;

/** Throws {@link ProofError} unless leaf operation and spec agree; the prefix may be longer than the spec's. */
export function checkLeaf(op: LeafOp, spec: ProofSpec): void {
  const expected = spec.leafSpec;
  if (expected === undefined) throw new ProofError("spec has no leaf spec");
  if (specEquals(spec, IAVL_SPEC)) checkIavlPrefix(op, 0);
  if (op.hash !== expected.hash) throw new ProofError(`leaf: unexpected hash operation ${op.hash}`);
  if (op.prehashKey !== expected.prehashKey)
    throw new ProofError(`leaf: unexpected key prehash ${op.prehashKey}`);
  if (op.prehashValue !== expected.prehashValue)
    throw new ProofError(`leaf: unexpected value prehash ${op.prehashValue}`);
  if (op.length !== expected.length) throw new ProofError(`leaf: unexpected length operation ${op.length}`);
  if (!startsWith(op.prefix, expected.prefix))
    throw new ProofError("leaf: prefix does not start as in the spec");
}

/** Throws {@link ProofError} unless inner operation and spec agree. `layer` counts from 1 above the leaf. */
export const checkInner = (op: InnerOp, spec: ProofSpec, layer: number): void =>
  checkInnerOf(op, spec, layer, specEquals(spec, IAVL_SPEC));

function checkInnerOf(op: InnerOp, spec: ProofSpec, layer: number, isIavl: boolean): void {
  const inner = spec.innerSpec;
  if (inner === undefined) throw new ProofError("spec has no inner spec");
  if (spec.leafSpec === undefined) throw new ProofError("spec has no leaf spec");
  if (op.hash !== inner.hash) throw new ProofError(`inner: unexpected hash operation ${op.hash}`);
  if (isIavl) checkIavlPrefix(op, layer);
  // else an inner node could pass for a leaf
  if (startsWith(op.prefix, spec.leafSpec.prefix)) throw new ProofError("inner: prefix starts like a leaf's");
  if (op.prefix.length < inner.minPrefixLength)
    throw new ProofError(`inner: prefix too short (${op.prefix.length})`);
  const leftChildren = (inner.childOrder.length - 1) * inner.childSize;
  if (op.prefix.length > inner.maxPrefixLength + leftChildren)
    throw new ProofError(`inner: prefix too long (${op.prefix.length})`);
  checkInnerSpec(inner);
  if (op.suffix.length % inner.childSize !== 0) throw new ProofError("inner: suffix is not whole children");
}

/** Throws {@link ProofError} for specs under which the number of children in a prefix would be ambiguous. */
function checkInnerSpec(inner: InnerSpec): void {
  if (inner.childSize < 1) throw new ProofError("spec: child size must be at least 1");
  if (inner.maxPrefixLength >= inner.minPrefixLength + inner.childSize)
    throw new ProofError("spec: maximal prefix length must be below the minimal one and a child");
}

/** Throws {@link ProofError} unless leaf, depth and all steps agree with the spec. */
export function checkExistence(proof: ExistenceProof, spec: ProofSpec): void {
  if (proof.leaf === undefined) throw new ProofError("existence proof has no leaf operation");
  checkLeaf(proof.leaf, spec);
  const depth = proof.path.length;
  if (spec.minDepth > 0 && depth < spec.minDepth) throw new ProofError(`too few inner operations: ${depth}`);
  const maxDepth = spec.maxDepth === 0 ? DEFAULT_MAX_DEPTH : spec.maxDepth;
  if (depth > maxDepth) throw new ProofError(`too many inner operations: ${depth}`);
  const isIavl = specEquals(spec, IAVL_SPEC);
  proof.path.forEach((op, i) => {
    checkInnerOf(op, spec, i + 1, isIavl);
  });
}

/** IAVL prefixes are `height ‖ size ‖ version` and, in inner nodes, the length byte and perhaps the left child. */
function checkIavlPrefix(op: LeafOp | InnerOp, layer: number): void {
  let at = 0;
  for (let field = 0; field < 3; field++) {
    const end = varintEnd(op.prefix, at);
    if (end === undefined) throw new ProofError("IAVL prefix ends within a number");
    // the lowest bit is the sign
    if ((op.prefix[at]! & 1) === 1) throw new ProofError("IAVL prefix has a negative number");
    if (field === 0 && isVarintBelow(op.prefix, at, end, layer))
      throw new ProofError("IAVL height is below the layer");
    at = end;
  }
  const rest = op.prefix.length - at;
  if (layer === 0) {
    if (rest !== 0) throw new ProofError("IAVL leaf prefix is too long");
    return;
  }
  if (rest !== 1 && rest !== 34) throw new ProofError("IAVL inner prefix has a wrong length");
  if (op.hash !== HASH.SHA256) throw new ProofError("IAVL hashes with SHA-256");
}

/** Position after a number as Go `binary.ReadVarint` reads it: at most 64 bits, not necessarily in its shortest form. */
function varintEnd(bytes: Uint8Array, from: number): number | undefined {
  for (let i = 0; i < 10; i++) {
    const byte = bytes[from + i];
    if (byte === undefined || (i === 9 && byte > 1)) return undefined;
    if (byte < 0x80) return from + i + 1;
  }
  return undefined;
}

/** Whether the zig-zag number in [from, end), which is not negative, is below `limit`. */
function isVarintBelow(bytes: Uint8Array, from: number, end: number, limit: number): boolean {
  let value = 0;
  for (let i = end - 1; i >= from; i--) value = value * 128 + (bytes[i]! & 0x7f);
  return value / 2 < limit;
}

function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  if (bytes.length < prefix.length) return false;
  for (let i = 0; i < prefix.length; i++) if (bytes[i] !== prefix[i]) return false;
  return true;
}
