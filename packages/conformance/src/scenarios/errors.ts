/** What goes wrong with a scenario: the file is none, or the chains did something else. */

/** `bad-scenario`: the file cannot be run. `step-failed`: an action could not be done. */
export type ScenarioErrorCode = "bad-scenario" | "step-failed";

/** A scenario that cannot be read or gone on with. */
export class ScenarioError extends Error {
  readonly code: ScenarioErrorCode;

  constructor(code: ScenarioErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "ScenarioError";
    this.code = code;
  }
}

/** An action that could not be done. */
export const stepFailed = (message: string, cause?: unknown): ScenarioError =>
  new ScenarioError("step-failed", message, cause === undefined ? undefined : { cause });
