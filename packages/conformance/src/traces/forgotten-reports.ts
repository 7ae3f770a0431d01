/**
 * Where interchain-security v7.0.1 departs from the model: a consumer forgets an unacknowledged report of downtime when the
 * validator enters its set (`ApplyCCValidatorChanges`), the model keeps it until the acknowledgement comes. The chains are
 * right. What they have forgotten is taken off the model's list; and a second report, which they would queue and the model
 * drops, is not made.
 */
import type { TraceStep } from "./trace.ts";

type ConsumerState = TraceStep["consumers"][string];

/** Reports that the model remembers and the chains do not, by consumer. */
export interface ForgottenReports {
  /** To be called with every step, in their order. */
  note(before: TraceStep | undefined, step: TraceStep): void;
  has(consumer: string, validator: string): boolean;
  /** Whether a step is a report that the model drops for what the chains have forgotten. */
  isDropped(before: TraceStep | undefined, step: TraceStep): boolean;
}

const entered = (before: ConsumerState | undefined, after: ConsumerState, validator: string): boolean =>
  before !== undefined && (before.committed[validator] ?? 0) === 0 && (after.committed[validator] ?? 0) > 0;

/** Nothing is forgotten yet. */
export function createForgottenReports(): ForgottenReports {
  const forgotten = new Map<string, Set<string>>();
  return {
    note(before, { consumers }) {
      for (const [name, state] of Object.entries(consumers)) {
        const known = forgotten.get(name) ?? new Set();
        const reported = before?.consumers[name]?.outstandingDowntime ?? [];
        for (const validator of reported)
          if (entered(before?.consumers[name], state, validator)) known.add(validator);
        for (const validator of known)
          if (!state.outstandingDowntime.includes(validator)) known.delete(validator);
        forgotten.set(name, known);
      }
    },
    has: (consumer, validator) => forgotten.get(consumer)?.has(validator) === true,
    isDropped(before, { action, consumers }) {
      if (action.kind !== "ConsumerInitiatedSlash" || !action.isDowntime) return false;
      const { consumerChain, validator } = action;
      return (
        this.has(consumerChain, validator) &&
        before?.consumers[consumerChain]?.unsent.length === consumers[consumerChain]?.unsent.length
      );
    },
  };
}
