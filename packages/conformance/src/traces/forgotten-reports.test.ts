import { createForgottenReports } from "./forgotten-reports.ts";
import type { TraceStep } from "./trace.ts";

interface State {
  readonly set?: readonly string[];
  readonly reported?: readonly string[];
  readonly unsent?: number;
  readonly report?: string;
}

/** A step of one consumer as far as reports go. */
const step = ({ set = [], reported = [], unsent = 0, report }: State): TraceStep =>
  ({
    action:
      report === undefined
        ? { kind: "init" }
        : {
            kind: "ConsumerInitiatedSlash",
            consumerChain: "consumer1",
            validator: report,
            vscId: 1,
            isDowntime: true,
          },
    consumers: {
      consumer1: {
        committed: Object.fromEntries(set.map((name) => [name, 100])),
        outstandingDowntime: reported,
        unsent: new Array(unsent).fill({}),
      },
    },
  }) as unknown as TraceStep;

function after(...states: readonly State[]) {
  const forgotten = createForgottenReports();
  const steps = states.map(step);
  steps.forEach((taken, i) => void forgotten.note(steps[i - 1], taken));
  return forgotten;
}

const ABSENT: State = { set: ["a"], reported: ["b"], unsent: 1 };
const ENTERED: State = { set: ["a", "b"], reported: ["b"], unsent: 1 };

test("a report is forgotten when the validator enters the set", () => {
  expect(after(ABSENT).has("consumer1", "b")).toBe(false);
  expect(after(ABSENT, ENTERED).has("consumer1", "b")).toBe(true);
  expect(after(ABSENT, ENTERED).has("consumer2", "b")).toBe(false);
});

test("a report about somebody who stays in the set is not forgotten", () => {
  expect(after(ENTERED, ENTERED).has("consumer1", "b")).toBe(false);
});

test("the acknowledgement ends the matter", () => {
  expect(after(ABSENT, ENTERED, { ...ENTERED, reported: [] }).has("consumer1", "b")).toBe(false);
});

test("only a second report that the model drops is left out", () => {
  const forgotten = after(ABSENT, ENTERED);
  const before = step(ENTERED);
  expect(forgotten.isDropped(before, step({ ...ENTERED, report: "b" }))).toBe(true);
  expect(forgotten.isDropped(before, step({ ...ENTERED, report: "b", unsent: 2 }))).toBe(false);
  expect(forgotten.isDropped(before, step({ ...ENTERED, report: "a" }))).toBe(false);
});
