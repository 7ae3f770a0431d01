/** Queues of consumer ids that fall due at a time. */
import type { ConsumerIds } from "@tandem-ics/proto";
import { type Context, type KeyedMap, plainError } from "@tandem-ics/runtime";
import { sortableTime } from "../types/time-text.ts";

/** One queue. */
export interface TimeQueue {
  ids(ctx: Context, timeNs: bigint): readonly string[];
  append(ctx: Context, consumerId: string, timeNs: bigint): void;
  /** Throws an untyped refusal when the id does not wait at that time. */
  remove(ctx: Context, consumerId: string, timeNs: bigint): void;
  /** Takes the ids that are due at the block's time, earliest first; the rest beyond `limit` stays. */
  take(ctx: Context, limit: number): string[];
  /** Takes the id out wherever it waits, if it does. */
  cancel(ctx: Context, consumerId: string): void;
}

/** A queue over rows of a store. */
export function createTimeQueue(rows: KeyedMap<bigint, ConsumerIds>): TimeQueue {
  const ids = (ctx: Context, timeNs: bigint): readonly string[] => rows.get(ctx, timeNs)?.ids ?? [];
  function store(ctx: Context, timeNs: bigint, left: readonly string[]): void {
    if (left.length === 0) rows.remove(ctx, timeNs);
    else rows.set(ctx, timeNs, { ids: [...left] });
  }
  function remove(ctx: Context, consumerId: string, timeNs: bigint): void {
    const waiting = ids(ctx, timeNs);
    const index = waiting.indexOf(consumerId);
    if (index < 0) throw plainError(`failed to find consumer id (${consumerId}) at ${sortableTime(timeNs)}`);
    store(ctx, timeNs, waiting.toSpliced(index, 1));
  }
  return {
    ids,
    append: (ctx, consumerId, timeNs) => store(ctx, timeNs, [...ids(ctx, timeNs), consumerId]),
    remove,
    take(ctx, limit) {
      const taken: string[] = [];
      const left: [bigint, string[]][] = [];
      for (const [timeNs, due] of rows.entries(ctx)) {
        if (taken.length >= limit || timeNs > ctx.timeNs) break;
        const room = limit - taken.length;
        taken.push(...due.ids.slice(0, room));
        left.push([timeNs, due.ids.slice(room)]);
      }
      for (const [timeNs, rest] of left) store(ctx, timeNs, rest);
      return taken;
    },
    cancel(ctx, consumerId) {
      // State-breaking: a row is read to look for the id, to take it out, and once more where Go, which has taken it out,
      // tries again. Each costs gas.
      for (const [timeNs] of rows.entries(ctx)) {
        if (!ids(ctx, timeNs).includes(consumerId)) continue;
        remove(ctx, consumerId, timeNs);
        ids(ctx, timeNs);
        return;
      }
    },
  };
}
