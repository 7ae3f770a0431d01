/** Runs a scenario step by step against our chains, and compares each state that it expects. */
import { act } from "./actions/actions.ts";
import { difference, isSame } from "./compare.ts";
import { ScenarioError } from "./errors.ts";
import { createScenarioNetwork, type ScenarioNetwork } from "./network.ts";
import type { Scenario, ScenarioExpectation, ScenarioStep } from "./scenario.ts";
import { readState } from "./states/states.ts";

/** Where a run left the scenario. */
export interface ScenarioDifference {
  /** From 1 on. */
  readonly step: number;
  readonly action: string;
  /** What was compared; absent when the action itself could not be done. */
  readonly chain?: string;
  readonly key?: string;
  readonly expected?: unknown;
  readonly found?: unknown;
  /** Why the action could not be done, or the state could not be read. */
  readonly message?: string;
}

/** What a run has shown. */
export interface ScenarioResult {
  readonly name: string;
  readonly ok: boolean;
  /** Steps done. */
  readonly steps: number;
  /** States that were as expected: one for each key of each chain of each step. */
  readonly states: number;
  /** Real time in seconds. */
  readonly seconds: number;
  readonly difference?: ScenarioDifference;
}

/** Options of {@link runScenario}. */
export interface RunOptions {
  /** Evaluates every invariant after each block of each chain; a broken one is a difference. Default: no. */
  readonly checkInvariants?: boolean;
  /** Told of each step before it is done. */
  readonly onStep?: (step: ScenarioStep, total: number) => void;
  /** Told what a person may want to know: refusals that a scenario goes on after, failures of the running relayer. */
  readonly onNote?: (message: string) => void;
}

/** Blocks within which a state must come about: a minute or so. */
const POLL_BLOCKS = 90;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What is not as expected, looked at once; undefined when all is. */
async function firstDifference(
  net: ScenarioNetwork,
  expected: readonly ScenarioExpectation[],
): Promise<Omit<ScenarioDifference, "step" | "action"> | undefined> {
  for (const expectation of expected) {
    const { chain, name: key, value } = expectation;
    try {
      const found = await readState(net, expectation);
      if (!isSame(value, found)) return { chain, key, ...difference(value, found) };
    } catch (error) {
      return { chain, key, message: messageOf(error) };
    }
  }
  return undefined;
}

/** Makes blocks until everything is as expected, or long enough. */
async function settle(
  net: ScenarioNetwork,
  expected: readonly ScenarioExpectation[],
): Promise<Omit<ScenarioDifference, "step" | "action"> | undefined> {
  for (let block = 0; ; block++) {
    const differs = await firstDifference(net, expected);
    const over = block >= POLL_BLOCKS || net.monitor?.broken !== undefined;
    if (differs === undefined || over) return differs;
    await net.blocks(1);
  }
}

async function runStep(net: ScenarioNetwork, step: ScenarioStep): Promise<ScenarioDifference | undefined> {
  const at = { step: step.number, action: step.action.name };
  try {
    await act(net, step.action);
  } catch (error) {
    // A file that cannot be run is no difference.
    if (error instanceof ScenarioError && error.code === "bad-scenario")
      throw new ScenarioError("bad-scenario", `step ${step.number}, ${at.action}: ${error.message}`, {
        cause: error,
      });
    return { ...at, message: messageOf(error) };
  }
  const differs = await settle(net, step.expected);
  const broken = net.monitor?.broken;
  if (broken !== undefined) return { ...at, message: broken.message };
  return differs && { ...at, ...differs };
}

/** Runs a scenario on a network of its own. Throws ScenarioError `bad-scenario` for a file that cannot be run. */
export async function runScenario(scenario: Scenario, options: RunOptions = {}): Promise<ScenarioResult> {
  const began = performance.now();
  const net = createScenarioNetwork(scenario, {
    checkInvariants: options.checkInvariants ?? false,
    note: options.onNote ?? (() => {}),
  });
  let steps = 0;
  let states = 0;
  const result = (differs?: ScenarioDifference): ScenarioResult => ({
    name: scenario.name,
    ok: differs === undefined,
    steps,
    states,
    seconds: (performance.now() - began) / 1000,
    ...(differs === undefined ? {} : { difference: differs }),
  });
  try {
    for (const step of scenario.steps) {
      options.onStep?.(step, scenario.steps.length);
      const differs = await runStep(net, step);
      if (differs !== undefined) return result(differs);
      steps++;
      states += step.expected.length;
    }
    return result();
  } finally {
    await net.close();
  }
}

/** A difference in one line. */
export function formatDifference({ step, action, chain, key, ...rest }: ScenarioDifference): string {
  const place = `step ${step}, ${action}`;
  const where = key === undefined ? place : `${place}: ${chain}.${key}`;
  if (rest.message !== undefined) return `${where}: ${rest.message}`;
  return `${where}: expected ${JSON.stringify(rest.expected)}, found ${JSON.stringify(rest.found)}`;
}
