/**
 * Proof messages from and to bytes. Decoding is as strict as gogoproto: lengths and wire types are checked, and of
 * several members of a `oneof` the last one counts. (The generated decoder would keep them all.)
 */
import "@tandem-ics/proto/wire";
import { CommitmentProof, ProofSpec as WireProofSpec } from "cosmjs-types/cosmos/ics23/v1/proofs";
import { MerkleProof } from "cosmjs-types/ibc/core/commitment/v1/commitment";
import type { ProofSpec } from "./specs.ts";
import { decodeMessage, type Field, type Kind, type Schema, schemaOf } from "./wire-decode.ts";

/** Bytes of a `cosmos.ics23.v1.CommitmentProof`. */
export const encodeCommitmentProof = (proof: CommitmentProof): Uint8Array =>
  CommitmentProof.encode(proof).finish();

/** Throws ProofError for malformed bytes. */
export function decodeCommitmentProof(bytes: Uint8Array): CommitmentProof {
  return decodeMessage(COMMITMENT_PROOF, bytes) as CommitmentProof;
}

/** Bytes of an `ibc.core.commitment.v1.MerkleProof`. */
export const encodeMerkleProof = (proof: MerkleProof): Uint8Array => MerkleProof.encode(proof).finish();

/** Throws ProofError for malformed bytes. */
export function decodeMerkleProof(bytes: Uint8Array): MerkleProof {
  return decodeMessage(MERKLE_PROOF, bytes) as unknown as MerkleProof;
}

/** Bytes of a `cosmos.ics23.v1.ProofSpec`, with the field that the generated encoder drops. */
export function encodeProofSpec(spec: ProofSpec): Uint8Array {
  const writer = WireProofSpec.encode(spec);
  if (spec.prehashKeyBeforeComparison) writer.uint32(40).bool(true);
  return writer.finish();
}

/** Throws ProofError for malformed bytes. */
export function decodeProofSpec(bytes: Uint8Array): ProofSpec {
  return decodeMessage(PROOF_SPEC, bytes) as unknown as ProofSpec;
}

const field = (name: string, kind: Kind): Field => ({ name, kind });
const member = (name: string, kind: Schema): Field => ({ name, kind, oneof: true });

const LEAF_OP = schemaOf({
  1: field("hash", "int32"),
  2: field("prehashKey", "int32"),
  3: field("prehashValue", "int32"),
  4: field("length", "int32"),
  5: field("prefix", "bytes"),
});
const INNER_OP = schemaOf({
  1: field("hash", "int32"),
  2: field("prefix", "bytes"),
  3: field("suffix", "bytes"),
});
const existence = (path: Kind): Schema =>
  schemaOf({
    1: field("key", "bytes"),
    2: field("value", "bytes"),
    3: field("leaf", LEAF_OP),
    4: field("path", path),
  });
const nonExistence = (side: Schema): Schema =>
  schemaOf({ 1: field("key", "bytes"), 2: field("left", side), 3: field("right", side) });
const entryOf = (exist: Schema): Schema =>
  schemaOf({ 1: member("exist", exist), 2: member("nonexist", nonExistence(exist)) });
const EXISTENCE = existence({ many: INNER_OP });
const BATCH = schemaOf({ 1: field("entries", { many: entryOf(EXISTENCE) }) });
const COMPRESSED = schemaOf({
  1: field("entries", { many: entryOf(existence("int32s")) }),
  2: field("lookupInners", { many: INNER_OP }),
});
const COMMITMENT_PROOF = schemaOf({
  ...entryOf(EXISTENCE).fields,
  3: member("batch", BATCH),
  4: member("compressed", COMPRESSED),
});
const MERKLE_PROOF = schemaOf({ 1: field("proofs", { many: COMMITMENT_PROOF }) });
const INNER_SPEC = schemaOf({
  1: field("childOrder", "int32s"),
  2: field("childSize", "int32"),
  3: field("minPrefixLength", "int32"),
  4: field("maxPrefixLength", "int32"),
  5: field("emptyChild", "bytes"),
  6: field("hash", "int32"),
});
const PROOF_SPEC = schemaOf({
  1: field("leafSpec", LEAF_OP),
  2: field("innerSpec", INNER_SPEC),
  3: field("maxDepth", "int32"),
  4: field("minDepth", "int32"),
  5: field("prehashKeyBeforeComparison", "bool"),
});
