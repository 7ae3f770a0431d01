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
export function checkInner(op: InnerOp, spec: ProofSpec, layer: number): void {
  const inner = spec.innerSpec;
  if (inner === undefined) throw new ProofError("spec has no inner spec");
  if (spec.leafSpec === undefined) throw new ProofError("spec has no leaf spec");
  if (op.hash !== inner.hash) throw new ProofError(`inner: unexpected hash operation ${op.hash}`);
  if (specEquals(spec, IAVL_SPEC)) checkIavlPrefix(op, layer);
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
  proof.path.forEach((op, i) => {
    checkInner(op, spec, i + 1);
  });
}

/** IAVL prefixes are `height ‖ size ‖ version` and, in inner nodes, the length byte and perhaps the left child. */
function checkIavlPrefix(op: LeafOp | InnerOp, layer: number): void {
  let at = 0;
  for (let field = 0; field < 3; field++) {
    const read = readVarint(op.prefix, at);
    if (read === undefined) throw new ProofError("IAVL prefix ends within a number");
    if (read.value < 0n) throw new ProofError("IAVL prefix has a negative number");
    if (field === 0 && read.value < BigInt(layer)) throw new ProofError("IAVL height is below the layer");
    at = read.next;
  }
  const rest = op.prefix.length - at;
  if (layer === 0) {
    if (rest !== 0) throw new ProofError("IAVL leaf prefix is too long");
    return;
  }
  if (rest !== 1 && rest !== 34) throw new ProofError("IAVL inner prefix has a wrong length");
  if (op.hash !== HASH.SHA256) throw new ProofError("IAVL hashes with SHA-256");
}

/** Go `binary.ReadVarint`: zig-zag, at most 64 bits, not necessarily in the shortest form. */
function readVarint(bytes: Uint8Array, from: number): { value: bigint; next: number } | undefined {
  let raw = 0n;
  for (let i = 0; i < 10; i++) {
    const byte = bytes[from + i];
    if (byte === undefined || (i === 9 && byte > 1)) return undefined;
    raw |= BigInt(byte & 0x7f) << BigInt(7 * i);
    if (byte < 0x80) return { value: raw & 1n ? -(raw >> 1n) - 1n : raw >> 1n, next: from + i + 1 };
  }
  return undefined;
}

const startsWith = (bytes: Uint8Array, prefix: Uint8Array): boolean =>
  bytes.length >= prefix.length && prefix.every((byte, i) => byte === bytes[i]);
