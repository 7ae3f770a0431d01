/** What the phases of a suite took, printed as they end. */

/** Measures one phase. */
export type Phases = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** Makes a stopwatch for the suite `name`. */
export function createPhases(suite: string): Phases {
  return async (name, work) => {
    const started = performance.now();
    try {
      return await work();
    } finally {
      const seconds = (performance.now() - started) / 1000;
      process.stderr.write(`${suite}: ${name}: ${seconds.toFixed(1)} s\n`);
    }
  };
}
