/** Replays what others recorded against our chains. */

export { ScenarioError, type ScenarioErrorCode } from "./scenarios/errors.ts";
export {
  formatDifference,
  type RunOptions,
  runScenario,
  type ScenarioDifference,
  type ScenarioResult,
} from "./scenarios/run-scenario.ts";
export {
  parseScenario,
  type Scenario,
  type ScenarioAction,
  type ScenarioChain,
  type ScenarioExpectation,
  type ScenarioStep,
} from "./scenarios/scenario.ts";
export { TraceError, type TraceErrorCode } from "./traces/errors.ts";
export { formatOutcome } from "./traces/format.ts";
export {
  type ReplayOptions,
  type ReplayOutcome,
  replayTrace,
  type TraceDifference,
} from "./traces/replay.ts";
export type { Trace, TraceAction, TraceParams, TraceStep } from "./traces/trace.ts";
export { findTraceFiles, readTrace, SUPPORTED_FLAVOUR } from "./traces/trace-files.ts";
