/** What must hold of the consumer's state after every block. */
import { ConsumerPacketDataType } from "@tandem-ics/proto";
import type { Context } from "@tandem-ics/runtime";
import * as state from "./state.ts";

/** Invariants by name. */
export const consumerInvariants = (): Readonly<Record<string, (ctx: Context) => string | undefined>> => ({
  "positive-powers": (ctx) =>
    state.validators.values(ctx).some(({ power }) => power < 1n) ? "a validator without power" : undefined,

  /** A slash packet is under way only as the head of the queue. */
  "slash-record-matches-queue": (ctx) => {
    if (!state.slashRecord.has(ctx)) return undefined;
    const head = state.pendingPackets.values(ctx)[0];
    return head?.type === ConsumerPacketDataType.CONSUMER_PACKET_TYPE_SLASH
      ? undefined
      : "a slash packet is under way and not at the head of the queue";
  },

  /** Changes are applied in the block that brought them. */
  "no-pending-changes": (ctx) =>
    state.pendingChanges.has(ctx) && !state.preCcv.has(ctx) ? "changes were not applied" : undefined,

  /** Ids name ever later sets: an infraction would else be looked for in an older one. */
  "vsc-ids-never-fall": (ctx) => {
    const now = state.vscIdOfHeight.get(ctx, ctx.height) ?? 0n;
    const next = state.vscIdOfHeight.get(ctx, ctx.height + 1n) ?? 0n;
    return next < now ? `VSC id ${next} follows ${now}` : undefined;
  },

  "transmission-is-past": (ctx) => {
    const last = state.lastTransmission.get(ctx)?.height ?? 0n;
    return last > ctx.height ? `rewards were sent at height ${last}` : undefined;
  },
});
