/** What a replay has shown, for people. */
import type { ReplayOutcome, TraceDifference } from "./replay.ts";

/** A value as a difference shows it; nothing is cut off. */
const shown = (value: unknown): string => (value === undefined ? "nothing" : JSON.stringify(value));

function differenceText({ step, action, field, expected, found }: TraceDifference): string {
  const { kind, ...rest } = action;
  const fields = Object.entries(rest).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return [
    `differs at step ${step}, ${[kind, ...fields].join(", ")}`,
    `  field     ${field}`,
    `  expected  ${shown(expected)}`,
    `  found     ${shown(found)}`,
  ].join("\n");
}

/** `ok N states`, why the rest was skipped, or the first difference on four lines. */
export function formatOutcome(outcome: ReplayOutcome): string {
  switch (outcome.kind) {
    case "ok":
      return `ok ${outcome.states} states`;
    case "skipped":
      return `skipped after ${outcome.states} states, at step ${outcome.step}: ${outcome.reason}`;
    case "difference":
      return differenceText(outcome.difference);
  }
}
