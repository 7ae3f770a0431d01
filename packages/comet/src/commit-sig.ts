/** One validator's slot in a commit (CometBFT `types/block.go`, CommitSig). */
import { concatBytes, EMPTY } from "@tandem-ics/crypto";
import type { CommitSig } from "cosmjs-types/tendermint/types/types";
import { BlockIDFlag } from "cosmjs-types/tendermint/types/validator";
import { CometError } from "./errors.ts";
import { bytesField, messageField, timestampBytes, varintField } from "./proto-bytes.ts";
import { ADDRESS_LENGTH } from "./public-key.ts";
import { goZeroTimestamp, isGoZeroTimestamp, isValidTimestamp } from "./time.ts";

/** What a validator's slot says: no vote seen, a vote for the block, a vote for nil. */
export const BLOCK_ID_FLAG = {
  absent: BlockIDFlag.BLOCK_ID_FLAG_ABSENT,
  commit: BlockIDFlag.BLOCK_ID_FLAG_COMMIT,
  nil: BlockIDFlag.BLOCK_ID_FLAG_NIL,
} as const;

/** Longest signature in a vote or commit, in bytes. */
export const MAX_SIGNATURE_LENGTH = 64;

/** The slot of a validator whose vote was not seen: no address, no signature, Go's zero time. */
export const absentCommitSig = (): CommitSig => ({
  blockIdFlag: BLOCK_ID_FLAG.absent,
  validatorAddress: EMPTY,
  timestamp: goZeroTimestamp(),
  signature: EMPTY,
});

/** `CommitSig` bytes: the leaf of a commit's hash. The time is always written. */
export const encodeCommitSig = (signature: CommitSig): Uint8Array =>
  concatBytes(
    varintField(1, signature.blockIdFlag),
    bytesField(2, signature.validatorAddress),
    messageField(3, timestampBytes(signature.timestamp)),
    bytesField(4, signature.signature),
  );

/**
 * Flag and content agree, lengths are possible (`CommitSig.ValidateBasic`).
 * @throws CometError `invalidCommit` with field `index` where one is given.
 */
export function validateCommitSigBasic(signature: CommitSig, index?: number): void {
  const { blockIdFlag } = signature;
  const fault =
    blockIdFlag === BLOCK_ID_FLAG.absent
      ? faultOfAbsent(signature)
      : blockIdFlag === BLOCK_ID_FLAG.commit || blockIdFlag === BLOCK_ID_FLAG.nil
        ? faultOfPresent(signature)
        : `unknown block id flag ${blockIdFlag}`;
  if (fault === undefined) return;
  const message = index === undefined ? fault : `signature #${index}: ${fault}`;
  throw new CometError("invalidCommit", message, { index, blockIdFlag });
}

function faultOfAbsent({ validatorAddress, timestamp, signature }: CommitSig): string | undefined {
  if (validatorAddress.length !== 0) return "absent signature has an address";
  if (!isGoZeroTimestamp(timestamp)) return "absent signature has a time";
  return signature.length === 0 ? undefined : "absent signature has signature bytes";
}

function faultOfPresent({ validatorAddress, timestamp, signature }: CommitSig): string | undefined {
  if (validatorAddress.length !== ADDRESS_LENGTH)
    return `validator address has ${validatorAddress.length} bytes`;
  if (!isValidTimestamp(timestamp)) return "time is out of range";
  if (signature.length === 0) return "signature is missing";
  return signature.length <= MAX_SIGNATURE_LENGTH
    ? undefined
    : `signature is longer than ${MAX_SIGNATURE_LENGTH} bytes`;
}
