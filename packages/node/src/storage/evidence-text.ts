/** Votes and evidence as CometBFT prints them in messages (`types/vote.go`, `types/evidence.go`). */
import { evidenceIdHash, SIGNED_MESSAGE } from "@tandem-ics/comet";
import { toHexUpper } from "@tandem-ics/crypto";
import { formatTimestamp, timestampToNs } from "@tandem-ics/proto";
import type { Evidence } from "cosmjs-types/tendermint/types/evidence";
import type { Vote } from "cosmjs-types/tendermint/types/types";

/** What stands for a vote that there is not. */
export const NO_VOTE = "nil-Vote";

const FINGERPRINT_BYTES = 6;

function fingerprint(bytes: Uint8Array): string {
  const out = new Uint8Array(FINGERPRINT_BYTES);
  out.set(bytes.subarray(0, FINGERPRINT_BYTES));
  return toHexUpper(out);
}

/** A prevote or a precommit. */
export function voteText(vote: Vote | undefined): string {
  if (vote === undefined) return NO_VOTE;
  const round = String(vote.round).padStart(2, "0");
  const type =
    vote.type === SIGNED_MESSAGE.prevote
      ? "SIGNED_MSG_TYPE_PREVOTE(Prevote)"
      : "SIGNED_MSG_TYPE_PRECOMMIT(Precommit)";
  return (
    `Vote{${vote.validatorIndex}:${fingerprint(vote.validatorAddress)} ${vote.height}/${round}/${type} ` +
    `${fingerprint(vote.blockId.hash)} ${fingerprint(vote.signature)} ` +
    `${fingerprint(vote.extension)} @ ${formatTimestamp(timestampToNs(vote.timestamp))}}`
  );
}

/** Evidence; that of an attack by its hash, where CometBFT prints the whole block. */
export function evidenceText(evidence: Evidence): string {
  const votes = evidence.duplicateVoteEvidence;
  if (votes === undefined) return toHexUpper(evidenceIdHash(evidence));
  return `DuplicateVoteEvidence{VoteA: ${voteText(votes.voteA)}, VoteB: ${voteText(votes.voteB)}}`;
}

/** A time as Go prints it: `2026-01-01 00:00:00 +0000 UTC`. Nanoseconds since 1970. */
export const goTimeText = (ns: bigint): string =>
  `${formatTimestamp(ns).replace("T", " ").replace("Z", "")} +0000 UTC`;
