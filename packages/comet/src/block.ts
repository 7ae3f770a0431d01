/** Whole blocks: basic validity and size limits (CometBFT `types/block.go`). */
import { equalBytes } from "@tandem-ics/crypto";
import type { Block } from "cosmjs-types/tendermint/types/block";
import { commitHash, validateCommitBasic } from "./commit.ts";
import { CometError, within } from "./errors.ts";
import { evidenceHash, validateEvidenceBasic } from "./evidence/evidence.ts";
import { validateHeaderBasic } from "./header.ts";
import { varint } from "./proto-bytes.ts";
import { dataHash } from "./results.ts";

// Bounds that CometBFT sets aside of block.max_bytes: protobuf tags of the block, the longest header, a commit.
const BLOCK_OVERHEAD_BYTES = 11n;
const MAX_HEADER_BYTES = 626n;
const COMMIT_OVERHEAD_BYTES = 94n;
const COMMIT_SIG_BYTES = 111n;

/** Bytes left for transactions (with their tags) in a block of `maxBytes`; negative when there is no room. */
export const maxDataBytes = (maxBytes: bigint, evidenceBytes: bigint, validatorCount: number): bigint =>
  maxBytes -
  BLOCK_OVERHEAD_BYTES -
  MAX_HEADER_BYTES -
  COMMIT_OVERHEAD_BYTES -
  COMMIT_SIG_BYTES * BigInt(validatorCount) -
  evidenceBytes;

/** Bytes that a transaction takes in a block: itself, its tag and its length. */
export const txProtoSize = (tx: Uint8Array): bigint => BigInt(1 + varint(tx.length).length + tx.length);

/**
 * Header, last commit and evidence are well formed and the header's hashes are those of the body
 * (`Block.ValidateBasic`). @throws CometError `invalidBlock`, the cause saying more.
 */
export function validateBlockBasic(block: Block): void {
  const { header, data, evidence, lastCommit } = block;
  within("invalidBlock", "header", () => validateHeaderBasic(header));
  if (lastCommit === undefined) throw new CometError("invalidBlock", "last commit is missing");
  within("invalidBlock", "last commit", () => validateCommitBasic(lastCommit));
  checkBodyHash("last commit", header.lastCommitHash, commitHash(lastCommit));
  checkBodyHash("data", header.dataHash, dataHash(data.txs));
  within("invalidBlock", "evidence", () => evidence.evidence.forEach(validateEvidenceBasic));
  checkBodyHash("evidence", header.evidenceHash, evidenceHash(evidence.evidence));
}

function checkBodyHash(part: string, inHeader: Uint8Array, ofBody: Uint8Array): void {
  if (!equalBytes(inHeader, ofBody))
    throw new CometError("invalidBlock", `${part} hash in header is not that of the body`, { part });
}
