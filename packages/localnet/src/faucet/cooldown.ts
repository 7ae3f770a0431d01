/** How long the same account has to wait for the same coin. */
import { toHex } from "@tandem-ics/crypto";

/** Waits under way. Failed credits are forgotten, so that nobody waits for nothing. */
export interface Cooldown {
  /** Milliseconds left, or zero after taking the turn. */
  take(account: Uint8Array, denom: string): number;
  /** Gives a turn back. */
  release(account: Uint8Array, denom: string): void;
}

/** Turns remembered; when there are more, those that are over are dropped, then the oldest. */
const MAX_TURNS = 100_000;

/** Makes a cooldown of `ms`; zero never waits. `now` in ms, from any start. */
export function createCooldown(ms: number, now: () => number = () => performance.now()): Cooldown {
  const turns = new Map<string, number>();
  const keyOf = (account: Uint8Array, denom: string): string => `${toHex(account)} ${denom}`;

  function makeRoom(time: number): void {
    if (turns.size < MAX_TURNS) return;
    for (const [key, at] of turns) if (at + ms <= time) turns.delete(key);
    for (const key of turns.keys()) {
      if (turns.size < MAX_TURNS) break;
      turns.delete(key);
    }
  }

  return {
    take(account, denom) {
      if (ms === 0) return 0;
      const key = keyOf(account, denom);
      const time = now();
      const left = (turns.get(key) ?? Number.NEGATIVE_INFINITY) + ms - time;
      if (left > 0) return left;
      makeRoom(time);
      turns.delete(key);
      turns.set(key, time);
      return 0;
    },
    release: (account, denom) => void turns.delete(keyOf(account, denom)),
  };
}
