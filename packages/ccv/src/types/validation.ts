/** Checks that parameters of both chains share (interchain-security `x/ccv/types/shared_params.go`). They throw untyped refusals unless they say so. */

import { utf8 } from "@tandem-ics/crypto";
import { hostErrors } from "@tandem-ics/ibc";
import { type IdentifierKind, identifierProblem, isBlank } from "@tandem-ics/ibc/24-host";
import { durationToNs } from "@tandem-ics/proto";

import { Dec, plainError } from "@tandem-ics/runtime";
import type { Duration } from "cosmjs-types/google/protobuf/duration";

/** Go durations are 64-bit nanoseconds. */
const MAX_DURATION_NS = (1n << 63n) - 1n;

/** An identifier of ICS-24. Throws `host/2`. */
export function assertIdentifier(kind: IdentifierKind, id: string): void {
  const problem = identifierProblem(kind, id);
  if (problem !== undefined) throw hostErrors.invalidId(problem);
}

/** Blank or a connection identifier. */
export function assertOptionalConnectionId(id: string): void {
  if (!isBlank(id)) assertIdentifier("connection", id);
}

/** Empty, or a channel identifier. */
export function assertOptionalChannelId(id: string): void {
  if (id !== "") assertIdentifier("channel", id);
}

/** A duration that 64 bits of nanoseconds can hold, and not below zero. */
export function assertDuration(duration: Duration): void {
  const ns = durationToNs(duration);
  if (ns < 0n) throw plainError("duration cannot be negative");
  if (ns > MAX_DURATION_NS) throw plainError("duration is out of range");
}

/** A duration above zero. */
export function assertPositiveDuration(duration: Duration): void {
  if (durationToNs(duration) <= 0n) throw plainError("duration must be positive");
  assertDuration(duration);
}

/** An integer above zero. */
export function assertPositive(value: bigint): void {
  if (value <= 0n) throw plainError("int must be positive");
}

/** A decimal within [0, 1]. */
export function assertFraction(value: Dec): void {
  if (value.isNegative()) throw plainError(`param cannot be negative, got ${value}`);
  if (value.gt(Dec.ONE)) throw plainError(`param cannot be greater than 1, got ${value}`);
}

/** Decimal text within [0, 1]: at most 18 decimals, a leading digit required. */
export function assertFractionText(text: string): void {
  const value = Dec.parse(text);
  if (value.isNegative()) throw plainError(`param cannot be negative, got ${text}`);
  if (value.gt(Dec.ONE)) throw plainError(`param cannot be greater than 1, got ${text}`);
}

/** Decimal text within (0, 1]. */
export function assertPositiveFractionText(text: string): void {
  assertFractionText(text);
  if (Dec.parse(text).isZero()) throw plainError(`param cannot be zero, got ${text}`);
}

/** Text that is neither blank nor longer than `maxBytes` in UTF-8. */
export function assertText(name: string, text: string, maxBytes: number): void {
  if (isBlank(text)) throw plainError(`${name} cannot be empty`);
  const { length } = utf8(text);
  if (length > maxBytes) throw plainError(`${name} is too long; got: ${length}, max: ${maxBytes}`);
}

/** Trusting period of a light client: the fraction of the unbonding period, cut to whole nanoseconds. */
export const trustingPeriodNs = (unbondingPeriodNs: bigint, fraction: string): bigint =>
  Dec.parse(fraction).mulInt(unbondingPeriodNs).truncateInt();
