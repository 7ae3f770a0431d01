/** Where the node keeps what in its backend: one prefix byte, then a big-endian height or a hash. */
import { be64, concatBytes } from "@tandem-ics/crypto";

const PREFIX = {
  block: 0x01,
  meta: 0x02,
  heightOfHash: 0x03,
  commit: 0x04,
  response: 0x05,
  txResult: 0x06,
  txLocation: 0x07,
  validators: 0x08,
  consensusParams: 0x09,
  state: 0x0a,
  pendingEvidence: 0x0b,
  committedEvidence: 0x0c,
  txPosting: 0x10,
  blockPosting: 0x11,
} as const;

const of = (prefix: number, ...parts: Uint8Array[]): Uint8Array =>
  concatBytes(Uint8Array.of(prefix), ...parts);

/** 4 bytes, big endian. */
export function be32(value: number): Uint8Array {
  const out = new Uint8Array(4);
  new DataView(out.buffer).setUint32(0, value);
  return out;
}

/** height → `Block` */
export const blockKey = (height: bigint): Uint8Array => of(PREFIX.block, be64(height));
/** height → `BlockMeta` */
export const metaKey = (height: bigint): Uint8Array => of(PREFIX.meta, be64(height));
/** block hash → be64(height) */
export const heightOfHashKey = (hash: Uint8Array): Uint8Array => of(PREFIX.heightOfHash, hash);
/** height → `Commit` that decided the block: as seen here, and as the next block carries it */
export const commitKey = (height: bigint): Uint8Array => of(PREFIX.commit, be64(height));
/** height → `ResponseFinalizeBlock` without its transaction results */
export const responseKey = (height: bigint): Uint8Array => of(PREFIX.response, be64(height));
/** height, index → `ExecTxResult` */
export const txResultKey = (height: bigint, index: number): Uint8Array =>
  of(PREFIX.txResult, be64(height), be32(index));
/** transaction hash → be64(height) ‖ be32(index) */
export const txLocationKey = (hash: Uint8Array): Uint8Array => of(PREFIX.txLocation, hash);
/** first height of a set → `ValidatorSet` with the priorities it had there */
export const validatorsKey = (height: bigint): Uint8Array => of(PREFIX.validators, be64(height));
/** first height of parameters → `ConsensusParams` */
export const consensusParamsKey = (height: bigint): Uint8Array => of(PREFIX.consensusParams, be64(height));
/** the chain's state after the last block */
export const STATE_KEY: Uint8Array = of(PREFIX.state);
/** height of the infraction, evidence hash → `Evidence` */
export const pendingEvidenceKey = (height: bigint, hash: Uint8Array): Uint8Array =>
  of(PREFIX.pendingEvidence, be64(height), hash);
/** height of the infraction, evidence hash → nothing */
export const committedEvidenceKey = (height: bigint, hash: Uint8Array): Uint8Array =>
  of(PREFIX.committedEvidence, be64(height), hash);

/** All pending evidence, oldest infraction first. */
export const PENDING_EVIDENCE_RANGE: { start: Uint8Array; end: Uint8Array } = {
  start: of(PREFIX.pendingEvidence),
  end: of(PREFIX.pendingEvidence + 1),
};

/** Which index a posting belongs to. */
export type PostingKind = "tx" | "block";

/** First byte of postings. */
export const postingPrefix = (kind: PostingKind): number =>
  kind === "tx" ? PREFIX.txPosting : PREFIX.blockPosting;
