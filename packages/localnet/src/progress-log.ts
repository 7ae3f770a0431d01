/** What a network says while it does something that takes long: for whoever started it, and for commands that wait. */

/** The messages told after some moment, and the moment to ask from next. */
export interface Told {
  readonly messages: readonly string[];
  readonly last: number;
}

/** A log of messages, numbered from 1. */
export interface ProgressLog {
  readonly tell: (message: string) => void;
  /** Messages after number `after`; without it none, but the number of the last. */
  since(after: number | undefined): Told;
}

/** As many messages as anybody misses between two looks. */
const KEPT = 200;

/** Makes a log without messages; `listener` is told of each as well. */
export function createProgressLog(listener?: (message: string) => void): ProgressLog {
  const kept: string[] = [];
  let last = 0;
  return {
    tell(message) {
      last++;
      kept.push(message);
      if (kept.length > KEPT) kept.shift();
      listener?.(message);
    },
    since: (after = last) => ({
      messages: after >= last ? [] : kept.slice(Math.max(0, kept.length - (last - after))),
      last,
    }),
  };
}
