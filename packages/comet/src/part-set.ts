/** Blocks in parts of 64 KiB, each with a proof (CometBFT `types/part_set.go`). */
import { merkleProofs, merkleRoot, verifyMerkleProof } from "@tandem-ics/crypto";
import { Block } from "cosmjs-types/tendermint/types/block";
import type { BlockID, Part, PartSetHeader } from "cosmjs-types/tendermint/types/types";
import { CometError } from "./errors.ts";
import { headerHash } from "./header.ts";

/** Bytes of every part but the last. */
export const BLOCK_PART_BYTES = 65_536;

const chunks = (bytes: Uint8Array): Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / BLOCK_PART_BYTES) }, (_, i) =>
    bytes.subarray(i * BLOCK_PART_BYTES, (i + 1) * BLOCK_PART_BYTES),
  );

/** Number of parts of a block's bytes and the Merkle root over them. */
export function partSetHeader(blockBytes: Uint8Array): PartSetHeader {
  const parts = chunks(blockBytes);
  return { total: parts.length, hash: merkleRoot(parts) };
}

/** A block's bytes cut into parts with proofs, and what identifies them. */
export function makePartSet(blockBytes: Uint8Array): { header: PartSetHeader; parts: Part[] } {
  const pieces = chunks(blockBytes);
  const proofs = merkleProofs(pieces);
  const parts = pieces.map((bytes, index): Part => {
    const { total, leafHash, aunts } = proofs[index]!;
    return { index, bytes, proof: { total: BigInt(total), index: BigInt(index), leafHash, aunts } };
  });
  return { header: { total: parts.length, hash: merkleRoot(pieces) }, parts };
}

/**
 * The part belongs at its index under `header`: sizes, index of part and of proof, number of parts and proof agree.
 * @throws CometError `invalidPart`.
 */
export function verifyPart(header: PartSetHeader, part: Part): void {
  const { index, bytes, proof } = part;
  const refuse = (reason: string): CometError =>
    new CometError("invalidPart", `part ${index}: ${reason}`, { index });
  if (index < 0 || index >= header.total) throw refuse(`there are only ${header.total} parts`);
  if (proof.index !== BigInt(index)) throw refuse(`its proof is for part ${proof.index}`);
  if (proof.total !== BigInt(header.total)) throw refuse(`its proof is for a set of ${proof.total}`);
  if (bytes.length > BLOCK_PART_BYTES) throw refuse("too many bytes");
  if (index < header.total - 1 && bytes.length !== BLOCK_PART_BYTES)
    throw refuse("only the last part may be short");
  const merkleProof = { total: header.total, index, leafHash: proof.leafHash, aunts: proof.aunts };
  if (!verifyMerkleProof(header.hash, merkleProof, bytes))
    throw refuse("its proof does not lead to the root");
}

/** Protobuf bytes of a block: what is cut into parts and stored. */
export const encodeBlock = (block: Block): Uint8Array => Block.encode(block).finish();

/** Id of a block: hash of its header, root of its parts. */
export const blockId = (block: Block): BlockID => ({
  hash: headerHash(block.header),
  partSetHeader: partSetHeader(encodeBlock(block)),
});
