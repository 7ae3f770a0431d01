/**
 * Proof messages from and to bytes. Decoding is as strict as gogoproto: lengths and wire types are checked, and of
 * several members of a `oneof` the last one counts. (The generated decoder would keep them all.)
 */
import { CommitmentProof, ProofSpec as WireProofSpec } from "cosmjs-types/cosmos/ics23/v1/proofs";
import { MerkleProof } from "cosmjs-types/ibc/core/commitment/v1/commitment";
import { ProofError } from "./operations.ts";
import type { ProofSpec } from "./specs.ts";

/** Bytes of a `cosmos.ics23.v1.CommitmentProof`. */
export const encodeCommitmentProof = (proof: CommitmentProof): Uint8Array =>
  CommitmentProof.encode(proof).finish();

/** Throws {@link ProofError} for malformed bytes. */
export function decodeCommitmentProof(bytes: Uint8Array): CommitmentProof {
  return decode(COMMITMENT_PROOF, bytes, 0, bytes.length, {}) as CommitmentProof;
}

/** Bytes of an `ibc.core.commitment.v1.MerkleProof`. */
export const encodeMerkleProof = (proof: MerkleProof): Uint8Array => MerkleProof.encode(proof).finish();

/** Throws {@link ProofError} for malformed bytes. */
export function decodeMerkleProof(bytes: Uint8Array): MerkleProof {
  return decode(MERKLE_PROOF, bytes, 0, bytes.length, {}) as unknown as MerkleProof;
}

/** Bytes of a `cosmos.ics23.v1.ProofSpec`, with the field that the generated encoder drops. */
export function encodeProofSpec(spec: ProofSpec): Uint8Array {
  const writer = WireProofSpec.encode(spec);
  if (spec.prehashKeyBeforeComparison) writer.uint32(40).bool(true);
  return writer.finish();
}

/** Throws {@link ProofError} for malformed bytes. */
export function decodeProofSpec(bytes: Uint8Array): ProofSpec {
  return decode(PROOF_SPEC, bytes, 0, bytes.length, {}) as unknown as ProofSpec;
}

type Message = Record<string, unknown>;
type Kind = "bytes" | "int32" | "int32s" | "bool" | Schema | { many: Schema };
interface Field {
  name: string;
  kind: Kind;
  /** Members of one `oneof` replace each other. */
  oneof?: boolean;
}
interface Schema {
  fields: Record<number, Field>;
}

const field = (name: string, kind: Kind): Field => ({ name, kind });
const member = (name: string, kind: Schema): Field => ({ name, kind, oneof: true });

const LEAF_OP: Schema = {
  fields: {
    1: field("hash", "int32"),
    2: field("prehashKey", "int32"),
    3: field("prehashValue", "int32"),
    4: field("length", "int32"),
    5: field("prefix", "bytes"),
  },
};
const INNER_OP: Schema = {
  fields: { 1: field("hash", "int32"), 2: field("prefix", "bytes"), 3: field("suffix", "bytes") },
};
const existence = (path: Kind): Schema => ({
  fields: {
    1: field("key", "bytes"),
    2: field("value", "bytes"),
    3: field("leaf", LEAF_OP),
    4: field("path", path),
  },
});
const nonExistence = (side: Schema): Schema => ({
  fields: { 1: field("key", "bytes"), 2: field("left", side), 3: field("right", side) },
});
const entryOf = (exist: Schema): Schema => ({
  fields: { 1: member("exist", exist), 2: member("nonexist", nonExistence(exist)) },
});
const EXISTENCE = existence({ many: INNER_OP });
const BATCH: Schema = { fields: { 1: field("entries", { many: entryOf(EXISTENCE) }) } };
const COMPRESSED: Schema = {
  fields: {
    1: field("entries", { many: entryOf(existence("int32s")) }),
    2: field("lookupInners", { many: INNER_OP }),
  },
};
const COMMITMENT_PROOF: Schema = {
  fields: {
    ...entryOf(EXISTENCE).fields,
    3: member("batch", BATCH),
    4: member("compressed", COMPRESSED),
  },
};
const MERKLE_PROOF: Schema = { fields: { 1: field("proofs", { many: COMMITMENT_PROOF }) } };
const INNER_SPEC: Schema = {
  fields: {
    1: field("childOrder", "int32s"),
    2: field("childSize", "int32"),
    3: field("minPrefixLength", "int32"),
    4: field("maxPrefixLength", "int32"),
    5: field("emptyChild", "bytes"),
    6: field("hash", "int32"),
  },
};
const PROOF_SPEC: Schema = {
  fields: {
    1: field("leafSpec", LEAF_OP),
    2: field("innerSpec", INNER_SPEC),
    3: field("maxDepth", "int32"),
    4: field("minDepth", "int32"),
    5: field("prehashKeyBeforeComparison", "bool"),
  },
};

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const START_GROUP = 3;
const END_GROUP = 4;
const FIXED32 = 5;

/** Merges the fields in [start, end) into `message`, whose absent scalars and lists are filled in first. */
function decode(schema: Schema, data: Uint8Array, start: number, end: number, message: Message): Message {
  for (const { name, kind } of Object.values(schema.fields)) {
    if (kind === "bytes") message[name] ??= new Uint8Array(0);
    else if (kind === "int32") message[name] ??= 0;
    else if (kind === "int32s" || (typeof kind === "object" && "many" in kind)) message[name] ??= [];
  }
  let at = start;
  while (at < end) {
    const tag = varint(data, at, end);
    at = tag.next;
    const number = Number(BigInt.asIntN(32, tag.value >> 3n));
    const wireType = Number(tag.value & 7n);
    if (number <= 0) throw new ProofError(`illegal field number ${number}`);
    const known = schema.fields[number];
    if (known === undefined) at = skip(data, at, end, wireType);
    else at = decodeField(schema, known, data, at, end, wireType, message);
  }
  return message;
}

function decodeField(
  schema: Schema,
  { name, kind, oneof }: Field,
  data: Uint8Array,
  from: number,
  end: number,
  wireType: number,
  message: Message,
): number {
  const numeric = kind === "int32" || kind === "bool" || (kind === "int32s" && wireType === VARINT);
  if (wireType !== (numeric ? VARINT : BYTES))
    throw new ProofError(`wrong wire type ${wireType} for ${name}`);
  if (numeric) {
    const { value, next } = varint(data, from, end);
    if (kind === "bool") message[name] = value !== 0n;
    else if (kind === "int32s") (message[name] as number[]).push(toInt32(value));
    else message[name] = toInt32(value);
    return next;
  }
  const { start, next } = delimited(data, from, end);
  if (kind === "bytes") message[name] = data.slice(start, next);
  else if (kind === "int32s") {
    for (let at = start; at < next; ) {
      const item = varint(data, at, next);
      (message[name] as number[]).push(toInt32(item.value));
      at = item.next;
    }
  } else if (typeof kind === "object" && "many" in kind) {
    (message[name] as Message[]).push(decode(kind.many, data, start, next, {}));
  } else if (oneof) {
    for (const other of Object.values(schema.fields)) if (other.oneof) delete message[other.name];
    message[name] = decode(kind as Schema, data, start, next, {});
  } else
    message[name] = decode(kind as Schema, data, start, next, (message[name] as Message | undefined) ?? {});
  return next;
}

const toInt32 = (value: bigint): number => Number(BigInt.asIntN(32, value));

/** At most ten bytes, bits above the 64th dropped. */
function varint(data: Uint8Array, from: number, end: number): { value: bigint; next: number } {
  let value = 0n;
  for (let i = 0; i < 10; i++) {
    if (from + i >= end) throw new ProofError("proof ends within a number");
    const byte = data[from + i]!;
    value |= BigInt(byte & 0x7f) << BigInt(7 * i);
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), next: from + i + 1 };
  }
  throw new ProofError("number is longer than 64 bits");
}

function delimited(data: Uint8Array, from: number, end: number): { start: number; next: number } {
  const { value, next } = varint(data, from, end);
  if (value > BigInt(end - next)) throw new ProofError("proof ends within a field");
  return { start: next, next: next + Number(value) };
}

function skip(data: Uint8Array, from: number, end: number, wireType: number): number {
  const fixed = (bytes: number): number => {
    if (from + bytes > end) throw new ProofError("proof ends within a field");
    return from + bytes;
  };
  switch (wireType) {
    case VARINT:
      return varint(data, from, end).next;
    case FIXED64:
      return fixed(8);
    case BYTES:
      return delimited(data, from, end).next;
    case FIXED32:
      return fixed(4);
    case START_GROUP:
      return skipGroup(data, from, end);
    default:
      throw new ProofError(`illegal wire type ${wireType}`);
  }
}

function skipGroup(data: Uint8Array, from: number, end: number): number {
  let at = from;
  for (let depth = 1; depth > 0; ) {
    const tag = varint(data, at, end);
    const wireType = Number(tag.value & 7n);
    at = tag.next;
    if (wireType === START_GROUP) depth++;
    else if (wireType === END_GROUP) depth--;
    else at = skip(data, at, end, wireType);
  }
  return at;
}
