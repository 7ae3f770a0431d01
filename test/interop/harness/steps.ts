/** Tests that each begin where the one before ended: after a failure the rest is not tried. */

/** Declares one step, like jest's `test`. */
export type Step = (name: string, work: () => Promise<void>, timeoutMs?: number) => void;

/** Makes the steps of one suite. */
export function createSteps(): Step {
  let failed: string | undefined;
  return (name, work, timeoutMs) =>
    test(
      name,
      async () => {
        if (failed !== undefined) throw new Error(`not tried, for this failed before: ${failed}`);
        failed = name;
        await work();
        failed = undefined;
      },
      timeoutMs,
    );
}
