/** Block ids: the hash of a header and the root of the parts a block travels in (CometBFT spec, core/data_structures). */
import { concatBytes, EMPTY, equalBytes } from "@tandem-ics/crypto";
import type { BlockID, PartSetHeader } from "cosmjs-types/tendermint/types/types";
import { CometError } from "./errors.ts";
import { bytesField, messageField, varintField } from "./proto-bytes.ts";

/** Length of every hash but the app hash, whose length is the application's business. */
export const HASH_LENGTH = 32;

/** The id of no block: what a nil vote and the first header of a chain hold. */
export const zeroBlockId = (): BlockID => ({ hash: EMPTY, partSetHeader: { total: 0, hash: EMPTY } });

/** Whether hash, number of parts and parts' hash are all empty. */
export const isZeroBlockId = (id: BlockID): boolean =>
  id.hash.length === 0 && id.partSetHeader.total === 0 && id.partSetHeader.hash.length === 0;

/** Whether it can name a block: both hashes full length, at least one part. */
export const isCompleteBlockId = (id: BlockID): boolean =>
  id.hash.length === HASH_LENGTH &&
  id.partSetHeader.total > 0 &&
  id.partSetHeader.hash.length === HASH_LENGTH;

/** Same hash and same parts. */
export const sameBlockId = (a: BlockID, b: BlockID): boolean =>
  equalBytes(a.hash, b.hash) &&
  a.partSetHeader.total === b.partSetHeader.total &&
  equalBytes(a.partSetHeader.hash, b.partSetHeader.hash);

/** `PartSetHeader` bytes. */
export const encodePartSetHeader = (header: PartSetHeader): Uint8Array =>
  concatBytes(varintField(1, header.total), bytesField(2, header.hash));

/** `BlockID` bytes; exactly `12 00` for the zero id. `CanonicalBlockID` has the same ones. */
export const encodeBlockId = (id: BlockID): Uint8Array =>
  concatBytes(bytesField(1, id.hash), messageField(2, encodePartSetHeader(id.partSetHeader)));

/** Order of conflicting votes in evidence: hash bytes ‖ part set header bytes, compared bytewise. */
export const blockIdKey = (id: BlockID): Uint8Array =>
  concatBytes(id.hash, encodePartSetHeader(id.partSetHeader));

/** Refuses a hash that is neither empty nor 32 bytes. @throws CometError `code` with fields `name`, `length`. */
export function checkHash(code: "invalidBlockId" | "invalidHeader", name: string, hash: Uint8Array): void {
  if (hash.length === 0 || hash.length === HASH_LENGTH) return;
  throw new CometError(code, `${name} has ${hash.length} bytes instead of ${HASH_LENGTH}`, {
    name,
    length: hash.length,
  });
}

/** Refuses hashes of a wrong length (`BlockID.ValidateBasic`). @throws CometError `invalidBlockId`. */
export function validateBlockIdBasic(id: BlockID): void {
  checkHash("invalidBlockId", "block hash", id.hash);
  checkHash("invalidBlockId", "parts hash", id.partSetHeader.hash);
}
