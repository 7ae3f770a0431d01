/** Waiting for a block of a chain that makes blocks by the clock, not for ever. */
import { LocalnetError } from "./errors.ts";
import type { Monitor } from "./invariants/monitor.ts";

/** What is waited on. */
export interface Awaited {
  readonly chainId: string;
  readonly height: bigint;
  onBlock(callback: () => void): () => void;
  /** Why no blocks are made; undefined when they are. */
  standstill(): string | undefined;
  /** Why there will never be another one; {@link Awaited.onBlock} calls back then too. */
  broken?(): Error | undefined;
}

/** The same chain, whose blocks end for good once the network's monitor finds something broken. */
export const watchedBy = (chain: Awaited, monitor: Monitor | undefined): Awaited =>
  monitor === undefined
    ? chain
    : {
        chainId: chain.chainId,
        get height() {
          return chain.height;
        },
        onBlock(callback) {
          const ends = [chain.onBlock(callback), monitor.onBroken(callback)];
          return () => {
            for (const end of ends) end();
          };
        },
        standstill: chain.standstill,
        broken: () => monitor.broken,
      };

/** Longest wait for one block of a chain that runs by the system clock. */
const BLOCK_TIMEOUT_MS = 60_000;
/** The same for a chain that is known to stand still when the wait begins. */
const STANDSTILL_TIMEOUT_MS = 5_000;

/** Resolves once the chain is above `height`. Throws LocalnetError `timed-out`, `invariant-broken`. */
export function blockAfter(chain: Awaited, height: bigint): Promise<void> {
  return new Promise((resolve, reject) => {
    const known = chain.broken?.();
    if (known !== undefined) {
      reject(known);
      return;
    }
    const ms = chain.standstill() === undefined ? BLOCK_TIMEOUT_MS : STANDSTILL_TIMEOUT_MS;
    const timer = setTimeout(() => {
      unsubscribe();
      const reason = chain.standstill();
      const why = reason === undefined ? "" : `: ${reason}`;
      reject(
        new LocalnetError(
          "timed-out",
          `${chain.chainId} made no block after ${height} in ${ms / 1000} s${why}`,
          { hint: "tandem fault heal brings validators back; tandem status shows who is missing" },
        ),
      );
    }, ms);
    timer.unref();
    const unsubscribe = chain.onBlock(() => {
      const broken = chain.broken?.();
      if (chain.height <= height && broken === undefined) return;
      clearTimeout(timer);
      unsubscribe();
      if (broken === undefined) resolve();
      else reject(broken);
    });
  });
}
