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
