/** Light-client verification: from a trusted header to a later one (CometBFT spec, light-client/verification; `light/verifier.go`). */
import { equalBytes } from "@tandem-ics/crypto";
import type { Commit, Header, LightBlock, SignedHeader } from "cosmjs-types/tendermint/types/types";
import { type CommitClaim, verifyCommitLight, verifyCommitLightTrusting } from "../commit-verification.ts";
import { CometError, isCometError, within } from "../errors.ts";
import { headerHash, validateHeaderBasic } from "../header.ts";
import { timestampToNs } from "../time.ts";
import { DEFAULT_TRUST_LEVEL, type TrustThreshold } from "../trust-threshold.ts";
import { type ValidatorSet, validatorSetFromProto } from "../validator-set.ts";
import { validatorSetHash } from "../validators-hash.ts";
import { validateSignedHeaderBasic } from "./light-block.ts";

/** What must be known of a header to go on from it; an IBC consensus state and its height hold it too. */
export interface TrustedHeader {
  chainId: string;
  height: bigint;
  /** Block time, nanoseconds since 1970. */
  timeNs: bigint;
  nextValidatorsHash: Uint8Array;
}

/** The trusted part of a header. */
export const trustedHeader = (header: Header): TrustedHeader => ({
  chainId: header.chainId,
  height: header.height,
  timeNs: timestampToNs(header.time),
  nextValidatorsHash: header.nextValidatorsHash,
});

/** How long and how exactly clocks are trusted. */
export interface LightClock {
  /** A header older than this is trusted no more. */
  trustingPeriodNs: bigint;
  /** The verifier's clock. */
  nowNs: bigint;
  /** How far ahead of it a header may be. */
  maxClockDriftNs: bigint;
}

/** A step to the next height. */
export interface AdjacentStep extends LightClock {
  trusted: TrustedHeader;
  untrusted: SignedHeader;
  /** Validators of the untrusted header's height, as given with it. */
  validators: ValidatorSet;
}

/** A step over heights. */
export interface SkippingStep extends AdjacentStep {
  /** Validators of the height after the trusted one: the caller has compared their hash. */
  trustedValidators: ValidatorSet;
  /** Share of them that must have signed; 1/3 if not given. */
  trustLevel?: TrustThreshold;
}

/** Whether a header of that time is trusted no more; at equality it is not. */
export const isHeaderExpired = (timeNs: bigint, trustingPeriodNs: bigint, nowNs: bigint): boolean =>
  timeNs + trustingPeriodNs <= nowNs;

/**
 * The header of the next height, by the validators that the trusted header announced.
 * @throws CometError `headersNotAdjacent`, `headerExpired`, `invalidHeader` (with the cause), `wrongNextValidators`.
 */
export function verifyAdjacent(step: AdjacentStep): void {
  const { trusted, untrusted, validators } = step;
  if (untrusted.header?.height !== trusted.height + 1n)
    throw new CometError("headersNotAdjacent", "headers are not adjacent in height");
  checkNotExpired(step);
  const { header, commit } = checkNewHeader(step);
  if (!equalBytes(header.validatorsHash, trusted.nextValidatorsHash))
    throw new CometError("wrongNextValidators", "validators are not those the trusted header announced");
  checkOwnCommit({
    chainId: trusted.chainId,
    validators,
    blockId: commit.blockId,
    height: header.height,
    commit,
  });
}

/**
 * A later header, by enough of the validators trusted at the earlier one and by more than two thirds of its own.
 * @throws CometError `headersAdjacent`, `headerExpired`, `invalidHeader` (with the cause), `notEnoughTrust`
 *   {got, needed} when a header in between could still connect the two, `doubleVote`, `wrongSignature`, `invalidTrustLevel`.
 */
export function verifyNonAdjacent(step: SkippingStep): void {
  const { trusted, untrusted, validators, trustedValidators, trustLevel = DEFAULT_TRUST_LEVEL } = step;
  if (untrusted.header?.height === trusted.height + 1n)
    throw new CometError("headersAdjacent", "headers are adjacent in height");
  checkNotExpired(step);
  const { header, commit } = checkNewHeader(step);
  const { chainId } = trusted;
  try {
    verifyCommitLightTrusting({ chainId, validators: trustedValidators, commit, trustLevel });
  } catch (error) {
    if (!isCometError(error, "notEnoughVotingPower")) throw error;
    throw new CometError("notEnoughTrust", error.message, error.fields, { cause: error });
  }
  // Last, because this set is the counterparty's choice and checking it costs the most.
  checkOwnCommit({ chainId, validators, blockId: commit.blockId, height: header.height, commit });
}

/** {@link verifyAdjacent} or {@link verifyNonAdjacent}, whichever the heights call for. */
export function verifyLight(step: SkippingStep): void {
  if (step.untrusted.header?.height === step.trusted.height + 1n) verifyAdjacent(step);
  else verifyNonAdjacent(step);
}

const checkOwnCommit = (claim: CommitClaim): void =>
  within("invalidHeader", "commit", () => verifyCommitLight(claim));

function checkNotExpired({ trusted, trustingPeriodNs, nowNs }: AdjacentStep): void {
  if (isHeaderExpired(trusted.timeNs, trustingPeriodNs, nowNs))
    throw new CometError("headerExpired", `trusted header ${trusted.height} has expired`, {
      expiredAtNs: trusted.timeNs + trustingPeriodNs,
      nowNs,
    });
}

function checkNewHeader(step: AdjacentStep): { header: Header; commit: Commit } {
  const { trusted, untrusted, validators, nowNs, maxClockDriftNs } = step;
  const { header, commit } = within("invalidHeader", "signed header", () =>
    validateSignedHeaderBasic(untrusted, trusted.chainId),
  );
  const refuse = (message: string, fields: Record<string, unknown>): CometError =>
    new CometError("invalidHeader", message, fields);
  if (header.height <= trusted.height)
    throw refuse(`height ${header.height} is not above the trusted ${trusted.height}`, {
      height: header.height,
      trustedHeight: trusted.height,
    });
  const timeNs = timestampToNs(header.time);
  if (timeNs <= trusted.timeNs)
    throw refuse("time is not after that of the trusted header", { timeNs, trustedTimeNs: trusted.timeNs });
  if (timeNs >= nowNs + maxClockDriftNs)
    throw refuse("header is from the future", { timeNs, nowNs, maxClockDriftNs });
  if (!equalBytes(header.validatorsHash, validatorSetHash(validators)))
    throw refuse("validators are not those the header names", { height: header.height });
  return { header, commit };
}

/** What may come of a step. `NOT_ENOUGH_TRUST`: try a header in between. */
export type LightVerdict = "SUCCESS" | "NOT_ENOUGH_TRUST" | "INVALID";

/** Settings of a step. */
export interface LightOptions extends LightClock {
  trustLevel?: TrustThreshold;
}

/**
 * Verdict on a light block as it came from elsewhere, malformed ones included. `trusted.nextValidators` must be the set
 * whose hash the trusted header names.
 */
export function verifyLightBlock(
  trusted: { header: TrustedHeader; nextValidators: ValidatorSet },
  untrusted: LightBlock,
  options: LightOptions,
): LightVerdict {
  try {
    if (untrusted.signedHeader === undefined) return "INVALID";
    const { header, nextValidators } = trusted;
    if (!equalBytes(validatorSetHash(nextValidators), header.nextValidatorsHash)) return "INVALID";
    verifyLight({
      ...options,
      trusted: header,
      trustedValidators: nextValidators,
      untrusted: untrusted.signedHeader,
      validators: validatorSetFromProto(untrusted.validatorSet),
    });
    return "SUCCESS";
  } catch (error) {
    if (isCometError(error, "notEnoughTrust")) return "NOT_ENOUGH_TRUST";
    if (isCometError(error)) return "INVALID";
    throw error;
  }
}

/**
 * An earlier header by the hash that the trusted one holds of its predecessor.
 * @throws CometError `invalidHeader`.
 */
export function verifyBackwards(untrusted: Header, trusted: Header): void {
  validateHeaderBasic(untrusted);
  const refuse = (message: string): CometError => new CometError("invalidHeader", message);
  if (untrusted.chainId !== trusted.chainId) throw refuse("header is of another chain");
  if (timestampToNs(untrusted.time) >= timestampToNs(trusted.time))
    throw refuse("time is not before that of the trusted header");
  if (!equalBytes(headerHash(untrusted), trusted.lastBlockId.hash))
    throw refuse("header is not the trusted header's predecessor");
}
