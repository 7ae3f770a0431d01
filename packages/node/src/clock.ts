/** Where a node's time comes from. */

/** Time as nanoseconds since 1970, UTC. */
export interface Clock {
  nowNs(): bigint;
}

/** The machine's clock; successive readings never go back within a process. */
export function systemClock(): Clock {
  const startWall = BigInt(Date.now()) * 1_000_000n;
  const startMonotonic = process.hrtime.bigint();
  let wallOffset = 0n;
  let last = 0n;
  return {
    nowNs() {
      // the monotonic clock gives nanoseconds; the wall clock corrects it when the machine slept or was set forward
      const monotonic = startWall + (process.hrtime.bigint() - startMonotonic) + wallOffset;
      const wall = BigInt(Date.now()) * 1_000_000n;
      if (wall - monotonic > 1_000_000_000n) wallOffset += wall - monotonic;
      const now = wall - monotonic > 1_000_000_000n ? wall : monotonic;
      last = now > last ? now : last;
      return last;
    },
  };
}

/** A clock that stands still until it is moved. */
export interface ManualClock extends Clock {
  /** Moves to a time; going back is refused with a RangeError. */
  set(timeNs: bigint): void;
  /** Moves forward by a duration in nanoseconds. */
  advance(durationNs: bigint): void;
}

/** A clock standing at `startNs`. */
export function manualClock(startNs: bigint): ManualClock {
  let now = startNs;
  const set = (timeNs: bigint): void => {
    if (timeNs < now) throw new RangeError(`clock cannot go back from ${now} to ${timeNs}`);
    now = timeNs;
  };
  return { nowNs: () => now, set, advance: (durationNs) => set(now + durationNs) };
}
