/** How each consumer's infractions are punished. A launched consumer's new values wait an unbonding period. */

import { equalBytes, fromUtf8, utf8 } from "@tandem-ics/crypto";
import {
  durationToNs,
  type InfractionParameters,
  nsToDuration,
  type SlashJailParameters,
} from "@tandem-ics/proto";
import { type Context, Dec, plainError } from "@tandem-ics/runtime";
import { refuseAs } from "../types/errors.ts";
import { assertDuration, assertFraction } from "../types/validation.ts";
import { MAX_CONSUMERS_PER_BLOCK } from "./consumers.ts";
import { providerErrors } from "./errors.ts";
import type { ProviderDeps } from "./expected-keepers.ts";
import * as state from "./state.ts";
import { createTimeQueue } from "./time-queue.ts";

/** The longest Go duration: a jail time of "for ever", about 292 years. */
export const FOREVER_NS = (1n << 63n) - 1n;

/** Consumers by the time at which their punishments change. */
export const infractionQueue = createTimeQueue(state.infractionQueue);

/** Share of the stake that is cut. Throws `decimal/1` or an untyped refusal for bytes that are no decimal. */
export function slashFraction({ slashFraction: bytes }: SlashJailParameters): Dec {
  let text: string;
  try {
    text = fromUtf8(bytes);
  } catch (cause) {
    throw plainError("slash fraction is no decimal", { cause });
  }
  return Dec.fromWire(text);
}

/** Bytes of {@link slashFraction}. */
export const encodeFraction = (fraction: Dec): Uint8Array => utf8(fraction.toWire());

/** Punishments in force. Throws an untyped refusal for an unknown consumer. */
export function requireInfractionParams(ctx: Context, consumerId: string): InfractionParameters {
  const params = state.infractionParams.get(ctx, consumerId);
  if (params === undefined)
    throw plainError(`failed to retrieve infraction parameters for consumer id (${consumerId})`);
  return params;
}

/** The halves as they are kept: fractions without leading zeros or a negative zero. */
export function canonicalInfractionParams({
  doubleSign,
  downtime,
}: InfractionParameters): InfractionParameters {
  const canonical = (half: SlashJailParameters | undefined): SlashJailParameters | undefined =>
    half === undefined ? undefined : { ...half, slashFraction: encodeFraction(slashFraction(half)) };
  return { doubleSign: canonical(doubleSign), downtime: canonical(downtime) };
}

/** Throws `provider/54` unless both halves that are there are in range. */
export function assertInfractionParams({ doubleSign, downtime }: InfractionParameters): void {
  const kind = providerErrors.invalidInfractionParams;
  for (const [name, half] of [
    ["DoubleSign", doubleSign],
    ["Downtime", downtime],
  ] as const) {
    if (half === undefined) continue;
    if (durationToNs(half.jailDuration) < 0n) throw kind(`${name}.JailDuration cannot be negative`);
    refuseAs(kind, `${name}.JailDuration`, () => assertDuration(half.jailDuration));
    refuseAs(kind, `${name}.SlashFraction`, () => assertFraction(slashFraction(half)));
  }
}

function sameHalf(a: SlashJailParameters | undefined, b: SlashJailParameters | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (
    a.tombstone === b.tombstone &&
    durationToNs(a.jailDuration) === durationToNs(b.jailDuration) &&
    (equalBytes(a.slashFraction, b.slashFraction) || slashFraction(a).eq(slashFraction(b)))
  );
}

/** Drops a change that waits, if one does. */
export function removeQueuedInfractionParams(ctx: Context, consumerId: string): void {
  if (!state.queuedInfractionParams.has(ctx, consumerId)) return;
  state.queuedInfractionParams.remove(ctx, consumerId);
  infractionQueue.cancel(ctx, consumerId);
}

/** Applies the changes that are due. */
export function applyDueInfractionParams(ctx: Context): void {
  for (const consumerId of infractionQueue.take(ctx, MAX_CONSUMERS_PER_BLOCK)) {
    const queued = state.queuedInfractionParams.get(ctx, consumerId);
    if (queued === undefined) continue;
    state.infractionParams.set(ctx, consumerId, queued);
    state.queuedInfractionParams.remove(ctx, consumerId);
  }
}

type Deps = Pick<ProviderDeps, "staking" | "slashing">;

/** Defaults and delayed changes. */
export function createInfractionParams({ staking, slashing }: Deps) {
  return {
    /** Values at creation: the provider's for double signs, jailing without slashing for downtime. */
    defaults: (ctx: Context): InfractionParameters => ({
      doubleSign: {
        slashFraction: encodeFraction(slashing.slashFractionDoubleSign(ctx)),
        jailDuration: nsToDuration(FOREVER_NS),
        tombstone: true,
      },
      downtime: {
        slashFraction: encodeFraction(Dec.ZERO),
        jailDuration: nsToDuration(slashing.downtimeJailDurationNs(ctx)),
        tombstone: false,
      },
    }),

    /** Queues new values of a launched consumer in place of those that wait; the current ones cancel the change. */
    queue(ctx: Context, consumerId: string, next: InfractionParameters): void {
      removeQueuedInfractionParams(ctx, consumerId);
      const current = requireInfractionParams(ctx, consumerId);
      if (sameHalf(current.doubleSign, next.doubleSign) && sameHalf(current.downtime, next.downtime)) return;
      state.queuedInfractionParams.set(ctx, consumerId, next);
      infractionQueue.append(ctx, consumerId, ctx.timeNs + staking.unbondingTimeNs(ctx));
    },
  };
}

/** See {@link createInfractionParams}. */
export type InfractionParams = ReturnType<typeof createInfractionParams>;
