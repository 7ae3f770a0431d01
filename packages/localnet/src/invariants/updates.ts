/** Updates that a chain gives to its consensus engine are such as the engine takes: others would stop the chain. */
import type { ValidatorUpdate } from "cosmjs-types/tendermint/abci/types";
import type { Report } from "./observed.ts";
import { applyUpdates, keyOf, type Powers } from "./validator-sets.ts";

/** CometBFT's bound on total voting power. */
const MAX_TOTAL_POWER = ((1n << 63n) - 1n) / 8n;

/** Reports what CometBFT would refuse; `powers`, where the set is known, is brought up to date. */
export function checkUpdates(
  updates: readonly ValidatorUpdate[],
  powers: Powers | undefined,
  report: Report,
): void {
  const broken = (expected: string, found: string): void => report("NoHalt", expected, found);
  const seen = new Set<string>();
  for (const { pubKey, power } of updates) {
    const key = keyOf(pubKey);
    if (seen.has(key)) broken("one update of a validator in a block", `two of ${key}`);
    seen.add(key);
    if (power < 0n) broken("a power of 0 or more", `${power} of ${key}`);
    if (power === 0n && powers !== undefined && !powers.has(key))
      broken("to remove a member of the set", `the removal of ${key}`);
  }
  if (powers === undefined) return;
  applyUpdates(powers, updates);
  if (powers.size === 0) broken("a validator set with somebody in it", "nobody");
  const total = [...powers.values()].reduce((sum, { power }) => sum + power, 0n);
  if (total > MAX_TOTAL_POWER) broken(`a total power of at most ${MAX_TOTAL_POWER}`, `${total}`);
}
